//! Somebody who steers a session by chance: the same seed asks for the same things.

use std::time::Duration;

use undersong::daemon::{Order, Speed, State, Status};
use undersong::level::Decibels;
use undersong::timeline::Change;

use super::dice::Dice;

/// What somebody does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Gives an order, or asks what it would do.
    Order {
        /// The order.
        order: Order,
        /// Only what it would do.
        forecast: bool,
    },
    /// Looks at the status.
    Look,
    /// Somebody comes to watch.
    Watch,
}

/// Somebody who steers.
pub struct Therapist {
    dice: Dice,
    cues: Vec<String>,
}

impl Therapist {
    /// Somebody who knows these cues by name.
    pub fn new(seed: u64, cues: &[&str]) -> Self {
        let cues = cues.iter().map(ToString::to_string).collect();
        Self {
            dice: Dice::new(seed),
            cues,
        }
    }

    /// How long until the next thing is done: often at once, now and then much later.
    pub fn patience(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.dice.unit()).ln())
    }

    /// The dice, for chance of other kinds.
    pub const fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    /// What is done next, where things are so. Most of it makes sense as things stand, some does not.
    pub fn next(&mut self, status: &Status) -> Act {
        // Nobody lies in silence for long because of a coin.
        if status.state == State::Paused && self.dice.unit() < 0.3 {
            return order(Order::Resume);
        }
        let speaking = status.session.as_ref().is_some_and(|s| s.speaking);
        match (self.dice.unit() * 100.0) as u32 {
            0..6 => order(Order::Pause),
            6..8 => order(Order::Resume),
            8..15 => self.note(),
            15..25 => Act::Look,
            25..32 => Act::Watch,
            32..44 => Act::Order {
                order: Order::Change(self.change(speaking)),
                forecast: true,
            },
            _ => order(Order::Change(self.change(speaking))),
        }
    }

    /// Ends the session, some way or other.
    pub fn stop(&mut self) -> Act {
        let how = match (self.dice.unit() * 3.0) as u32 {
            0 => Speed::Hard,
            1 => Speed::Quick,
            _ => Speed::Soft,
        };
        order(Order::Stop { how })
    }

    fn note(&mut self) -> Act {
        let words = (self.dice.unit() * 40.0) as usize + 1;
        let text = "restless ".repeat(words);
        order(Order::Note { text })
    }

    fn change(&mut self, speaking: bool) -> Change {
        match (self.dice.unit() * 100.0) as u32 {
            0..22 => Change::Level {
                to: Decibels((self.dice.between(-12.0, 3.0) * 10.0).round() as f32 / 10.0),
            },
            22..40 => Change::Skip,
            40..50 => {
                let chosen = self.dice.unit() * self.cues.len() as f64;
                let name = self.cues.get(chosen as usize).cloned();
                let name = name.unwrap_or_else(|| "none".to_owned());
                Change::Cue { name }
            }
            50..54 => Change::Extend { by: self.length() },
            54..58 => Change::Shorten { by: self.length() },
            58..65 => Change::Hold,
            65..67 => Change::Continue,
            67..77 => Change::Speak { on: !speaking },
            77..87 => Change::Intensity {
                by: if self.dice.unit() < 0.5 { -1 } else { 1 },
                at_once: self.dice.unit() < 0.5,
            },
            _ => Change::Undo,
        }
    }

    fn length(&mut self) -> Duration {
        Duration::from_secs(self.dice.between(5.0, 120.0) as u64)
    }
}

fn order(order: Order) -> Act {
    Act::Order {
        order,
        forecast: false,
    }
}
