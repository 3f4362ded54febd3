//! What lies behind the sound of a WAV file. Most have something there, a title or a picture; where it is not said how long
//! the sound is, that would be heard as noise.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::DecodeError;
use super::chunks::{Chunks, Length, MOST_CHUNKS, heading};

/// The file is read so many bytes at a time.
const BLOCK: u64 = 64 * 1024;

/// What is known by its name, though it may be cut off, is no larger than this, and lies no further from the end.
const LARGEST: u64 = 16 << 20;

/// What may lie there, by name.
const KNOWN: [&[u8; 4]; 19] = [
    b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"data", b"ds64", b"cue ", b"smpl", b"inst",
    b"fact", b"JUNK", b"junk", b"PAD ", b"axml", b"_PMX", b"cart", b"LGWV", b"afsp",
];

/// What others put behind any file.
const TAGS: [&[u8]; 4] = [b"ID3\x03\0", b"ID3\x04\0", b"APETAGEX", b"LYRICSBEGIN"];

/// How other files of sound begin.
const FILES: [&[u8; 4]; 6] = [b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC", b"OggS"];

/// A tag of 128 bytes at the very end.
const LAST_TAG: u64 = 128;

/// How many bytes lie behind the sound that are none of a WAV file's parts. Where it is not said how long the sound is, all of
/// the file is read. Blocking.
///
/// # Errors
/// Where more sound would be passed over, or something else be heard as noise; and where the disk fails.
pub(super) fn behind(path: &Path, chunks: &Chunks) -> Result<u64, DecodeError> {
    let Some(sound) = chunks.sound() else {
        return Ok(0);
    };
    let file = File::open(path)?;
    let end = file.metadata()?.len();
    match sound.length {
        Length::Told(length) | Length::Wide(length) => {
            let from = sound.from.saturating_add(length);
            let left = chain(&file, from.saturating_add(length % 2), end)?;
            // Some writers forget the byte that makes a length even.
            if left > 0 && length % 2 == 1 {
                return chain(&file, from, end);
            }
            Ok(left)
        }
        Length::Unknown if something(&file, sound.from, end)? => Err(DecodeError::Endless),
        Length::Unknown => Ok(0),
    }
}

/// Goes from chunk to chunk, and says how many bytes are left where there is none.
fn chain(file: &File, mut at: u64, end: u64) -> Result<u64, DecodeError> {
    for _ in 0..MOST_CHUNKS {
        let mut start = [0; 8];
        if at.saturating_add(8) > end {
            break;
        }
        file.read_exact_at(&mut start, at)?;
        let (name, size) = heading(&mut start.as_slice())?;
        let next = at + 8 + u64::from(size);
        if (name == *b"data" && size > 0) || FILES.contains(&&name) {
            return Err(DecodeError::OneBehindOther);
        }
        if !(is_name(name) && next <= end) {
            let is_tag = TAGS.iter().any(|tag| tag.starts_with(&name));
            let is_nothing = is_tag || are_zeros(file, at, end)?;
            return Ok(if is_nothing { 0 } else { end - at });
        }
        at = next + u64::from(size % 2);
    }
    Ok(0)
}

/// Whether there is nothing but zeros up to the end, as where a recorder reserves room.
fn are_zeros(file: &File, mut at: u64, end: u64) -> io::Result<bool> {
    let mut block = vec![0; BLOCK as usize];
    while at < end {
        let there = (end - at).min(BLOCK) as usize;
        file.read_exact_at(&mut block[..there], at)?;
        if block[..there].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        at += BLOCK;
    }
    Ok(true)
}

/// Whether there is anything but sound up to the end: a chunk that ends there, or one that is known by its name.
fn something(file: &File, from: u64, end: u64) -> io::Result<bool> {
    let mut block = vec![0; BLOCK as usize + 16];
    let mut high = end;
    while high > from {
        let low = high.saturating_sub(BLOCK).max(from);
        let there = (end - low).min(high - low + 16) as usize;
        let bytes = &mut block[..there];
        file.read_exact_at(bytes, low)?;
        for at in (low..high).rev() {
            let here = &bytes[(at - low) as usize..];
            if is_tag(here, at, end) || is_chunk(here, at, end) {
                return Ok(true);
            }
        }
        high = low;
    }
    Ok(false)
}

fn is_tag(here: &[u8], at: u64, end: u64) -> bool {
    TAGS.iter().any(|tag| here.starts_with(tag))
        || (at + LAST_TAG == end && here.starts_with(b"TAG"))
}

/// Whether a chunk begins here.
fn is_chunk(here: &[u8], at: u64, end: u64) -> bool {
    let Some([a, b, c, d, size @ ..]) = here.first_chunk::<8>() else {
        return false;
    };
    let name = [*a, *b, *c, *d];
    if !is_name(name) {
        return false;
    }
    let size = u64::from(u32::from_le_bytes(*size));
    let next = at + 8 + size;
    let ends_there = size > 0 && (next == end || next + size % 2 == end);
    ends_there || (KNOWN.contains(&&name) && size <= LARGEST && at + LARGEST >= end)
}

fn is_name(name: [u8; 4]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_');
    name.iter().all(letter)
}
