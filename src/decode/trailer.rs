//! Tags that others put behind a FLAC file. Its demuxer takes them for a part of the last frame, and loses that.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::glance::glance;

/// The length of an ID3 tag of the first kind, and of the last part of an APE tag, which says how long all of it is.
const LAST_TAG: u64 = 128;
const LAST_OF_APE: u64 = 32;

/// Where a FLAC file ends, where tags lie behind it. Goes back to the start. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn end(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<u64>> {
    glance(bytes, |bytes| {
        let mut name = [0; 4];
        bytes.read_exact(&mut name)?;
        let Some(length) = bytes.byte_len().filter(|_| name == *b"fLaC") else {
            return Ok(None);
        };
        let mut end = length;
        let last: [u8; 3] = before(bytes, end, LAST_TAG)?;
        if last == *b"TAG" {
            end -= LAST_TAG;
        }
        let ape: [u8; LAST_OF_APE as usize] = before(bytes, end, LAST_OF_APE)?;
        if ape.starts_with(b"APETAGEX") {
            let word =
                |at: usize| u32::from_le_bytes([ape[at], ape[at + 1], ape[at + 2], ape[at + 3]]);
            // The length counts no first part, where there is one.
            let has_first = word(20) >> 31 == 1;
            let all = u64::from(word(12)) + if has_first { LAST_OF_APE } else { 0 };
            end = end.saturating_sub(all);
        }
        Ok(Some(end).filter(|end| *end != length))
    })
}

/// What stands so far before `end`; zeros where the file is too short for that.
fn before<const COUNT: usize>(
    bytes: &mut MediaSourceStream<'_>,
    end: u64,
    far: u64,
) -> io::Result<[u8; COUNT]> {
    let mut found = [0; COUNT];
    if let Some(at) = end.checked_sub(far) {
        bytes.seek(SeekFrom::Start(at))?;
        bytes.read_exact(&mut found)?;
    }
    Ok(found)
}
