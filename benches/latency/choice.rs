//! Which command comes next.

use undersong::level::Decibels;
use undersong::timeline::Change;

use super::room::dice::Dice;

/// A command whose effect is timed.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// Pause, or go on.
    Pause(bool),
    /// A change.
    Change(Change),
}

impl Choice {
    /// A command by chance, where things stand so. A level is settled in a tenth of a second, a skip in five: there are
    /// many of the one and few of the other.
    pub fn by(dice: &mut Dice, paused: bool, speaking: bool, level: Decibels) -> Self {
        if paused {
            return Self::Pause(false);
        }
        match dice.unit() {
            0.0..0.08 => Self::Pause(true),
            0.08..0.12 => Self::Change(Change::Skip),
            0.12..0.14 => Self::Change(Change::Speak { on: !speaking }),
            // Back in a while, since half of them are nearly no time.
            _ if speaking && dice.unit() < 0.05 => Self::Change(Change::Speak { on: false }),
            _ => {
                let down = dice.unit() * 18.0 > f64::from(-level.0);
                let by = if down {
                    dice.between(-2.0, -0.2)
                } else {
                    dice.between(0.1, 0.9)
                };
                let to = Decibels(level.0 + by as f32);
                Self::Change(Change::Level { to })
            }
        }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pause(true) => "pause",
            Self::Pause(false) => "resume",
            Self::Change(Change::Skip) => "skip",
            Self::Change(Change::Speak { .. }) => "speak",
            Self::Change(_) => "level",
        }
    }
}
