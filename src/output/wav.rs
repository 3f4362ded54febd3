//! Writes WAV: 16 or 24 bit or float, RF64 (EBU Tech 3306) where it grows beyond 4 GiB.
//!
//! The length is known beforehand, so the header is right from the first byte and nothing is patched.

use std::io::{self, Write};

use crate::output::pcm::Bits;
use crate::time::{Frames, Rate};

/// Writes the header of a WAV file of `frames` frames.
///
/// # Errors
/// What the writer gives.
pub fn header(
    out: &mut impl Write,
    rate: Rate,
    channels: usize,
    bits: Bits,
    frames: Frames,
) -> io::Result<()> {
    let channels = channels as u16;
    let align = channels * bits.bytes() as u16;
    let data = frames.0 * u64::from(align);
    let format = format_chunk(rate, channels, bits, align);
    // "WAVE", the format chunk, the data chunk's head, and a pad byte where the data is odd.
    let riff = 4 + format.len() as u64 + 8 + data + data % 2;
    // ds64: RIFF size, data size, frames, and an empty table.
    if let (Ok(riff), Ok(data)) = (u32::try_from(riff), u32::try_from(data)) {
        out.write_all(b"RIFF")?;
        out.write_all(&riff.to_le_bytes())?;
        out.write_all(b"WAVE")?;
        out.write_all(&format)?;
        out.write_all(b"data")?;
        out.write_all(&data.to_le_bytes())
    } else {
        out.write_all(b"RF64\xff\xff\xff\xffWAVEds64")?;
        out.write_all(&28_u32.to_le_bytes())?;
        out.write_all(&(riff + 36).to_le_bytes())?;
        out.write_all(&data.to_le_bytes())?;
        out.write_all(&frames.0.to_le_bytes())?;
        out.write_all(&0_u32.to_le_bytes())?;
        out.write_all(&format)?;
        out.write_all(b"data\xff\xff\xff\xff")
    }
}

/// The `fmt ` chunk: plain for stereo, extensible without speaker places where there are more zones than one.
fn format_chunk(rate: Rate, channels: u16, bits: Bits, align: u16) -> Vec<u8> {
    let tag: u16 = if bits == Bits::Float { 3 } else { 1 };
    let extensible = channels > 2;
    let mut chunk = Vec::with_capacity(48);
    chunk.extend(b"fmt ");
    chunk.extend(if extensible { 40_u32 } else { 16 }.to_le_bytes());
    chunk.extend(if extensible { 0xFFFE } else { tag }.to_le_bytes());
    chunk.extend(channels.to_le_bytes());
    chunk.extend(rate.hertz().to_le_bytes());
    chunk.extend((rate.hertz() * u32::from(align)).to_le_bytes());
    chunk.extend(align.to_le_bytes());
    let width = (bits.bytes() * 8) as u16;
    chunk.extend(width.to_le_bytes());
    if extensible {
        chunk.extend(22_u16.to_le_bytes());
        chunk.extend(width.to_le_bytes());
        chunk.extend(0_u32.to_le_bytes());
        chunk.extend(tag.to_le_bytes());
        chunk.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of(channels: usize, bits: Bits, frames: u64) -> Vec<u8> {
        let mut out = Vec::new();
        header(&mut out, Rate::DEFAULT, channels, bits, Frames(frames)).unwrap();
        out
    }

    #[test]
    fn a_plain_file_has_the_plain_header() {
        let header = header_of(2, Bits::Sixteen, 1_000);
        assert_eq!(header.len(), 44);
        assert_eq!(&header[..4], b"RIFF");
        assert_eq!(header[4..8], (36_u32 + 4_000).to_le_bytes());
        assert_eq!(header[40..44], 4_000_u32.to_le_bytes());
    }

    #[test]
    fn three_hours_for_two_listeners_do_not_overflow() {
        let frames = 3 * 3600 * 48_000;
        let header = header_of(4, Bits::TwentyFour, frames);
        assert_eq!(&header[..4], b"RF64");
        let data = frames * 12;
        assert_eq!(header[28..36], data.to_le_bytes());
        assert_eq!(header[36..44], frames.to_le_bytes());
        assert_eq!(
            header[20..28],
            (data + header.len() as u64 - 8).to_le_bytes()
        );
    }
}
