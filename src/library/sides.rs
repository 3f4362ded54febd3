//! On which sides of a sound anything is heard.

use std::ops::Range;

use crate::level::{Decibels, Loudness};

/// A side that lies this far below the other one is dead: no music is made so.
const DEAD: Decibels = Decibels(-40.0);

/// What one ear misses for so many whole seconds in a row is told, which any ten seconds hold: an instrument may stand on one
/// side for less.
const LONG: u64 = 9;

/// What is softer than this belongs to no side: what is left of a sound that dies away.
const SOFT: Loudness = Loudness(-60.0);

/// No longer a rest belongs to what was alone before it.
const REST: u64 = 3;

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    /// The side on which alone anything is heard, from the power of what is heard on the left and on the right.
    pub fn alone([left, right]: [f64; 2]) -> Option<Self> {
        let nothing = f64::from(DEAD.gain().0).powi(2);
        if right < left * nothing {
            Some(Self::Left)
        } else if left < right * nothing {
            Some(Self::Right)
        } else {
            None
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// Finds where only one side is heard, second by second.
#[derive(Debug, Default)]
pub(super) struct Sides {
    seconds: u64,
    /// How many of the last ones were soft.
    rest: u64,
    now: Option<(Side, u64)>,
    longest: Option<(Side, Range<u64>)>,
}

impl Sides {
    /// Takes the next second: the power of what is heard of it on each side.
    pub fn add(&mut self, heard: [f64; 2]) {
        let second = self.seconds;
        self.seconds += 1;
        if heard.iter().sum::<f64>() < SOFT.power() {
            self.rest += 1;
            if self.rest > REST {
                self.now = None;
            }
            return;
        }
        self.rest = 0;
        self.now = Side::alone(heard).map(|side| match self.now {
            Some((before, from)) if before == side => (side, from),
            _ => (side, second),
        });
        if let Some((side, from)) = self.now {
            let length = |stretch: &Range<u64>| stretch.end - stretch.start;
            let stretch = from..self.seconds;
            let longest = self.longest.as_ref().map_or(LONG - 1, |(_, it)| length(it));
            if length(&stretch) > longest {
                self.longest = Some((side, stretch));
            }
        }
    }

    /// The longest stretch with one side alone, in whole seconds, where it is long.
    pub fn finish(self) -> Option<(Side, Range<u64>)> {
        self.longest
    }
}
