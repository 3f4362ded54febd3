//! One stream: files, decoded, resampled, laid into a ring.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use rtrb::Producer;

use crate::decode::DecodeError;
use crate::frame::Frame;
use crate::stream::resampler::{ResampleError, Resampler};
use crate::stream::source::{BRIDGE, Brought, Reading, Source};
use crate::time::{Frames, Rate};

/// How many frames are laid into a ring in one go, at most.
const GO: usize = 65_536;

/// A file of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The file.
    pub path: Arc<Path>,
    /// Its frames, at its own rate.
    pub frames: Frames,
}

/// A ring is filled in one go, once this much of it is left: a processor that wakes for every frame has forgotten how to
/// decode each time, and decoding costs three times as much.
const LOW: f32 = 2.0 / 3.0;

/// What a stream gives: files joined without a seam, from one place to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The files, all of one rate.
    pub pieces: Vec<Piece>,
    /// The files' rate.
    pub source: Rate,
    /// The rate of what is given.
    pub rate: Rate,
    /// The first frame that is given, at `rate`, counted from the first file's start.
    pub offset: Frames,
    /// How many frames are given.
    pub length: Frames,
}

/// Why a stream ends before its time.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The file cannot be read any more.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The file's rate cannot be converted.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// The files hold less than they held when they were looked at.
    #[error("the file is shorter than it was when it was checked; run `undersong check` again")]
    Short,
    /// The disk did not bring it in time.
    #[error("did not come from the disk in time")]
    Late,
    /// More of it cannot be decoded than could be when it was looked at: it would be silent there.
    #[error("has stretches that cannot be decoded any more; copy it again from where it came")]
    Damaged,
    /// It is not the file that was looked at.
    #[error("the file has changed since it was checked; run `undersong check` again")]
    Changed,
}

/// How far a stream is; written by the decoder thread, read by the player.
#[derive(Debug, Default)]
pub struct Progress {
    delivered: AtomicU64,
    state: AtomicU8,
}

impl Progress {
    /// How many frames were laid into the ring.
    #[must_use]
    pub fn delivered(&self) -> Frames {
        Frames(self.delivered.load(Ordering::Acquire))
    }

    /// Whether nothing more will come, because it is complete or because it failed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.load(Ordering::Acquire) != 0
    }

    /// Nothing more is waited for.
    pub fn end(&self) {
        self.state.store(1, Ordering::Release);
    }
}

/// What a go at a stream came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// There is room for more.
    On,
    /// The ring is full.
    Full,
    /// The disk takes its time.
    Waits,
    /// Everything was given.
    Done,
}

/// Decodes one stream into its ring. Lives on the decoder thread. Live no call waits for the disk, but for what cannot be
/// told beforehand.
pub struct Feed {
    recipe: Recipe,
    ring: Producer<Frame>,
    progress: Arc<Progress>,
    resampler: Resampler,
    /// The piece that is decoded, and how much of it is left.
    source: Option<(Source, Frames)>,
    /// Those after it, opened in time.
    next: VecDeque<(Source, Frames)>,
    reading: Reading,
    /// The piece that is opened next.
    next_piece: usize,
    decoded: Vec<Frame>,
    ready: Vec<Frame>,
    /// How much of `ready` was laid into the ring.
    laid: usize,
    left: Frames,
    finished: bool,
    /// Whether the ring is being filled.
    filling: bool,
}

impl Feed {
    /// Begins to open the first file, where the recipe begins inside it. Does not block.
    ///
    /// # Errors
    /// Where the files' rate cannot be converted.
    pub fn open(
        recipe: Recipe,
        ring: Producer<Frame>,
        progress: Arc<Progress>,
        reading: Reading,
    ) -> Result<Self, StreamError> {
        let mut resampler = Resampler::new(recipe.source, recipe.rate)?;
        let mut begin = resampler.start_at(recipe.offset);
        let mut next_piece = 0;
        for piece in &recipe.pieces {
            if begin < piece.frames || next_piece + 1 == recipe.pieces.len() {
                break;
            }
            begin -= piece.frames;
            next_piece += 1;
        }
        let mut feed = Self {
            left: recipe.length,
            recipe,
            ring,
            progress,
            resampler,
            source: None,
            next: VecDeque::new(),
            reading,
            next_piece,
            decoded: Vec::with_capacity(GO),
            ready: Vec::with_capacity(2 * GO),
            laid: 0,
            finished: false,
            filling: true,
        };
        feed.source = feed.open_piece(begin);
        Ok(feed)
    }

    /// Whether nobody reads the ring any more.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// How full the ring is, 0 to 1.
    #[must_use]
    pub fn fill(&self) -> f32 {
        let capacity = self.ring.buffer().capacity();
        1.0 - self.ring.slots() as f32 / capacity as f32
    }

    /// Fills the ring, whatever it holds.
    pub fn hurry(&mut self) {
        self.filling = true;
    }

    /// Decodes a stretch into the ring, unless it holds enough.
    ///
    /// # Errors
    /// What keeps the stream from going on. What was laid into the ring before is good.
    pub fn go(&mut self) -> Result<Went, StreamError> {
        self.filling |= self.fill() < LOW;
        if !self.filling {
            return Ok(Went::Full);
        }
        let mut given = 0;
        loop {
            given += self.lay();
            if self.left == Frames::ZERO {
                self.progress.end();
                return Ok(Went::Done);
            }
            if self.laid < self.ready.len() {
                self.filling = false;
                return Ok(Went::Full);
            }
            if given >= GO {
                return Ok(Went::On);
            }
            if !self.make_ready()? {
                return Ok(if given > 0 { Went::On } else { Went::Waits });
            }
        }
    }

    /// Lays what is ready into the ring, as far as there is room.
    fn lay(&mut self) -> usize {
        let waiting = self.ready.get(self.laid..).unwrap_or(&[]);
        let wanted = &waiting[..waiting.len().min(self.left.index())];
        let (laid, _) = self.ring.push_partial_slice(wanted);
        let count = laid.len();
        self.laid += count;
        self.left -= Frames::from(count);
        if self.laid == self.ready.len() {
            self.ready.clear();
            self.laid = 0;
        }
        let delivered = self.recipe.length - self.left;
        self.progress
            .delivered
            .store(delivered.0, Ordering::Release);
        count
    }

    /// Decodes and resamples a little; false where there is nothing yet.
    fn make_ready(&mut self) -> Result<bool, StreamError> {
        let Some((source, left)) = &mut self.source else {
            if self.finished {
                return Err(StreamError::Short);
            }
            self.resampler.finish(&mut self.ready);
            self.finished = true;
            return Ok(true);
        };
        self.decoded.clear();
        match source.read(&mut self.decoded)? {
            Brought::Waits => return Ok(false),
            Brought::Frames(0) => {
                self.source = match self.next.pop_front() {
                    Some(next) => Some(next),
                    None => self.open_piece(Frames::ZERO),
                };
                return Ok(true);
            }
            Brought::Frames(count) => *left -= Frames::from(count),
        }
        let mut ahead = *left + self.next.iter().map(|(_, frames)| *frames).sum();
        while ahead <= self.recipe.source.frames(BRIDGE)
            && let Some(next) = self.open_piece(Frames::ZERO)
        {
            ahead += next.1;
            self.next.push_back(next);
        }
        self.resampler.push_all(&mut self.decoded, &mut self.ready);
        Ok(true)
    }

    /// Begins to open the next piece, if there is one.
    fn open_piece(&mut self, begin: Frames) -> Option<(Source, Frames)> {
        let piece = self.recipe.pieces.get(self.next_piece)?;
        self.next_piece += 1;
        let rate = self.recipe.source;
        let reader = std::thread::current();
        let source = Source::open(piece, begin, rate, &self.reading, reader);
        Some((source, piece.frames - begin))
    }
}

#[cfg(test)]
impl Feed {
    /// So many frames of a source that is there already.
    pub fn of(source: Source, frames: Frames, ring: Producer<Frame>) -> Self {
        let recipe = Recipe {
            pieces: Vec::new(),
            source: Rate::DEFAULT,
            rate: Rate::DEFAULT,
            offset: Frames::ZERO,
            length: frames,
        };
        let feed = Self::open(recipe, ring, Arc::default(), Reading::Ahead);
        Self {
            source: Some((source, frames)),
            ..feed.unwrap()
        }
    }
}
