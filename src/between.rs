//! What a sound reaches between its samples.
//!
//! Meters look at three places between two samples through twelve taps (ITU-R BS.1770-5, annex 2). A tone near the middle
//! of the rate can pass through that unseen, by half a decibel; who must hold a peak back looks closer.

use std::array;
use std::f32::consts::PI;

use crate::time::Rate;

/// Values looked at together.
pub const CHUNK: usize = 128;

/// Values made at once: so many stay in a processor's registers.
const PIECE: usize = 16;

/// Nobody looks through more taps.
const MOST_TAPS: usize = 32;

/// Finds the values between samples, each from the `TAPS` samples around it.
#[derive(Debug, Clone)]
pub struct Between<const TAPS: usize> {
    phases: Box<[[f32; TAPS]]>,
    /// How far at most a value between samples exceeds the largest of the samples around it, as a factor.
    above_largest: f32,
    /// And the nearest of them, for each unit of the largest step from one sample to the next.
    above_nearest: f32,
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
        let above_largest = sums.fold(1.0, f32::max) * 1.000_01;
        let steps = phases.iter().map(of_steps);
        let above_nearest = steps.fold(0.0, f32::max) * 1.000_01;
        Self {
            phases,
            above_largest,
            above_nearest,
        }
    }

    /// Whether the sound is nowhere above `ceiling`, at these samples or between them, as far as a look at the samples alone
    /// can tell; where it cannot, [`Self::raise`] does. Real-time safe.
    #[must_use]
    pub fn is_within(&self, ceiling: f32, samples: &[f32]) -> bool {
        let largest = largest(samples);
        largest * self.above_largest <= ceiling
            || largest * 1.000_01 + longest_step(samples) * self.above_nearest <= ceiling
    }

    /// Raises each place of `sizes` to the largest magnitude from the sample [`Self::SIDE`] behind it in `samples` to the
    /// next one, where it is lower; where that cannot be above `ceiling` it may be left as it is. `samples` holds `TAPS - 1`
    /// more than `sizes`. Real-time safe.
    pub fn raise(&self, ceiling: f32, sizes: &mut [f32], samples: &[f32]) {
        for (number, sizes) in sizes.chunks_mut(PIECE).enumerate() {
            let around = &samples[number * PIECE..][..sizes.len() + TAPS - 1];
            if !self.is_within(ceiling, around) {
                self.raise_piece(sizes, around);
            }
        }
    }

    fn raise_piece(&self, sizes: &mut [f32], around: &[f32]) {
        const { assert!(TAPS <= MOST_TAPS) }
        let mut samples = [0.0; PIECE + MOST_TAPS];
        samples[..around.len()].copy_from_slice(around);
        let pairs = samples[Self::SIDE..].windows(2);
        for (size, pair) in sizes.iter_mut().zip(pairs) {
            *size = size.max(pair[0].abs()).max(pair[1].abs());
        }
        for taps in &self.phases {
            let mut values = [0.0; PIECE];
            for (tap, samples) in taps.iter().zip(samples.windows(PIECE)) {
                for (value, sample) in values.iter_mut().zip(samples) {
                    *value += tap * sample;
                }
            }
            for (size, value) in sizes.iter_mut().zip(values) {
                *size = size.max(value.abs());
            }
        }
    }
}

/// The largest magnitude. Real-time safe.
#[must_use]
pub fn largest(samples: &[f32]) -> f32 {
    most(samples, samples, |sample, _| sample.abs())
}

/// The longest way from one sample to the next.
fn longest_step(samples: &[f32]) -> f32 {
    let after = samples.get(1..).unwrap_or(&[]);
    most(samples, after, |before, after| (after - before).abs())
}

/// The largest size of all pairs. Eight at a time, which the compiler makes one instruction of.
fn most(before: &[f32], after: &[f32], size: impl Fn(f32, f32) -> f32) -> f32 {
    let count = before.len().min(after.len());
    let (befores, before) = before[..count].as_chunks::<8>();
    let (afters, after) = after[..count].as_chunks::<8>();
    let mut sizes = [0.0_f32; 8];
    for (before, after) in befores.iter().zip(afters) {
        for (most, (before, after)) in sizes.iter_mut().zip(before.iter().zip(after)) {
            let size = size(*before, *after);
            *most = if size > *most { size } else { *most };
        }
    }
    let rest = before.iter().zip(after);
    let rest = rest.map(|(before, after)| size(*before, *after));
    sizes.into_iter().chain(rest).fold(0.0, f32::max)
}

/// How far at most a value lies from the nearer of the two samples around it, where no sample lies further than one from the
/// sample before it: the value written as a sum of such steps, by what of the taps lies beyond each of them.
fn of_steps<const TAPS: usize>(taps: &[f32; TAPS]) -> f32 {
    let side = Between::<TAPS>::SIDE;
    let from = |nearest: usize| -> f32 {
        let before = (0..nearest).map(|at| taps[..=at].iter().sum::<f32>());
        let behind = (nearest + 1..TAPS).map(|at| taps[at..].iter().sum::<f32>());
        before.chain(behind).map(f32::abs).sum()
    };
    from(side).min(from(side + 1))
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

    /// What jumps about, and what moves slowly.
    fn sounds() -> [Vec<f32>; 2] {
        let jumps = (0_u64..1_000).map(|at| (at * at * 7_919 % 2_003) as f32 / 1_001.5 - 1.0);
        let slow = (0..1_000).map(|at| (at as f32 * 0.21).sin() * (at as f32 * 0.003).cos());
        [jumps.collect(), slow.collect()]
    }

    #[test]
    fn a_chunk_is_no_border() {
        let between = Metered::new(Rate::DEFAULT);
        let [samples, _] = sounds();
        let mut all = vec![0.0; samples.len() - (Metered::TAPS - 1)];
        between.raise(0.0, &mut all, &samples);
        for (at, size) in all.iter().enumerate() {
            let mut alone = [0.0];
            between.raise(0.0, &mut alone, &samples[at..at + Metered::TAPS]);
            assert_eq!(alone[0], *size, "{at}");
        }
    }

    #[test]
    fn what_looks_harmless_is() {
        let between = Close::closely();
        let mut told = [0; 2];
        for (sound, told) in sounds().iter().zip(&mut told) {
            for around in sound.windows(Close::TAPS) {
                let mut size = [0.0];
                between.raise(0.0, &mut size, around);
                for ceiling in [0.3, 0.5, 0.7, 0.9, 1.1, 1.5, 2.5] {
                    let within = between.is_within(ceiling, around);
                    assert!(!within || size[0] <= ceiling, "{size:?} at {ceiling}");
                    *told += u32::from(within);
                }
            }
        }
        // What moves slowly is told at a glance, nearly where it is so.
        assert!(told[0] > 900 && told[1] > 3_000, "{told:?}");
    }
}
