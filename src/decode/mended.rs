//! A file as its demuxer is shown it. Demuxers take a head at its word, and read nothing of a file that was never finished, or
//! is cut off, or has something else behind it; here it is known what is there.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use symphonia::core::io::{MediaSource, MediaSourceStream};

/// What is shown in place of what is there.
#[derive(Debug, Default)]
pub(super) struct Mends {
    /// Words of the head, each with its place in bytes.
    words: Vec<(u64, [u8; 4])>,
    /// Where the file ends, where that is before its last byte.
    end: Option<u64>,
}

impl Mends {
    /// Shows another word at a place.
    pub fn word(&mut self, at: u64, word: [u8; 4]) {
        self.words.push((at, word));
    }

    /// Shows other words as well.
    pub fn add(&mut self, others: Self) {
        self.words.extend(others.words);
    }

    /// Shows nothing from there on.
    pub fn end(&mut self, end: u64) {
        self.end = Some(end);
    }

    fn is_none(&self) -> bool {
        self.words.is_empty() && self.end.is_none()
    }
}

/// A file's bytes, mended once it is known how.
pub(super) struct Mended {
    bytes: Box<dyn MediaSource>,
    at: u64,
    mends: Arc<OnceLock<Mends>>,
}

/// Where it is said how a file is to be mended, once its first bytes were read.
pub(super) struct Mending(Arc<OnceLock<Mends>>);

impl Mended {
    pub fn new(bytes: Box<dyn MediaSource>) -> (Self, Mending) {
        let mends = Arc::default();
        let mending = Mending(Arc::clone(&mends));
        let at = 0;
        (Self { bytes, at, mends }, mending)
    }

    fn end(&self) -> Option<u64> {
        self.mends.get()?.end
    }
}

impl Mending {
    /// Mends the file, which is read through `bytes` from its start on. Blocking.
    ///
    /// # Errors
    /// Only where the disk fails.
    pub fn mend(self, mends: Mends, bytes: &mut MediaSourceStream<'_>) -> io::Result<()> {
        if !mends.is_none() {
            self.0.get_or_init(|| mends);
            // What was read before is forgotten.
            bytes.seek(SeekFrom::Start(0))?;
        }
        Ok(())
    }
}

impl Read for Mended {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self
            .end()
            .map_or(u64::MAX, |end| end.saturating_sub(self.at));
        let room = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = self.bytes.read(&mut into[..room])?;
        for (place, word) in self.mends.get().iter().flat_map(|mends| &mends.words) {
            for (place, byte) in (*place..).zip(word) {
                let here = place.checked_sub(self.at);
                if let Some(here) = here.filter(|here| *here < count as u64) {
                    into[here as usize] = *byte;
                }
            }
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Mended {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match (to, self.end()) {
            (SeekFrom::End(by), Some(end)) => {
                let at = end.checked_add_signed(by);
                SeekFrom::Start(at.ok_or(io::ErrorKind::InvalidInput)?)
            }
            (to, _) => to,
        };
        self.at = self.bytes.seek(to)?;
        Ok(self.at)
    }
}

impl MediaSource for Mended {
    fn is_seekable(&self) -> bool {
        self.bytes.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.end().or_else(|| self.bytes.byte_len())
    }
}
