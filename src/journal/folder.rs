//! All journals of a room.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::JournalError;
use super::name::ENDING;
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

/// The journals in a folder, the newest first; files that are none are left out. Blocking.
///
/// # Errors
/// Where the folder cannot be read. One that is missing holds none.
pub fn list(folder: &Path) -> Result<Vec<Summary>, JournalError> {
    let summaries = files(folder)?.into_iter().filter_map(|path| {
        let account = read(&path).ok()?;
        Some(Summary { path, account })
    });
    Ok(summaries.collect())
}

/// The newest journal, where it has no end: a crash or a power cut ended its session. Blocking.
///
/// # Errors
/// Where the folder cannot be read.
pub fn latest_unended(folder: &Path) -> Result<Option<Summary>, JournalError> {
    let newest = files(folder)?.into_iter().find_map(|path| {
        let account = read(&path).ok()?;
        Some(Summary { path, account })
    });
    Ok(newest.filter(|newest| newest.account.ending.is_none()))
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
