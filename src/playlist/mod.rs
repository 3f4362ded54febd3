//! Playlists: from a file, a folder or a list to the tracks it names.

mod track;

pub use track::{Order, Playlist, Track};
