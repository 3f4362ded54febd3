//! What a zone puts out, measured: its momentary loudness.

use crate::engine::weighting::Weighting;
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

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

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
