//! Two pieces cross by how much they have in common, and keep their power.

mod common;

use std::fs;
use std::path::Path;

use common::files::{Wav, wav};
use common::rot::go_unseen;
use common::sounds::{noise, sine};
use common::stage::{Stage, play, power, seconds, sentences};
use undersong::frame::Frame;
use undersong::level::Decibels;
use undersong::library::Cache;
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, Course};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;
/// Each piece, and what of it crosses, in seconds.
const PIECE: usize = 13;
const CROSSES: usize = 4;

const SCRIPT: &str = "undersong: 1\ntitle: Two\n\
    music: { loudness: as-is, crossfade: 4s, fade-in: 0s, fade-out: 0s }\n\
    phases: [{ name: all, length: 22s, playlist: [1.wav, 2.wav] }]\n";

/// A piece at a rate, in a file of so many channels.
fn write(path: &Path, sound: &[Frame], rate: u32, channels: u16) {
    wav(path, sound, rate, channels, Wav::Float);
}

fn tone(rate: u32) -> Vec<Frame> {
    sine(220.0, -20.0, rate, PIECE * rate as usize)
}

/// A stage with two pieces of 48 kHz in stereo.
fn stage(one: &[Frame], two: &[Frame]) -> Stage {
    let stage = Stage::new();
    write(&stage.path("1.wav"), one, 48_000, 2);
    write(&stage.path("2.wav"), two, 48_000, 2);
    stage
}

/// How alike the two pieces were found to be.
fn alike(prepared: &Prepared) -> f32 {
    let [leaves, comes] = &prepared.timeline.clips[..] else {
        panic!("{:?}", prepared.timeline.clips)
    };
    assert_eq!(leaves.fade_out, comes.fade_in);
    assert_eq!(comes.fade_in.length.index(), CROSSES * 48_000);
    comes.fade_in.alike().into()
}

/// How far the power of any `window` seconds lies from that of the first ones, at the most, above and below.
fn deviation(prepared: &Prepared, window: f64) -> [f64; 2] {
    let sound = play(prepared, Frames::ZERO).frames();
    assert_eq!(sound.len(), 22 * 48_000);
    let steady = power(&sound[..seconds(8.0, RATE)]);
    let blocks = sound.chunks_exact(seconds(window, RATE));
    let found = blocks.map(|block| power(block) - steady);
    found.fold([0.0, 0.0], |[most, least], it| {
        [f64::max(most, it), f64::min(least, it)]
    })
}

/// All windows within so many decibels.
fn assert_even(prepared: &Prepared, window: f64, within: f64) {
    let [most, least] = deviation(prepared, window);
    assert!(most < within && least > -within, "{least} to {most} dB");
}

#[test]
fn the_same_tone_in_phase_crosses_at_its_own_power() {
    let stage = stage(&tone(48_000), &tone(48_000));
    let prepared = stage.prepare(SCRIPT, RATE);
    assert_eq!(alike(&prepared), 1.0);
    assert_even(&prepared, 0.05, 0.1);
}

#[test]
fn two_noises_have_nothing_in_common() {
    let [one, two] = [11, 12].map(|seed| noise(seed, 0.2, PIECE * 48_000));
    let stage = stage(&one, &two);
    let prepared = stage.prepare(SCRIPT, RATE);
    assert!(alike(&prepared) < 0.05);
    assert_even(&prepared, 0.5, 0.3);
}

#[test]
fn half_of_the_same_noise_is_half_alike() {
    let (all, crosses) = (PIECE * 48_000, CROSSES * 48_000);
    let mut one = noise(11, 0.2, all);
    let mut two = noise(12, 0.2, all);
    let shared = one[all - crosses..].to_vec();
    for (frame, shared) in two.iter_mut().zip(&shared) {
        for (sample, shared) in frame.iter_mut().zip(shared) {
            *sample = 0.5 * shared + 0.75_f32.sqrt() * *sample;
        }
    }
    let stage = stage(&one, &two);
    let prepared = stage.prepare(SCRIPT, RATE);
    assert!(
        (alike(&prepared) - 0.5).abs() < 0.02,
        "{}",
        alike(&prepared)
    );
    assert_even(&prepared, 0.5, 0.3);
    // A file that is softer is as alike, and brought to the same loudness they cross as evenly.
    let half = Decibels(-6.0).gain().0;
    one.iter_mut().flatten().for_each(|sample| *sample *= half);
    write(&stage.path("1.wav"), &one, 48_000, 2);
    let brought = stage.prepare(&SCRIPT.replace("as-is", "-26 LUFS"), RATE);
    assert_eq!(alike(&brought), alike(&prepared));
    assert_even(&brought, 0.5, 0.4);
    // Of a piece that is much softer it is the same.
    one.iter_mut().flatten().for_each(|sample| *sample *= 0.1);
    write(&stage.path("1.wav"), &one, 48_000, 2);
    let softer = stage.prepare(SCRIPT, RATE);
    assert_eq!(alike(&softer), alike(&prepared));
}

#[test]
fn pieces_that_work_against_each_other_count_as_having_nothing_in_common() {
    let against: Vec<Frame> = tone(48_000).iter().map(|it| it.map(|s| -s)).collect();
    let stage = stage(&tone(48_000), &against);
    let prepared = stage.prepare(SCRIPT, RATE);
    assert_eq!(alike(&prepared), 0.0);
    let [most, _] = deviation(&prepared, 0.05);
    assert!(most < 0.1, "{most} dB");
    // And whoever writes the script is told, once.
    let told = sentences(&prepared.remarks);
    assert_eq!(
        told.matches("all but cancel each other").count(),
        1,
        "{told}"
    );
}

#[test]
fn pieces_that_have_little_against_each_other_are_not_spoken_of() {
    let one = tone(48_000);
    let other = sine(330.0, -20.0, 48_000, one.len());
    // Alike by -0.2, and by -0.5.
    for (part, is_told) in [(0.2_f32, false), (0.5, true)] {
        let rest = (1.0 - part * part).sqrt();
        let mix = one.iter().zip(&other);
        let mix = mix.map(|(a, b)| [0, 1].map(|c| rest * b[c] - part * a[c]));
        let prepared = stage(&one, &mix.collect::<Vec<Frame>>()).prepare(SCRIPT, RATE);
        let told = sentences(&prepared.remarks);
        assert_eq!(
            told.contains("in the middle it is 3 dB softer"),
            is_told,
            "{told}"
        );
        assert_eq!(told.contains("softer"), is_told, "{told}");
    }
}

#[test]
fn mono_and_stereo_of_two_rates_are_compared_as_they_are_heard() {
    for (rate, channels) in [(48_000, 1), (44_100, 2), (32_000, 1)] {
        let stage = stage(&tone(48_000), &tone(48_000));
        write(&stage.path("1.wav"), &tone(rate), rate, channels);
        let prepared = stage.prepare(SCRIPT, RATE);
        assert!(alike(&prepared) > 0.998, "{rate}: {}", alike(&prepared));
        assert_even(&prepared, 0.05, 0.2);
    }
}

#[test]
fn a_crossfade_of_a_minute_is_compared_too() {
    let stage = Stage::new();
    // What crosses begins at a whole number of turns, wherever it lies in the file.
    let sound = sine(100.0, -20.0, 8_000, 200 * 8_000);
    write(&stage.path("1.wav"), &sound, 8_000, 2);
    write(&stage.path("2.wav"), &sound, 8_000, 2);
    let script = SCRIPT.replace("4s", "60s").replace("22s", "340s");
    let prepared = stage.prepare(&script, Rate::new(8_000).unwrap());
    let comes = &prepared.timeline.clips[1];
    assert_eq!(comes.fade_in.length.0, 60 * 8_000);
    assert_eq!(f32::from(comes.fade_in.alike()), 1.0);
}

#[test]
fn a_change_keeps_the_law_of_what_it_does_not_move() {
    let stage = Stage::new();
    for name in ["1.wav", "2.wav", "3.wav"] {
        write(&stage.path(name), &tone(48_000), 48_000, 2);
    }
    let script = "undersong: 1\ntitle: Three\nmusic: { loudness: as-is, crossfade: 4s, phase-crossfade: 4s, fade-in: 0s }\n\
        phases:\n\
        \x20 - { name: one, length: 18s, end: hold, playlist: [1.wav, 2.wav] }\n\
        \x20 - { name: two, length: 22s, playlist: [3.wav, 1.wav] }\n";
    let prepared = stage.prepare(script, RATE);
    let crossing = |course: &Course| {
        let clips = course.timeline().clips.iter();
        let laws = clips.filter(|clip| clip.fade_in.length.index() == CROSSES * 48_000);
        let laws = laws.map(|clip| f32::from(clip.fade_in.alike()));
        laws.collect::<Vec<f32>>()
    };
    // Within the first phase, into the second, and within that.
    assert_eq!(crossing(&prepared.written()), [1.0; 3]);
    let held = prepared.steered();
    let laws = crossing(&held);
    // What comes after the phase's written end was not compared.
    assert_eq!((laws[0], laws[1]), (1.0, 0.0));

    // In the middle of the first crossfade, and after it.
    for seconds in [11, 15] {
        let at = Frames(seconds * 48_000);
        let gone_on = held.revise(at, &Change::Continue).unwrap();
        let before = &held.timeline().clips[..2];
        assert_eq!(gone_on.timeline().clips[0], before[0]);
        assert_eq!(gone_on.timeline().clips[1].fade_in, before[1].fade_in);
        let laws = crossing(&gone_on);
        assert_eq!((laws[0], laws.last()), (1.0, Some(&1.0)), "{laws:?}");
    }
}

#[test]
fn speech_over_what_crosses_has_the_room_that_it_was_planned_with() {
    let stage = stage(&tone(48_000), &tone(48_000));
    let word = noise(5, 0.03, 48_000);
    write(&stage.path("word.wav"), &word, 48_000, 2);
    let cue = ", cues: [{ name: word, at: 10500ms, voice: word.wav }] }]";
    let prepared = stage.prepare(&SCRIPT.replace(" }]", cue), RATE);
    assert_eq!(alike(&prepared), 1.0);
    // Composed before it was known how alike they are; and again by a change.
    let course = prepared.written();
    let softer = Change::Level { to: Decibels(-1.0) };
    let softer = course.revise(Frames::ZERO, &softer).unwrap();
    let [planned, again] = [&course, &softer].map(|course| &course.timeline().ducks);
    assert!(
        planned.len() > 1 && planned == again,
        "{planned:?} {again:?}"
    );
}

/// Other bytes in the same file, of which the cache believes that it is as it was: who trusts its facts does not see it, who
/// reads it does.
fn spoil(path: &Path, cache: &Path) {
    let length = fs::metadata(path).unwrap().len();
    fs::write(path, vec![0; length as usize]).unwrap();
    go_unseen(cache, path);
}

#[test]
fn what_is_known_is_not_decoded_again_and_what_cannot_be_decoded_has_nothing_in_common() {
    let stage = stage(&tone(48_000), &tone(48_000));
    let cache = Cache::at(&stage.path("cache"));
    let prepare = || {
        let prepared = stage.try_prepare_with(SCRIPT, RATE, &cache);
        alike(&prepared.unwrap_or_else(|mistakes| panic!("{}", sentences(&mistakes))))
    };
    assert_eq!(prepare(), 1.0);
    spoil(&stage.path("1.wav"), &stage.path("cache"));
    spoil(&stage.path("2.wav"), &stage.path("cache"));
    assert_eq!(prepare(), 1.0);
    fs::remove_dir_all(stage.path("cache/crossfades")).unwrap();
    assert_eq!(prepare(), 0.0);
    // Nothing was kept of what could not be decoded.
    write(&stage.path("1.wav"), &tone(48_000), 48_000, 2);
    write(&stage.path("2.wav"), &tone(48_000), 48_000, 2);
    assert_eq!(prepare(), 1.0);
}

#[test]
fn a_file_that_was_changed_and_another_place_are_compared_anew() {
    let stage = stage(&tone(48_000), &tone(48_000));
    let cache = Cache::at(&stage.path("cache"));
    let prepare = |script: &str| stage.try_prepare_with(script, RATE, &cache).unwrap();
    assert_eq!(alike(&prepare(SCRIPT)), 1.0);
    let other = noise(3, 0.2, PIECE * 48_000);
    write(&stage.path("2.wav"), &other, 48_000, 2);
    assert!(alike(&prepare(SCRIPT)) < 0.05);
    write(&stage.path("2.wav"), &tone(48_000), 48_000, 2);
    assert_eq!(alike(&prepare(SCRIPT)), 1.0);
    // A quarter of a turn later in the tone there is nothing in common.
    let later = SCRIPT.replace("crossfade: 4s", "crossfade: 4001.136ms");
    let later = prepare(&later);
    let alike = f32::from(later.timeline.clips[1].fade_in.alike());
    assert!(alike < 0.05, "{alike}");
}
