//! The chunks of an AIFF file that was never finished, was written to a pipe, or is cut off. The demuxer plays the others as
//! they are, and none of these.

use std::io::{self, Read};

use symphonia::core::io::{MediaSource, MediaSourceStream, ReadBytes};

use super::chunks::{Chunks, Format, Length, MOST_CHUNKS, Sound, is_guess};
use super::mended::Mends;

/// The bytes of the sound's chunk before the sound, its own heading apart.
const BEFORE: u64 = 8;

/// What the samples are, and how many frames there are, as the file says.
#[derive(Debug, Default)]
struct Common {
    format: Format,
    frames: u32,
}

/// What the chunks of an AIFF file say that the demuxer would not play; nothing of others. `form` is its length as it says.
pub(super) fn find(bytes: &mut MediaSourceStream<'_>, form: u32) -> io::Result<Chunks> {
    let Some(end) = bytes.byte_len().filter(|end| u32::try_from(*end).is_ok()) else {
        return Ok(Chunks::default());
    };
    let mut common = Common::default();
    for _ in 0..MOST_CHUNKS {
        let (name, size) = heading(bytes)?;
        let inside = u64::from(size) + u64::from(size % 2);
        let at = bytes.pos();
        match &name {
            b"COMM" => common = Common::read(bytes, inside)?,
            b"SSND" => {
                let mut before = [0; BEFORE as usize];
                bytes.read_exact(&mut before)?;
                let [a, b, c, d, ..] = before;
                let from = at + BEFORE + u64::from(u32::from_be_bytes([a, b, c, d]));
                return Ok(common.chunks(form, at, size, from, end));
            }
            _ => {}
        }
        bytes.ignore_bytes(at + inside - bytes.pos())?;
    }
    Ok(Chunks::default())
}

impl Common {
    fn read(bytes: &mut MediaSourceStream<'_>, inside: u64) -> io::Result<Self> {
        let mut body = [0; 22];
        bytes.read_exact(&mut body[..inside.min(22) as usize])?;
        let number = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
        let (channels, bits) = (number(0), number(6));
        let width = match &body[18..].to_ascii_lowercase()[..] {
            b"alaw" | b"ulaw" => 1,
            _ => bits.div_ceil(8),
        };
        Ok(Self {
            format: Format {
                frame: channels.saturating_mul(width),
                channels,
                bits,
                ..Format::default()
            },
            frames: u32::from_be_bytes([body[2], body[3], body[4], body[5]]),
        })
    }

    /// The sound's chunk has its inside `at` there, the sound begins at `from`, and the file ends at `end`.
    fn chunks(self, form: u32, at: u64, size: u32, from: u64, end: u64) -> Chunks {
        let (form_ends, size_ends) = (8 + u64::from(form), at + u64::from(size));
        let is_whole = (size_ends..=end).contains(&form_ends) && size_ends >= from;
        // What is empty may only never have been filled in.
        if is_whole && (size_ends > from || form_ends == end) {
            return Chunks {
                format: Some(self.format),
                sound: Some(Sound {
                    from,
                    length: Length::Told(size_ends - from),
                }),
                high_first: true,
                ..Chunks::default()
            };
        }
        let there = end.saturating_sub(from);
        let is_unknown = size_ends <= from || is_guess(size, there);
        // Who does not know the length may write any.
        let frames = u64::from(self.frames) * u64::from(self.format.frame);
        let length = match frames {
            _ if !is_unknown => Length::Wide(size_ends - from),
            0 => Length::Unknown,
            frames if frames > there => Length::Unknown,
            frames => Length::Wide(frames),
        };
        let shown = if is_unknown { end } else { size_ends.min(end) };
        let mut mends = Mends::default();
        mends.word(4, ((shown - 8) as u32).to_be_bytes());
        mends.word(at - 4, (shown.saturating_sub(at) as u32).to_be_bytes());
        Chunks {
            format: Some(self.format),
            sound: Some(Sound { from, length }),
            mends,
            high_first: true,
            ..Chunks::default()
        }
    }
}

/// A chunk's name and size.
fn heading(bytes: &mut MediaSourceStream<'_>) -> io::Result<([u8; 4], u32)> {
    let (name, size) = super::chunks::heading(bytes)?;
    Ok((name, size.swap_bytes()))
}
