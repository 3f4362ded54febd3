//! The power of a sound as people hear it, weighted roughly.

use std::array;

use crate::engine::weighting::{LIFT, Weighting};
use crate::frame::{Frame, SILENCE};
use crate::time::Rate;

/// Hops in a second.
const HOPS: u32 = 1_000;

/// A channel of less power than this may hold denormal numbers.
const NOTHING: f64 = 1e-20;

/// The power of both channels of a sound, weighted roughly, with a third of the work: four frames at a time, where the rate
/// allows it. What they have in common goes through the filters, at a fourth of the rate; what sets them apart is high, and
/// the shelf lifts all of that alike. Up to 0.3 dB more than exact, near 2 kHz.
#[derive(Debug, Clone, Copy)]
pub struct Rough {
    filters: Weighting,
    /// Frames in a group, and in a hop.
    group: usize,
    hop: usize,
    /// Frames that wait for their group to be whole, and how many they are.
    waiting: [Frame; Self::LARGEST],
    count: usize,
    sums: Sums,
}

/// What was added up so far, channel by channel.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// The squares of the groups' sums, and of these weighted.
    common: [f64; 2],
    weighted: [f64; 2],
    /// The squares of all samples; of every other frame, which processors add at once.
    all: [[f32; 2]; 2],
}

impl Rough {
    const LARGEST: usize = 4;

    /// Nothing was heard yet. At a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let group = match rate.hertz() {
            0..20_000 => 1,
            20_000..40_000 => 2,
            _ => Self::LARGEST,
        };
        Self {
            filters: Weighting::at(f64::from(rate.hertz()) / group as f64),
            group,
            hop: ((rate.hertz() / HOPS) as usize / group).max(1) * group,
            waiting: [SILENCE; Self::LARGEST],
            count: 0,
            sums: Sums::default(),
        }
    }

    /// Frames in a hop of a millisecond, in whole groups.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Frames that are weighed together; they count as soon as so many are there.
    #[must_use]
    pub const fn group(&self) -> usize {
        self.group
    }

    /// Frames that wait for their group to be whole.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.count
    }

    /// Hears the next frames and says so, or none of them where the square of a sample is above `most`. Real-time safe.
    pub fn hear(&mut self, frames: &[Frame], most: f32) -> bool {
        match self.group {
            1 => self.hear_in::<1>(frames, most),
            2 => self.hear_in::<2>(frames, most),
            _ => self.hear_in::<{ Self::LARGEST }>(frames, most),
        }
    }

    fn hear_in<const GROUP: usize>(&mut self, frames: &[Frame], most: f32) -> bool {
        if self.count == 0 {
            return self.begin::<GROUP>(frames, most);
        }
        let before = *self;
        let (now, later) = frames.split_at(frames.len().min(GROUP - self.count));
        let mut heard = self.wait(now, most);
        if heard && self.count == GROUP {
            self.count = 0;
            let whole: [Frame; GROUP] = array::from_fn(|at| self.waiting[at]);
            heard = self.add(&[whole], most) && self.begin::<GROUP>(later, most);
        }
        if !heard {
            *self = before;
        }
        heard
    }

    /// Where no frame waits.
    fn begin<const GROUP: usize>(&mut self, frames: &[Frame], most: f32) -> bool {
        let (groups, rest) = frames.as_chunks::<GROUP>();
        self.wait(rest, most)
            && (self.add(groups, most) || {
                self.count = 0;
                false
            })
    }

    fn wait(&mut self, frames: &[Frame], most: f32) -> bool {
        let heard = !frames
            .as_flattened()
            .iter()
            .any(|sample| sample * sample > most);
        if heard {
            self.waiting[self.count..self.count + frames.len()].copy_from_slice(frames);
            self.count += frames.len();
        }
        heard
    }

    #[inline]
    fn add<const GROUP: usize>(&mut self, groups: &[[Frame; GROUP]], most: f32) -> bool {
        let Sums {
            mut common,
            mut weighted,
            mut all,
        } = self.sums;
        let mut filters = self.filters;
        let mut largest = [[0.0_f32; 2]; 2];
        for group in groups {
            let sum = sum(group).map(f64::from);
            let low = filters.run(sum);
            for channel in [0, 1] {
                common[channel] += sum[channel] * sum[channel];
                weighted[channel] += low[channel] * low[channel];
                for (at, frame) in group.iter().enumerate() {
                    let square = frame[channel] * frame[channel];
                    all[at % 2][channel] += square;
                    let largest = &mut largest[at % 2][channel];
                    *largest = if square > *largest { square } else { *largest };
                }
            }
        }
        let [left, right] = largest;
        let heard = left[0].max(left[1]).max(right[0].max(right[1])) <= most;
        if heard {
            self.filters = filters;
            self.sums = Sums {
                common,
                weighted,
                all,
            };
        }
        heard
    }

    /// The power of all frames since this was last asked, each channel's summed. Real-time safe.
    pub fn take_power(&mut self) -> [f64; 2] {
        let sums = std::mem::take(&mut self.sums);
        let each = 1.0 / self.group as f64;
        let power = array::from_fn(|channel| {
            let all = f64::from(sums.all[0][channel] + sums.all[1][channel]);
            // Rounding may leave less than nothing.
            let apart = (all - sums.common[channel] * each).max(0.0);
            sums.weighted[channel] * each + LIFT * apart
        });
        if power[0].min(power[1]) < NOTHING {
            self.filters.settle();
        }
        power
    }
}

/// The sum of some frames, channel by channel; halved again and again, which processors do at once.
fn sum<const COUNT: usize>(frames: &[Frame; COUNT]) -> Frame {
    let mut sums = *frames;
    let mut half = COUNT / 2;
    while half > 0 {
        for at in 0..half {
            for channel in [0, 1] {
                sums[at][channel] += sums[at + half][channel];
            }
        }
        half /= 2;
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// A tone on the left, in blocks.
    fn tone(hertz: u32, tone: f64) -> Vec<Vec<Frame>> {
        let sample = |at: u32| (2.0 * PI * tone * f64::from(at) / f64::from(hertz)).sin() as f32;
        let frames: Vec<Frame> = (0..hertz).map(|at| [sample(at), 0.0]).collect();
        frames.chunks(241).map(<[Frame]>::to_vec).collect()
    }

    #[test]
    fn roughly_is_within_a_third_of_a_decibel() {
        for hertz in [8_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let rate = Rate::new(hertz).unwrap();
            for pitch in [
                30.0, 100.0, 500.0, 997.0, 2_233.0, 3_500.0, 7_919.0, 15_013.0,
            ] {
                if pitch * 2.1 > f64::from(hertz) {
                    continue;
                }
                let (mut exact, mut rough) = (Weighting::new(rate), Rough::new(rate));
                let (mut sums, mut power) = ([0.0; 2], [0.0; 2]);
                // The first second is for the filters to come to rest.
                for _ in 0..2 {
                    (sums, _) = ([0.0; 2], rough.take_power());
                    for block in tone(hertz, pitch) {
                        exact.add_power(&mut sums, &block);
                        rough.hear(&block, f32::INFINITY);
                    }
                    power = rough.take_power();
                }
                assert!(power[1].abs() < 1e-9, "the other side hears it: {power:?}");
                let off = 10.0 * (power[0] / sums[0]).log10();
                assert!(
                    (-0.1..0.34).contains(&off),
                    "{pitch} Hz at {hertz} Hz: {off} dB"
                );
            }
        }
    }

    #[test]
    fn roughly_is_the_same_however_it_comes() {
        let sound: Vec<Frame> = (0..4_807_u16)
            .map(|at| {
                [
                    f32::from(at * 7 % 1_009) / 1_009.0,
                    f32::from(at % 97) / 97.0,
                ]
            })
            .collect();
        let heard = |block: usize| {
            let mut rough = Rough::new(Rate::DEFAULT);
            for block in sound.chunks(block) {
                rough.hear(block, f32::INFINITY);
            }
            rough.take_power()
        };
        let at_once = heard(4_807);
        for block in [1, 2, 3, 5, 48, 241] {
            assert_eq!(heard(block), at_once, "blocks of {block}");
        }
    }
}
