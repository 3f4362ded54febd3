//! WAV files with lengths of 64 bits (RF64, BW64): the same as WAV, but for their first word and a chunk that says how long
//! the sound is, since the usual place for that is too narrow.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::glance::glance;

/// So many chunks are looked at for the sound's format, and no more.
const MOST_CHUNKS: usize = 64;

/// A file's bytes; one with lengths of 64 bits begins as a WAV file does.
pub(super) struct AsWav {
    bytes: Box<dyn MediaSource>,
    at: u64,
}

impl AsWav {
    pub fn new(bytes: Box<dyn MediaSource>) -> Self {
        Self { bytes, at: 0 }
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

/// How many frames a WAV file with lengths of 64 bits has, and goes back to the start; `None` for others, and where it does
/// not say. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn length(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<u64>> {
    glance(bytes, find)
}

fn find(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<u64>> {
    let mut head = [0; 36];
    bytes.read_exact(&mut head)?;
    if !(head.starts_with(b"RIFF") && head[8..].starts_with(b"WAVEds64")) {
        return Ok(None);
    }
    let sound = number(&head[28..]);
    // 0 where it was written to a pipe.
    if matches!(sound, 0 | u64::MAX) {
        return Ok(None);
    }
    let mut at = 20 + even(&head[16..]);
    for _ in 0..MOST_CHUNKS {
        let mut chunk = [0; 24];
        bytes.seek(SeekFrom::Start(at))?;
        bytes.read_exact(&mut chunk)?;
        if chunk.starts_with(b"fmt ") {
            let frame = u64::from(u16::from_le_bytes([chunk[20], chunk[21]]));
            return Ok(sound.checked_div(frame).filter(|&frames| frames > 0));
        }
        at += 8 + even(&chunk[4..]);
    }
    Ok(None)
}

/// Eight bytes as a number, the lowest first; 0 where there are fewer.
fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.first_chunk();
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The size of a chunk, of which the next one begins at an even place.
fn even(bytes: &[u8]) -> u64 {
    let size = number(bytes) & u64::from(u32::MAX);
    size + size % 2
}
