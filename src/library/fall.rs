//! What leaves people alone all at once: loudness that falls more quickly than music does.
//!
//! A fall is measured from the softest momentary loudness of the second before it to the loudest of the three seconds after it,
//! so that neither an accent nor a rest between two notes is one.

use std::collections::VecDeque;

use crate::level::{Decibels, Loudness};
use crate::time::Frames;

/// Less than this is none.
const LEAST: Decibels = Decibels(10.0);
/// It was as loud before for so many steps of 10 ms at least.
const BEFORE: usize = 100;
/// It falls within so many.
const WITHIN: usize = 100;
/// And is as soft after it for so many.
const AFTER: usize = 300;
/// What falls to this is as good as silent.
const SILENCE: Loudness = Loudness(-60.0);
/// So near to what was before, and to what comes after, it begins and is over.
const NEAR: Decibels = Decibels(1.0);
/// No more are kept: one tells as much as a thousand.
const MOST: usize = 1000;

/// A fall of momentary loudness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fall {
    /// Where it begins.
    pub at: Frames,
    /// Where it is over, a second later at most.
    pub end: Frames,
    /// How much it is, above zero.
    pub by: Decibels,
}

/// Watches the momentary loudness, step by step.
#[derive(Debug, Default)]
pub struct Falls {
    /// The last steps, the newest last, and where each of them ended.
    past: VecDeque<(Frames, Loudness)>,
    steps: usize,
    /// The step at which each was seen last.
    found: Vec<(usize, Fall)>,
}

impl Falls {
    /// Takes the next step's loudness in.
    pub fn push(&mut self, at: Frames, now: Loudness) {
        self.steps += 1;
        self.past.push_back((at, now.louder(SILENCE)));
        if self.past.len() <= BEFORE + WITHIN + AFTER {
            return;
        }
        if let Some(fall) = self.fall() {
            self.keep(fall);
        }
        self.past.pop_front();
    }

    /// The fall between the second before and the three after, if it is one.
    fn fall(&self) -> Option<Fall> {
        let of = |step: usize| self.past.get(step).map(|(_, loudness)| *loudness);
        // What does not differ in these two does not in all of them.
        if of(BEFORE)? - of(BEFORE + WITHIN)? < LEAST {
            return None;
        }
        let all = || self.past.iter().map(|(_, loudness)| *loudness);
        let before = all().take(BEFORE + 1).reduce(Loudness::softer)?;
        let after = all().skip(BEFORE + WITHIN).reduce(Loudness::louder)?;
        let by = before - after;
        if by < LEAST {
            return None;
        }
        let mut steps = self.past.iter().skip(BEFORE).take(WITHIN + 1);
        let stands = |(_, loudness): &&(Frames, Loudness)| before - *loudness < NEAR;
        let (at, _) = steps.clone().rfind(stands)?;
        let over = |(end, loudness): &&(Frames, Loudness)| end > at && *loudness - after < NEAR;
        let (end, _) = steps.find(over)?;
        let (at, end) = (*at, *end);
        Some(Fall { at, end, by })
    }

    fn keep(&mut self, fall: Fall) {
        let steps = self.steps;
        if let Some((last, before)) = self.found.last_mut()
            && *last + WITHIN >= steps
        {
            *last = steps;
            if fall.by > before.by {
                *before = fall;
            }
        } else if self.found.len() < MOST {
            self.found.push((steps, fall));
        }
    }

    /// All falls, in the order of time.
    #[must_use]
    pub fn finish(self) -> Vec<Fall> {
        self.found.into_iter().map(|(_, fall)| fall).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The falls of a loudness that is given in steps of 10 ms.
    fn falls(of: impl Fn(usize) -> f32) -> Vec<(u64, f32)> {
        let mut falls = Falls::default();
        for step in 0..3000 {
            falls.push(Frames(step as u64), Loudness(of(step)));
        }
        let told = |fall: Fall| (fall.at.0, fall.by.0);
        falls.finish().into_iter().map(told).collect()
    }

    #[test]
    fn what_falls_and_stays_is_one_and_neither_accents_nor_rests_nor_slow_ways_are() {
        let steep = |by: f32| {
            move |step: usize| -20.0 - by * ((step as f32 - 1500.0) / 40.0).clamp(0.0, 1.0)
        };
        assert_eq!(falls(steep(9.9)), []);
        let found = falls(steep(12.0));
        assert!(
            matches!(found[..], [(1500..1505, by)] if (by - 12.0).abs() < 0.1),
            "{found:?}"
        );
        // Nobody hears how far below silence it goes.
        let found = falls(steep(80.0));
        assert!(
            matches!(found[..], [(_, by)] if (by - 40.0).abs() < 1.0),
            "{found:?}"
        );
        let slow = |step: usize| -20.0 - 20.0 * ((step as f32 - 1000.0) / 400.0).clamp(0.0, 1.0);
        assert_eq!(falls(slow), []);
        let accent = |step: usize| {
            if (1500..1560).contains(&step) {
                -20.0
            } else {
                -32.0
            }
        };
        assert_eq!(falls(accent), []);
        let rest = |step: usize| {
            if (1500..1700).contains(&step) {
                -45.0
            } else {
                -20.0
            }
        };
        assert_eq!(falls(rest), []);
    }
}
