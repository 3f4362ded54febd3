//! Whole lines on paper: what a failed write leaves is cut off before the next.

use std::io::{self, ErrorKind};

use super::paper::Paper;

/// The hand that writes on the paper, and knows how much of it is safe.
#[derive(Debug)]
pub(super) struct Pen<P> {
    paper: P,
    /// So many bytes are synced whole lines.
    safe: u64,
    /// There may be more behind those.
    soiled: bool,
}

impl<P: Paper> Pen<P> {
    pub fn new(paper: P, safe: u64) -> Self {
        Self {
            paper,
            safe,
            soiled: false,
        }
    }

    /// Writes and syncs lines, whose lengths are `lengths`; tells how many of them are safe now, and what was in the way
    /// of the others. Blocks for as long as the disk does.
    pub fn write(&mut self, bytes: &[u8], lengths: &[usize]) -> (usize, io::Result<()>) {
        if let Err(error) = self.clean() {
            return (0, Err(error));
        }
        self.soiled = true;
        let (written, outcome) = self.append(bytes);
        let (whole, end) = whole(lengths, written);
        match self.secure(written, end) {
            Ok(()) => (whole, outcome),
            Err(error) => (0, Err(error)),
        }
    }

    /// Leaves only safe lines. What was written but failed to sync is written anew: after a failed sync the system may
    /// have forgotten it, and a second sync would say it is there.
    fn clean(&mut self) -> io::Result<()> {
        if self.soiled {
            self.paper.truncate(self.safe)?;
            self.soiled = false;
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut written = 0;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            match self.paper.append(rest) {
                Ok(0) => return (written, Err(ErrorKind::WriteZero.into())),
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return (written, Err(error)),
            }
        }
        (written, Ok(()))
    }

    fn secure(&mut self, written: usize, end: usize) -> io::Result<()> {
        let safe = self.safe + end as u64;
        if written > end {
            self.paper.truncate(safe)?;
        }
        if end > 0 {
            self.paper.sync()?;
        }
        self.safe = safe;
        self.soiled = false;
        Ok(())
    }
}

/// How many whole lines lie within `written` bytes, and where the last of them ends.
fn whole(lengths: &[usize], written: usize) -> (usize, usize) {
    let mut end = 0;
    for (count, length) in lengths.iter().enumerate() {
        if end + length > written {
            return (count, end);
        }
        end += length;
    }
    (lengths.len(), end)
}
