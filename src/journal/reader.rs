//! Reading a journal, however it was left.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::account::Account;
use super::error::JournalError;
use super::record::{Entry, Record};
use super::{LARGEST_FILE, line};

/// What a journal holds.
#[derive(Debug, Default)]
pub(super) struct Scroll {
    /// Every record that is whole, in the order of the file.
    pub records: Vec<Record>,
    /// Lines that are torn or damaged.
    pub damaged: usize,
    /// Lines that have an end, whatever they hold.
    pub ends: usize,
    /// Up to the end of the last whole line, in bytes.
    pub size: u64,
    /// The last whole line lacks its end.
    pub lacks_end: bool,
}

impl Scroll {
    /// Reads what the bytes hold. No bytes make it fail.
    pub fn of(bytes: &[u8]) -> Self {
        let mut scroll = Self::default();
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            let text = line.strip_suffix(b"\n");
            scroll.ends += usize::from(text.is_some());
            match line::read(text.unwrap_or(line)) {
                Some(record) => {
                    scroll.records.push(record);
                    scroll.size = at as u64;
                    scroll.lacks_end = text.is_none();
                }
                None => scroll.damaged += 1,
            }
        }
        scroll
    }

    /// The number that the next record has.
    pub fn next(&self) -> u64 {
        let numbers = self.records.iter().map(|record| record.number);
        numbers.max().map_or(0, |last| last.saturating_add(1))
    }

    /// Whether not even one line was finished.
    pub fn is_blank(&self) -> bool {
        self.records.is_empty() && self.ends == 0
    }

    /// Whether it begins as a journal does.
    pub fn is_journal(&self) -> bool {
        let first = self.records.first();
        first.is_some_and(|record| matches!(record.entry, Entry::Started(_)))
    }
}

/// All that a journal file holds. Blocking.
pub(super) fn scroll(file: &File, path: &Path) -> Result<Scroll, JournalError> {
    let mut bytes = Vec::new();
    let mut bounded = file.take(LARGEST_FILE + 1);
    let read = bounded.read_to_end(&mut bytes);
    read.map_err(JournalError::refused(path, "read"))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(JournalError::TooLarge(path.to_owned()));
    }
    let scroll = Scroll::of(&bytes);
    if scroll.is_journal() {
        Ok(scroll)
    } else if scroll.is_blank() {
        Err(JournalError::Blank(path.to_owned()))
    } else {
        Err(JournalError::NoJournal(path.to_owned()))
    }
}

/// Reads a journal, also one that is being written, or that a crash or a power cut ended. Blocking.
///
/// # Errors
/// Where it cannot be read, or is none.
pub fn read(path: &Path) -> Result<Account, JournalError> {
    // Looked at before it is opened: opening a pipe waits for who writes into it.
    let about = fs::metadata(path).map_err(JournalError::refused(path, "opened"))?;
    if !about.is_file() {
        return Err(JournalError::NoJournal(path.to_owned()));
    }
    let file = File::open(path).map_err(JournalError::refused(path, "opened"))?;
    let scroll = scroll(&file, path)?;
    Account::of(scroll).ok_or_else(|| JournalError::NoJournal(path.to_owned()))
}
