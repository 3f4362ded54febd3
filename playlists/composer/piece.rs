//! What a piece is, and the list of them.

use crate::hall::Hall;
use crate::pieces::{integration, onset, peak, r#return, settling};
use crate::sound::Sound;
use crate::stage::Stage;

/// A piece of music.
pub struct Piece {
    /// The file's name without its ending.
    pub file: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The phases it is for.
    pub phases: &'static [&'static str],
    /// From 1 (hardly there) to 5 (fills everything).
    pub intensity: u8,
    /// Frames a second.
    pub rate: u32,
    /// Its length in seconds.
    pub seconds: f64,
    /// Its integrated loudness in LUFS.
    pub loudness: f64,
    /// The room it sounds in.
    pub hall: Hall,
    /// Seconds of the fades at head and tail.
    pub edges: (f64, f64),
    /// Puts its layers on the stage.
    pub play: fn(&mut Stage),
}

impl Piece {
    /// A number of its own, from its name.
    pub fn seed(&self) -> u64 {
        let bytes = self.file.bytes().map(u64::from);
        bytes.fold(7, |seed, byte| seed.wrapping_mul(131).wrapping_add(byte))
    }

    /// Composes it.
    pub fn compose(&self) -> Sound {
        let mut stage = Stage::new(self.rate, self.seconds, self.seed());
        (self.play)(&mut stage);
        stage.finish(&self.hall, self.edges, self.loudness)
    }
}

/// All pieces, in the order of a session.
pub fn all() -> Vec<Piece> {
    [
        settling::pieces(),
        onset::pieces(),
        peak::pieces(),
        r#return::pieces(),
        integration::pieces(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
