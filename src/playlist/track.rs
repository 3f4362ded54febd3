//! A playlist and its tracks.

use std::path::PathBuf;

use crate::level::Decibels;
use crate::mistake::Place;

/// An ordered set of audio files.
#[derive(Debug, Clone)]
pub struct Playlist {
    /// What people call it: its title, or the file's name.
    pub name: String,
    /// The tracks that may be played, in the order they are listed; those marked `exclude` are left out.
    pub tracks: Vec<Track>,
    /// In which order they are played.
    pub order: Order,
    /// The files beside them that look like music and cannot be played.
    pub left_out: Vec<LeftOut>,
    /// Where the script names it.
    pub place: Place,
}

/// A file in a folder that looks like music and cannot be played, by its name as far as that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// It is of no kind that can be played.
    Foreign(String),
    /// Its name is not UTF-8, so that nothing can tell of it.
    Misnamed(String),
    /// It is a link to something that is not there.
    Lost(String),
}

/// In which order tracks are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As listed.
    #[default]
    Listed,
    /// Shuffled by the session's seed.
    Shuffle,
}

/// One audio file of a playlist.
#[derive(Debug, Clone)]
pub struct Track {
    /// The file, found from where it is named.
    pub path: PathBuf,
    /// What its playlist calls it, where it does.
    pub title: Option<String>,
    /// How intense its listener rates it, 1 (calm) to 5.
    pub intensity: Option<u8>,
    /// On top of the gain its loudness asks for.
    pub gain: Decibels,
    /// Where it is named: a line of the playlist file, or of the script.
    pub place: Place,
}
