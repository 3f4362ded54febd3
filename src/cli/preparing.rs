//! Preparing a script, with a bar where its files take long enough to be looked at.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::bar::{bar, hidden, show};
use crate::library::{Cache, Progress};
use crate::mistake::Mistake;
use crate::prepare::{Prepared, prepare};
use crate::time::Rate;

/// Files that are looked at within this need no bar: what is known already takes a moment.
const SOON: Duration = Duration::from_millis(300);

/// Crossfades that are compared within this need none.
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
pub fn prepared(script: &Path, rate: Rate) -> Result<Prepared, Vec<Mistake>> {
    let listening = hidden("Listening to the files {wide_bar} {bytes}/{total_bytes}");
    let comparing = bar("Comparing what crosses {wide_bar} {pos}/{len}");
    let compares = OnceLock::new();
    let told = |progress| match progress {
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
    };
    let (done, waits) = channel::<()>();
    thread::scope(|scope| {
        let shown = &listening;
        let wait = move || {
            if waits.recv_timeout(SOON) == Err(RecvTimeoutError::Timeout) {
                show(shown);
            }
        };
        // Where the system gives no thread, there is no bar.
        let _ = thread::Builder::new().spawn_scoped(scope, wait);
        let prepared = prepare(script, rate, &cache(), &told);
        drop(done);
        listening.finish_and_clear();
        comparing.finish_and_clear();
        prepared
    })
}
