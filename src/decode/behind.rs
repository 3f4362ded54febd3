//! What lies behind the sound of a WAV or AIFF file. Most have something there, a title or a picture; where it is not said how long
//! the sound is, that would be heard as noise.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::chunks::{Chunks, Length, MOST_CHUNKS, heading};
use super::{CalledOff, DecodeError};

/// The file is read so many bytes at a time.
const BLOCK: u64 = 64 * 1024;

/// What is known by its name, though it may be cut off, is no larger than this, and lies no further from the end.
const LARGEST: u64 = 64 << 20;

/// What may lie there, by name.
const KNOWN: [&[u8; 4]; 23] = [
    b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"data", b"ds64", b"cue ", b"smpl", b"inst",
    b"fact", b"JUNK", b"junk", b"PAD ", b"axml", b"_PMX", b"cart", b"LGWV", b"afsp", b"NAME",
    b"ANNO", b"APPL", b"SSND",
];

/// What others put behind any file.
const TAGS: [&[u8]; 4] = [b"ID3\x03\0", b"ID3\x04\0", b"APETAGEX", b"LYRICSBEGIN"];

/// How other files of sound begin.
const FILES: [&[u8; 4]; 6] = [b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC", b"OggS"];

/// What other files, pictures and tags have at their beginning and no sound has anywhere; a point stands for any byte.
const SIGNS: [&[u8]; 14] = [
    b"fLaC\0\0\0\x22",
    b"fLaC\x80\0\0\x22",
    b"OggS\0\x02",
    b"RIFF....WAVE",
    b"RF64....WAVE",
    b"BW64....WAVE",
    b"FORM....AIF",
    b"\xFF\xD8\xFF\xE0\0\x10JFIF",
    b"\xFF\xD8\xFF\xE1..Exif\0",
    b"\x89PNG\r\n",
    b"image/jpeg",
    b"image/png",
    b"\0\0\0.ftyp",
    b"\x30\x26\xB2\x75\x8E\x66",
];

/// A tag of 128 bytes at the very end.
const LAST_TAG: u64 = 128;

/// How many bytes lie behind the sound that are none of the file's parts. Where it is not said how long the sound is, all of
/// the file is read. Blocking.
///
/// # Errors
/// Where more sound would be passed over, or something else be heard as noise; and where the disk fails.
pub(super) fn behind(
    path: &Path,
    chunks: &Chunks,
    called_off: CalledOff<'_>,
) -> Result<u64, DecodeError> {
    let Some(sound) = chunks.sound else {
        return Ok(0);
    };
    let file = File::open(path)?;
    let end = file.metadata()?.len();
    let all = Reading {
        file,
        end,
        high_first: chunks.high_first,
        called_off,
    };
    match sound.length {
        Length::Told(length) | Length::Wide(length) => {
            let from = sound.from.saturating_add(length);
            let left = all.chain(from.saturating_add(length % 2))?;
            // Some writers forget the byte that makes a length even.
            if left > 0 && length % 2 == 1 {
                return all.chain(from);
            }
            Ok(left)
        }
        Length::Unknown if all.something(sound.from)? => Err(DecodeError::Endless),
        Length::Unknown => Ok(0),
    }
}

/// A file that is looked through.
struct Reading<'a> {
    file: File,
    end: u64,
    high_first: bool,
    called_off: CalledOff<'a>,
}

impl Reading<'_> {
    /// Goes from chunk to chunk, and says how many bytes are left where there is none.
    fn chain(&self, mut at: u64) -> Result<u64, DecodeError> {
        for _ in 0..MOST_CHUNKS {
            let mut start = [0; 8];
            if at.saturating_add(8) > self.end {
                break;
            }
            self.file.read_exact_at(&mut start, at)?;
            let (name, size) = heading(&mut start.as_slice())?;
            let size = if self.high_first {
                size.swap_bytes()
            } else {
                size
            };
            let next = at + 8 + u64::from(size);
            let is_sound = name == if self.high_first { *b"SSND" } else { *b"data" };
            if (is_sound && size > 0) || FILES.contains(&&name) {
                return Err(DecodeError::OneBehindOther);
            }
            if KNOWN.contains(&&name) && !is_sound && next > self.end {
                // A tag or a picture, whatever its length is said to be.
                return Ok(0);
            }
            if !(is_name(name) && next <= self.end) {
                let is_tag = TAGS.iter().any(|tag| tag.starts_with(&name));
                let is_nothing = is_tag || self.are_zeros(at)?;
                return Ok(if is_nothing { 0 } else { self.end - at });
            }
            at = next + u64::from(size % 2);
        }
        Ok(0)
    }

    /// Whether there is nothing but zeros up to the end, as where a recorder reserves room.
    fn are_zeros(&self, mut at: u64) -> Result<bool, DecodeError> {
        let mut block = vec![0; BLOCK as usize];
        while at < self.end {
            let there = (self.end - at).min(BLOCK) as usize;
            self.read(&mut block[..there], at)?;
            if block[..there].iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
            at += BLOCK;
        }
        Ok(true)
    }

    /// Whether there is anything but sound up to the end: another file, a chunk that ends there, or one that is known by its
    /// name.
    fn something(&self, from: u64) -> Result<bool, DecodeError> {
        let mut block = vec![0; BLOCK as usize + 16];
        let mut high = self.end;
        while high > from {
            let low = high.saturating_sub(BLOCK).max(from);
            let there = (self.end - low).min(high - low + 16) as usize;
            let bytes = &mut block[..there];
            self.read(bytes, low)?;
            for at in (low..high).rev() {
                let here = &bytes[(at - low) as usize..];
                if self.is_tag(here, at) || is_other(here) || self.is_chunk(here, at) {
                    return Ok(true);
                }
            }
            high = low;
        }
        Ok(false)
    }

    fn read(&self, into: &mut [u8], at: u64) -> Result<(), DecodeError> {
        if (self.called_off)() {
            return Err(DecodeError::CalledOff);
        }
        Ok(self.file.read_exact_at(into, at)?)
    }

    fn is_tag(&self, here: &[u8], at: u64) -> bool {
        TAGS.iter().any(|tag| here.starts_with(tag))
            || (at + LAST_TAG == self.end && here.starts_with(b"TAG"))
    }

    /// Whether a chunk begins here.
    fn is_chunk(&self, here: &[u8], at: u64) -> bool {
        let Some([a, b, c, d, size @ ..]) = here.first_chunk::<8>() else {
            return false;
        };
        let name = [*a, *b, *c, *d];
        if !is_name(name) {
            return false;
        }
        let size = if self.high_first {
            u32::from_be_bytes(*size)
        } else {
            u32::from_le_bytes(*size)
        };
        let size = u64::from(size);
        let next = at + 8 + size;
        let ends_there = size > 0 && (next == self.end || next + size % 2 == self.end);
        let is_near = at + LARGEST >= self.end;
        ends_there || (KNOWN.contains(&&name) && size <= LARGEST && is_near)
    }
}

/// Whether another file begins here, or what only lies in tags.
fn is_other(here: &[u8]) -> bool {
    SIGNS.iter().any(|sign| {
        let mut both = sign.iter().zip(here);
        here.len() >= sign.len() && both.all(|(sign, byte)| *sign == b'.' || sign == byte)
    })
}

pub(super) fn is_name(name: [u8; 4]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_');
    // That is what AIFF calls who made it.
    name.iter().all(letter) || name == *b"(c) "
}
