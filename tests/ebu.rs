//! The meter of reports on the minimum requirements of EBU Tech 3341 and Tech 3342: the synthetic signals of both, made from
//! the published text. Left out: case 6 of 3341, which has five channels, where a zone has two; cases 7 and 8 of 3341 and 5
//! and 6 of 3342, which are recorded programmes and not in the text.

mod common;

use std::f64::consts::TAU;

use common::sounds::sine;
use undersong::frame::{Frame, SILENCE};
use undersong::measure::{Measured, Meter};
use undersong::time::Rate;

const RATE: u32 = 48_000;

fn measured(sound: &[Frame]) -> Measured {
    let mut meter = Meter::new(Rate::DEFAULT).unwrap();
    for block in sound.chunks(8_192) {
        meter.add(block).unwrap();
    }
    meter.finish()
}

/// 1 kHz on both channels, so many dBFS for so many seconds, one after another; silence where there is no level.
fn tones(parts: &[(Option<f64>, f64)]) -> Vec<Frame> {
    let part = |(level, seconds): &(Option<f64>, f64)| {
        let frames = (seconds * f64::from(RATE)).round() as usize;
        match level {
            Some(level) => sine(1_000.0, *level, RATE, frames),
            None => vec![SILENCE; frames],
        }
    };
    parts.iter().flat_map(part).collect()
}

fn near(value: f32, wanted: f64, tolerance: f64, what: &str) {
    let apart = f64::from(value) - wanted;
    assert!(
        apart.abs() <= tolerance,
        "{what}: {value} instead of {wanted}"
    );
}

#[test]
fn integrated_loudness_of_tech_3341_cases_1_to_5() {
    let tone = |level: f64, seconds: f64| (Some(level), seconds);
    for (case, parts, wanted) in [
        (1, vec![tone(-23.0, 20.0)], -23.0),
        (2, vec![tone(-33.0, 20.0)], -33.0),
        (
            3,
            vec![tone(-36.0, 10.0), tone(-23.0, 60.0), tone(-36.0, 10.0)],
            -23.0,
        ),
        (
            4,
            vec![
                tone(-72.0, 10.0),
                tone(-36.0, 10.0),
                tone(-23.0, 60.0),
                tone(-36.0, 10.0),
                tone(-72.0, 10.0),
            ],
            -23.0,
        ),
        (
            5,
            vec![tone(-26.0, 20.0), tone(-20.0, 20.1), tone(-26.0, 20.0)],
            -23.0,
        ),
    ] {
        let heard = measured(&tones(&parts));
        near(
            heard.integrated.unwrap().0,
            wanted,
            0.1,
            &format!("case {case}"),
        );
        if case <= 2 {
            near(
                heard.loudest_momentary.unwrap().0.0,
                wanted,
                0.1,
                "momentary",
            );
            near(
                heard.loudest_short_term.unwrap().0.0,
                wanted,
                0.1,
                "short-term",
            );
        }
    }
}

#[test]
fn short_term_loudness_of_tech_3341_cases_9_to_11() {
    let alternating = [(Some(-20.0), 1.34), (Some(-30.0), 1.66)].repeat(5);
    let heard = measured(&tones(&alternating));
    for value in &heard.short_term[30..] {
        near(value.0, -23.0, 0.1, "case 9");
    }
    for i in 0..20_u32 {
        let delay = f64::from(i) * 0.15;
        let heard = measured(&tones(&[(None, delay), (Some(-23.0), 3.0), (None, 1.0)]));
        near(
            heard.loudest_short_term.unwrap().0.0,
            -23.0,
            0.1,
            &format!("case 10, {i}"),
        );
    }
    let segment = |i: u32| {
        let delay = f64::from(i) * 0.15;
        [
            (None, delay),
            (Some(-38.0 + f64::from(i)), 3.0),
            (None, 3.0 - delay),
        ]
    };
    let all: Vec<_> = (0..20).flat_map(segment).collect();
    successive(&measured(&tones(&all)).short_term, 60, "case 11");
}

#[test]
fn momentary_loudness_of_tech_3341_cases_12_to_14() {
    let alternating = [(Some(-20.0), 0.18), (Some(-30.0), 0.22)].repeat(25);
    let heard = measured(&tones(&alternating));
    for value in &heard.momentary[10..] {
        near(value.0, -23.0, 0.1, "case 12");
    }
    for i in 0..20_u32 {
        let delay = f64::from(i) * 0.02;
        let heard = measured(&tones(&[(None, delay), (Some(-23.0), 0.4), (None, 1.0)]));
        near(
            heard.loudest_momentary.unwrap().0.0,
            -23.0,
            0.1,
            &format!("case 13, {i}"),
        );
    }
    // The meter keeps one value of ten, and the highest of all: so case 14's successive values are those of its growing parts.
    let segment = |i: u32| {
        let delay = f64::from(i) * 0.02;
        [
            (None, delay),
            (Some(-38.0 + f64::from(i)), 0.4),
            (None, 0.4 - delay),
        ]
    };
    for last in 0..20_u32 {
        let parts: Vec<_> = (0..=last).flat_map(segment).collect();
        let heard = measured(&tones(&parts));
        let wanted = -38.0 + f64::from(last);
        near(
            heard.loudest_momentary.unwrap().0.0,
            wanted,
            0.1,
            &format!("case 14, {last}"),
        );
    }
}

/// The highest of each `length` values, which are -38, -37, ... -19.
fn successive(values: &[undersong::level::Loudness], length: usize, case: &str) {
    assert_eq!(values.len(), 20 * length);
    for (i, segment) in values.chunks(length).enumerate() {
        let highest = segment
            .iter()
            .map(|it| it.0)
            .fold(f32::NEG_INFINITY, f32::max);
        near(highest, -38.0 + i as f64, 0.1, &format!("{case}, {i}"));
    }
}

/// The true peak of case 15 and those behind it: 0.2 dB above and 0.4 dB below are allowed.
fn peaks_at(sound: &[Frame], wanted: f32, case: &str) {
    let peak = measured(sound).true_peak.0.decibels().0;
    let apart = peak - wanted;
    assert!(
        (-0.4..=0.2).contains(&apart),
        "{case}: {peak} dBTP instead of {wanted}"
    );
}

#[test]
fn true_peaks_of_tech_3341_cases_15_to_19() {
    for (case, part, size, phase, wanted) in [
        (15, 4.0, 0.50, 0.0, -6.0),
        (16, 4.0, 0.50, 45.0, -6.0),
        (17, 6.0, 0.50, 60.0, -6.0),
        (18, 8.0, 0.50, 67.5, -6.0),
        (19, 4.0, 1.41, 45.0, 3.0),
    ] {
        let frames = 24_000;
        let sound: Vec<Frame> = (0..frames)
            .map(|at| {
                // 10 ms from and to silence.
                let edge = f64::from(at.min(frames - 1 - at)) / 480.0;
                let taper = 0.5 - 0.5 * (edge.min(1.0) * TAU / 2.0).cos();
                let angle = TAU * (f64::from(at) / part + phase / 360.0);
                [(size * taper * angle.sin()) as f32; 2]
            })
            .collect();
        peaks_at(&sound, wanted, &format!("case {case}"));
    }
}

#[test]
fn true_peaks_between_samples_of_tech_3341_cases_20_to_23() {
    // At four times the rate: fs/6 at half of full scale, and in its midst one period of fs/4 at full scale.
    let (mut angle, begun) = (0.0_f64, 4 * 4_800);
    let over: Vec<f64> = (0..8 * 4_800)
        .map(|at| {
            let loud = (begun..begun + 16).contains(&at);
            let value = if loud { 1.0 } else { 0.5 } * angle.sin();
            angle += TAU / if loud { 16.0 } else { 24.0 };
            value
        })
        .collect();
    // 19200 steps of a 24th are whole periods, so the phase is continuous on both sides.
    let low = low_pass();
    for offset in 0..4 {
        let half = low.len() / 2;
        let places = (half + offset..over.len() - half).step_by(4);
        let sound: Vec<Frame> = places
            .map(|at| {
                let around = &over[at - half..=at + half];
                let value: f64 = around
                    .iter()
                    .zip(&low)
                    .map(|(sample, tap)| sample * tap)
                    .sum();
                [value as f32; 2]
            })
            .collect();
        peaks_at(&sound, 0.0, &format!("case {}", 20 + offset));
    }
}

/// Against aliases of a quarter of the rate: a sinc under a Blackman window, flat to fs/4 and far above it.
fn low_pass() -> Vec<f64> {
    const HALF: i32 = 128;
    let taps: Vec<f64> = (-HALF..=HALF)
        .map(|at| {
            // The edge lies at 0.46 of the lower rate.
            let x = std::f64::consts::PI * f64::from(at) * 0.23;
            let sinc = if at == 0 { 1.0 } else { x.sin() / x };
            let turn = TAU * f64::from(at + HALF) / f64::from(2 * HALF);
            sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
}

#[test]
fn loudness_range_of_tech_3342_cases_1_to_4() {
    for (case, levels, wanted) in [
        (1, &[-20.0, -30.0][..], 10.0),
        (2, &[-20.0, -15.0], 5.0),
        (3, &[-40.0, -20.0], 20.0),
        (4, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ] {
        let parts: Vec<_> = levels.iter().map(|level| (Some(*level), 20.0)).collect();
        let range = measured(&tones(&parts)).range.unwrap();
        near(range.0, wanted, 1.0, &format!("case {case}"));
    }
}
