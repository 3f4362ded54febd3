//! How the samples of Apple Lossless are told from those before them.

use super::bits::Bits;

/// A prediction over so many samples is none: each is only told from the one before it.
const STEPS: usize = 31;

/// How the samples of one channel are told from those before them.
pub(super) struct Prediction {
    twice: bool,
    shift: u32,
    /// How fast the mean of numbers follows them.
    pub follows: u32,
    order: usize,
    weights: [i32; 32],
}

impl Prediction {
    pub const NONE: Self = Self {
        twice: false,
        shift: 0,
        follows: 0,
        order: 0,
        weights: [0; 32],
    };

    pub fn read(bits: &mut Bits<'_>, follows: u32) -> Option<Self> {
        let kind = bits.take(4)?;
        if kind != 0 && kind != 15 {
            return None;
        }
        let mut prediction = Self {
            twice: kind == 15,
            shift: bits.take(4)?,
            follows: (bits.take(3)? * follows) >> 2,
            order: bits.take(5)? as usize,
            ..Self::NONE
        };
        for weight in &mut prediction.weights[..prediction.order] {
            *weight = bits.signed(16)?;
        }
        Some(prediction)
    }

    /// Makes samples of what they differ by from what was foreseen.
    pub fn apply(&mut self, samples: &mut [i32], width: u32) {
        let over = 32 - width;
        let cut = |value: i32| value.wrapping_shl(over) >> over;
        let steps = |samples: &mut [i32]| {
            for at in 1..samples.len() {
                samples[at] = cut(samples[at].wrapping_add(samples[at - 1]));
            }
        };
        if self.twice {
            steps(samples);
        }
        if self.order == STEPS {
            steps(samples);
        }
        if self.order == 0 || self.order == STEPS {
            return;
        }
        let first = samples.len().min(self.order + 1);
        steps(&mut samples[..first]);
        // The oldest first, as the samples lie.
        let weights = &mut self.weights[..self.order];
        weights.reverse();
        let (shift, half) = (self.shift, (1 << self.shift) >> 1);
        for at in self.order + 1..samples.len() {
            let (before, rest) = samples[at - self.order - 1..].split_at_mut(self.order + 1);
            let (base, before) = (before[0], &before[1..]);
            let products = weights.iter().zip(before);
            let sum = products.fold(0_i32, |sum, (weight, sample)| {
                sum.wrapping_add(weight.wrapping_mul(sample.wrapping_sub(base)))
            });
            let mut off = rest[0];
            let foreseen = base.wrapping_add(sum.wrapping_add(half) >> shift);
            rest[0] = cut(off.wrapping_add(foreseen));
            let sign = off.signum();
            for ((age, weight), sample) in (1..).zip(&mut *weights).zip(before) {
                if off.signum() != sign || sign == 0 {
                    break;
                }
                let by = base.wrapping_sub(*sample);
                let turn = by.signum() * sign;
                *weight = weight.wrapping_sub(turn);
                off = off.wrapping_sub((turn.wrapping_mul(by) >> shift).wrapping_mul(age));
            }
        }
    }
}
