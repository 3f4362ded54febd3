//! A harp played with the flesh of the finger.

use crate::dice::Dice;
use crate::modal::{Mode, ring};
use crate::score::Note;
use crate::sound::Sound;

/// How the harp is played.
pub struct Harp {
    /// Seconds for the fundamental of a middle string to fall by 60 dB.
    pub decay: f64,
    /// Seconds the finger takes to leave the string.
    pub attack: f64,
    /// From 0 (dark) to 1 (bright).
    pub light: f64,
    /// How far the strings stand apart between left and right.
    pub width: f64,
}

impl Harp {
    /// Plays notes.
    pub fn play(&self, notes: &[Note], rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        for note in notes {
            // low strings stand left, high strings right
            let string = ((note.hz / 330.0).log2() / 2.5).clamp(-1.0, 1.0);
            let modes = self.modes(note, dice);
            ring(&mut sound, note.at, &modes, self.width * string, dice);
        }
        sound
    }

    /// The partials of one string, plucked two fifths along it.
    fn modes(&self, note: &Note, dice: &mut Dice) -> Vec<Mode> {
        let beat = dice.between(0.15, 0.4);
        let steep = 2.3 - 0.8 * self.light;
        let decay = self.decay * (330.0 / note.hz).powf(0.35);
        (1..=14_u32)
            .map(|n| {
                let order = f64::from(n);
                let pluck = (std::f64::consts::PI * order * 0.41).sin().abs();
                Mode {
                    hz: note.hz * order * (1.0 + 0.00012 * order * order).sqrt(),
                    level: 0.8 * note.level * pluck * order.powf(-steep),
                    decay: decay / (1.0 + 0.42 * (order - 1.0)),
                    attack: self.attack / order.powf(0.15),
                    beat: beat * order.sqrt(),
                }
            })
            .collect()
    }
}
