//! The chunks of a WAV file: what its samples are, and where its sound lies. The demuxer passes over what is said in 64 bits
//! (RF64, BW64), and where it is not said how long the sound is, it takes all that follows for sound, or nothing.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::{MediaSource, MediaSourceStream, ReadBytes};

use super::behind::is_name;
use super::glance::glance;
use super::mended::Mends;
use super::{DecodeError, aiff};

/// So many chunks are looked at for the sound, and no more: real files have some dozens.
pub(super) const MOST_CHUNKS: usize = 4096;

/// What a program writes that cannot know the length: as much as the place holds.
const UNKNOWN: u32 = u32::MAX;

/// Others write nearly as much, or nearly half of it, or what some like better.
const GUESSES: [u32; 3] = [UNKNOWN, UNKNOWN / 2, 0x7F00_0000];
const NEAR: u32 = 0x1_0000;

/// The kinds of samples that are numbers: whole ones, floating ones, and those of which another place says which.
const WHOLE: u16 = 1;
const FLOATING: u16 = 3;
const COMPANDED: [u16; 2] = [6, 7];

/// Other kinds, as people call them.
const ADPCM: [u16; 2] = [2, 0x11];
const MPEG: [u16; 2] = [0x50, 0x55];
const EXTENSIBLE: u16 = 0xFFFE;

/// The byte that makes a length even, and from which on a sample is far from it: half of full scale.
const PAD: u8 = 0;
const FAR_FROM_PAD: u8 = 64;

/// How a Wave64 file begins.
const WAVE64: [u8; 12] = *b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB";

/// What the chunks of a WAV file say of its sound, or those of an AIFF file that is not whole; nothing of other files. Never
/// trusted blindly.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    pub format: Option<Format>,
    pub sound: Option<Sound>,
    /// How the demuxer has to be shown the file.
    pub mends: Mends,
    /// Whether its numbers have their highest byte first: an AIFF file.
    pub high_first: bool,
    pub is_wave64: bool,
}

/// What the samples are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Format {
    pub kind: u16,
    pub channels: u16,
    /// The bytes of a frame.
    pub frame: u16,
    pub bits: u16,
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
    /// Another place says it: in 64 bits, or as a number of frames.
    Wide(u64),
    /// It is not said. All to the file's end is sound, or the file is refused.
    Unknown,
}

impl Chunks {
    /// Reads them where this is a WAV or an AIFF file, and goes back to the start. Blocking.
    ///
    /// # Errors
    /// Only where the disk fails.
    pub fn read(bytes: &mut MediaSourceStream<'_>) -> io::Result<Self> {
        glance(bytes, Self::find)
    }

    fn find(bytes: &mut MediaSourceStream<'_>) -> io::Result<Self> {
        let mut head = [0; 12];
        bytes.read_exact(&mut head)?;
        let mut found = Self::default();
        let [a, b, c, d, size @ .., _, _, _, _] = head;
        match (&[a, b, c, d], &head[8..]) {
            (b"FORM", b"AIFF" | b"AIFC") => return aiff::find(bytes, u32::from_be_bytes(size)),
            (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => {}
            _ => {
                found.is_wave64 = head == WAVE64;
                return Ok(found);
            }
        }
        let wide = !head.starts_with(b"RIFF");
        if wide {
            found.mends.word(0, *b"RIFF");
        }
        match found.look_for_sound(bytes, u32::from_le_bytes(size), wide) {
            Err(error) if error.raw_os_error().is_some() => Err(error),
            // It is cut off before.
            _ => Ok(found),
        }
    }

    /// The file's heading says `all`; `wide` says whether lengths may be told in 64 bits.
    fn look_for_sound(
        &mut self,
        bytes: &mut MediaSourceStream<'_>,
        all: u32,
        wide: bool,
    ) -> io::Result<()> {
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
                b"fmt " => self.format = Some(Format::read(&body)),
                b"ds64" if wide => told_wide = body[8..].first_chunk().copied(),
                b"data" => {
                    // Less than a frame is no length.
                    let told_wide = told_wide.map(u64::from_le_bytes);
                    let told_wide = told_wide.filter(|bytes| self.frames(*bytes) > 0);
                    self.place_sound(all, size, told_wide, bytes);
                    return self.leave_out_pad(bytes);
                }
                _ => {}
            }
            bytes.ignore_bytes(inside - looked_at)?;
        }
        // Wherever it is among so many, nobody looked at what says how long it is.
        self.sound = Some(Sound {
            from: bytes.pos(),
            length: Length::Unknown,
        });
        Ok(())
    }

    /// The sound begins here; its heading says `size`, and the file's heading says `all`.
    fn place_sound(
        &mut self,
        all: u32,
        size: u32,
        told_wide: Option<u64>,
        bytes: &mut MediaSourceStream<'_>,
    ) {
        let from = bytes.pos();
        let end = bytes.byte_len().unwrap_or(u64::MAX);
        let there = end.saturating_sub(from);
        let length = match (size, told_wide) {
            (UNKNOWN, Some(wide)) if wide != u64::MAX => Length::Wide(wide),
            (UNKNOWN, _) => Length::Unknown,
            _ if is_guess(size, there) => Length::Unknown,
            // A writer that was cut short left it empty; where another chunk follows there is no sound.
            (0, _) if there > 0 && !follows(bytes, there) => Length::Unknown,
            _ => Length::Told(u64::from(size)),
        };
        self.sound = Some(Sound { from, length });
        if length == Length::Unknown {
            self.mends.word(from - 4, UNKNOWN.to_le_bytes());
        }
        // The demuxer reads no chunk that reaches beyond what the file says of itself.
        let reaches = 8 + u64::from(all) < from + u64::from(size);
        if reaches || length == Length::Unknown {
            self.mends.word(4, UNKNOWN.to_le_bytes());
        }
    }

    /// Some programs write a byte that makes the length even though they know no length. In a sound of one byte a frame it
    /// would be heard, as a click: it is the lowest there is. Taken for one is only what is far below the sample before.
    fn leave_out_pad(&mut self, bytes: &mut MediaSourceStream<'_>) -> io::Result<()> {
        let (Some(sound), Some(end)) = (self.sound, bytes.byte_len()) else {
            return Ok(());
        };
        let there = end.saturating_sub(sound.from);
        let is_open = sound.length == Length::Unknown && self.frames(there) == there;
        if !is_open || there == 0 || there % 2 == 1 {
            return Ok(());
        }
        let mut last = [0; 2];
        bytes.seek(SeekFrom::Start(end - 2))?;
        bytes.read_exact(&mut last)?;
        let [before, last] = last;
        if last == PAD && before >= FAR_FROM_PAD {
            self.mends.end(end - 1);
        }
        Ok(())
    }

    /// Why samples like these cannot be played, where that can be told.
    pub fn refusal(&self) -> Option<DecodeError> {
        if self.is_wave64 {
            return Some(DecodeError::Wave64);
        }
        let format = self.format?;
        let playable: &[u16] = match format.kind {
            WHOLE => &[8, 16, 24, 32],
            FLOATING => &[32, 64],
            kind if COMPANDED.contains(&kind) => &[8],
            kind if ADPCM.contains(&kind) => return Some(DecodeError::Unsupported("ADPCM")),
            kind if MPEG.contains(&kind) => return Some(DecodeError::Unsupported("MP3 in a WAV")),
            _ => return None,
        };
        match format.channels {
            channels @ 3.. => Some(DecodeError::Channels(usize::from(channels))),
            _ if !playable.contains(&format.bits) => Some(DecodeError::Bits(format.bits)),
            channels if format.frame != channels * format.bits / 8 => Some(DecodeError::SampleSize),
            _ => None,
        }
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

/// Whether a length is only what programs write that do not know it. So many bytes are there.
pub(super) fn is_guess(size: u32, there: u64) -> bool {
    let near = |most: &u32| most.abs_diff(size) < NEAR;
    GUESSES.iter().any(near) && there < u64::from(size)
}

/// Whether another chunk begins here. So many bytes are there.
fn follows(bytes: &mut MediaSourceStream<'_>, there: u64) -> bool {
    let heading = heading(bytes);
    heading.is_ok_and(|(name, size)| is_name(name) && 8 + u64::from(size) <= there)
}

/// A chunk's name and size.
pub(super) fn heading(bytes: &mut impl Read) -> io::Result<([u8; 4], u32)> {
    let mut heading = [0; 8];
    bytes.read_exact(&mut heading)?;
    let [a, b, c, d, size @ ..] = heading;
    Ok(([a, b, c, d], u32::from_le_bytes(size)))
}
