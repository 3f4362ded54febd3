//! A single bowed or blown voice for melodies.

use crate::dice::Dice;
use crate::drift::{Drift, Ramp, STRIDE};
use crate::filter::Filter;
use crate::score::Note;
use crate::sound::{Sound, pan, raised, rise};

/// How the voice sings.
pub struct Bow {
    /// Seconds to rise.
    pub attack: f64,
    /// Seconds to die away.
    pub release: f64,
    /// How strong each partial is against the one below it, at the loudest: 0.3 is a flute, 0.6 a string.
    pub light: f64,
    /// Depth of the vibrato in cents.
    pub vibrato: f64,
    /// Level of the breath beside the tone.
    pub breath: f64,
    /// Where it stands between left (-1) and right (1).
    pub place: f64,
}

impl Bow {
    /// Plays notes.
    pub fn play(&self, notes: &[Note], rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        for note in notes {
            self.note(note, &mut sound, dice);
        }
        sound
    }

    /// Adds one note.
    fn note(&self, note: &Note, sound: &mut Sound, dice: &mut Dice) {
        let rate = f64::from(sound.rate);
        let first = (note.at * rate) as usize;
        let length = ((note.long + self.release) * rate) as usize;
        let gains = [pan(self.place - 0.15), pan(self.place + 0.15)];
        let wander = Drift::new(5.0, dice);
        let mut air = Filter::new(sound.rate, note.hz * 1.5, 3.0);
        let (mut level, mut light) = (Ramp::new(0.0), Ramp::new(0.1));
        let mut phases = [dice.angle(), dice.angle()];
        let mut quiver = dice.angle();
        for step in 0..length {
            let at = first + step;
            if at >= sound.frames() {
                break;
            }
            let time = step as f64 / rate;
            if step % STRIDE == 0 {
                let swell =
                    rise(time / self.attack) * rise(1.0 - (time - note.long) / self.release);
                let breathing = 1.0 + 0.12 * wander.at(time);
                level.aim(note.level * swell * breathing);
                light.aim((self.light * (0.35 + 0.65 * swell) * breathing).clamp(0.05, 0.7));
            }
            // the hand begins to quiver only when the note stands
            let depth = self.vibrato * raised((time - 0.9) / 1.6);
            quiver += std::f64::consts::TAU * (4.6 + 0.35 * wander.at(time)) / rate;
            let cents = depth * quiver.sin() + 2.5 * wander.at(time + 40.0);
            let (level, light) = (level.step(), light.step());
            let breath = self.breath * air.split(dice.noise()).band;
            let (mut left, mut right) = (0.0, 0.0);
            for ((phase, gains), side) in phases.iter_mut().zip(gains).zip([-1.8, 1.8]) {
                *phase += std::f64::consts::TAU * note.hz * ((cents + side) / 1200.0).exp2() / rate;
                let value = level * (tone(*phase, light) + breath);
                left += 0.6 * value * gains.0;
                right += 0.6 * value * gains.1;
            }
            sound.add_frame(at, left, right);
        }
    }
}

/// A tone whose partials fall by a factor each, all of them at once (a closed geometric sum). At the factors
/// used here they are below -90 dB long before half the rate.
fn tone(phase: f64, factor: f64) -> f64 {
    let (sin, cos) = phase.sin_cos();
    sin * (1.0 - factor * factor).sqrt() / (1.0 - 2.0 * factor * cos + factor * factor)
}
