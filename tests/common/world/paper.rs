//! Paper that is full, hangs or fails whenever the world says so.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use undersong::journal::{Bounds, Journal, Paper};

/// How the paper is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Well,
    /// No room.
    Full,
    /// No call comes back.
    Hangs,
    /// Every call fails.
    Fails,
}

/// How all the paper of a world is; its copies are the same one.
#[derive(Debug, Clone, Default)]
pub struct Quality(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    mood: Mood,
    /// How many sheets are being written on.
    sheets: usize,
}

impl Quality {
    /// From now on.
    pub fn be(&self, mood: Mood) {
        self.0.0.lock().unwrap().mood = mood;
        self.0.1.notify_all();
    }

    /// Waits until nobody writes any more.
    pub fn wait_until_let_go(&self) {
        let state = self.0.0.lock().unwrap();
        drop(
            self.0
                .1
                .wait_while(state, |state| state.sheets > 0)
                .unwrap(),
        );
    }

    fn count(&self, change: impl FnOnce(usize) -> usize) {
        let mut state = self.0.0.lock().unwrap();
        state.sheets = change(state.sheets);
        self.0.1.notify_all();
    }

    fn answer(&self) -> io::Result<()> {
        let state = self.0.0.lock().unwrap();
        let hangs = |state: &mut State| state.mood == Mood::Hangs;
        match self.0.1.wait_while(state, hangs).unwrap().mood {
            Mood::Full => Err(ErrorKind::StorageFull.into()),
            Mood::Fails => Err(io::Error::from_raw_os_error(5)),
            Mood::Well | Mood::Hangs => Ok(()),
        }
    }
}

/// A file of such paper.
pub struct Faulty {
    quality: Quality,
    file: File,
}

impl Paper for Faulty {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.quality.answer()?;
        io::Write::write(&mut self.file, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.quality.answer()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.quality.answer()?;
        self.file.set_len(length)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.quality.count(|sheets| sheets - 1);
    }
}

/// A journal on such paper: a new one, or one that is gone on with.
pub fn journal(path: &Path, quality: &Quality, next: u64, size: u64) -> Journal {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    quality.count(|sheets| sheets + 1);
    let quality = quality.clone();
    let bounds = Bounds {
        retry: Duration::from_millis(1),
        ..Bounds::default()
    };
    Journal::on(Faulty { quality, file }, path, next, size, bounds).unwrap()
}
