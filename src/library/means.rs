//! A sound in means: what is slow in it, at a hundredth of the work.

use crate::frame::Frame;
use crate::time::Rate;

/// So many a second tell of what is lower than 40 Hz what there is to tell: of the power of 20 Hz, less than a
/// ten-thousandth is lost within one.
const MEANS: u32 = 4_000;

/// The mean of so many frames.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub frames: u32,
    pub of: [f64; 2],
}

/// Takes the means of a sound.
#[derive(Debug)]
pub(super) struct Means {
    group: u32,
    /// The group that is not full.
    sum: [f64; 2],
    count: u32,
}

impl Means {
    pub fn new(rate: Rate) -> Self {
        Self {
            group: (rate.hertz() / MEANS).max(1),
            sum: [0.0; 2],
            count: 0,
        }
    }

    /// How many there are in a second.
    pub fn rate(&self, rate: Rate) -> f64 {
        f64::from(rate.hertz()) / f64::from(self.group)
    }

    /// Hands over each mean that is full with these frames.
    pub fn add(&mut self, mut frames: &[Frame], mut each: impl FnMut(Mean)) {
        while !frames.is_empty() {
            let left = (self.group - self.count) as usize;
            let (now, later) = frames.split_at(left.min(frames.len()));
            for frame in now {
                self.sum[0] += f64::from(frame[0]);
                self.sum[1] += f64::from(frame[1]);
            }
            self.count += now.len() as u32;
            if self.count == self.group {
                each(self.take());
            }
            frames = later;
        }
    }

    /// The mean of what is left, of however many frames.
    pub fn take(&mut self) -> Mean {
        let frames = std::mem::take(&mut self.count);
        let sum = std::mem::take(&mut self.sum);
        Mean {
            frames,
            of: sum.map(|sum| sum / f64::from(frames.max(1))),
        }
    }
}
