//! The power of a sound, weighted as people hear it, every 10 ms.

use std::collections::VecDeque;

use ebur128::{EbuR128, Mode};

use crate::frame::Frame;
use crate::level::Loudness;
use crate::time::{Frames, Rate};

/// Everything is measured anew so many times a second.
const STEPS: u32 = 100;
/// Steps of the momentary window, 400 ms.
pub const MOMENTARY: usize = 40;
/// Steps of the short-term window, 3 s: so many are known.
pub const SHORT_TERM: usize = 300;

/// The powers of the last 3 s, step by step.
pub struct Powers {
    weighting: EbuR128,
    step: usize,
    filled: usize,
    /// The newest is last.
    last: VecDeque<f64>,
}

impl Powers {
    /// Of a sound at a rate, with silence before it. Allocates.
    ///
    /// # Errors
    /// Where the rate is one at which loudness is not defined.
    pub fn new(rate: Rate) -> Result<Self, ebur128::Error> {
        Ok(Self {
            weighting: EbuR128::new(2, rate.hertz(), Mode::M)?,
            step: (rate.hertz() / STEPS).max(1) as usize,
            filled: 0,
            last: VecDeque::from(vec![0.0; SHORT_TERM]),
        })
    }

    /// How long a step is.
    #[must_use]
    pub fn step(&self) -> Frames {
        Frames::from(self.step)
    }

    /// What of these frames belongs to the current step, and what to later ones.
    #[must_use]
    pub fn split<'a>(&self, frames: &'a [Frame]) -> (&'a [Frame], &'a [Frame]) {
        frames.split_at(frames.len().min(self.step - self.filled))
    }

    /// Takes frames of the current step in, and says whether it is over.
    ///
    /// # Errors
    /// None that a stereo sound can cause.
    pub fn add(&mut self, frames: &[Frame]) -> Result<bool, ebur128::Error> {
        self.weighting.add_frames_f32(frames.as_flattened())?;
        self.filled += frames.len();
        if self.filled < self.step {
            return Ok(false);
        }
        self.filled = 0;
        let loudness = self.weighting.loudness_window(1000 / STEPS)?;
        self.last.pop_front();
        self.last.push_back(Loudness(loudness as f32).power());
        Ok(true)
    }

    /// The mean of the last steps.
    #[must_use]
    pub fn mean(&self, steps: usize) -> f64 {
        let powers = self.last.iter().rev().take(steps);
        powers.sum::<f64>() / steps as f64
    }
}
