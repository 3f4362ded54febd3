//! What a zone puts out, measured: its peak, and its momentary loudness.
//!
//! The weighting is the one of ITU-R BS.1770-5, annex 1: a shelf of +4 dB for the head, then a
//! high-pass, given there at 48 kHz and carried to other rates by the bilinear transform of the
//! same analogue filters.

use std::f64::consts::PI;

use crate::frame::Frame;
use crate::level::Loudness;
use crate::time::Rate;

/// The momentary window of EBU Tech 3341 is 400 ms, kept in this many steps.
const STEPS: usize = 8;

/// Measures one stereo zone.
#[derive(Debug)]
pub struct Meter {
    weighting: Weighting,
    /// Sums of squares of past steps.
    steps: [f64; STEPS],
    step: usize,
    /// The current one so far, channel by channel.
    sums: [f64; 2],
    count: usize,
    step_frames: usize,
    /// As of the last step.
    momentary: Loudness,
}

impl Meter {
    /// A meter at a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let hertz = f64::from(rate.hertz());
        Self {
            weighting: Weighting::new(rate),
            steps: [0.0; STEPS],
            step: 0,
            sums: [0.0; 2],
            count: 0,
            step_frames: (hertz * 0.4 / STEPS as f64).round().max(1.0) as usize,
            momentary: Loudness::of_power(0.0),
        }
    }

    /// Takes a block in. Real-time safe.
    pub fn measure(&mut self, block: &[Frame]) {
        let mut rest = block;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.step_frames - self.count));
            self.weighting.add_power(&mut self.sums, now);
            self.count += now.len();
            if self.count == self.step_frames {
                self.steps[self.step] = self.sums[0] + self.sums[1];
                self.step = (self.step + 1) % STEPS;
                (self.sums, self.count) = ([0.0; 2], 0);
                let power = self.steps.iter().sum::<f64>() / (STEPS * self.step_frames) as f64;
                self.momentary = Loudness::of_power(power);
            }
            rest = later;
        }
        self.weighting.settle();
    }

    /// The loudness of the last 400 ms, in steps of 50 ms. Real-time safe.
    #[must_use]
    pub fn momentary(&self) -> Loudness {
        self.momentary
    }
}

/// Weighs both channels of a sound as people hear them.
#[derive(Debug)]
pub struct Weighting {
    shelf: Biquad,
    pass: Biquad,
}

impl Weighting {
    /// The weighting at a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let hertz = f64::from(rate.hertz());
        Self {
            shelf: Biquad::shelf(hertz),
            pass: Biquad::high_pass(hertz),
        }
    }

    /// Adds the power of the next frames, weighted, to the sums of both channels. Real-time safe.
    #[inline]
    pub fn add_power(&mut self, sums: &mut [f64; 2], frames: &[Frame]) {
        let [mut left, mut right] = *sums;
        for frame in frames {
            let weighted = self.pass.run(self.shelf.run(frame.map(f64::from)));
            left += weighted[0] * weighted[0];
            right += weighted[1] * weighted[1];
        }
        *sums = [left, right];
    }

    /// What is far below hearing is nothing: denormal numbers are slow. For between blocks. Real-time safe.
    pub fn settle(&mut self) {
        self.shelf.settle();
        self.pass.settle();
    }
}

/// A second-order filter on both channels, transposed direct form II, written so that a frame waits for the state before it
/// alone, and not for an output too.
#[derive(Debug)]
struct Biquad {
    /// What the input adds to the output.
    direct: f64,
    /// What it adds to each state.
    driven: [f64; 2],
    /// What the first state takes from each.
    fed_back: [f64; 2],
    state: [[f64; 2]; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        let [direct, b1, b2] = b.map(|b| b / a[0]);
        let fed_back = [a[1] / a[0], a[2] / a[0]];
        Self {
            direct,
            driven: [b1 - fed_back[0] * direct, b2 - fed_back[1] * direct],
            fed_back,
            state: [[0.0; 2]; 2],
        }
    }

    fn shelf(hertz: f64) -> Self {
        let (f0, db, q) = (
            1_681.974_450_955_533,
            3.999_843_853_973_347,
            0.707_175_236_955_419_6,
        );
        let k = (PI * f0 / hertz).tan();
        let vh = 10.0_f64.powf(db / 20.0);
        let vb = vh.powf(0.499_666_774_154_541_6);
        Self::new(
            [
                vh + vb * k / q + k * k,
                2.0 * (k * k - vh),
                vh - vb * k / q + k * k,
            ],
            [
                1.0 + k / q + k * k,
                2.0 * (k * k - 1.0),
                1.0 - k / q + k * k,
            ],
        )
    }

    fn high_pass(hertz: f64) -> Self {
        let (f0, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
        let k = (PI * f0 / hertz).tan();
        let a0 = 1.0 + k / q + k * k;
        // The standard's numerator is 1, -2, 1 as it stands, not divided by a0.
        Self::new(
            [a0, -2.0 * a0, a0],
            [a0, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k],
        )
    }

    #[inline]
    fn run(&mut self, x: [f64; 2]) -> [f64; 2] {
        let [c1, c2] = self.driven;
        let [a1, a2] = self.fed_back;
        let [s1, s2] = self.state;
        let y = [self.direct * x[0] + s1[0], self.direct * x[1] + s1[1]];
        // What waits for the state comes last.
        self.state = [
            [
                c1 * x[0] + s2[0] - a1 * s1[0],
                c1 * x[1] + s2[1] - a1 * s1[1],
            ],
            [c2 * x[0] - a2 * s1[0], c2 * x[1] - a2 * s1[1]],
        ];
        y
    }

    /// What is far below hearing is nothing: denormal numbers are slow.
    fn settle(&mut self) {
        for s in self.state.as_flattened_mut() {
            if s.abs() < 1e-30 {
                *s = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn momentary(hertz: u32, tone: f64, size: f64) -> f32 {
        let rate = Rate::new(hertz).unwrap();
        let mut meter = Meter::new(rate);
        let frames: Vec<Frame> = (0..hertz)
            .map(|i| {
                let s = (2.0 * PI * tone * f64::from(i) / f64::from(hertz)).sin() * size;
                [s as f32; 2]
            })
            .collect();
        for block in frames.chunks(241) {
            meter.measure(block);
        }
        meter.momentary().0
    }

    #[test]
    fn a_tone_has_the_loudness_of_the_standard() {
        // EBU Tech 3341: 1 kHz, both channels, -23 dBFS peak is -23 LUFS.
        for hertz in [44_100, 48_000, 96_000] {
            let heard = momentary(hertz, 1_000.0, 10.0_f64.powf(-23.0 / 20.0));
            assert!((heard + 23.0).abs() < 0.1, "{hertz}: {heard}");
        }
    }

    #[test]
    fn a_low_tone_weighs_less() {
        assert!(momentary(48_000, 40.0, 0.1) < momentary(48_000, 1_000.0, 0.1) - 4.0);
    }
}
