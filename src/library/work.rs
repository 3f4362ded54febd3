//! When a limiter, or the startle guard, had to hold a sound down, and how far.

use std::ops::Range;
use std::time::Duration;

use crate::level::Decibels;
use crate::time::{Frames, Rate};

/// What is less than this is idle.
const IDLE: Decibels = Decibels(-0.01);
/// Limiter and startle guard are normally idle; what they do beyond this is heard.
const HELD: Decibels = Decibels(-1.0);
/// Work of either that comes again so soon is one place.
const AGAIN: Duration = Duration::from_secs(10);
/// No more are kept: one tells as much as a thousand.
const MOST: usize = 10_000;

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

/// Where work is heard; what comes again soon is one place.
#[must_use]
pub fn places(holds: &[Hold], rate: Rate) -> Vec<Hold> {
    let again = rate.frames(AGAIN);
    let mut places: Vec<Hold> = Vec::new();
    for hold in holds.iter().filter(|hold| hold.deepest < HELD) {
        match places.last_mut() {
            Some(place) if hold.over.start - place.over.end < again => {
                place.over.end = hold.over.end;
                place.deepest = place.deepest.min(hold.deepest);
            }
            _ => places.push(hold.clone()),
        }
    }
    places
}
