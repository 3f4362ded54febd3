//! All journals of a room.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::JournalError;
use super::name::{self, ENDING};
use super::notes;
use super::reader::read;

/// A journal, in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its file.
    pub path: PathBuf,
    /// What it tells.
    pub account: Account,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// Its journals, the newest first.
    pub journals: Vec<Summary>,
    /// Why others could not be read, though they are named as journals are.
    pub unread: Vec<JournalError>,
}

/// The journals in a folder, the newest first; files that are none are left out. Their records are too: [`read`] tells
/// those of one. Blocking.
///
/// # Errors
/// Where the folder cannot be read. One that is missing holds none.
pub fn list(folder: &Path) -> Result<Vec<Summary>, JournalError> {
    look(folder).map(|listing| listing.journals)
}

/// The same, and which could not be read. Blocking.
///
/// # Errors
/// Where the folder cannot be read. One that is missing holds none.
pub fn look(folder: &Path) -> Result<Listing, JournalError> {
    let mut listing = Listing::default();
    for path in files(folder)? {
        match read(&path) {
            Ok(mut account) => {
                // A room keeps hundreds of journals, each with thousands of records.
                account.records = Vec::new();
                listing.journals.push(Summary { path, account });
            }
            // A session that was cut off before it began is none.
            Err(JournalError::Blank(_)) => {}
            Err(error) if name::is_ours(&path) => listing.unread.push(error),
            Err(_) => {}
        }
    }
    Ok(listing)
}

/// The newest journal, where it has no end: a crash or a power cut ended its session. One in which nothing was recorded
/// does not count, nor does a file that is not named as journals are. Blocking.
///
/// # Errors
/// Where the folder cannot be read, or the newest journal: an older session is not to be taken for it.
pub fn latest_unended(folder: &Path) -> Result<Option<Summary>, JournalError> {
    for path in files(folder)?.into_iter().filter(|it| name::is_ours(it)) {
        match read(&path) {
            Ok(account) if account.ending.is_some() => return Ok(None),
            Ok(account) => return Ok(Some(Summary { path, account })),
            Err(JournalError::Blank(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Names tell when a session began, so the last name is the newest.
fn files(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(JournalError::refused(folder, "listed"))?,
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter(|path| !notes::is_notes(path))
        .collect();
    files.sort_by_cached_key(|path| path.file_stem().map(ToOwned::to_owned));
    files.reverse();
    Ok(files)
}
