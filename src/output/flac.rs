//! Writes FLAC, block by block: memory stays flat however long the session is.

use std::io::{self, Seek, SeekFrom, Write};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, StreamInfo};
use flacenc::config::Encoder;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify};
use flacenc::source::{Context, Fill, FrameBuf};

use crate::output::pcm::{Bits, Quantiser};
use crate::time::Rate;

/// Frames in a block of the file.
const BLOCK: usize = 4096;

/// The bits of a frame beside its samples: at most 16 bytes of a head, a byte for each of eight channels, two of a sum.
const MOST_BESIDE: usize = 8 * (16 + 8 + 2);

/// `fLaC`, and the head of the one metadata block: the last, kind 0, 34 bytes.
const HEAD: [u8; 8] = *b"fLaC\x80\x00\x00\x22";

/// Encodes interleaved samples to a FLAC file.
pub struct FlacWriter<W> {
    out: W,
    config: Verified<Encoder>,
    /// For what grows by the first.
    plain: Verified<Encoder>,
    info: StreamInfo,
    /// Counts frames and keeps their MD5.
    context: Context,
    block: FrameBuf,
    pending: Vec<i32>,
    channels: usize,
    /// Bits of a sample.
    width: usize,
    quantiser: Quantiser,
    number: usize,
}

impl<W: Write + Seek> FlacWriter<W> {
    /// Begins a file of at most 8 channels, 16 or 24 bit.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn new(mut out: W, rate: Rate, channels: usize, bits: Bits) -> io::Result<Self> {
        let width = bits.bytes() * 8;
        let mut plain = Encoder::default();
        plain.subframe_coding.use_fixed = false;
        let verified = |config: Encoder| config.into_verified().map_err(|(_, error)| unfit(error));
        let mut info = StreamInfo::new(rate.hertz() as usize, channels, width).map_err(unfit)?;
        info.set_block_sizes(BLOCK, BLOCK).map_err(unfit)?;
        out.write_all(&HEAD)?;
        // Written again when everything is known.
        out.write_all(&[0; 34])?;
        Ok(Self {
            out,
            config: verified(Encoder::default())?,
            plain: verified(plain)?,
            info,
            context: Context::new(width, channels),
            block: FrameBuf::with_size(channels, BLOCK).map_err(unfit)?,
            pending: Vec::with_capacity(2 * BLOCK * channels),
            channels,
            width,
            quantiser: Quantiser::new(bits),
            number: 0,
        })
    }

    /// Encodes interleaved samples.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        for sample in samples {
            self.pending.push(self.quantiser.integer(*sample));
            if self.pending.len() == BLOCK * self.channels {
                self.encode()?;
            }
        }
        Ok(())
    }

    /// Encodes the rest and completes the header; gives the writer back.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.pending.is_empty() {
            self.encode()?;
        }
        self.info.set_total_samples(self.context.total_samples());
        self.info.set_md5_digest(&self.context.md5_digest());
        let mut bytes = ByteSink::new();
        self.info.write(&mut bytes).map_err(unfit)?;
        self.out.seek(SeekFrom::Start(HEAD.len() as u64))?;
        self.out.write_all(bytes.as_slice())?;
        Ok(self.out)
    }

    fn encode(&mut self) -> io::Result<()> {
        self.context
            .fill_interleaved(&self.pending)
            .map_err(unfit)?;
        self.block.fill_interleaved(&self.pending).map_err(unfit)?;
        let samples = self.pending.len();
        self.pending.clear();
        let encoded = |config| {
            let frame = encode_fixed_size_frame(config, &self.block, self.number, &self.info);
            frame.map_err(unfit)
        };
        let mut frame = encoded(&self.config)?;
        // What is loud and noisy in 24 bits the encoder takes for short, and makes it up to a thousand times as long.
        if frame.count_bits() > samples * self.width + MOST_BESIDE {
            frame = encoded(&self.plain)?;
        }
        let mut bytes = ByteSink::new();
        frame.write(&mut bytes).map_err(unfit)?;
        self.number += 1;
        self.out.write_all(bytes.as_slice())
    }
}

/// The encoder refuses only what we never give it.
fn unfit(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
