//! What a sound reaches between its samples.
//!
//! Meters look at three places between two samples through twelve taps (ITU-R BS.1770-5, annex 2). A tone near the middle
//! of the rate can pass through that unseen, by half a decibel; who must hold a peak back looks closer.

use std::array;
use std::f32::consts::PI;

use crate::frame::Frame;
use crate::time::Rate;

/// Values looked at together.
pub const CHUNK: usize = 128;

/// Values made at once: so many stay in a processor's registers.
const PIECE: usize = 16;

/// Nobody looks through more taps.
const MOST_TAPS: usize = 32;

/// Finds the values between samples, each from the `HALF` samples before it and as many behind.
///
/// The taps of a place are those of the place as far from the other end, backwards. So both are made at once, of the sums and
/// the differences of what lies equally far from the middle: with half the work, and the larger of the two is the sum of both
/// parts' magnitudes.
#[derive(Debug, Clone)]
pub struct Between<const HALF: usize> {
    /// Each two places: what of a sum and what of a difference.
    pairs: Box<[[[f32; HALF]; 2]]>,
    /// The place in the middle, where there is one: what of a sum.
    middle: Option<[f32; HALF]>,
    /// How far at most a value between samples exceeds the largest of the samples around it, as a factor.
    above_largest: f32,
    /// And the nearest of them, for each unit of the largest step from one sample to the next.
    above_nearest: f32,
}

/// As a meter sees it.
pub type Metered = Between<6>;

/// As a limiter must.
pub type Close = Between<16>;

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

impl<const HALF: usize> Between<HALF> {
    /// The samples that a value is made of.
    pub const TAPS: usize = 2 * HALF;

    /// The samples that lie before both of the two between which a value lies, and behind.
    pub const SIDE: usize = HALF - 1;

    fn of(factor: usize) -> Self {
        let places: Vec<_> = (1..factor)
            .map(|place| taps::<HALF>(place as f32 / factor as f32))
            .collect();
        let sums = places
            .iter()
            .map(|taps| taps.iter().map(|tap| tap.abs()).sum());
        // Sums are rounded, and so is what they are compared with.
        let above_largest = sums.fold(1.0, f32::max) * 1.000_01;
        let steps = places.iter().map(|taps| of_steps(taps));
        let above_nearest = steps.fold(0.0, f32::max) * 1.000_01;
        let halves = |taps: &Vec<f32>| {
            let part = |sign: f32| {
                array::from_fn(|at| f32::midpoint(taps[at], sign * taps[Self::TAPS - 1 - at]))
            };
            [part(1.0), part(-1.0)]
        };
        let before_the_middle = factor.saturating_sub(1) / 2;
        Self {
            pairs: places[..before_the_middle].iter().map(halves).collect(),
            middle: factor
                .is_multiple_of(2)
                .then(|| halves(&places[before_the_middle])[0]),
            above_largest,
            above_nearest,
        }
    }

    /// Whether the sound is nowhere above `ceiling`, at these samples or between them, as far as a look at the samples alone
    /// can tell; where it cannot, [`Self::raise`] does. Real-time safe.
    #[must_use]
    pub fn is_within(&self, ceiling: f32, samples: &[f32]) -> bool {
        self.all_within::<1>(ceiling, samples)
    }

    /// The same for both channels at once: false where either is not. Real-time safe.
    #[must_use]
    pub fn are_within(&self, ceiling: f32, frames: &[Frame]) -> bool {
        self.all_within::<2>(ceiling, frames.as_flattened())
    }

    fn all_within<const CHANNELS: usize>(&self, ceiling: f32, samples: &[f32]) -> bool {
        let largest = largest(samples);
        largest * self.above_largest <= ceiling
            || largest * 1.000_01 + longest_step::<CHANNELS>(samples) * self.above_nearest
                <= ceiling
    }

    /// Raises each place of `sizes` to the largest magnitude from the sample [`Self::SIDE`] behind it in `samples` to the
    /// next one, where it is lower; where that cannot be above `ceiling` it may be left as it is. `samples` holds `TAPS - 1`
    /// more than `sizes`. Real-time safe.
    pub fn raise(&self, ceiling: f32, sizes: &mut [f32], samples: &[f32]) {
        for (number, sizes) in sizes.chunks_mut(PIECE).enumerate() {
            let around = &samples[number * PIECE..][..sizes.len() + Self::TAPS - 1];
            if !self.is_within(ceiling, around) {
                self.raise_piece(sizes, around);
            }
        }
    }

    fn raise_piece(&self, sizes: &mut [f32], around: &[f32]) {
        const { assert!(Self::TAPS <= MOST_TAPS) }
        let mut samples = [0.0; PIECE + MOST_TAPS];
        samples[..around.len()].copy_from_slice(around);
        let mut found: [f32; PIECE] = array::from_fn(|at| {
            let [one, other] = [samples[Self::SIDE + at], samples[Self::SIDE + at + 1]];
            one.abs().max(other.abs())
        });
        let piece = |at: usize| samples[at..].first_chunk().unwrap_or(&[0.0; PIECE]);
        let both: [[[f32; PIECE]; 2]; HALF] = array::from_fn(|at| {
            let (before, behind) = (piece(at), piece(Self::TAPS - 1 - at));
            [
                array::from_fn(|at| before[at] + behind[at]),
                array::from_fn(|at| before[at] - behind[at]),
            ]
        });
        for [even, odd] in &self.pairs {
            let mut parts = [[0.0; PIECE]; 2];
            for ((even, odd), [sums, differences]) in even.iter().zip(odd).zip(&both) {
                add(&mut parts[0], *even, sums);
                add(&mut parts[1], *odd, differences);
            }
            for (found, at) in found.iter_mut().zip(0..) {
                *found = most_of(*found, parts[0][at].abs() + parts[1][at].abs());
            }
        }
        if let Some(even) = &self.middle {
            let mut values = [0.0; PIECE];
            for (even, [sums, _]) in even.iter().zip(&both) {
                add(&mut values, *even, sums);
            }
            for (found, value) in found.iter_mut().zip(values) {
                *found = most_of(*found, value.abs());
            }
        }
        for (size, found) in sizes.iter_mut().zip(found) {
            *size = size.max(found);
        }
    }
}

fn add(values: &mut [f32; PIECE], tap: f32, samples: &[f32; PIECE]) {
    for (value, sample) in values.iter_mut().zip(samples) {
        *value += tap * sample;
    }
}

/// One instruction for many, which [`f32::max`], minding what is no number, is not.
fn most_of(one: f32, other: f32) -> f32 {
    if other > one { other } else { one }
}

/// The largest magnitude. Real-time safe.
#[must_use]
pub fn largest(samples: &[f32]) -> f32 {
    most(samples, samples, |sample, _| sample.abs())
}

/// The longest way from one sample to the next of its channel.
fn longest_step<const CHANNELS: usize>(samples: &[f32]) -> f32 {
    let after = samples.get(CHANNELS..).unwrap_or(&[]);
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
            *most = most_of(*most, size);
        }
    }
    let rest = before.iter().zip(after);
    let rest = rest.map(|(before, after)| size(*before, *after));
    sizes.into_iter().chain(rest).fold(0.0, f32::max)
}

/// How far at most a value lies from the nearer of the two samples around it, where no sample lies further than one from the
/// sample before it: the value written as a sum of such steps, by what of the taps lies beyond each of them.
fn of_steps(taps: &[f32]) -> f32 {
    let middle = taps.len() / 2;
    let from = |nearest: usize| -> f32 {
        let before = (0..nearest).map(|at| taps[..=at].iter().sum::<f32>());
        let behind = (nearest + 1..taps.len()).map(|at| taps[at..].iter().sum::<f32>());
        before.chain(behind).map(f32::abs).sum()
    };
    from(middle - 1).min(from(middle))
}

/// The taps that give the value `part` of the way between the two samples in the middle: a sinc under a Hann window, of
/// sum 1.
fn taps<const HALF: usize>(part: f32) -> Vec<f32> {
    let count = Between::<HALF>::TAPS;
    let tap = |at: usize| {
        let distance = at as f32 - Between::<HALF>::SIDE as f32 - part;
        let sinc = (PI * distance).sin() / (PI * distance);
        let window = 0.5 + 0.5 * (2.0 * PI * distance / count as f32).cos();
        sinc * window
    };
    let taps: Vec<f32> = (0..count).map(tap).collect();
    let sum: f32 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
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

    #[test]
    fn the_peak_is_found_wherever_it_hides() {
        for at in 0..37 {
            let mut block = [[0.1, -0.2]; 37];
            block[at][1] = -0.9;
            assert_eq!(largest(block.as_flattened()), 0.9);
        }
        assert_eq!(largest(&[]), 0.0);
    }
}
