//! How alike two stretches of files are: their correlation at the overlap, as it will be heard.

use std::f64::consts::PI;

use super::{Overlap, Watch};
use crate::decode::{Decoder, unbroken};
use crate::fade::Correlation;
use crate::frame::Frame;
use crate::stream::{Resampler, StreamError};
use crate::time::Frames;

/// Decodes both stretches, and says how alike they are; `None` where one of them cannot be decoded, or it was called off.
/// Blocking. Memory is flat, however long they are.
pub(super) fn correlation(overlap: &Overlap, watch: &dyn Watch) -> Option<Correlation> {
    unbroken(|| compare(overlap, watch)).ok().flatten()
}

fn compare(overlap: &Overlap, watch: &dyn Watch) -> Result<Option<Correlation>, StreamError> {
    let open = |one: usize| Stretch::open(overlap, one);
    let (mut leaves, mut comes) = (open(0)?, open(1)?);
    let mut sums = Sums::default();
    let mut at = Frames::ZERO;
    while at < overlap.length {
        if watch.is_called_off() {
            return Ok(None);
        }
        let ready = leaves.fill()?.min(comes.fill()?);
        let count = ready.min((overlap.length - at).index());
        if count == 0 {
            break;
        }
        for (one, other) in leaves.ready.drain(..count).zip(comes.ready.drain(..count)) {
            // As much as both are heard at once: sin 2t, where t is a quarter turn over the whole overlap.
            let weight = (PI * at.0 as f64 / overlap.length.0 as f64).sin();
            sums.add(weight, one, other);
            at += Frames(1);
        }
    }
    Ok(Some(sums.correlation()))
}

/// Weighted sums of squares and products, over both channels.
#[derive(Debug, Default)]
struct Sums {
    both: f64,
    one: f64,
    other: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, one: Frame, other: Frame) {
        for (one, other) in one.into_iter().zip(other) {
            let (one, other) = (f64::from(one), f64::from(other));
            self.both += weight * one * other;
            self.one += weight * one * one;
            self.other += weight * other * other;
        }
    }

    fn correlation(&self) -> Correlation {
        // Of silence there is none: nought by nought is no number.
        Correlation::new((self.both / (self.one * self.other).sqrt()) as f32)
    }
}

/// A stretch of a file at the session's rate, from its first frame on.
struct Stretch {
    decoder: Decoder,
    resampler: Resampler,
    decoded: Vec<Frame>,
    ready: Vec<Frame>,
    ended: bool,
}

impl Stretch {
    fn open(overlap: &Overlap, one: usize) -> Result<Self, StreamError> {
        let (file, offset) = (&overlap.files[one], overlap.offsets[one]);
        let mut decoder = Decoder::open(file)?;
        let mut resampler = Resampler::new(decoder.rate(), overlap.rate)?;
        decoder.seek(resampler.start_at(offset))?;
        Ok(Self {
            decoder,
            resampler,
            decoded: Vec::new(),
            ready: Vec::new(),
            ended: false,
        })
    }

    /// Decodes until a frame is ready, and says how many are; none at the file's end.
    fn fill(&mut self) -> Result<usize, StreamError> {
        while self.ready.is_empty() && !self.ended {
            self.decoded.clear();
            if self.decoder.read(&mut self.decoded)? > 0 {
                self.resampler.push(&self.decoded, &mut self.ready);
            } else {
                self.resampler.finish(&mut self.ready);
                self.ended = true;
            }
        }
        Ok(self.ready.len())
    }
}
