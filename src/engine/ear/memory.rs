//! What was heard of late, and how much louder it may become.

/// What was heard is remembered as it was for two seconds, so that no rest within a rhythm makes its next stroke a new one:
/// in stretches of so many hops.
const STRETCH: usize = 50;
const STRETCHES: usize = 40;

/// So many of them are a second, and so many hops.
const STRETCHES_IN_A_SECOND: usize = 20;
pub(super) const A_SECOND: f64 = (STRETCHES_IN_A_SECOND * STRETCH) as f64;

/// Then it is forgotten by 12 dB a second, in power a hop.
pub(super) const FALL: f64 = 0.997_241;

/// What is sounding becomes louder by 4 dB in a second at most, and no faster than by 8 dB a second.
pub(super) const RISE: f64 = 2.512;
pub(super) const RISE_IN_A_HOP: f64 = 1.001_844;

/// The most of what was heard of late.
#[derive(Debug)]
pub(super) struct Memory {
    pub now: f64,
    /// The same a second ago.
    pub a_second_ago: f64,
    /// The most of each of the last stretches, and what it was at the begin of each. One of them goes on.
    most: [f64; STRETCHES],
    begins: [f64; STRETCHES],
    at: usize,
    hops: usize,
    /// The most of all of them.
    held: f64,
}

impl Memory {
    /// Nothing was heard yet, and before that it was this.
    pub const fn after(before: f64) -> Self {
        Self {
            now: 0.0,
            a_second_ago: before,
            most: [0.0; STRETCHES],
            begins: [before; STRETCHES],
            at: 0,
            hops: 0,
            held: 0.0,
        }
    }

    /// Hears a hop. Real-time safe.
    #[inline]
    pub fn hear(&mut self, power: f64) {
        self.most[self.at] = self.most[self.at].max(power);
        self.held = self.held.max(power);
        self.now = (self.now * FALL).max(self.held);
        self.hops += 1;
        if self.hops == STRETCH {
            self.hops = 0;
            self.at = (self.at + 1) % STRETCHES;
            self.most[self.at] = 0.0;
            self.begins[self.at] = self.now;
            self.held = self.most.iter().copied().fold(0.0, f64::max);
            let ago = (self.at + STRETCHES - STRETCHES_IN_A_SECOND) % STRETCHES;
            self.a_second_ago = self.begins[ago];
        }
    }

    /// How loud what is sounding may be with the next hop; as soft as `floor`, it may be anyway.
    pub fn may_be(&self, floor: f64) -> Most {
        Most {
            in_a_second: self.a_second_ago.max(floor) * RISE,
            in_a_hop: self.now.max(floor) * RISE_IN_A_HOP,
        }
    }
}

/// How loud what is sounding may be by now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub in_a_second: f64,
    pub in_a_hop: f64,
}

impl Most {
    /// So much of a power.
    pub const fn of(self, power: f64) -> f64 {
        power.min(self.in_a_second).min(self.in_a_hop)
    }
}
