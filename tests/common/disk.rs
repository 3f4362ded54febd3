//! A disk that can be full or hang, and that keeps through a power cut only what was synced.

use std::io::{self, ErrorKind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard};

use undersong::journal::Paper;

/// The disk; its copies are the same one.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<Inside>>);

struct Inside {
    /// What a reader sees, and whether the disk still has to write it.
    seen: Vec<(u8, bool)>,
    /// What is left after a power cut.
    kept: Vec<u8>,
    /// It takes so many bytes at once.
    gulp: usize,
    /// So many calls are answered before it is full.
    left: usize,
}

impl Disk {
    /// A disk that takes `gulp` bytes at once, and is full after `left` calls.
    pub fn new(gulp: usize, left: usize) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            seen: Vec::new(),
            kept: Vec::new(),
            gulp,
            left,
        })))
    }

    /// Somebody makes room.
    pub fn make_room(&self) {
        self.inside().left = usize::MAX;
    }

    /// What a reader sees now.
    pub fn seen(&self) -> Vec<u8> {
        self.inside().seen.iter().map(|(byte, _)| *byte).collect()
    }

    /// What would be left if the power failed now.
    pub fn kept(&self) -> Vec<u8> {
        self.inside().kept.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap()
    }
}

impl Inside {
    fn call(&mut self) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or(ErrorKind::StorageFull)?;
        Ok(())
    }
}

impl Paper for Disk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inside = self.inside();
        inside.call()?;
        let taken = bytes.len().min(inside.gulp);
        let fresh = bytes[..taken].iter().map(|byte| (*byte, true));
        inside.seen.extend(fresh);
        Ok(taken)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut inside = self.inside();
        let outcome = inside.call();
        let Inside { seen, kept, .. } = &mut *inside;
        kept.resize(seen.len(), 0);
        for ((byte, waits), kept) in seen.iter_mut().zip(kept) {
            // As Linux does: what could not be written counts as written from then on, and is lost.
            if std::mem::take(waits) && outcome.is_ok() {
                *kept = *byte;
            }
        }
        outcome
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut inside = self.inside();
        inside.call()?;
        inside.seen.truncate(length as usize);
        inside.kept.truncate(length as usize);
        Ok(())
    }
}

/// A disk that hangs until the other end of `until` is dropped.
pub struct Hanging {
    pub disk: Disk,
    pub until: Receiver<()>,
}

impl Paper for Hanging {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.until.recv();
        self.disk.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.sync()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.disk.truncate(length)
    }
}
