//! What is a click, and what is none, in music as loud as it may be.

mod common;

use std::path::Path;

use common::sounds::{noise, rate, sine};
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

#[track_caller]
fn assert_none(found: &[u64], what: &str) {
    assert!(found.is_empty(), "{what}: {found:?}");
}

fn clicks(rate: Rate, sound: &[Frame]) -> Vec<u64> {
    let mut steps = Steps::new(rate);
    sound.chunks(997).for_each(|block| steps.add(block));
    steps.finish().into_iter().map(|step| step.at.0).collect()
}
