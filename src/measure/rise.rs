//! What could startle: loudness that rises more quickly than anybody expects.
//!
//! A rise is measured above what was sounding: the loudest momentary loudness of the ten seconds before. So a voice for which
//! the music went down is measured against that music, and what comes out of silence, scripted as it is, against nothing.

use std::collections::VecDeque;

use crate::level::{Decibels, Loudness};
use crate::time::Frames;

/// A rise within so many steps of 10 ms may be so large.
pub const BOUNDS: [(usize, Decibels); 2] = [(10, Decibels(6.0)), (100, Decibels(10.0))];
/// What was sounding is the loudest of so many steps.
const MEMORY: usize = 1000;
/// What is softer than this is as good as silence.
const SILENCE: Loudness = Loudness(-60.0);
/// After silence nothing is judged for so many steps.
const GRACE: usize = 300;
/// What rises again within so many steps is the same event.
const SAME: u64 = 100;
/// No more are kept: one tells as much as a thousand.
const MOST: usize = 1000;

/// A rise of momentary loudness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// Where it was at its largest.
    pub at: Frames,
    /// How much it was.
    pub by: Decibels,
    /// Within how many steps of 10 ms.
    pub within: usize,
}

impl Rise {
    /// How much it may be.
    #[must_use]
    pub fn bound(&self) -> Decibels {
        let own = BOUNDS.iter().find(|(within, _)| *within == self.within);
        own.map_or(Decibels::ZERO, |(_, bound)| *bound)
    }
}

/// Watches the momentary loudness, step by step.
#[derive(Debug)]
pub struct Rises {
    past: VecDeque<Loudness>,
    steps: u64,
    /// Nothing is judged before this step.
    judged_from: u64,
    largest: [Option<Rise>; 2],
    found: Vec<(u64, Rise)>,
}

impl Default for Rises {
    fn default() -> Self {
        Self {
            past: VecDeque::new(),
            steps: 0,
            // Before the first frame there was silence.
            judged_from: GRACE as u64,
            largest: [None; 2],
            found: Vec::new(),
        }
    }
}

impl Rises {
    /// Takes the next step's loudness in.
    pub fn push(&mut self, at: Frames, now: Loudness) {
        self.steps += 1;
        for (number, (within, bound)) in BOUNDS.into_iter().enumerate() {
            let before = self
                .past
                .len()
                .checked_sub(within)
                .and_then(|age| self.past.get(age));
            let Some(before) = before else { continue };
            let enough = self.largest[number]
                .map_or(Decibels::ZERO, |it| it.by)
                .min(bound);
            if now - *before <= enough || now <= SILENCE {
                continue;
            }
            let older = self.past.iter().rev().skip(within - 1);
            let sounding = older.copied().reduce(Loudness::louder).unwrap_or(SILENCE);
            if sounding <= SILENCE {
                self.judged_from = self.steps + GRACE as u64;
            }
            if self.steps < self.judged_from {
                continue;
            }
            let rise = Rise {
                at,
                by: now - sounding,
                within,
            };
            if self.largest[number].is_none_or(|it| rise.by > it.by) && rise.by > Decibels::ZERO {
                self.largest[number] = Some(rise);
            }
            if rise.by > bound {
                self.keep(rise);
            }
        }
        self.past.push_back(now);
        if self.past.len() > MEMORY + BOUNDS[1].0 {
            self.past.pop_front();
        }
    }

    fn keep(&mut self, rise: Rise) {
        let over = |rise: &Rise| rise.by - rise.bound();
        let steps = self.steps;
        if let Some((last, before)) = self.found.last_mut()
            && *last + SAME >= steps
        {
            *last = steps;
            if over(&rise) > over(before) {
                *before = rise;
            }
        } else if self.found.len() < MOST {
            self.found.push((steps, rise));
        }
    }

    /// The largest rise of each kind, and those that are too large.
    pub fn finish(self) -> ([Option<Rise>; 2], Vec<Rise>) {
        let found = self.found.into_iter().map(|(_, rise)| rise);
        (self.largest, found.collect())
    }
}
