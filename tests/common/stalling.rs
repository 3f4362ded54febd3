//! A disk whose reads hang or fail whenever a test says so.

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use undersong::decode::{DecodeError, Disk, Medium, OwnDisk};

/// The disk; its copies are the same one.
#[derive(Debug, Clone, Default)]
pub struct Stalling(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    mood: Mood,
    /// How many bytes were read so far.
    read: u64,
}

/// How the disk is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// It reads.
    #[default]
    Well,
    /// Nothing comes back: no read, no opening.
    Hangs,
    /// Every read fails.
    Fails,
}

impl Stalling {
    /// From now on.
    pub fn be(&self, mood: Mood) {
        self.0.state.lock().unwrap().mood = mood;
        self.0.changed.notify_all();
    }

    /// Waits until so many bytes were read.
    pub fn wait_read(&self, bytes: u64) {
        let state = self.0.state.lock().unwrap();
        let waits = |state: &mut State| state.read < bytes;
        drop(self.0.changed.wait_while(state, waits).unwrap());
    }

    fn answer(&self) -> io::Result<()> {
        let state = self.0.state.lock().unwrap();
        let hangs = |state: &mut State| state.mood == Mood::Hangs;
        let state = self.0.changed.wait_while(state, hangs).unwrap();
        match state.mood {
            Mood::Fails => Err(io::Error::from_raw_os_error(5)),
            _ => Ok(()),
        }
    }
}

impl Disk for Stalling {
    fn open(&self, path: &Path) -> Result<Box<dyn Medium>, DecodeError> {
        self.answer()?;
        let medium = OwnDisk.open(path)?;
        Ok(Box::new(Stalled {
            disk: self.clone(),
            medium,
        }))
    }
}

struct Stalled {
    disk: Stalling,
    medium: Box<dyn Medium>,
}

impl Medium for Stalled {
    fn length(&self) -> u64 {
        self.medium.length()
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        self.disk.answer()?;
        let count = self.medium.read_at(into, at)?;
        self.disk.0.state.lock().unwrap().read += count as u64;
        self.disk.0.changed.notify_all();
        Ok(count)
    }
}
