//! Whether a device that was opened plays: it takes frames as time goes by, and not only those that it holds.

use std::time::{Duration, Instant};

use crate::time::Frames;

/// A device is filled within this, whether or not it plays. Longer than the longest period.
const FILLED: Duration = Duration::from_millis(200);

/// A device that was started with silence, and has to show that it plays.
#[derive(Debug)]
pub struct Trial {
    frames: Frames,
    /// When it took its first frame.
    begun: Option<Instant>,
    looked: Instant,
    passed: bool,
}

impl Trial {
    /// Begins with a device that has taken nothing.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            frames: Frames::ZERO,
            begun: None,
            looked: now,
            passed: false,
        }
    }

    /// Looks again at a device that took so many frames; ask several times a second. True once it plays.
    pub fn is_passed(&mut self, frames: Frames, now: Instant) -> bool {
        if frames > self.frames {
            let begun = *self.begun.get_or_insert(now);
            // Taken after the last look, and thus long after it was full.
            self.passed |= self.looked.duration_since(begun) >= FILLED;
            self.frames = frames;
        }
        self.looked = now;
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(frames: &[u64]) -> Vec<bool> {
        let begin = Instant::now();
        let mut trial = Trial::new(begin);
        let look = |(at, frames): (u32, &u64)| {
            trial.is_passed(Frames(*frames), begin + Duration::from_millis(50) * at)
        };
        (0..).zip(frames).map(look).collect()
    }

    #[test]
    fn a_device_that_goes_on_taking_frames_plays() {
        let passed = looks(&[0, 2048, 2048, 3072, 5120, 7168, 9216, 11264, 13312]);
        assert_eq!(passed.iter().position(|passed| *passed), Some(6));
    }

    #[test]
    fn a_device_that_is_filled_and_then_rests_does_not() {
        let mut frames = vec![0, 1024, 2048];
        frames.resize(60, 2048);
        assert!(!looks(&frames).contains(&true));
    }
}
