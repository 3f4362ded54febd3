//! Sounds made by arithmetic.

use std::f64::consts::TAU;

use undersong::frame::Frame;
use undersong::time::Rate;

/// A rate in hertz.
pub fn rate(hertz: u32) -> Rate {
    Rate::new(hertz).unwrap()
}

/// A sine on both channels; `level` is its peak in dBFS.
pub fn sine(hertz: f64, level: f64, rate: u32, frames: usize) -> Vec<Frame> {
    let peak = 10_f64.powf(level / 20.0);
    (0..frames)
        .map(|at| (peak * (TAU * hertz * at as f64 / f64::from(rate)).sin()) as f32)
        .map(|sample| [sample; 2])
        .collect()
}

/// White noise, different on both channels, at most `peak`; the same for the same seed.
pub fn noise(seed: u64, peak: f32, frames: usize) -> Vec<Frame> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    (0..frames)
        .map(|_| [next() * peak, next() * peak])
        .collect()
}

/// The same sound with each sample at the nearest step of `bits` bits, as a file holds it.
pub fn quantised(sound: &[Frame], bits: u32) -> Vec<Frame> {
    let steps = 2_f32.powi(bits.cast_signed() - 1);
    let step = |sample: f32| (sample * steps).round().clamp(-steps, steps - 1.0) / steps;
    sound.iter().map(|frame| frame.map(step)).collect()
}

/// The left channel on both.
pub fn mono(sound: &[Frame]) -> Vec<Frame> {
    sound.iter().map(|frame| [frame[0]; 2]).collect()
}

/// The signal to noise and distortion of a sine of known frequency in decibels, on the left
/// channel: what is left after the best-fitting sine was taken away.
pub fn sinad(sound: &[Frame], hertz: f64, rate: u32) -> f64 {
    let (mut ss, mut cc, mut sc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let angle = |at: usize| TAU * hertz * at as f64 / f64::from(rate);
    for (at, frame) in sound.iter().enumerate() {
        let (s, c) = angle(at).sin_cos();
        let x = f64::from(frame[0]);
        (ss, cc, sc) = (ss + s * s, cc + c * c, sc + s * c);
        (xs, xc) = (xs + x * s, xc + x * c);
    }
    let both = ss * cc - sc * sc;
    let (a, b) = ((xs * cc - xc * sc) / both, (xc * ss - xs * sc) / both);
    let (mut signal, mut rest) = (0.0, 0.0);
    for (at, frame) in sound.iter().enumerate() {
        let (s, c) = angle(at).sin_cos();
        let fit = a * s + b * c;
        signal += fit * fit;
        rest += (f64::from(frame[0]) - fit).powi(2);
    }
    10.0 * (signal / rest).log10()
}

/// The largest difference of two sounds of equal length, linear.
pub fn difference(a: &[Frame], b: &[Frame]) -> f32 {
    assert_eq!(a.len(), b.len(), "lengths differ");
    let of_frame = |(a, b): (&Frame, &Frame)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
    a.iter().zip(b).map(of_frame).fold(0.0, f32::max)
}
