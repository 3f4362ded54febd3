//! What the therapist notes: kept beside the journal and never in it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::JournalError;
use crate::time::Frames;

/// What the names of notes end with.
const ENDING: &str = ".notes.jsonl";
/// A note is at most so long, in bytes.
pub const LONGEST_NOTE: usize = 4096;
/// The notes of a session are at most so large, in bytes.
const LARGEST: u64 = 4 << 20;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When, in milliseconds since 1970.
    pub wall: u64,
    /// The session's position.
    pub at: Option<Frames>,
    /// What was noted.
    pub text: String,
}

/// The notes that belong to a journal, in a file of their own that nobody else may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    path: PathBuf,
}

impl Notes {
    /// Those of a journal.
    #[must_use]
    pub fn beside(journal: &Path) -> Self {
        let stem = journal.file_stem().unwrap_or_default().to_string_lossy();
        let path = journal.with_file_name(format!("{stem}{ENDING}"));
        Self { path }
    }

    /// Where they are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a note; it is on the disk when this returns. Blocking.
    ///
    /// # Errors
    /// Where the disk refuses. Nothing of the note stays behind then that could be taken for one.
    pub fn keep(&self, at: Option<Frames>, text: &str) -> Result<(), JournalError> {
        let note = Note {
            wall: super::writer::now(),
            at,
            text: text.to_owned(),
        };
        let mut line = serde_json::to_vec(&note).unwrap_or_default();
        line.push(b'\n');
        let write = || {
            let mut options = OpenOptions::new();
            let mut file = options
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&self.path)?;
            let size = file.metadata()?.len();
            let written = file.write_all(&line).and_then(|()| file.sync_all());
            if written.is_err() {
                let _ = file.set_len(size);
            }
            written
        };
        write().map_err(JournalError::refused(&self.path, "written"))
    }

    /// All of them, the oldest first; none where there is no file. Lines that are no notes are left out. Blocking.
    ///
    /// # Errors
    /// Where they are there and cannot be read.
    pub fn read(&self) -> Result<Vec<Note>, JournalError> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file.map_err(JournalError::refused(&self.path, "opened"))?,
        };
        let mut bytes = Vec::new();
        let read = file.take(LARGEST).read_to_end(&mut bytes);
        read.map_err(JournalError::refused(&self.path, "read"))?;
        let lines = bytes.split(|byte| *byte == b'\n');
        Ok(lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect())
    }
}

/// Whether a file holds notes, by its name.
pub(super) fn is_notes(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING)
}
