//! What a sound reaches between its samples.
//!
//! Meters look at three places between two samples through twelve taps (ITU-R BS.1770-5, annex 2). A tone near the middle
//! of the rate can pass through that unseen, by half a decibel; who must hold a peak back looks closer.

use std::array;
use std::f32::consts::PI;

use crate::time::Rate;

/// Values looked at together.
const CHUNK: usize = 64;

/// Finds the values between samples, each from the `TAPS` samples around it.
#[derive(Debug, Clone)]
pub struct Between<const TAPS: usize> {
    phases: Box<[[f32; TAPS]]>,
    /// How far at most a value between samples exceeds the samples around it.
    bound: f32,
}

/// As a meter sees it.
pub type Metered = Between<12>;

/// As a limiter must.
pub type Close = Between<32>;

impl Metered {
    /// Four times the rate, twice from 96 kHz on, no more from 192 kHz on. Allocates.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::of(match rate.hertz() {
            0..96_000 => 4,
            96_000..192_000 => 2,
            _ => 1,
        })
    }
}

impl Close {
    /// Eight times the rate: a tone anywhere below the middle of the rate is seen to 0.2 dB. Allocates.
    #[must_use]
    pub fn closely() -> Self {
        Self::of(8)
    }
}

impl<const TAPS: usize> Between<TAPS> {
    /// The samples that a value is made of.
    pub const TAPS: usize = TAPS;

    /// The samples that lie before both of the two between which a value lies, and behind.
    pub const SIDE: usize = TAPS / 2 - 1;

    fn of(factor: usize) -> Self {
        let phases: Box<[_]> = (1..factor)
            .map(|phase| taps(phase as f32 / factor as f32))
            .collect();
        let sums = phases
            .iter()
            .map(|taps: &[f32; TAPS]| taps.iter().map(|tap| tap.abs()).sum());
        // Sums are rounded, and so is what they are compared with.
        let bound = sums.fold(1.0, f32::max) * 1.000_01;
        Self { phases, bound }
    }

    /// What the sound reaches at most at and between samples of which none is larger than `largest`. Real-time safe.
    #[must_use]
    pub fn at_most(&self, largest: f32) -> f32 {
        largest * self.bound
    }

    /// Raises each place of `sizes` to the largest magnitude from the sample [`Self::SIDE`] behind it in `samples` to the
    /// next one, where it is lower. `samples` holds `TAPS - 1` more than `sizes`. Real-time safe.
    pub fn raise(&self, sizes: &mut [f32], samples: &[f32]) {
        let pairs = samples[Self::SIDE..].windows(2);
        for (size, pair) in sizes.iter_mut().zip(pairs) {
            *size = size.max(pair[0].abs()).max(pair[1].abs());
        }
        for (number, sizes) in sizes.chunks_mut(CHUNK).enumerate() {
            let from = number * CHUNK;
            for taps in &self.phases {
                let mut values = [0.0; CHUNK];
                let values = &mut values[..sizes.len()];
                for (at, tap) in taps.iter().enumerate() {
                    for (value, sample) in values.iter_mut().zip(&samples[from + at..]) {
                        *value += tap * sample;
                    }
                }
                for (size, value) in sizes.iter_mut().zip(values) {
                    *size = size.max(value.abs());
                }
            }
        }
    }
}

/// The taps that give the value `part` of the way between the two samples in the middle: a sinc under a Hann window, of
/// sum 1.
fn taps<const TAPS: usize>(part: f32) -> [f32; TAPS] {
    let taps: [f32; TAPS] = array::from_fn(|at| {
        let distance = at as f32 - Between::<TAPS>::SIDE as f32 - part;
        let sinc = (PI * distance).sin() / (PI * distance);
        let window = 0.5 + 0.5 * (2.0 * PI * distance / TAPS as f32).cos();
        sinc * window
    });
    let sum: f32 = taps.iter().sum();
    taps.map(|tap| tap / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_passes_its_bound_and_a_chunk_is_no_border() {
        let between = Metered::new(Rate::DEFAULT);
        let samples: Vec<f32> = (0_u64..1_000)
            .map(|at| (at * at * 7_919 % 2_003) as f32 / 1_001.5 - 1.0)
            .collect();
        let mut all = vec![0.0; samples.len() - (Metered::TAPS - 1)];
        between.raise(&mut all, &samples);
        for (at, size) in all.iter().enumerate() {
            let around = &samples[at..at + Metered::TAPS];
            let largest = around.iter().fold(0.0, |l: f32, s| l.max(s.abs()));
            assert!(*size <= between.at_most(largest));
            let mut alone = [0.0];
            between.raise(&mut alone, around);
            assert_eq!(alone[0], *size, "{at}");
        }
    }
}
