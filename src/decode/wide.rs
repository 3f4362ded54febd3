//! WAV files with lengths of 64 bits (RF64, BW64): the same as WAV, but for their first word and a chunk that says how long
//! the sound is, since the usual place for that is too narrow.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use symphonia::core::io::MediaSource;

/// A file's bytes; one with lengths of 64 bits begins as a WAV file does.
pub(super) struct AsWav {
    bytes: Box<dyn MediaSource>,
    at: u64,
    wide: Arc<AtomicBool>,
}

/// Tells whether a file has lengths of 64 bits, once its first bytes were read.
pub(super) struct IsWide(Arc<AtomicBool>);

impl AsWav {
    pub fn new(bytes: Box<dyn MediaSource>) -> (Self, IsWide) {
        let wide = Arc::default();
        let is_wide = IsWide(Arc::clone(&wide));
        let at = 0;
        (Self { bytes, at, wide }, is_wide)
    }
}

impl IsWide {
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Read for AsWav {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        if self.at == 0
            && let Some(word) = into[..count].first_chunk_mut()
            && [*b"RF64", *b"BW64"].contains(word)
        {
            *word = *b"RIFF";
            self.wide.store(true, Ordering::Relaxed);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for AsWav {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.bytes.seek(to)?;
        Ok(self.at)
    }
}

impl MediaSource for AsWav {
    fn is_seekable(&self) -> bool {
        self.bytes.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.bytes.byte_len()
    }
}
