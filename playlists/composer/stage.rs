//! Where a piece is put together: layers, the room around them, and the finishing.

use crate::air::Air;
use crate::bow::Bow;
use crate::bowl::Bells;
use crate::dice::Dice;
use crate::drone::Drone;
use crate::filter::{Filter, highpass};
use crate::hall::Hall;
use crate::harp::Harp;
use crate::measure::loudness;
use crate::pad::Pad;
use crate::score::Note;
use crate::sound::{Sound, decibels};

/// A piece while it is made.
pub struct Stage {
    /// Frames a second.
    pub rate: u32,
    /// The length in frames.
    pub frames: usize,
    /// The piece's own chance.
    pub dice: Dice,
    dry: Sound,
    send: Sound,
}

/// Where a layer stands in the mix.
#[derive(Clone, Copy)]
pub struct Place {
    /// Its loudness against the piece's main layer, in LU.
    pub level: f64,
    /// How much of it the room hears, linear.
    pub wet: f64,
}

/// A place in the mix.
pub fn place(level: f64, wet: f64) -> Place {
    Place { level, wet }
}

/// How much of the difference between left and right is kept.
const WIDTH: f64 = 0.78;

impl Stage {
    /// An empty stage.
    pub fn new(rate: u32, seconds: f64, seed: u64) -> Self {
        let frames = (seconds * f64::from(rate)) as usize;
        Self {
            rate,
            frames,
            dice: Dice::new(seed),
            dry: Sound::silent(rate, frames),
            send: Sound::silent(rate, frames),
        }
    }

    /// Adds a layer. Whatever its own level was, it is brought to the loudness its place asks for; so the
    /// mix is written down in loudness units.
    pub fn put(&mut self, sound: &Sound, place: Place) {
        let gain = decibels(place.level - 23.0 - loudness(sound));
        self.dry.add(sound, gain);
        self.send.add(sound, gain * place.wet);
    }

    /// Plays notes on a pad.
    pub fn pad(&mut self, pad: &Pad, notes: &[Note]) -> Sound {
        pad.play(notes, self.rate, self.frames, &mut self.dice)
    }

    /// Plays notes on bells.
    pub fn bells(&mut self, bells: &Bells, notes: &[Note]) -> Sound {
        bells.play(notes, self.rate, self.frames, &mut self.dice)
    }

    /// Plays notes on the harp.
    pub fn harp(&mut self, harp: &Harp, notes: &[Note]) -> Sound {
        harp.play(notes, self.rate, self.frames, &mut self.dice)
    }

    /// Plays notes with the bow.
    pub fn bow(&mut self, bow: &Bow, notes: &[Note]) -> Sound {
        bow.play(notes, self.rate, self.frames, &mut self.dice)
    }

    /// Plays notes as a ground.
    pub fn drone(&mut self, drone: &Drone, notes: &[Note]) -> Sound {
        drone.play(notes, self.rate, self.frames, &mut self.dice)
    }

    /// Lets air move through the whole piece.
    pub fn air(&mut self, air: &Air) -> Sound {
        air.play(self.rate, self.frames, &mut self.dice)
    }

    /// The finished sound: with the room (as loud as what was sent to it), no rumble, faded at both ends, at a
    /// loudness in LUFS.
    pub fn finish(mut self, hall: &Hall, edges: (f64, f64), target: f64) -> Sound {
        let answer = hall.answer(&self.send, &mut self.dice);
        let wet = decibels(loudness(&self.send) - loudness(&answer));
        let mut sound = self.dry;
        sound.add(&answer, wet);
        highpass(&mut sound, 28.0);
        firm(&mut sound);
        sound.fade(edges.0, edges.1);
        let gain = decibels(target - loudness(&sound));
        sound.scale(gain);
        sound
    }
}

/// Brings the channels closer, and the lowest tones into the middle: wide enough for headphones, and nothing is
/// lost where a loudspeaker adds the two.
fn firm(sound: &mut Sound) {
    let mut filter = Filter::new(sound.rate, 140.0, 0.6);
    for (l, r) in sound.left.iter_mut().zip(&mut sound.right) {
        let middle = 0.5 * (f64::from(*l) + f64::from(*r));
        let side = WIDTH * filter.split(0.5 * (f64::from(*l) - f64::from(*r))).high;
        *l = (middle + side) as f32;
        *r = (middle - side) as f32;
    }
}
