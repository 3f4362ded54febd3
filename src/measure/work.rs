//! When a limiter, or the startle guard, had to hold a sound down, and how far.

use std::ops::Range;

use crate::level::Decibels;
use crate::time::Frames;

/// What is less than this is idle.
const IDLE: Decibels = Decibels(-0.01);
/// No more are kept: one tells as much as a thousand.
const MOST: usize = 10_000;

/// How far a zone's sound was held down in a block: 0 dB by what was idle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Down {
    /// By the limiter.
    pub limiter: Decibels,
    /// Its music, by the startle guard.
    pub held_back: Decibels,
}

/// A stretch over which one of them worked.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// From the beginning of its first block to the end of its last.
    pub over: Range<Frames>,
    /// The deepest gain, below zero.
    pub deepest: Decibels,
}

/// Gathers what the meter of one of them showed, block by block.
#[derive(Debug, Default)]
pub struct Work {
    at: Frames,
    holds: Vec<Hold>,
}

impl Work {
    /// Takes the reading of the next block in.
    pub fn add(&mut self, frames: Frames, gain: Decibels) {
        let over = self.at..self.at + frames;
        self.at = over.end;
        if gain >= IDLE {
            return;
        }
        if let Some(last) = self.holds.last_mut()
            && last.over.end == over.start
        {
            last.over.end = over.end;
            last.deepest = last.deepest.min(gain);
        } else if self.holds.len() < MOST {
            self.holds.push(Hold {
                over,
                deepest: gain,
            });
        }
    }

    /// The stretches over which it worked.
    #[must_use]
    pub fn finish(self) -> Vec<Hold> {
        self.holds
    }
}
