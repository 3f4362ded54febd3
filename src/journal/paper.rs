//! What the journal is written on: a file, or a test's stand-in.

use std::fs::File;
use std::io::{self, Write};

/// How much room a new journal takes at once, in bytes: ten hours of an ordinary session. A full disk is met before the
/// session, not in it.
#[cfg(target_os = "linux")]
const ROOM: u64 = 4 << 20;

/// What the journal's thread writes on. All methods may block for as long as the disk does.
pub trait Paper: Send {
    /// Writes at the end, perhaps not all, and tells how many bytes.
    ///
    /// # Errors
    /// Whatever the disk says; nothing was written then.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Returns when all that was written would survive a power cut.
    ///
    /// # Errors
    /// Whatever the disk says; nothing is known then of what was appended since the last sync.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts everything after the first `length` bytes off.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

/// A file that was opened for appending.
#[derive(Debug)]
pub struct PaperFile {
    file: File,
}

impl PaperFile {
    /// Takes the file, and room for a session's records behind its end.
    ///
    /// # Errors
    /// Where the disk is full. A file system that cannot set room aside is no error.
    pub fn new(file: File) -> io::Result<Self> {
        let paper = Self { file };
        match paper.take_room() {
            Err(error) if is_full(&error) => Err(error),
            _ => Ok(paper),
        }
    }

    /// Takes the file as it is, however full the disk.
    #[must_use]
    pub fn without_room(file: File) -> Self {
        let paper = Self { file };
        // An interrupted session goes on all the same: its records wait until there is room.
        let _ = paper.take_room();
        paper
    }

    #[cfg(target_os = "linux")]
    fn take_room(&self) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        let end = self.file.metadata()?.len();
        // Behind the end, so that a reader never sees room that is not written yet.
        fallocate(&self.file, FallocateFlags::KEEP_SIZE, end, ROOM)?;
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn take_room(&self) -> io::Result<()> {
        self.file.metadata().map(|_| ())
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

impl Paper for PaperFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        // Cutting gives the room behind the end back as well.
        let _ = self.take_room();
        Ok(())
    }
}

impl Drop for PaperFile {
    /// Gives the room back that was not needed.
    fn drop(&mut self) {
        if let Ok(about) = self.file.metadata() {
            let _ = self.file.set_len(about.len());
        }
    }
}
