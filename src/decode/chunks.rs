//! The chunks of a WAV file: what its samples are, and where its sound lies. The demuxer passes over what is said in 64 bits
//! (RF64, BW64), and where it is not said how long the sound is, it takes all that follows for sound.

use std::io::{self, Read};

use symphonia::core::io::{MediaSource, MediaSourceStream, ReadBytes};

use super::DecodeError;
use super::glance::glance;

/// So many chunks are looked at for the sound, and no more: real files have some dozens.
pub(super) const MOST_CHUNKS: usize = 4096;

/// What a program writes that cannot know the length: as much as the place holds.
const UNKNOWN: u32 = u32::MAX;

/// Others write nearly as much, or nearly half of it.
const NEAR: u32 = 0x1_0000;

/// The kinds of samples that are numbers: whole ones, floating ones, and those of which another place says which.
const WHOLE: u16 = 1;
const FLOATING: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// What the chunks of a WAV file say of its sound; nothing of other files. Never trusted blindly.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    format: Option<Format>,
    sound: Option<Sound>,
}

/// What the samples are.
#[derive(Debug, Clone, Copy)]
struct Format {
    kind: u16,
    channels: u16,
    /// The bytes of a frame.
    frame: u16,
    bits: u16,
}

/// Where the sound lies, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    pub from: u64,
    pub length: Length,
}

/// How many bytes of sound there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// The usual place says it, and the demuxer reads it.
    Told(u64),
    /// It is told in 64 bits.
    Wide(u64),
    /// It is not said. All to the file's end is sound, or the file is refused.
    Unknown,
}

impl Chunks {
    /// Reads them where this is a WAV file, and goes back to the start. `wide` says whether it may tell lengths in 64 bits.
    /// Blocking.
    ///
    /// # Errors
    /// Only where the disk fails.
    pub fn read(
        bytes: &mut MediaSourceStream<'_>,
        wide: impl FnOnce() -> bool,
    ) -> io::Result<Self> {
        glance(bytes, |bytes| Self::find(bytes, wide))
    }

    fn find(bytes: &mut MediaSourceStream<'_>, wide: impl FnOnce() -> bool) -> io::Result<Self> {
        let mut head = [0; 12];
        bytes.read_exact(&mut head)?;
        let mut found = Self::default();
        if !(head.starts_with(b"RIFF") && head.ends_with(b"WAVE")) {
            return Ok(found);
        }
        let wide = wide();
        let mut told_wide = None;
        for _ in 0..MOST_CHUNKS {
            let (name, size) = heading(bytes)?;
            let inside = u64::from(size) + u64::from(size % 2);
            // As much of it as anybody looks at.
            let mut body = [0; 26];
            let looked_at = match &name {
                b"fmt " | b"ds64" => inside.min(26),
                _ => 0,
            };
            bytes.read_exact(&mut body[..looked_at as usize])?;
            match &name {
                b"fmt " => found.format = Some(Format::read(&body)),
                b"ds64" if wide => told_wide = body[8..].first_chunk().copied(),
                b"data" => {
                    let told_wide = told_wide.map(u64::from_le_bytes);
                    let length = Length::of(size, told_wide, bytes);
                    let from = bytes.pos();
                    found.sound = Some(Sound { from, length });
                    return Ok(found);
                }
                _ => {}
            }
            bytes.ignore_bytes(inside - looked_at)?;
        }
        // Wherever it is among so many, nobody looked at what says how long it is.
        found.sound = Some(Sound {
            from: bytes.pos(),
            length: Length::Unknown,
        });
        Ok(found)
    }

    /// Why samples like these cannot be played, where that can be told.
    pub fn refusal(&self) -> Option<DecodeError> {
        let format = self.format?;
        let playable: &[u16] = match format.kind {
            WHOLE => &[8, 16, 24, 32],
            FLOATING => &[32, 64],
            _ => return None,
        };
        match format.channels {
            channels @ 3.. => Some(DecodeError::Channels(usize::from(channels))),
            _ if playable.contains(&format.bits) => None,
            _ => Some(DecodeError::Bits(format.bits)),
        }
    }

    /// Where the sound lies.
    pub fn sound(&self) -> Option<Sound> {
        self.sound
    }

    /// So many bytes as frames.
    pub fn frames(&self, bytes: u64) -> u64 {
        let frame = self.format.map_or(0, |format| u64::from(format.frame));
        bytes.checked_div(frame).unwrap_or(0)
    }
}

impl Format {
    fn read(body: &[u8; 26]) -> Self {
        let number = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
        Self {
            kind: match number(0) {
                EXTENSIBLE => number(24),
                kind => kind,
            },
            channels: number(2),
            frame: number(12),
            bits: number(14),
        }
    }
}

impl Length {
    /// What 64 bits say counts only where the usual place says nothing.
    fn of(size: u32, wide: Option<u64>, bytes: &MediaSourceStream<'_>) -> Self {
        let end = bytes.byte_len().unwrap_or(u64::MAX);
        let there = end.saturating_sub(bytes.pos());
        let near = |most: u32| most.abs_diff(size) < NEAR;
        let is_guess = (near(UNKNOWN) || near(UNKNOWN / 2)) && there < u64::from(size);
        match (size, wide) {
            (UNKNOWN, Some(wide)) if !matches!(wide, 0 | u64::MAX) => Self::Wide(wide),
            (UNKNOWN, _) => Self::Unknown,
            _ if is_guess => Self::Unknown,
            _ => Self::Told(u64::from(size)),
        }
    }
}

/// A chunk's name and size.
pub(super) fn heading(bytes: &mut impl Read) -> io::Result<([u8; 4], u32)> {
    let mut heading = [0; 8];
    bytes.read_exact(&mut heading)?;
    let [a, b, c, d, size @ ..] = heading;
    Ok(([a, b, c, d], u32::from_le_bytes(size)))
}
