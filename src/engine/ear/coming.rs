//! Music that comes where there was none.

use std::f64::consts::FRAC_PI_2;

use super::memory::{A_SECOND, FALL, Most, RISE_IN_A_STEP};
use super::sum::Sum;
use super::{STEP, WINDOW};

/// Music that comes out of silence is taken to come within so many hops at the soonest, and is there after a second of them: a
/// blow out of a long silence is one, whoever asks for it.
const SOONEST: f64 = 3_000.0;

/// Until then, where a session begins, it may become louder by 20 dB a second, as a piece does that begins softly.
const RISE_AT_FIRST: f64 = 1.047_129;

/// How music comes: along a quarter of a sine, as the engine fades it in.
#[derive(Debug)]
pub(super) struct Coming {
    /// The power that it has when it is there.
    full: f64,
    /// Hops since it began, and until it is there.
    since: f64,
    within: f64,
    /// The part of that it has by now, and had over the momentary window.
    part: f64,
    parts: Sum<{ WINDOW / STEP }>,
    /// The part of what should sound that is taken to sound, heard or not, where nothing was heard before; else nothing.
    trust: f64,
}

impl Coming {
    /// Music of this power with which the session begins, or goes on, and that is there within so many hops.
    pub const fn trusted(full: f64, within: f64) -> Self {
        Self::new(full, within, 1.0)
    }

    /// Music of this power that comes out of silence.
    pub const fn expected(full: f64, within: f64) -> Self {
        Self::new(full, within.max(SOONEST), 0.0)
    }

    const fn new(full: f64, within: f64, trust: f64) -> Self {
        Self {
            full,
            since: 0.0,
            within,
            part: 0.0,
            parts: Sum::new(),
            trust,
        }
    }

    /// Goes on by a step. What sounds of it by now, where the momentary loudness is this and what sounds may be so much, but
    /// for what more of it is there by now. Real-time safe.
    pub fn go_on(&mut self, momentary: f64, most: Most) -> f64 {
        let most = self.may_be(most);
        let mean = self.parts.mean();
        self.parts.next();
        // The momentary window is late, and what comes is beyond it by now.
        most.of((momentary * (self.part / mean)).min(self.full * self.part))
    }

    /// How loud it may be a step later.
    fn may_be(&mut self, most: Most) -> Most {
        let begins = self.trust > 0.0 && self.since < SOONEST;
        let (before, presumed) = (self.part, self.presumed());
        self.since += STEP as f64;
        // Twice as fast as what was heard is forgotten.
        self.trust *= const { FALL * FALL };
        self.part = self.part_at(self.since);
        self.parts.add(self.part);
        let a_second_ago = match self.since - A_SECOND {
            there if there > 0.0 => self.part_at(there),
            _ => 0.0,
        };
        let (in_a_second, in_a_step) = if begins {
            let faster = const { RISE_AT_FIRST / RISE_IN_A_STEP };
            (f64::INFINITY, most.in_a_step * faster)
        } else {
            (most.in_a_second, most.in_a_step)
        };
        Most {
            in_a_second: in_a_second * (self.part / a_second_ago),
            in_a_step: in_a_step.max(presumed) * (self.part / before),
        }
    }

    /// The part of it that is there after so many hops.
    fn part_at(&self, hops: f64) -> f64 {
        let way = (hops / self.within).min(1.0);
        (way * FRAC_PI_2).sin().powi(2)
    }

    /// What it is taken to be by now, heard or not.
    pub fn presumed(&self) -> f64 {
        self.full * self.part * self.trust
    }

    /// Whether it is there, as the momentary loudness sees it.
    pub fn is_over(&self) -> bool {
        self.since > self.within.max(SOONEST) + WINDOW as f64
    }
}
