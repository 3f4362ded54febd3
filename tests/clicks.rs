//! What is a click, and what is none, in music as loud as it may be; and that no cue makes one, wherever it was cut.

mod common;

use std::path::Path;

use common::files::{Wav, wav};
use common::sounds::{noise, rate, sine};
use common::stage::{Stage, first_difference, play, power};
use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::measure::Steps;
use undersong::stream::load;
use undersong::time::{Frames, Rate};

const SECOND: usize = 48_000;

#[test]
fn clicks_are_found_in_loud_pieces_and_nothing_else_is_taken_for_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists");
    for piece in [
        "tidal-heart.ogg",
        "open-water.ogg",
        "warm-stones.ogg",
        "small-lanterns.ogg",
    ] {
        let rate = rate(44_100);
        let mut sound = head(&folder.join(piece), rate, 20, 0.9);
        let second = rate.hertz() as usize;
        let found = clicks(rate, &sound);
        assert!(found.is_empty(), "{piece}: {found:?}");
        let places = [5, 9, 14].map(|at| at * second + 77);
        for place in places {
            sound[place][0] += 0.1;
        }
        let found = clicks(rate, &sound);
        assert_eq!(found.len(), places.len(), "{piece}: {found:?}");
        for (found, place) in found.iter().zip(places) {
            assert!(
                found.abs_diff(place as u64) <= 2,
                "{piece}: {found}, not {place}"
            );
        }
    }
}

/// The first seconds of a file, as loud as that, without an end that is cut off.
fn head(path: &Path, rate: Rate, seconds: u64, peak: f32) -> Vec<Frame> {
    let second = u64::from(rate.hertz());
    let decoder = Decoder::open(path).unwrap();
    let sound = load(decoder, rate, Frames(seconds * second)).unwrap();
    let samples = sound.iter().flatten();
    let loudest = samples.fold(0.0_f32, |most, it| most.max(it.abs()));
    let (length, tenth) = (sound.len(), second as f32 / 10.0);
    let way = |at: usize| (at.min(length - at) as f32 / tenth).min(1.0);
    let sound = sound.iter().enumerate();
    let sound = sound.map(|(at, frame)| frame.map(|sample| sample * peak / loudest * way(at)));
    sound.collect()
}

/// Music of a usual loudness: some pieces, and tones.
fn music() -> Vec<Vec<Frame>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists");
    let pieces = ["tidal-heart.ogg", "warm-stones.ogg", "small-lanterns.ogg"];
    let piece = |piece: &str| head(&folder.join(piece), Rate::DEFAULT, 8, 0.3);
    let mut music = Vec::from(pieces.map(piece));
    let mut tones = vec![[0.0; 2]; 8 * SECOND];
    for hertz in [110.0, 164.8, 277.2, 660.0] {
        for (sum, tone) in tones.iter_mut().zip(sine(hertz, -24.0, 48_000, 8 * SECOND)) {
            *sum = [sum[0] + tone[0], sum[1] + tone[1]];
        }
    }
    for (at, frame) in tones.iter_mut().enumerate() {
        let way = (at.min(8 * SECOND - at) as f32 / 4_800.0).min(1.0);
        *frame = frame.map(|sample| sample * way);
    }
    music.push(tones);
    music
}

#[test]
fn clicks_that_come_one_upon_the_other_hide_none_of_them() {
    for sound in music() {
        assert_none(&clicks(Rate::DEFAULT, &sound), "music");
        for (every, times) in [(5, 60), (10, 2), (10, 60), (15, 60), (19, 60), (22, 60)] {
            let mut sound = sound.clone();
            let places = (0..times).map(|nth| 3 * SECOND + nth * every * SECOND / 1000);
            let places: Vec<usize> = places.collect();
            for place in &places {
                sound[*place] = sound[*place].map(|sample| sample + 0.1);
            }
            let found = clicks(Rate::DEFAULT, &sound);
            assert_eq!(found.len(), times, "every {every} ms: {found:?}");
            for (found, place) in found.iter().zip(places) {
                assert!(found.abs_diff(place as u64) <= 2, "{found}, not {place}");
            }
        }
    }
}

#[test]
fn a_card_that_runs_dry_again_and_again_clicks() {
    for sound in music() {
        for buffer in [128, 256, 480, 1024] {
            // Every second buffer is lost.
            let mut torn = sound[..3 * SECOND].to_vec();
            let lost = sound[3 * SECOND..].chunks(buffer).step_by(2).take(40);
            torn.extend(lost.flatten());
            torn.extend(&sound[4 * SECOND..]);
            let found = clicks(Rate::DEFAULT, &torn).len();
            // Where the steps go the same way for a tenth of a second, they are taken for a tone's.
            assert!((4..=42).contains(&found), "{buffer}: {found}");
        }
    }
}

#[test]
fn what_is_lost_and_filled_with_hiss_is_heard_at_its_edges() {
    for sound in music() {
        for half_milliseconds in [3, 10, 20, 30, 36, 50] {
            let mut sound = sound.clone();
            let hole = 4 * SECOND + 77..4 * SECOND + 77 + half_milliseconds * SECOND / 2000;
            let hiss = noise(3, 1e-4, hole.len());
            sound[hole.clone()].copy_from_slice(&hiss);
            let found = clicks(Rate::DEFAULT, &sound);
            let edge = |at: &u64| {
                let edges = [hole.start, hole.end];
                edges.iter().any(|it| at.abs_diff(*it as u64) <= 2)
            };
            assert!(
                !found.is_empty() && found.iter().all(edge),
                "{half_milliseconds} half milliseconds: {found:?}, not {hole:?}"
            );
        }
    }
}

/// The edges of a synthesizer's tones are steps, one after the other.
#[test]
fn no_tone_voice_chime_or_drum_is_a_row_of_clicks() {
    let wave = |hertz: f64, odd: usize| {
        let mut sum = vec![[0.0; 2]; 2 * SECOND];
        for harmonic in (1..(20_000.0 / hertz) as usize).step_by(odd) {
            let tone = sine(hertz * harmonic as f64, -14.0, 48_000, 2 * SECOND);
            for (sum, tone) in sum.iter_mut().zip(tone) {
                *sum = sum.map(|sample| sample + tone[0] / harmonic as f32);
            }
        }
        let length = sum.len();
        for (at, frame) in sum.iter_mut().enumerate() {
            let way = (at.min(length - at) as f32 / 4_800.0).min(1.0);
            *frame = frame.map(|sample| sample * way);
        }
        sum
    };
    for hertz in [55.0, 61.7, 110.0, 196.0, 440.0] {
        for odd in [1, 2] {
            let found = clicks(Rate::DEFAULT, &wave(hertz, odd));
            assert_none(&found, &format!("{hertz} Hz, {odd}"));
        }
    }
    let cues = Path::new(env!("CARGO_MANIFEST_DIR")).join("cues");
    let voices = ["intention-a", "intention-b", "opening", "closing", "soften"];
    for name in voices.iter().chain(&["bell", "bowl", "chime"]) {
        let sound = head(&cues.join(format!("{name}.flac")), Rate::DEFAULT, 30, 0.5);
        assert_none(&clicks(Rate::DEFAULT, &sound), name);
    }
    // Strokes of hiss, struck eight times a second.
    let mut strokes = noise(8, 0.2, 4 * SECOND);
    for (at, frame) in strokes.iter_mut().enumerate() {
        let since = (at % 6_000) as f32;
        let gain = (since / 48.0).min(1.0) * (-since / 600.0).exp();
        *frame = frame.map(|sample| sample * gain);
    }
    assert_none(&clicks(Rate::DEFAULT, &strokes), "strokes");
}

#[test]
fn a_step_that_nobody_hears_is_no_click() {
    let rate = Rate::DEFAULT;
    for (height, is_one) in [
        (0.001, false),
        (0.001_7, false),
        (0.002_5, true),
        (0.01, true),
    ] {
        let mut sound = sine(100.0, -16.0, 48_000, 2 * SECOND);
        for frame in &mut sound[SECOND..] {
            frame[1] += height;
        }
        // Its begin and its end are no steps of this one.
        for (at, frame) in sound.iter_mut().enumerate() {
            let way = at.min(2 * SECOND - 1 - at) as f32 / 4_800.0;
            *frame = frame.map(|sample| sample * way.min(1.0));
        }
        assert_eq!(clicks(rate, &sound).len(), usize::from(is_one), "{height}");
    }
}

/// A recording that is cut within a wave, or has an offset, comes and goes as all does: from silence and to it.
#[test]
fn a_cue_that_was_cut_within_a_wave_clicks_at_neither_end() {
    let stage = Stage::new();
    // A quarter of a wave in, it stands at its highest at both ends.
    let cut = |rate: u32, seconds: usize, decay: f32| -> Vec<Frame> {
        let quarter = rate as usize / 4 / 200;
        let tone = sine(200.0, -16.5, rate, rate as usize * seconds + quarter);
        let tone = tone[quarter..].iter().zip(0..);
        let fallen = |at: i32| (-decay * at as f32 / rate as f32).exp();
        tone.map(|(frame, at)| frame.map(|it| it * fallen(at)))
            .collect()
    };
    let offset: Vec<Frame> = sine(300.0, -16.0, 48_000, 96_000)
        .into_iter()
        .map(|frame| frame.map(|it| it + 0.05))
        .collect();
    let (mut cues, mut starts) = (Vec::new(), Vec::new());
    let mut at = 2;
    for (name, kind, sound, rate) in [
        ("cut.wav", "voice", cut(48_000, 2, 0.0), 48_000),
        ("said.wav", "say: Word, sound", cut(44_100, 2, 0.0), 44_100),
        ("low.wav", "voice", cut(8_000, 2, 0.0), 8_000),
        ("offset.wav", "voice", offset, 48_000),
        ("chime.wav", "chime", cut(48_000, 2, 0.5), 48_000),
        ("streamed.wav", "voice", cut(48_000, 21, 0.0), 48_000),
    ] {
        wav(&stage.path(name), &sound, rate, 2, Wav::Float);
        cues.push(format!("{{ at: {at}s, {kind}: {name} }}"));
        starts.push((name, at));
        at += sound.len() / rate as usize + 3;
    }
    let script = |cues: &str| {
        format!(
            "undersong: 1\nmusic: {{ loudness: as-is }}\n\
             phases: [{{ name: all, length: 80s, music: silence, cues: [{cues}] }}]\n"
        )
    };
    let heard = stage.hear(&script(&cues.join(", ")), Rate::DEFAULT);
    let sound = above_6_khz(&heard.frames());
    for (cue, (name, at)) in heard.timeline.cues.iter().zip(starts) {
        assert_eq!(cue.at.index(), at * SECOND, "{name}");
        for edge in [cue.at.index(), cue.end().index()] {
            let around = &sound[edge - 480..edge + 480];
            let peak = around.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
            let peak = 20.0 * peak.log10();
            // Without its edges it is at -25 dBFS; a click is heard from -54 dBFS on.
            assert!(peak < -70.0, "{name} at {edge}: {peak} dBFS");
        }
    }
    // One that is shorter than its edges gives them a third each, and is itself between them.
    let short = noise(3, 0.1, 301);
    wav(&stage.path("short.wav"), &short, 48_000, 2, Wav::Float);
    let heard = stage.hear(&script("{ at: 2s, voice: short.wav }"), Rate::DEFAULT);
    let heard = &heard.frames()[2 * SECOND..];
    assert_eq!(first_difference(&heard[100..201], &short[100..201]), None);
    assert_eq!(heard[0], [0.0; 2]);
    for (heard, whole) in heard.iter().zip(&short) {
        assert!(heard[0].abs() <= whole[0].abs() && heard[1].abs() <= whole[1].abs());
    }
    let last = heard[300][0] / short[300][0];
    assert!((0.0..0.03).contains(&last), "{last}");
}

/// Files of two rates are two streams: of what was cut within a wave, one goes as the other comes.
#[test]
fn where_files_of_two_rates_are_joined_there_is_no_click() {
    let stage = Stage::new();
    // The one begins and ends at the top of a wave, the other at the bottom.
    for (name, rate, quarters) in [("a.wav", 44_100, 1), ("b.wav", 48_000, 3)] {
        let before = quarters * rate as usize / 800;
        let tone = sine(200.0, -12.0, rate, 12 * rate as usize + before);
        wav(&stage.path(name), &tone[before..], rate, 2, Wav::Float);
    }
    let script = "undersong: 1\nmusic: { loudness: as-is, crossfade: 0s, fade-in: 1s, fade-out: 1s }\n\
                  phases: [{ name: all, length: 36s, playlist: [a.wav, b.wav, a.wav] }]\n";
    let prepared = stage.prepare(script, Rate::DEFAULT);
    assert_eq!(prepared.remarks, []);
    let heard = play(&prepared, Frames::ZERO);
    assert_eq!(heard.timeline.clips.len(), 3);
    let sound = heard.frames();
    let high = above_6_khz(&sound);
    for clip in &heard.timeline.clips[1..] {
        let join = clip.from.index();
        let around = &high[join - 960..join + 960];
        let peak = around.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
        let peak = 20.0 * peak.log10();
        // Without a fade it is at -36 dBFS.
        assert!(peak < -60.0, "at {join}: {peak} dBFS");
        // Nor is there a hole between them.
        let around = power(&sound[join - 480..join + 960]);
        assert!(
            around > power(&sound[join - 9_600..join - 480]) - 3.0,
            "{around}"
        );
    }
}

/// What is above 6 kHz on the left: a Butterworth filter of fourth order.
fn above_6_khz(sound: &[Frame]) -> Vec<f64> {
    let mut left: Vec<f64> = sound.iter().map(|frame| f64::from(frame[0])).collect();
    let k = (std::f64::consts::PI * 6_000.0 / SECOND as f64).tan();
    for quality in [0.541_196, 1.306_563] {
        let scale = 1.0 / (1.0 + k / quality + k * k);
        let back = [2.0 * (k * k - 1.0), 1.0 - k / quality + k * k];
        let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
        for sample in &mut left {
            let ahead = *sample - 2.0 * x[0] + x[1];
            let out = scale * (ahead - back[0] * y[0] - back[1] * y[1]);
            (x, y) = ([*sample, x[0]], [out, y[0]]);
            *sample = out;
        }
    }
    left
}

#[track_caller]
fn assert_none(found: &[u64], what: &str) {
    assert!(found.is_empty(), "{what}: {found:?}");
}

fn clicks(rate: Rate, sound: &[Frame]) -> Vec<u64> {
    let mut steps = Steps::new(rate);
    sound.chunks(997).for_each(|block| steps.add(block));
    steps.finish().into_iter().map(|step| step.at.0).collect()
}
