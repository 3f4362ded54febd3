use ebur128::{EbuR128, Mode};

use super::*;
use crate::between::largest;
use crate::level::Decibels;

const CEILING: f32 = 0.5;

fn run(input: &[Frame], block: usize) -> Vec<Frame> {
    limited(input, Rate::DEFAULT, block)
}

fn limited(input: &[Frame], rate: Rate, block: usize) -> Vec<Frame> {
    let mut limiter = Limiter::new(rate, Gain(CEILING));
    let mut out = input.to_vec();
    for block in out.chunks_mut(block) {
        limiter.process(block);
    }
    out
}

fn noise(frames: usize, size: f32) -> Vec<Frame> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..frames)
        .map(|_| [next() * size, next() * size])
        .collect()
}

#[test]
fn below_the_ceiling_no_bit_changes() {
    // Between its samples noise reaches more than twice as far.
    let input = noise(10_007, CEILING / 2.5);
    let out = run(&input, 131);
    let latency = Limiter::latency(Rate::DEFAULT);
    assert!(out[latency..] == input[..input.len() - latency]);
}

/// The true peak as the standard's meter reads it.
fn metered(sound: &[Frame], rate: Rate) -> f32 {
    let mut meter = EbuR128::new(2, rate.hertz(), Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(sound.as_flattened()).unwrap();
    let peaks = [0, 1].map(|channel| meter.true_peak(channel).unwrap() as f32);
    peaks[0].max(peaks[1])
}

/// As it is, nearly: a long sinc, at places between samples that nobody else looks at.
fn reaches(sound: &[Frame]) -> f32 {
    const REACH: usize = 48;
    let mut peak = largest(sound.as_flattened());
    for phase in 1..11 {
        let taps: Vec<f32> = (0..2 * REACH)
            .map(|at| {
                let away = at as f32 + 1.0 - REACH as f32 - phase as f32 / 11.0;
                let turn = std::f32::consts::PI * away;
                let window = (turn / (2 * REACH) as f32).cos().powi(2);
                turn.sin() / turn * window
            })
            .collect();
        for around in sound.windows(2 * REACH) {
            let mut value = [0.0; 2];
            for (tap, frame) in taps.iter().zip(around) {
                value[0] += tap * frame[0];
                value[1] += tap * frame[1];
            }
            peak = peak.max(value[0].abs()).max(value[1].abs());
        }
    }
    peak
}

/// So many frames of each sound.
const LENGTH: usize = 9_001;

fn wave(size: f32, value: impl Fn(f32) -> f32) -> Vec<Frame> {
    (0..LENGTH)
        .map(|at| [size * value(at as f32), -size * value(at as f32 + 0.3)])
        .collect()
}

/// What is hardest for a limiter: peaks between samples, edges, bursts.
fn hard(size: f32) -> Vec<(&'static str, Vec<Frame>)> {
    let turn = 2.0 * std::f32::consts::PI;
    let sine = move |step: f32, phase: f32| move |at: f32| (turn * (at * step + phase)).sin();
    let burst = |at: f32| {
        let sounds = (at as u32 / 700).is_multiple_of(3);
        if sounds { 1.0 } else { 0.01 }
    };
    let square = |at: f32| if at % 97.0 < 48.0 { 1.0 } else { -1.0 };
    vec![
        ("a quarter of the rate", wave(size, sine(0.25, 0.125))),
        (
            "a sixth of the rate",
            wave(size, sine(1.0 / 6.0, 1.0 / 12.0)),
        ),
        ("0.23 of the rate", wave(size, sine(0.2291, 0.0))),
        ("0.42 of the rate", wave(size, sine(0.4167, 0.1))),
        ("bass", wave(size, sine(0.001, 0.0))),
        ("a square", wave(size, square)),
        ("pulses", wave(size, |at| f32::from(at % 331.0 < 1.0))),
        ("bursts", wave(size, |at| burst(at) * sine(0.1713, 0.2)(at))),
    ]
}

#[test]
fn nothing_passes_the_ceiling_between_samples_either() {
    for (hertz, size) in [
        (48_000, 0.51),
        (48_000, 1.0),
        (44_100, 8.0),
        (4_000, 1.0),
        (96_000, 1.0),
        (192_000, 1.0),
    ] {
        let rate = Rate::new(hertz).unwrap();
        for (name, sound) in hard(size) {
            let out = limited(&sound, rate, 77);
            assert!(largest(out.as_flattened()) <= CEILING, "{name} at {size}");
            let over = Gain(reaches(&out).max(metered(&out, rate)) / CEILING).decibels();
            assert!(over < Decibels(0.2), "{name} at {size}, {rate}: {over}");
            let pumps = over < Decibels(-3.0) && reaches(&sound) > CEILING;
            assert!(!pumps, "{name} at {size}, {rate}: {over}");
        }
    }
}

#[test]
fn noise_up_to_the_middle_of_the_rate_passes_by_no_more() {
    for size in [0.6, 1.0, 8.0] {
        let out = run(&noise(LENGTH, size), 77);
        assert!(largest(out.as_flattened()) <= CEILING, "{size}");
        let over = Gain(metered(&out, Rate::DEFAULT) / CEILING).decibels();
        assert!(over < Decibels(0.2), "{size}: {over} as metered");
        assert!(
            over > Gain(0.75).decibels(),
            "it does not pump itself away: {over}"
        );
        let over = Gain(reaches(&out) / CEILING).decibels();
        assert!(over < Decibels(0.2), "{size}: {over}");
    }
}

#[test]
fn it_is_idle_again_after_a_peak() {
    let mut input = noise(96_000, 0.25);
    input[1_000] = [4.0, -4.0];
    let out = run(&input, 256);
    let latency = Limiter::latency(Rate::DEFAULT);
    assert!(largest(out.as_flattened()) <= CEILING);
    assert!(out[90_000..] == input[90_000 - latency..96_000 - latency]);
}

#[test]
fn blocks_of_any_size_give_the_same_samples() {
    let mut input = noise(9_999, 0.7);
    input[5_000] = [3.0, 0.0];
    let whole = run(&input, 256);
    for block in [1, 3, 64, 255] {
        assert!(run(&input, block) == whole, "{block}");
    }
}

#[test]
fn the_gain_moves_without_a_step() {
    let mut input = vec![[0.4, 0.4]; 9_999];
    input[5_000] = [4.0, 4.0];
    let out = run(&input, 256);
    let latency = Limiter::latency(Rate::DEFAULT);
    let pairs = out[latency..].iter().zip(&input);
    let gains: Vec<f32> = pairs.map(|(out, input)| out[0] / input[0]).collect();
    for pair in gains.windows(2) {
        assert!((pair[1] - pair[0]).abs() < 1.0 / 96.0);
    }
}

/// As the limiter sees it between the samples of its left channel.
fn closely(sound: &[Frame]) -> f32 {
    let samples: Vec<f32> = sound.iter().map(|frame| frame[0]).collect();
    let mut sizes = vec![0.0; samples.len() - (Close::TAPS - 1)];
    Close::closely().raise(0.0, &mut sizes, &samples);
    largest(&sizes)
}

#[test]
fn what_a_meter_reads_above_what_there_is_passes_by_no_more() {
    let (mut sound, mut told) = (Vec::new(), 0);
    for (number, burst) in noise(300 * 24, 1.0).chunks(24).enumerate() {
        let mut alone = vec![[0.0; 2]; 48];
        alone.extend(burst.iter().map(|[sample, _]| [*sample; 2]));
        alone.extend([[0.0; 2]; 48]);
        let fits = [0.999, 0.96, 0.93][number % 3] * CEILING / closely(&alone);
        let alone: Vec<Frame> = alone.iter().map(|f| f.map(|s| s * fits)).collect();
        told += u32::from(metered(&alone, Rate::DEFAULT) > 1.0233 * CEILING);
        sound.extend(alone);
    }
    assert!(told > 3, "{told} bursts are read so");
    let out = limited(&sound, Rate::DEFAULT, 77);
    let over = Gain(metered(&out, Rate::DEFAULT) / CEILING).decibels();
    assert!(over < Decibels(0.2), "{over} as metered");
    for block in [1, 64, 96, 100, 256] {
        assert!(
            limited(&sound, Rate::DEFAULT, block) == out,
            "blocks of {block} give other samples"
        );
    }
}
