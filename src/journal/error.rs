//! Why there is no journal.

use std::io;
use std::path::{Path, PathBuf};

/// Why a journal could not be made, read or gone on with.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused.
    #[error("the journal {} cannot be {doing}: {source}; check the disk and whose the folder is", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, as a participle.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The disk has no room for a session's records.
    #[error("there is no room on the disk for the journal {}; free some megabytes", .0.display())]
    NoRoom(PathBuf),
    /// Another program writes it.
    #[error("the journal {} is being written by another undersong; stop that one first", .0.display())]
    InUse(PathBuf),
    /// Something else lies there.
    #[error("{} is no journal; it begins with no record of a session's start", .0.display())]
    NoJournal(PathBuf),
    /// Nothing was ever recorded in it.
    #[error("the journal {} is empty: its session was cut off before it began; delete it", .0.display())]
    Blank(PathBuf),
    /// A note is longer than [`LONGEST_NOTE`](super::LONGEST_NOTE).
    #[error("the note is longer than 4 KiB; write two")]
    LongNote,
    /// The notes are larger than a session's can be.
    #[error("the notes {} have reached 4 MiB, the most for one session; take some out", .0.display())]
    FullOfNotes(PathBuf),
    /// It is larger than a journal can be.
    #[error("the journal {} is larger than 64 MiB, which no session writes; move it away", .0.display())]
    TooLarge(PathBuf),
}

impl JournalError {
    /// Whether somebody else may do what was refused.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
    }

    /// For `map_err`: what was done to which file.
    pub(super) fn refused(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoRoom(path),
            _ => Self::Refused {
                path,
                doing,
                source,
            },
        }
    }
}
