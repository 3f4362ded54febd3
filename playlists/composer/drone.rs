//! A low ground whose overtones come and go.

use crate::dice::Dice;
use crate::drift::{Drift, Ramp, STRIDE};
use crate::score::Note;
use crate::sound::{Sound, pan, rise};

/// How the ground sounds.
pub struct Drone {
    /// How many partials.
    pub partials: u32,
    /// How fast they weaken upwards: 1 is bright, 2 is dark.
    pub steep: f64,
    /// Seconds of the slow movement of each partial.
    pub period: f64,
    /// Seconds to rise and to die away.
    pub edge: f64,
}

impl Drone {
    /// Plays notes.
    pub fn play(&self, notes: &[Note], rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        for note in notes {
            for n in 1..=self.partials {
                if note.hz * f64::from(n) < 5_000.0 {
                    self.partial(note, n, &mut sound, dice);
                }
            }
        }
        sound
    }

    /// Adds one partial, as two near twins that drift across each other.
    fn partial(&self, note: &Note, n: u32, sound: &mut Sound, dice: &mut Dice) {
        let rate = f64::from(sound.rate);
        let first = (note.at * rate) as usize;
        let before = (-note.at).max(0.0);
        let length = ((note.long + self.edge - before) * rate) as usize;
        let order = f64::from(n);
        let strength = note.level * order.powf(-self.steep);
        // the ground itself stays; what is above it comes and goes
        let depth = if n == 1 { 0.25 } else { 0.85 };
        let wide = if note.hz * order < 120.0 { 0.08 } else { 0.6 };
        for side in [-1.0, 1.0] {
            let drift = Drift::new(self.period * dice.between(0.7, 1.3), dice);
            let gains = pan(wide * side * dice.between(0.5, 1.0));
            let cents = side * dice.between(0.6, 1.8);
            let turn = std::f64::consts::TAU * note.hz * order * (cents / 1200.0_f64).exp2() / rate;
            let mut phase = dice.angle();
            let mut level = Ramp::new(0.0);
            for step in 0..length {
                let at = first + step;
                if at >= sound.frames() {
                    break;
                }
                if step % STRIDE == 0 {
                    let time = before + step as f64 / rate;
                    let edge = rise(time / self.edge) * rise(1.0 - (time - note.long) / self.edge);
                    level.aim(strength * edge * (1.0 - depth * (0.5 + 0.5 * drift.at(time))));
                }
                phase += turn;
                let value = level.step() * phase.sin();
                sound.add_frame(at, value * gains.0, value * gains.1);
            }
        }
    }
}
