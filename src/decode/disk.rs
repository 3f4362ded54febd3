//! Where files are read from: the machine's disk, or in tests one that is slow, hangs or fails.

use std::fmt::Debug;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use super::DecodeError;
use super::open::audio_file;

/// A disk that fails is tried again this often.
pub const AGAIN: Duration = Duration::from_millis(250);

/// Something that files are on.
pub trait Disk: Debug + Send + Sync {
    /// Opens a file that may hold sound. Blocking.
    ///
    /// # Errors
    /// What keeps it from being opened.
    fn open(&self, path: &Path) -> Result<Box<dyn Medium>, DecodeError>;
}

/// An open file.
pub trait Medium: Send + Sync {
    /// How many bytes it has.
    fn length(&self) -> u64;

    /// Reads some of the bytes from `at` on; 0 at the end. Blocking, and it may hang.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize>;
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnDisk;

impl Disk for OwnDisk {
    fn open(&self, path: &Path) -> Result<Box<dyn Medium>, DecodeError> {
        let length = audio_file(path)?.len();
        let file = File::open(path)?;
        Ok(Box::new(OwnFile { file, length }))
    }
}

struct OwnFile {
    file: File,
    length: u64,
}

impl Medium for OwnFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_at(into, at)
    }
}
