//! Looking at a session's files, with a bar where it takes long enough to be seen.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::cli::bar::bar;
use crate::library::{Cache, Progress};
use crate::mistake::Mistake;
use crate::prepare::{Prepared, prepare};
use crate::time::Rate;

/// Crossfades that are compared within this need no bar.
const SHORT: Duration = Duration::from_secs(1);

/// The cache: the user's own, or the folder that the environment names.
#[must_use]
pub fn cache() -> Cache {
    match std::env::var_os("UNDERSONG_CACHE") {
        Some(folder) if folder.is_empty() => Cache::none(),
        Some(folder) => Cache::at(&PathBuf::from(folder)),
        None => Cache::of_user(),
    }
}

/// Prepares a script; bars on the terminal say how far it is. Blocking.
///
/// # Errors
/// All mistakes.
pub fn scan(script: &Path, rate: Rate) -> Result<Prepared, Vec<Mistake>> {
    let listening = bar("Listening to the files {wide_bar} {bytes}/{total_bytes}");
    let comparing = bar("Comparing what crosses {wide_bar} {pos}/{len}");
    let compares = OnceLock::new();
    let prepared = prepare(script, rate, &cache(), &|progress| match progress {
        Progress::Files {
            bytes, all_bytes, ..
        } => {
            listening.set_length(all_bytes);
            listening.set_position(bytes);
        }
        Progress::Crossfades {
            crossfades,
            all_crossfades,
        } => {
            listening.finish_and_clear();
            if compares.get_or_init(Instant::now).elapsed() > SHORT {
                comparing.set_length(all_crossfades as u64);
                comparing.set_position(crossfades as u64);
            }
        }
    });
    listening.finish_and_clear();
    comparing.finish_and_clear();
    prepared
}
