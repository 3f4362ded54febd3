//! Pads: long held chords of washes.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::drift::{Drift, Ramp, STRIDE};
use crate::filter::Filter;
use crate::score::Note;
use crate::sound::{Sound, raised, rise};
use crate::wash::{Colour, Wash};

/// How a pad plays.
pub struct Pad {
    /// Its tone.
    pub colour: Colour,
    /// Seconds to rise, at least 0.3.
    pub attack: f64,
    /// Seconds to die away after the note's end.
    pub release: f64,
    /// The corner of its lowpass when closed and when open, in Hz.
    pub shade: (f64, f64),
    /// Seconds of the slow movement between the two.
    pub period: f64,
    /// How far the two channels differ: 0 is mono.
    pub width: f64,
}

impl Pad {
    /// Plays notes.
    pub fn play(&self, notes: &[Note], rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        let mut washes: BTreeMap<u64, Wash> = BTreeMap::new();
        for note in notes {
            let wash = washes
                .entry(note.hz.to_bits())
                .or_insert_with(|| Wash::new(self.colour, note.hz, rate, dice));
            self.note(note, wash, &mut sound, dice);
        }
        sound
    }

    /// Adds one note.
    fn note(&self, note: &Note, wash: &Wash, sound: &mut Sound, dice: &mut Dice) {
        let rate = f64::from(sound.rate);
        let first = (note.at * rate) as usize;
        let before = (-note.at).max(0.0);
        let length = ((note.long + self.release - before) * rate) as usize;
        let shade = Drift::new(self.period, dice);
        let sway = Drift::new(self.period * 1.4, dice);
        let tune = Drift::new(9.0, dice);
        let width = self.width * raised((note.hz - 60.0) / 180.0);
        let mut filters = [Filter::default(); 2];
        let mut place = Wash::place(dice.unit());
        let (mut level, mut lean, mut speed) = (Ramp::new(0.0), Ramp::new(0.0), 1.0);
        for step in 0..length {
            let at = first + step;
            if at >= sound.frames() {
                break;
            }
            if step % STRIDE == 0 {
                let time = before + (step + STRIDE) as f64 / rate;
                level.aim(note.level * self.envelope(time, note.long));
                lean.aim(0.22 * self.width * sway.at(time));
                speed = 1.0 + 0.0012 * tune.at(time);
                let bloom = 0.45 + 0.55 * raised(time / (1.8 * self.attack));
                let open = (0.5 + 0.5 * shade.at(at as f64 / rate)) * bloom;
                let hz = self.shade.0 * (self.shade.1 / self.shade.0).powf(open);
                for filter in &mut filters {
                    filter.tune(sound.rate, hz, 0.6);
                }
            }
            place += speed;
            let (level, lean) = (level.step(), lean.step());
            let (l, r) = (wash.at(place), wash.at(place + Wash::place(0.5)));
            let (mid, side) = (0.5 * (l + r), 0.5 * (l - r) * width);
            let (l, r) = (mid + side, mid - side);
            sound.add_frame(
                at,
                level * (1.0 - lean) * filters[0].split(l).low,
                level * (1.0 + lean) * filters[1].split(r).low,
            );
        }
    }

    /// The envelope at a time of a note of a length: rises and falls that cross at equal power.
    fn envelope(&self, time: f64, long: f64) -> f64 {
        let up = rise(time / self.attack.max(0.3));
        let down = rise(1.0 - (time - long) / self.release);
        up * down
    }
}
