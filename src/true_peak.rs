//! The true peak: what the sound reaches between its samples (ITU-R BS.1770-5, annex 2).

use crate::between::{CHUNK, Metered, largest};
use crate::frame::Frame;
use crate::level::Gain;
use crate::time::Rate;

/// Finds the true peak. Only chunks that could raise it are oversampled: the result is the same, in a fraction of the time.
#[derive(Debug)]
pub(crate) struct TruePeak {
    between: Metered,
    /// For each channel, the last samples before a chunk, and the chunk.
    planes: [[f32; Metered::TAPS - 1 + CHUNK]; 2],
    peak: f32,
}

impl TruePeak {
    pub fn new(rate: Rate) -> Self {
        Self {
            between: Metered::new(rate),
            planes: [[0.0; Metered::TAPS - 1 + CHUNK]; 2],
            peak: 0.0,
        }
    }

    pub fn add(&mut self, frames: &[Frame]) {
        for chunk in frames.chunks(CHUNK) {
            self.add_chunk(chunk);
        }
    }

    /// The true peak of all frames. As with other meters, a cut at the end does not count.
    pub fn peak(&self) -> Gain {
        Gain(self.peak)
    }

    fn add_chunk(&mut self, chunk: &[Frame]) {
        let end = Metered::TAPS - 1 + chunk.len();
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            for (slot, frame) in plane[Metered::TAPS - 1..].iter_mut().zip(chunk) {
                *slot = frame[channel];
            }
            let seen = &plane[..end];
            self.peak = self.peak.max(largest(seen));
            if !self.between.is_within(self.peak, seen) {
                let mut sizes = [0.0; CHUNK];
                let sizes = &mut sizes[..chunk.len()];
                self.between.raise(self.peak, sizes, seen);
                self.peak = self.peak.max(largest(sizes));
            }
            plane.copy_within(chunk.len()..end, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::PI;

    use ebur128::{EbuR128, Mode};

    use super::*;

    fn measured(frames: &[Frame], rate: Rate, cut: usize) -> f32 {
        let mut peak = TruePeak::new(rate);
        for piece in frames.chunks(cut) {
            peak.add(piece);
        }
        peak.peak().0
    }

    fn sine(step: f32, phase: f32, peak: f32) -> Vec<Frame> {
        (0..10_007)
            .map(|at| peak * (2.0 * PI * (step * at as f32 + phase)).sin())
            .map(|sample| [0.0, sample])
            .collect()
    }

    #[test]
    fn a_peak_between_samples_is_found() {
        // EBU Tech 3341, tests 15 to 19: +0.2 dB and -0.4 dB are allowed
        for (step, phase) in [
            (1.0 / 4.0, 0.0),
            (1.0 / 4.0, 0.125),
            (1.0 / 6.0, 1.0 / 12.0),
            (1.0 / 8.0, 1.0 / 16.0),
        ] {
            let error = Gain(measured(&sine(step, phase, 0.5), Rate::DEFAULT, 997) / 0.5)
                .decibels()
                .0;
            assert!(
                (-0.4..=0.2).contains(&error),
                "{step} {phase}: {error:+.2} dB"
            );
        }
    }

    #[test]
    fn skipping_quiet_chunks_changes_nothing() {
        let mut state = 1_u32;
        let mut frames: Vec<Frame> = (0..60_013)
            .map(|at| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let sample = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                let swell = (at as f32 / 9_000.0).sin().abs();
                [sample * swell * 0.5, sample * swell * 0.7]
            })
            .collect();
        // music has little near half the rate, where interpolators differ
        for at in 3..frames.len() {
            frames[at - 3] =
                [0, 1].map(|channel| frames[at - 3..=at].iter().map(|frame| frame[channel]).sum());
        }
        for rate in [44_100, 96_000, 192_000] {
            let rate = Rate::new(rate).unwrap();
            let all = [0, 1].map(|channel| {
                let before = [0.0; Metered::TAPS - 1];
                let samples = frames.iter().map(|frame| frame[channel]);
                let samples: Vec<f32> = before.into_iter().chain(samples).collect();
                let mut sizes = vec![0.0; frames.len()];
                Metered::new(rate).raise(0.0, &mut sizes, &samples);
                largest(&samples).max(largest(&sizes))
            });
            let all = all[0].max(all[1]);
            assert_eq!(measured(&frames, rate, 1), all);
            assert_eq!(measured(&frames, rate, 1_153), all);
            let mut other = EbuR128::new(2, rate.hertz(), Mode::TRUE_PEAK).unwrap();
            other.add_frames_f32(frames.as_flattened()).unwrap();
            let other = other.true_peak(0).unwrap().max(other.true_peak(1).unwrap()) as f32;
            let apart = Gain(all / other).decibels().0;
            assert!(apart.abs() < 0.2, "{rate}: {apart:+.2} dB from ebur128");
        }
    }
}
