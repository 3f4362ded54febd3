//! A continuous signal, cut into files and joined without a seam, is the same signal.

mod common;

use common::files::{Wav, flac, ogg, wav};
use common::sounds::{noise, quantised, rate, sine};
use common::stage::{Stage, first_difference};
use undersong::frame::Frame;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, Timeline};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// Odd lengths on purpose.
const CUTS: [usize; 3] = [211_007, 423_332, 600_001];
const LENGTH: usize = 811_117;

fn pieces(sound: &[Frame]) -> [&[Frame]; 4] {
    [
        &sound[..CUTS[0]],
        &sound[CUTS[0]..CUTS[1]],
        &sound[CUTS[1]..CUTS[2]],
        &sound[CUTS[2]..],
    ]
}

fn script(ending: &str) -> String {
    format!(
        "undersong: 1\n\
         title: Gapless\n\
         music: {{ loudness: as-is, crossfade: 0s, fade-in: 0s, fade-out: 0s }}\n\
         phases:\n\
         \x20 - {{ name: all, length: 17s, min: 15s, max: 20s, playlist: [1.{ending}, 2.{ending}, 3.{ending}, 4.{ending}] }}\n"
    )
}

fn assert_joined(stage: &Stage, ending: &str, expected: &[Frame], at: Rate) {
    let heard = stage.hear(&script(ending), at);
    assert_eq!(heard.timeline.clips.len(), 4, "{ending}");
    let heard = heard.frames();
    assert_eq!(heard.len(), expected.len(), "{ending}: frames more or less");
    assert_eq!(first_difference(&heard, expected), None, "{ending}");
}

#[test]
fn wav_and_flac_join_bit_for_bit() {
    let stage = Stage::new();
    let sound = quantised(&sine(440.0, -9.0, 44_100, LENGTH), 24);
    for (n, piece) in pieces(&sound).into_iter().enumerate() {
        let name = |ending| stage.path(&format!("{}.{ending}", n + 1));
        wav(&name("wav"), piece, 44_100, 2, Wav::Bits(24));
        flac(&name("flac"), piece, 44_100, 2, 24);
    }
    for ending in ["wav", "flac"] {
        assert_joined(&stage, ending, &sound, rate(44_100));
    }
}

#[test]
fn vorbis_joins_as_decoded_whole() {
    let stage = Stage::new();
    let sound = noise(7, 0.1, LENGTH);
    let mut decoded = Vec::new();
    for (n, piece) in pieces(&sound).into_iter().enumerate() {
        let path = ogg(&stage.path(&format!("{}.ogg", n + 1)), piece, 44_100, 2);
        let mut decoder = undersong::decode::Decoder::open(&path).unwrap();
        let before = decoded.len();
        while decoder.read(&mut decoded).unwrap() > 0 {}
        assert_eq!(decoded.len() - before, piece.len());
    }
    assert_joined(&stage, "ogg", &decoded, rate(44_100));
}

#[test]
fn a_join_is_not_heard_after_resampling_either() {
    let stage = Stage::new();
    let sound = sine(440.0, -9.0, 44_100, LENGTH);
    for (n, piece) in pieces(&sound).into_iter().enumerate() {
        wav(
            &stage.path(&format!("{}.wav", n + 1)),
            piece,
            44_100,
            2,
            Wav::Float,
        );
    }
    wav(&stage.path("whole.wav"), &sound, 44_100, 2, Wav::Float);
    let joined = stage.hear(&script("wav"), Rate::DEFAULT).frames();
    let whole = script("wav").replace("[1.wav, 2.wav, 3.wav, 4.wav]", "[whole.wav]");
    let whole = stage.hear(&whole, Rate::DEFAULT).frames();
    assert_eq!(first_difference(&joined, &whole), None);
}

#[test]
fn what_goes_in_comes_out_though_the_file_is_longer_than_the_session() {
    let stage = Stage::new();
    let sound = sine(997.0, -8.0, 48_000, 900_001);
    wav(&stage.path("long.wav"), &sound, 48_000, 2, Wav::Float);
    let script = "undersong: 1\ntitle: As is\nmusic: { loudness: as-is, fade-in: 0s, fade-out: 0s }\n\
                  phases: [{ name: all, length: 10s, playlist: [long.wav] }]\n";
    let heard = stage.hear(script, Rate::DEFAULT).frames();
    assert_eq!(heard.len(), 480_000);
    // The last 10 ms go softly: a session never ends in a click.
    let end = 480_000 - 480;
    assert_eq!(first_difference(&heard[..end], &sound[..end]), None);
}

/// Whatever of it is laid out: an album is as loud in a plan as in a phase that is held, and after a change.
#[test]
fn an_album_has_one_gain_however_much_of_it_is_heard() {
    let stage = Stage::new();
    for (name, peak) in [("1.wav", 0.3), ("2.wav", 0.25), ("3.wav", 0.02)] {
        let sound = noise(9, peak, 20 * 8_000 + 7);
        wav(&stage.path(name), &sound, 8_000, 2, Wav::Float);
    }
    let script = |length: u32, tracks: &str| {
        format!(
            "undersong: 1\nmusic: {{ crossfade: 0s, largest-step: 60 LU }}\n\
             phases: [{{ name: all, length: {length}s, end: hold, playlist: [{tracks}] }}]\n"
        )
    };
    let whole = stage.prepare(&script(60, "1.wav, 2.wav, 3.wav"), Rate::DEFAULT);
    let gain = whole.timeline.clips[0].gain;
    let assert_same = |timeline: &Timeline, case: &str| {
        let gains = timeline.clips.iter().map(|clip| clip.gain);
        assert!(
            gains.clone().all(|it| it == gain),
            "{case}: {gain:?}, {:?}",
            gains.collect::<Vec<_>>()
        );
    };
    // A piece that is named twice is no more of the album than one that is named once.
    for tracks in ["1.wav, 2.wav, 3.wav", "1.wav, 1.wav, 1.wav, 2.wav, 3.wav"] {
        for length in [15, 30, 60, 100] {
            let prepared = stage.prepare(&script(length, tracks), Rate::DEFAULT);
            let case = format!("{length} s of {tracks}");
            assert_same(&prepared.timeline, &case);
            let held = prepared.steered();
            assert!(held.timeline().clips.len() > 3, "{case}");
            assert_same(held.timeline(), &case);
            let skipped = held.revise(Frames(5 * 48_000), &Change::Skip).unwrap();
            assert_same(skipped.timeline(), &case);
        }
    }
}
