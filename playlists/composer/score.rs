//! Notes, chords and tunings.

use crate::dice::Dice;
use crate::sound::decibels;

/// One note.
#[derive(Clone, Copy)]
pub struct Note {
    /// When it begins, in seconds; before 0 if it has risen already when the piece begins.
    pub at: f64,
    /// How long it is held, in seconds.
    pub long: f64,
    /// Its pitch.
    pub hz: f64,
    /// Its level, linear.
    pub level: f64,
}

/// How pitches are tuned.
#[derive(Clone, Copy)]
pub enum Tuning {
    /// Twelve equal steps, A at 440 Hz.
    Equal,
    /// Pure intervals over a pitch class (0 is C).
    Pure(i32),
}

impl Tuning {
    /// The frequency of a named note such as `F#3`.
    pub fn hz(self, name: &str) -> f64 {
        let key = key(name);
        let equal = |key: i32| 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        match self {
            Self::Equal => equal(key),
            Self::Pure(tonic) => {
                let above = (key - tonic).rem_euclid(12);
                let ratios = [
                    1.0,
                    16.0 / 15.0,
                    9.0 / 8.0,
                    6.0 / 5.0,
                    5.0 / 4.0,
                    4.0 / 3.0,
                    45.0 / 32.0,
                    3.0 / 2.0,
                    8.0 / 5.0,
                    5.0 / 3.0,
                    16.0 / 9.0,
                    15.0 / 8.0,
                ];
                let index = usize::try_from(above).unwrap_or(0);
                equal(key - above) * ratios[index]
            }
        }
    }
}

/// The number of a named note's key: C4 is 60.
pub fn key(name: &str) -> i32 {
    let mut letters = name.chars();
    let step = match letters.next() {
        Some('C') => 0,
        Some('D') => 2,
        Some('E') => 4,
        Some('F') => 5,
        Some('G') => 7,
        Some('A') => 9,
        Some('B') => 11,
        other => panic!("no note is called {other:?}"),
    };
    let rest = letters.as_str();
    let (bend, octave) = match rest.split_at(1) {
        ("#", octave) => (1, octave),
        ("b", octave) => (-1, octave),
        _ => (0, rest),
    };
    let octave: i32 = octave.parse().expect("an octave follows the letter");
    12 * (octave + 1) + step + bend
}

/// A row of chords: seconds, and the names of its voices from the lowest up (`-` rests).
pub type Chords<'a> = &'a [(f64, &'a str)];

/// How long before the piece its first chord began, in seconds.
const BEFORE: f64 = 3.0;

/// The notes of a row of chords from a time on. A voice that keeps its note holds it through. A row that starts
/// with the piece has risen already when it begins, and its last chord lasts until the piece has faded.
pub fn chorale(tuning: Tuning, from: f64, chords: Chords) -> Vec<Note> {
    let voices = chords
        .iter()
        .map(|(_, row)| row.split_whitespace().count())
        .max();
    let whole = from <= 0.0;
    let mut notes = Vec::new();
    for voice in 0..voices.unwrap_or(0) {
        let mut at = from;
        let mut held: Option<(&str, Note)> = None;
        for (long, row) in chords {
            let name = row.split_whitespace().nth(voice).unwrap_or("-");
            match &mut held {
                Some((before, note)) if *before == name => note.long += long,
                _ => {
                    notes.extend(held.take().map(|(_, note)| note));
                    held = (name != "-").then(|| (name, note(tuning, at, *long, name, 0.0)));
                }
            }
            at += long;
        }
        if let Some((_, mut note)) = held {
            note.long += if whole { 60.0 } else { 0.0 };
            notes.push(note);
        }
    }
    for note in notes.iter_mut().filter(|note| whole && note.at <= 0.0) {
        note.at -= BEFORE;
        note.long += BEFORE;
    }
    notes
}

/// One note by name, with a level in decibels.
pub fn note(tuning: Tuning, at: f64, long: f64, name: &str, level: f64) -> Note {
    Note {
        at,
        long,
        hz: tuning.hz(name),
        level: decibels(level),
    }
}

/// One note that sounds through the whole piece.
pub fn held(tuning: Tuning, name: &str, level: f64) -> Note {
    note(tuning, -BEFORE, 900.0, name, level)
}

/// A melody: (seconds from the start, name, held seconds, decibels).
pub fn melody(tuning: Tuning, line: &[(f64, &str, f64, f64)]) -> Vec<Note> {
    line.iter()
        .map(|(at, name, long, level)| note(tuning, *at, *long, name, *level))
        .collect()
}

/// Broken chords: for each chord the voices of `pattern` one after another, `step` seconds apart, with
/// the small unevenness of a hand.
pub fn broken(
    tuning: Tuning,
    from: f64,
    chords: Chords,
    step: f64,
    pattern: &[usize],
    dice: &mut Dice,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut start = from;
    for (long, row) in chords {
        let names: Vec<&str> = row.split_whitespace().collect();
        let count = (long / step).round() as usize;
        for (place, voice) in pattern.iter().cycle().take(count).enumerate() {
            let Some(name) = names.get(*voice).filter(|name| **name != "-") else {
                continue;
            };
            let at = start + place as f64 * step + dice.between(0.0, 0.05);
            let lean = if place == 0 { 0.0 } else { -2.0 };
            notes.push(note(tuning, at, step, name, lean - dice.between(0.0, 3.5)));
        }
        start += long;
    }
    notes
}
