//! Our own playlist files: `title`, `order` and `tracks`.

use std::path::Path;

use super::reference::{Listing, inline};
use super::track::Playlist;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::yaml::{Written, parse};

/// Reads a playlist's YAML. `None` where it is none, which is then among the mistakes.
pub(super) fn read(name: &str, folder: &Path, mistakes: &mut Mistakes) -> Option<Playlist> {
    let tree = parse(mistakes)?;
    let listing = Listing::read(&tree, mistakes)?;
    if let Some(file) = listing.file.key() {
        let wrong = Wrong::new("a playlist file cannot name another playlist");
        mistakes.error(file, wrong.help("name the audio files under `tracks`"));
        return None;
    }
    inline(&listing, folder, &tree.span, name, mistakes)
}
