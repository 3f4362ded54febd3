//! The frames of a FLAC file: whether one is whole, and where it ends. Nothing says how long a frame is; it ends where all of
//! it can be decoded and its sum is right.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use symphonia::core::checksum::{Crc8Ccitt, Crc16Ansi};
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, Monitor, ReadBytes};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::error::ends_early;
use super::last::{Kind, MOST_SEEMING, Part, name};
use super::mended::Mends;
use super::opus::CODECS;
use super::{CalledOff, DecodeError};

/// What the file begins with.
pub(super) const NAME: &[u8] = b"fLaC";

/// The bytes of the file's first block, without its own heading.
const INFO: usize = 34;

/// What a file begins with, in bytes: its name and the first block's heading.
const BEGIN: usize = 8;

/// So many blocks are passed over before the first frame, and no more: real files have some.
const MOST_BLOCKS: usize = 1024;

/// The fewest samples that a frame may have.
const FEWEST: u16 = 16;

/// So much of a file is looked at in one go.
const BLOCK: usize = 256 * 1024;

/// The bytes of the longest head of a frame, and of the sum behind it.
const HEAD: usize = 16;
const SUM: usize = 2;

/// The kinds of the file's blocks that lead to places in it, and of those that are nothing.
const SEEK_TABLE: u8 = 3;
const NOTHING: u8 = 1;

/// Shows the tables of places as nothing: no sum covers them, and where a bit of one is wrong a jump leads anywhere, or never
/// ends. Reads the blocks from the second on. Blocking.
///
/// # Errors
/// Where the file ends before, or the disk fails.
pub(super) fn without_tables(
    bytes: &mut MediaSourceStream<'_>,
    mends: &mut Mends,
) -> io::Result<()> {
    for _ in 0..MOST_BLOCKS {
        let at = bytes.pos();
        let mut heading = [0; 4];
        bytes.read_exact(&mut heading)?;
        let [kind, length @ ..] = heading;
        if kind & 0x7F == SEEK_TABLE {
            mends.word(at, [kind & 0x80 | NOTHING, length[0], length[1], length[2]]);
        }
        if kind & 0x80 != 0 {
            break;
        }
        let length = u32::from_be_bytes([0, length[0], length[1], length[2]]);
        bytes.seek(SeekFrom::Start(at + 4 + u64::from(length)))?;
    }
    Ok(())
}

/// The frames of a FLAC file.
pub(super) struct FlacFrames {
    decoder: Box<dyn AudioDecoder>,
    /// The samples of a channel in the longest frame.
    most_samples: u64,
    /// Whether all frames but the last have as many.
    is_fixed: bool,
    /// The bytes that no frame is longer than.
    most_bytes: u64,
    /// The samples of a channel in the whole file, where the file says it.
    all: Option<u64>,
    /// How the demuxer has to be shown the word that says how long frames are, with its place: as long as each other they may
    /// still be of the kind that is counted by samples, and it takes none of them for any then.
    pub shown_as: Option<(u64, [u8; 4])>,
    /// Whether a whole frame was found, and only the one that ends where the file says is wanted still.
    found: bool,
}

impl FlacFrames {
    /// Reads what the file says of its frames, behind its name. Blocking.
    ///
    /// # Errors
    /// Where the file ends before, or the disk fails.
    pub fn read(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<Self>> {
        let at = bytes.pos();
        let mut block = [0; 4 + INFO];
        bytes.read_exact(&mut block)?;
        let info = &block[4..];
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_FLAC)
            .with_extra_data(Box::from(info));
        let Ok(decoder) = CODECS.make_audio_decoder(&params, &AudioDecoderOptions::default())
        else {
            return Ok(None);
        };
        let number = |at: usize| u64::from(u16::from_be_bytes([info[at], info[at + 1]]));
        let (fewest, most_samples) = (number(0), number(2));
        let channels = u64::from(info[12] >> 1 & 7) + 1;
        let bits = (number(12) >> 4 & 31) + 1;
        let all = (number(12) & 15) << 32 | number(14) << 16 | number(16);
        let alike = fewest == most_samples;
        let behind = bytes.pos();
        let varies = alike && most_samples > u64::from(FEWEST) && varies(bytes, block[0])?;
        bytes.seek(SeekFrom::Start(behind))?;
        let lengths = [FEWEST, most_samples as u16].map(u16::to_be_bytes);
        let [[a, b], [c, d]] = lengths;
        Ok(Some(Self {
            decoder,
            most_samples,
            is_fixed: alike && !varies,
            shown_as: varies.then_some((at + 4, [a, b, c, d])),
            // Twice of what the samples take as they are.
            most_bytes: (HEAD + SUM) as u64 + most_samples * channels * (bits + 1) / 4,
            all: Some(all).filter(|all| *all > 0),
            found: false,
        }))
    }

    /// The samples of a channel up to the end of the frame that begins here, as its head says.
    fn ends_at(&self, here: &[u8]) -> Option<u64> {
        let [0xFF, second @ (0xF8 | 0xF9), kinds, _, first] = *here.first_chunk()? else {
            return None;
        };
        // Others the demuxer does not take.
        if self.is_fixed != (second == 0xF8) {
            return None;
        }
        // The number is written as UTF-8 writes a letter: the first byte says how many there are.
        let (bytes, kept) = match first.leading_ones() {
            0 => (1, 0x7F),
            ones @ 2..=7 => (ones as usize, 0x7F_u8 >> ones),
            _ => return None,
        };
        let more = here.get(5..4 + bytes)?;
        let number = more.iter().fold(u64::from(first & kept), |sum, byte| {
            sum << 6 | u64::from(byte & 0x3F)
        });
        let mut at = 4 + bytes;
        let mut count = |bytes: usize| {
            at += bytes;
            let bytes = here.get(at - bytes..at)?.iter();
            Some(bytes.fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        };
        let samples = match kinds >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 576 << (code - 2),
            code @ 6..=7 => count(usize::from(code) - 5)? + 1,
            code => 256 << (code - 8),
        };
        // The rate may take some bytes as well.
        match kinds & 15 {
            12 => count(1)?,
            13 | 14 => count(2)?,
            _ => 0,
        };
        let mut sum = Crc8Ccitt::new(0);
        sum.process_buf_bytes(&here[..at]);
        if here.get(at) != Some(&sum.crc()) {
            return None;
        }
        let begins_at = if self.is_fixed {
            number * self.most_samples
        } else {
            number
        };
        Some(begins_at + samples)
    }

    /// Whether a whole one lies at a place.
    fn is_whole_at(&mut self, file: &File, at: u64) -> io::Result<bool> {
        let mut here = vec![0; self.most_bytes as usize];
        let mut there = 0;
        while there < here.len() {
            match file.read_at(&mut here[there..], at + there as u64)? {
                0 => break,
                count => there += count,
            }
        }
        Ok(self.length(&here[..there]).is_some())
    }

    fn is_decoded(&mut self, bytes: &[u8]) -> bool {
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, bytes);
        self.decoder.decode_ref(&packet).is_ok()
    }

    /// The bytes of the frame that begins here, if it is whole.
    fn length(&mut self, here: &[u8]) -> Option<usize> {
        if !self.is_decoded(here) {
            return None;
        }
        let (mut too_few, mut enough) = (0, here.len());
        while too_few + 1 < enough {
            let some = usize::midpoint(too_few, enough);
            if self.is_decoded(&here[..some]) {
                enough = some;
            } else {
                too_few = some;
            }
        }
        let frame = here.get(..enough + SUM)?;
        let mut sum = Crc16Ansi::new(0);
        sum.process_buf_bytes(frame);
        (sum.crc() == 0).then_some(frame.len())
    }
}

/// Whether the first frame behind the blocks is of the kind that is counted by samples. `first` begins the first block, which
/// was read.
fn varies(bytes: &mut MediaSourceStream<'_>, mut first: u8) -> io::Result<bool> {
    let mut look = || {
        for _ in 0..MOST_BLOCKS {
            let mut head = [0; 4];
            // The last one says that it is.
            if first >> 7 == 1 {
                bytes.read_exact(&mut head[..2])?;
                return Ok(head[..2] == [0xFF, 0xF9]);
            }
            bytes.read_exact(&mut head)?;
            first = head[0];
            let length = u64::from(u32::from_be_bytes(head) & 0xFF_FFFF);
            bytes.seek(SeekFrom::Start(bytes.pos() + length))?;
        }
        Ok(false)
    };
    match look() {
        Err(error) if ends_early(&error) => Ok(false),
        found => found,
    }
}

/// What a FLAC file says of its frames; nothing of others.
fn frames_of(file: File) -> io::Result<Option<FlacFrames>> {
    let mut bytes = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    if name(&mut bytes)? == *NAME {
        FlacFrames::read(&mut bytes)
    } else {
        Ok(None)
    }
}

/// Whether another FLAC file begins within this one, or its frames alone do, counted anew; one that lies in another kind of file
/// is that one's affair. Reads all of it. Blocking.
///
/// # Errors
/// Where the disk fails, and where it is called off.
pub(super) fn holds_another(path: &Path, called_off: CalledOff<'_>) -> Result<bool, DecodeError> {
    // The name, and the heading of the first block, which says how long that is.
    let begins = |here: &[u8]| here.starts_with(NAME) && here[5..] == [0, 0, INFO as u8];
    let mut file = File::open(path)?;
    let Some(mut frames) = frames_of(File::open(path)?)? else {
        return Ok(false);
    };
    let (mut block, mut at) = (Vec::with_capacity(BLOCK + HEAD), 0);
    let (mut found, mut firsts) = (0, 0);
    // What seems to be a frame takes time to tell.
    let mut seeming = 0;
    loop {
        if called_off() {
            return Err(DecodeError::CalledOff);
        }
        let passed = block.len().saturating_sub(HEAD - 1);
        block.drain(..passed);
        at += passed as u64;
        let kept = block.len();
        if (&mut file).take(BLOCK as u64).read_to_end(&mut block)? == 0 {
            return Ok(false);
        }
        // What lies in both this stretch and the one before counts once.
        let new = |count: usize| (kept + 1).saturating_sub(count)..;
        let names = block.get(new(BEGIN)).unwrap_or_default();
        found += names.windows(BEGIN).filter(|here| begins(here)).count();
        for place in new(HEAD).start..(block.len() + 1).saturating_sub(HEAD) {
            let here = &block[place..];
            if here[0] == 0xFF
                && here[4] == 0
                && seeming < MOST_SEEMING
                && frames.ends_at(here).is_some()
            {
                if called_off() {
                    return Err(DecodeError::CalledOff);
                }
                seeming += frames.most_bytes;
                firsts += usize::from(frames.is_whole_at(&file, at + place as u64)?);
            }
        }
        if found > 1 || firsts > 1 {
            return Ok(true);
        }
    }
}

impl Kind for FlacFrames {
    fn longest(&self) -> u64 {
        self.most_bytes
    }

    fn may_begin(&self, here: &[u8]) -> bool {
        let ends_at = self.ends_at(here);
        ends_at.is_some_and(|ends_at| !self.found || Some(ends_at) == self.all)
    }

    fn whole(&mut self, here: &[u8]) -> Option<Part> {
        let ends_at = self.ends_at(here)?;
        let here = &here[..here.len().min(self.most_bytes as usize)];
        let length = self.length(here)?;
        self.found = true;
        let is_last = match self.all {
            None => true,
            // Where more of them follow, the file does not know.
            Some(all) => all == ends_at && self.ends_at(&here[length..]).is_none(),
        };
        Some(Part { length, is_last })
    }

    fn is_torn(&self, here: &[u8]) -> bool {
        let begins = matches!(here, [0xFF] | [0xFF, 0xF8 | 0xF9, ..]);
        self.ends_at(here).is_some() || (begins && here.len() < HEAD)
    }

    fn is_another(&self, here: &[u8]) -> bool {
        here.starts_with(NAME)
    }
}
