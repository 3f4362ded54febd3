//! The chimes that go before a spoken cue.

use crate::bowl::{Bells, Metal};
use crate::dice::Dice;
use crate::hall::Hall;
use crate::score::{Note, Tuning, note};
use crate::sound::{Sound, decibels};

/// Frames a second of all cues.
pub const RATE: u32 = 48_000;

/// A chime.
pub struct Chime {
    /// The file's name without its ending.
    pub file: &'static str,
    seconds: f64,
    bells: Bells,
    notes: Vec<Note>,
}

/// All chimes.
pub fn all() -> Vec<Chime> {
    let one = |at, name, level| note(Tuning::Equal, at, 1.0, name, level);
    vec![
        Chime {
            file: "bowl",
            seconds: 12.5,
            bells: Bells {
                metal: Metal::Bowl,
                decay: 10.0,
                attack: 0.14,
                width: 0.0,
            },
            notes: vec![one(0.0, "A3", 0.0)],
        },
        Chime {
            file: "bell",
            seconds: 8.2,
            bells: Bells {
                metal: Metal::Bell,
                decay: 7.0,
                attack: 0.095,
                width: 0.0,
            },
            notes: vec![one(0.0, "E4", 0.0)],
        },
        Chime {
            file: "chime",
            seconds: 7.3,
            bells: Bells {
                metal: Metal::Glass,
                decay: 5.5,
                attack: 0.1,
                width: 0.3,
            },
            notes: vec![
                one(0.0, "A4", -1.0),
                one(0.55, "D5", -2.0),
                one(1.15, "E5", -3.5),
            ],
        },
    ]
}

impl Chime {
    /// Makes it, in a small room, with its peak at -9 dBFS.
    pub fn make(&self, dice: &mut Dice) -> Sound {
        let frames = (self.seconds * f64::from(RATE)) as usize;
        let mut sound = self.bells.play(&self.notes, RATE, frames, dice);
        let hall = Hall {
            decay: 2.6,
            damping: 0.4,
            size: 0.55,
            ahead: 0.012,
        };
        let answer = hall.answer(&sound, dice);
        sound.add(&answer, 0.25);
        sound.fade(0.05, 2.0);
        let peak = sound
            .left
            .iter()
            .chain(&sound.right)
            .fold(0.0_f32, |most, x| most.max(x.abs()));
        sound.scale(decibels(-9.0) / f64::from(peak));
        sound
    }
}
