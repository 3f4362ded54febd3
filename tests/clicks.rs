//! What is a click, and what is none, in music as loud as it may be.

mod common;

use std::path::Path;

use common::sounds::sine;
use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::measure::Steps;
use undersong::time::Rate;

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
        let mut decoder = Decoder::open(&folder.join(piece)).unwrap();
        let (rate, mut sound) = (decoder.rate(), Vec::new());
        let second = rate.hertz() as usize;
        while sound.len() < 20 * second && decoder.read(&mut sound).unwrap() > 0 {}
        let loudest = sound
            .iter()
            .flatten()
            .fold(0.0_f32, |most, it| most.max(it.abs()));
        let length = sound.len();
        for (at, frame) in sound.iter_mut().enumerate() {
            // It is cut off here, and goes within a tenth of a second.
            let way = ((length - at) as f32 / (second / 10) as f32).min(1.0);
            *frame = frame.map(|sample| sample * 0.9 / loudest * way);
        }
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

fn clicks(rate: Rate, sound: &[Frame]) -> Vec<u64> {
    let mut steps = Steps::new(rate);
    sound.chunks(997).for_each(|block| steps.add(block));
    steps.finish().into_iter().map(|step| step.at.0).collect()
}
