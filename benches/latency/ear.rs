//! An ear that hears when a sound that repeats itself begins to change, to the sample.

use std::time::{Duration, Instant};

/// The wave of every tone fits in this, in frames.
pub const WAVE: usize = 240;
/// A sound that was the same for so long is steady, in frames.
const STEADY: usize = 2 * WAVE;

/// What an ear hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The sound has been the same for a while.
    Steady,
    /// The first sample that is not as it would have been.
    Changed {
        /// When its block left.
        block: Instant,
        /// Its place in the block, in frames.
        place: usize,
    },
}

impl Heard {
    /// When the sample leaves, where the device takes frames as they come.
    pub fn moment(self, rate: f64) -> Option<Instant> {
        match self {
            Self::Steady => None,
            Self::Changed { block, place } => {
                Some(block + Duration::from_secs_f64(place as f64 / rate))
            }
        }
    }
}

/// Listens to one channel, and compares each sample with the one a wave earlier.
pub struct Ear {
    wave: [f32; WAVE],
    at: usize,
    same: usize,
}

impl Ear {
    /// An ear that has heard nothing.
    pub const fn new() -> Self {
        Self {
            wave: [0.0; WAVE],
            at: 0,
            same: 0,
        }
    }

    /// Hears a block that leaves now; tells what it hears, the first change and the first rest of each block.
    pub fn hear(&mut self, left: impl Iterator<Item = f32>, mut tell: impl FnMut(Heard)) {
        let block = Instant::now();
        for (place, sample) in left.enumerate() {
            let expected = std::mem::replace(&mut self.wave[self.at], sample);
            self.at = (self.at + 1) % WAVE;
            if expected.to_bits() == sample.to_bits() || expected == sample {
                self.same += 1;
                if self.same == STEADY {
                    tell(Heard::Steady);
                }
            } else {
                if self.same >= STEADY {
                    tell(Heard::Changed { block, place });
                }
                self.same = 0;
            }
        }
    }
}
