//! The resampler: exact lengths, clean tones, and the same samples however it is used.

mod common;

use common::sounds::{difference, noise, rate, sinad, sine};
use undersong::frame::Frame;
use undersong::stream::Resampler;
use undersong::time::Frames;

#[global_allocator]
static NO_ALLOCATION: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const PAIRS: [(u32, u32); 9] = [
    (44_100, 48_000),
    (48_000, 44_100),
    (96_000, 48_000),
    (22_050, 48_000),
    (8_000, 48_000),
    (37_800, 48_000),
    (88_200, 44_100),
    (44_100, 96_000),
    (11_025, 44_101),
];

fn convert(sound: &[Frame], from: u32, to: u32, cut: usize) -> Vec<Frame> {
    let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
    let mut out = Vec::new();
    for piece in sound.chunks(cut) {
        resampler.push(piece, &mut out);
    }
    resampler.finish(&mut out);
    out
}

#[test]
fn every_length_is_exact() {
    for (from, to) in PAIRS {
        for frames in [0, 1, 2, 147, 1_023, 4_097, 30_011] {
            let out = convert(&noise(1, 0.5, frames), from, to, 997);
            let expected = rate(to).convert(Frames::from(frames), rate(from));
            assert_eq!(
                Frames::from(out.len()),
                expected,
                "{from} to {to}, {frames}"
            );
        }
    }
}

#[test]
fn tones_stay_clean_and_in_their_place() {
    for (from, to) in PAIRS {
        let slow = f64::from(from.min(to));
        // rates without a common measure have filters of a second
        let seconds = if to == 44_101 { 8 } else { 1 };
        for hertz in [slow * 0.021, slow * 0.21, slow * 0.4] {
            let out = convert(
                &sine(hertz, -1.0, from, seconds * from as usize),
                from,
                to,
                1_153,
            );
            let length = out.len();
            // the very ends ring, since the tone begins and stops at once
            let middle = &out[length / 8..length - length / 8];
            let clean = sinad(middle, hertz, to);
            assert!(
                clean > 120.0,
                "{from} to {to}, {hertz:.0} Hz: {clean:.1} dB"
            );
            let same = sine(hertz, -1.0, to, length);
            let off = difference(middle, &same[length / 8..length - length / 8]);
            assert!(off < 4e-6, "{from} to {to}, {hertz:.0} Hz: off by {off}");
        }
    }
}

/// One tone left and another right, each on its own side.
#[test]
fn left_stays_left() {
    let length = 40_000;
    for (from, to) in [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000)] {
        let (left, right) = (
            sine(997.0, -1.0, from, length),
            sine(3_001.0, -7.0, from, length),
        );
        let pair = |left: &[Frame], right: &[Frame]| -> Vec<Frame> {
            let pairs = left.iter().zip(right);
            pairs.map(|(left, right)| [left[0], right[0]]).collect()
        };
        let silent = vec![[0.0; 2]; length];
        let out = convert(&pair(&left, &right), from, to, 1_153);
        let alone = [
            convert(&pair(&left, &silent), from, to, 1_153),
            convert(&pair(&silent, &right), from, to, 1_153),
        ];
        for (frame, (left, right)) in out.iter().zip(alone[0].iter().zip(&alone[1])) {
            assert!((frame[0] - left[0]).abs() < 2e-6, "{from} to {to}");
            assert!((frame[1] - right[1]).abs() < 2e-6, "{from} to {to}");
            let across = left[1].abs().max(right[0].abs());
            // -128 dB: what single precision leaves
            assert!(across < 4e-7, "{from} to {to}: {across}");
        }
        assert!(alone[0].iter().any(|frame| frame[0] > 0.8));
    }
}

#[test]
fn what_the_slower_rate_cannot_hold_is_gone() {
    for (from, to, hertz) in [
        (96_000, 48_000, 24_400.0),
        (96_000, 48_000, 30_000.0),
        (48_000, 44_100, 22_400.0),
        (48_000, 22_050, 15_000.0),
    ] {
        let out = convert(&sine(hertz, -1.0, from, 60_000), from, to, 1_153);
        let middle = &out[out.len() / 4..out.len() / 4 * 3];
        let loudest = middle
            .iter()
            .fold(0.0_f32, |l, frame| l.max(frame[0].abs()));
        // -120 dB
        assert!(
            loudest < 1e-6,
            "{from} to {to}: {hertz} Hz leaves {loudest}"
        );
    }
}

#[test]
fn cutting_the_input_changes_no_sample() {
    let sound = noise(7, 0.9, 40_009);
    for (from, to) in PAIRS {
        let whole = convert(&sound, from, to, sound.len());
        for cut in [1, 7, 1_152, 4_096] {
            assert!(
                convert(&sound, from, to, cut) == whole,
                "{from} to {to}, cut {cut}"
            );
        }
    }
}

#[test]
fn starting_in_the_middle_changes_no_sample() {
    let sound = noise(9, 0.9, 60_013);
    for (from, to) in PAIRS.into_iter().chain([(48_000, 48_000)]) {
        let whole = convert(&sound, from, to, 1_152);
        for at in [0, 1, 639, 640, 5_000, whole.len() / 2, whole.len() - 1] {
            let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
            // used before, for something else
            resampler.push(&noise(3, 0.5, 3_001), &mut Vec::new());
            let first = resampler.start_at(Frames::from(at));
            let mut out = Vec::new();
            resampler.push(&sound[first.index()..], &mut out);
            resampler.finish(&mut out);
            assert!(out == whole[at..], "{from} to {to} from {at}");
        }
    }
}

#[test]
fn equal_rates_pass_untouched() {
    let sound = noise(2, 0.9, 12_345);
    assert!(convert(&sound, 44_100, 44_100, 1_000) == sound);
}

#[test]
fn rates_too_far_apart_are_refused() {
    let refused = Resampler::new(rate(1), rate(48_000)).err().unwrap();
    assert!(refused.to_string().contains("1 Hz"));
    // No common measure, and blocks of a million frames.
    let refused = Resampler::new(rate(767_999), rate(48_000)).err().unwrap();
    assert!(refused.to_string().contains("767999 Hz"), "{refused}");
}

#[test]
fn nothing_is_allocated_once_there_is_room() {
    let sound = noise(4, 0.5, 3_001);
    for (from, to) in PAIRS {
        let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
        let mut out = Vec::with_capacity(200_000);
        assert_no_alloc::assert_no_alloc(|| {
            for _ in 0..20 {
                out.clear();
                resampler.push(&sound, &mut out);
            }
            resampler.start_at(Frames(99));
            resampler.push(&sound, &mut out);
            resampler.finish(&mut out);
        });
    }
}
