//! What was heard of late, and how much louder it may become.

use super::STEP;

/// What was heard is remembered as it was for two seconds, so that no rest within a rhythm makes its next stroke a new one:
/// in stretches of so many steps.
const STRETCH: usize = 5;
const STRETCHES: usize = 40;

/// So many of them are a second, and so many hops.
const STRETCHES_IN_A_SECOND: usize = 20;
pub(super) const A_SECOND: f64 = (STRETCHES_IN_A_SECOND * STRETCH * STEP) as f64;

/// Then it is forgotten by 12 dB a second, in power a step.
pub(super) const FALL: f64 = 0.972_747;

/// What is sounding becomes louder by 4 dB in a second at most, and no faster than by 8 dB a second.
const RISE: f64 = 2.512;
pub(super) const RISE_IN_A_STEP: f64 = 1.018_591;

/// From what it may be by now to what it was a second ago.
pub(super) const FELL: f64 = 1.0 / RISE;

/// The most of what was heard of late.
#[derive(Debug)]
pub(super) struct Memory {
    pub now: f64,
    /// So loud it may be, a second after it was what it was then.
    pub in_a_second: f64,
    /// The most of each of the last stretches, and what it was at the begin of each. One of them goes on.
    most: [f64; STRETCHES],
    begins: [f64; STRETCHES],
    at: usize,
    steps: usize,
    /// The most of the one that goes on, and of all of them.
    here: f64,
    held: f64,
}

impl Memory {
    /// Nothing was heard yet, and before that it was this.
    pub const fn after(before: f64) -> Self {
        Self {
            now: 0.0,
            in_a_second: before * RISE,
            most: [0.0; STRETCHES],
            begins: [before; STRETCHES],
            at: 0,
            steps: 0,
            here: 0.0,
            held: 0.0,
        }
    }

    /// Hears a step. Real-time safe.
    #[inline]
    pub fn hear(&mut self, power: f64) {
        self.here = self.here.max(power);
        self.now = (self.now * FALL).max(self.held.max(self.here));
        self.steps += 1;
        if self.steps == STRETCH {
            self.begin_stretch();
        }
    }

    fn begin_stretch(&mut self) {
        self.steps = 0;
        self.most[self.at] = std::mem::take(&mut self.here);
        self.at = (self.at + 1) % STRETCHES;
        self.most[self.at] = 0.0;
        self.begins[self.at] = self.now;
        self.held = self.most.iter().copied().fold(0.0, f64::max);
        let ago = (self.at + STRETCHES - STRETCHES_IN_A_SECOND) % STRETCHES;
        self.in_a_second = self.begins[ago] * RISE;
    }

    /// How loud what is sounding may be with the next step; as soft as `floor`, it may be anyway.
    #[inline]
    pub fn may_be(&self, floor: f64) -> Most {
        Most {
            in_a_second: self.in_a_second.max(floor * RISE),
            in_a_step: self.now.max(floor) * RISE_IN_A_STEP,
        }
    }
}

/// How loud what is sounding may be by now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub in_a_second: f64,
    pub in_a_step: f64,
}

impl Most {
    /// So much of a power.
    pub const fn of(self, power: f64) -> f64 {
        power.min(self.in_a_second).min(self.in_a_step)
    }
}
