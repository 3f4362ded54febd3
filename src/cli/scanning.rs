//! Looking at a session's files, with a bar where it takes long enough to be seen.

use std::path::PathBuf;

use crate::cli::bar::bar;
use crate::library::{Cache, Library, Progress};

/// The cache: the user's own, or the folder that the environment names.
#[must_use]
pub fn cache() -> Cache {
    match std::env::var_os("UNDERSONG_CACHE") {
        Some(folder) if folder.is_empty() => Cache::none(),
        Some(folder) => Cache::at(&PathBuf::from(folder)),
        None => Cache::of_user(),
    }
}

/// Decodes what the cache does not know; a bar on the terminal says how far it is.
#[must_use]
pub fn scan(files: Vec<PathBuf>) -> Library {
    let bar = bar("Listening to the files {wide_bar} {bytes}/{total_bytes}");
    let library = Library::scan(files, &cache(), &|progress: Progress| {
        bar.set_length(progress.all_bytes);
        bar.set_position(progress.bytes);
    });
    bar.finish_and_clear();
    library
}
