//! The journal of a running session.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::JournalError;
use super::paper::{Paper, PaperFile};
use super::pen::Pen;
use super::queue::{Bounds, Health, Queue, Ticket};
use super::record::{Entry, Record, Started};
use super::{line, name, reader};
use crate::time::Frames;

/// The thread writes at most so many bytes in one go.
const GO: usize = 256 << 10;

/// The journal of a running session. Dropping it lets its thread write what still waits, without waiting for it: see
/// [`flush`](Self::flush).
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    queue: Arc<Queue>,
}

impl Journal {
    /// Begins a journal in `folder`, which is made where it is missing, with `started` as its first record. File and
    /// folder are synced when this returns; the first record may not be yet. Blocks.
    ///
    /// # Errors
    /// Where the system refuses, or the disk has no room.
    pub fn create(folder: &Path, started: Started) -> Result<Self, JournalError> {
        make(folder).map_err(JournalError::refused(folder, "put into its folder"))?;
        let (path, file) = name::fresh(folder, now())?;
        let begun = begin(&file, folder).and_then(|()| PaperFile::new(file));
        let paper = begun.map_err(|error| {
            // An empty journal tells nothing, and takes a place on a full disk.
            let _ = std::fs::remove_file(&path);
            JournalError::refused(&path, "begun")(error)
        })?;
        let journal = Self::on(paper, &path, 0, 0, Bounds::default())?;
        journal.append(Some(Frames::ZERO), Entry::Started(started));
        Ok(journal)
    }

    /// Goes on with a journal after a crash: what is torn at its end is cut off, and the numbers go on. Nothing is
    /// appended yet. Blocks.
    ///
    /// # Errors
    /// Where it cannot be read or written, is no journal, or is written by another program.
    pub fn reopen(path: &Path) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(JournalError::refused(path, "opened"))?;
        lock(&file, path)?;
        let scroll = reader::scroll(&file, path)?;
        let size = mend(&mut file, &scroll).map_err(JournalError::refused(path, "mended"))?;
        let paper = PaperFile::without_room(file);
        Self::on(paper, path, scroll.next(), size, Bounds::default())
    }

    /// A journal on any paper, of which `size` bytes are whole lines, and whose next record has the number `next`.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn on(
        paper: impl Paper + 'static,
        path: &Path,
        next: u64,
        size: u64,
        bounds: Bounds,
    ) -> Result<Self, JournalError> {
        let queue = Arc::new(Queue::new(bounds, next, size));
        let theirs = Arc::clone(&queue);
        std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || run(Pen::new(paper, size), &theirs))
            .map_err(JournalError::refused(path, "given a thread"))?;
        Ok(Self {
            path: path.to_owned(),
            queue,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands a record to the journal's thread. Never waits for the disk; takes a lock for some microseconds and
    /// allocates, so it is not for the audio thread. A record that finds no room is dropped, and [`health`](Self::health)
    /// says so.
    #[expect(
        clippy::must_use_candidate,
        reason = "only who must not be early waits for the disk"
    )]
    pub fn append(&self, at: Option<Frames>, entry: Entry) -> Ticket {
        let wall = now();
        self.queue.put(|number| {
            line::write(&Record {
                number,
                wall,
                at,
                entry,
            })
        })
    }

    /// Waits until all is on the disk, for `patience` at most, and tells whether it is. Blocks.
    #[must_use]
    pub fn flush(&self, patience: Duration) -> bool {
        self.queue.wait(patience)
    }

    /// How the journal does. Does not wait for the disk.
    #[must_use]
    pub fn health(&self) -> Health {
        self.queue.health()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// What the journal's thread does.
fn run<P: Paper>(mut pen: Pen<P>, queue: &Queue) {
    let (mut bytes, mut lengths) = (Vec::new(), Vec::new());
    while queue.take(&mut bytes, &mut lengths, GO) {
        let (safe, outcome) = pen.write(&bytes, &lengths);
        let failure = outcome.err().map(|error| error.to_string());
        if let Some(failure) = &failure {
            tracing::debug!("the journal cannot be written: {failure}");
        }
        let failed = failure.is_some();
        queue.settle(safe, failure);
        if failed && !queue.rest() {
            // Closed, and the disk fails: nobody is left who could wait.
            return;
        }
    }
}

/// Now, in milliseconds since 1970 (UTC). For people; it decides nothing.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}

fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let missing = folder.ancestors().take_while(|it| !it.is_dir());
    let missing: Vec<&Path> = missing.collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)?;
    // Each folder is known to the one above it.
    for parent in missing.iter().filter_map(|it| it.parent()) {
        let here = parent.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { parent })?.sync_all()?;
    }
    Ok(())
}

fn begin(file: &File, folder: &Path) -> io::Result<()> {
    // Some file systems know no locks; a name of its own is enough there.
    let _ = file.try_lock();
    file.sync_all()?;
    File::open(folder)?.sync_all()
}

fn lock(file: &File, path: &Path) -> Result<(), JournalError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
            Err(JournalError::refused(path, "locked")(error))
        }
        _ => Ok(()),
    }
}

/// Leaves only whole lines, the last of them with its end, and tells how many bytes that is.
fn mend(file: &mut File, whole: &reader::Scroll) -> io::Result<u64> {
    use std::io::Write;
    file.set_len(whole.size)?;
    if whole.lacks_end {
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    Ok(whole.size + u64::from(whole.lacks_end))
}
