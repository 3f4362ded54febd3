//! What the therapist notes: kept beside the journal and never in it.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
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

/// A note. Its words are not shown where it is printed for debugging: no log may hold them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When, in milliseconds since 1970.
    pub wall: u64,
    /// The session's position.
    pub at: Option<Frames>,
    /// What was noted.
    pub text: String,
}

impl Note {
    /// What is noted now, at this position of the session.
    #[must_use]
    pub fn now(at: Option<Frames>, text: &str) -> Self {
        Self {
            wall: super::writer::now(),
            at,
            text: text.to_owned(),
        }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Note");
        shown.field("wall", &self.wall).field("at", &self.at);
        shown.finish_non_exhaustive()
    }
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
    /// Where it is longer than [`LONGEST_NOTE`], or the disk refuses. Nothing of the note stays behind then that could be
    /// taken for one.
    pub fn keep(&self, note: &Note) -> Result<(), JournalError> {
        if note.text.len() > LONGEST_NOTE {
            return Err(JournalError::LongNote);
        }
        let mut line = serde_json::to_vec(note).unwrap_or_default();
        line.push(b'\n');
        let mut file = self
            .open()
            .map_err(JournalError::refused(&self.path, "opened"))?;
        let size = file.metadata().map_or(0, |about| about.len());
        if size + line.len() as u64 > LARGEST {
            return Err(JournalError::FullOfNotes(self.path.clone()));
        }
        let written = begin_line(&mut file, size)
            .and_then(|()| file.write_all(&line))
            .and_then(|()| file.sync_data());
        written.map_err(|error| {
            let _ = file.set_len(size);
            JournalError::refused(&self.path, "written")(error)
        })
    }

    /// The file, which is made where it is missing.
    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).mode(0o600);
        match options.open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            file => return file,
        }
        let file = options.create(true).open(&self.path)?;
        if let Some(folder) = self.path.parent() {
            // Or else a power cut takes the whole file along.
            File::open(folder)?.sync_all()?;
        }
        Ok(file)
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

/// Ends a line that a power cut has torn, so that what comes next does not belong to it.
fn begin_line(file: &mut File, size: u64) -> io::Result<()> {
    let mut last = [b'\n'];
    if size > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" {
        return Ok(());
    }
    file.write_all(b"\n")
}

/// Whether a file holds notes, by its name.
pub(super) fn is_notes(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING)
}
