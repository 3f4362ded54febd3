//! Playlists: from a file, a folder or a list to the tracks it names.

mod address;
mod entry;
mod file;
mod folder;
mod m3u;
mod natural;
mod pls;
mod reference;
mod track;
mod xspf;
mod yaml;

use std::path::Path;

pub(crate) use reference::{Reference, refer};
pub use track::{LeftOut, Order, Playlist, Track};

use crate::mistake::Mistake;

/// A playlist has at most so many tracks.
pub const MOST_TRACKS: usize = 10_000;

/// Reads a playlist file (M3U, PLS, XSPF or YAML) or a folder of audio files, and looks whether
/// every track is there. Blocking.
///
/// # Errors
/// Every mistake in it, each at its line.
pub fn read(path: &Path) -> Result<Playlist, Vec<Mistake>> {
    file::read(path)
}
