//! From one rate to another, exactly.
//!
//! Sound is resampled in blocks whose borders lie on a fixed grid of the file, and a block's
//! output depends on that block and the one before it only. So the output is the same however the
//! input is cut, and a stream that begins in the middle of a file, one block earlier, gives bit
//! for bit what a linear run would have given.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

use crate::frame::{Frame, SILENCE};
use crate::time::{Frames, Rate};

/// Why there is no way from one rate to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResampleError {
    /// One rate is more than a hundred times the other.
    #[error("{from} is too far from {to} to be converted; convert the file to 48000 Hz")]
    TooFar {
        /// The file's rate.
        from: Rate,
        /// The rate asked for.
        to: Rate,
    },
    /// The two rates have no common measure that fits into memory.
    #[error("{from} cannot be converted to {to}; convert the file to 48000 Hz")]
    Odd {
        /// The file's rate.
        from: Rate,
        /// The rate asked for.
        to: Rate,
    },
}

/// The shorter side of a block, at least, in frames. Longer is sharper and slower to start;
/// measured from 256 to 4096.
const BLOCK: usize = 1024;

/// Converts a stream of frames from one rate to another. Real-time safe after it was made, but
/// meant for the decoder thread. Memory is flat.
pub struct Resampler {
    from: Rate,
    to: Rate,
    /// `None` where the rates are equal: frames pass untouched.
    blocks: Option<Blocks>,
    /// The file's frame behind the last one pushed.
    pushed: Frames,
    /// The first output frame that is wanted, then the next one.
    next: Frames,
}

/// The machinery between two unequal rates.
struct Blocks {
    fft: Fft<f32>,
    /// What was pushed and fills no block yet.
    input: Vec<Frame>,
    output: Vec<Frame>,
    input_length: usize,
    /// Output frames that come before the file's first.
    delay: u64,
    /// Blocks converted, counted from the file's start.
    done: u64,
}

impl Resampler {
    /// A resampler that stands at the start of a file. Allocates.
    ///
    /// # Errors
    /// Where the rates are too far apart, or no block of a sensible length holds both.
    pub fn new(from: Rate, to: Rate) -> Result<Self, ResampleError> {
        let blocks = if from == to {
            None
        } else {
            Some(Blocks::new(from, to)?)
        };
        Ok(Self {
            from,
            to,
            blocks,
            pushed: Frames::ZERO,
            next: Frames::ZERO,
        })
    }

    /// Stands at output frame `at` of the converted file, and says from which frame of the file
    /// on it must be pushed. What comes out begins with frame `at`, and is bit for bit what a
    /// linear run would have given there.
    pub fn start_at(&mut self, at: Frames) -> Frames {
        self.next = at;
        self.pushed = match &mut self.blocks {
            None => at,
            Some(blocks) => blocks.start_at(at),
        };
        self.pushed
    }

    /// Takes the file's next frames, any number, and appends what is ready to `out`. Allocates
    /// nothing where `out` has room.
    pub fn push(&mut self, frames: &[Frame], out: &mut Vec<Frame>) {
        self.pushed += Frames::from(frames.len());
        let Some(blocks) = &mut self.blocks else {
            out.extend_from_slice(frames);
            self.next += Frames::from(frames.len());
            return;
        };
        let mut rest = frames;
        while blocks.input.len() + rest.len() >= blocks.input_length {
            let (now, later) = rest.split_at(blocks.input_length - blocks.input.len());
            rest = later;
            if blocks.input.is_empty() {
                blocks.convert(now);
            } else {
                blocks.input.extend_from_slice(now);
                blocks.convert_input();
            }
            self.next = blocks.hand_over(self.next, None, out);
        }
        blocks.input.extend_from_slice(rest);
    }

    /// Appends the rest after the file's last frame, so that the whole file has given exactly
    /// `to.convert(frames, from)` frames. Start again with [`Resampler::start_at`].
    pub fn finish(&mut self, out: &mut Vec<Frame>) {
        let end = self.to.convert(self.pushed, self.from);
        let Some(blocks) = &mut self.blocks else {
            return;
        };
        while self.next < end {
            blocks.input.resize(blocks.input_length, SILENCE);
            blocks.convert_input();
            self.next = blocks.hand_over(self.next, Some(end), out);
        }
        blocks.input.clear();
    }
}

impl Blocks {
    fn new(from: Rate, to: Rate) -> Result<Self, ResampleError> {
        let (input, output) = (from.hertz() as usize, to.hertz() as usize);
        let (slow, fast) = (input.min(output), input.max(output));
        if fast / slow > 100 {
            return Err(ResampleError::TooFar { from, to });
        }
        // An even number of the smallest blocks, so that the filter's middle is a whole frame on
        // both sides and the delay is exact.
        let smallest = slow / gcd(slow, fast);
        let blocks = BLOCK.div_ceil(smallest).next_multiple_of(2);
        let input_length = blocks * (input / gcd(slow, fast));
        let window = WindowFunction::BlackmanHarris2;
        let fft = Fft::new_custom(input, output, input_length, 1, 2, window, FixedSync::Both)
            .map_err(|_| ResampleError::Odd { from, to })?;
        Ok(Self {
            input: Vec::with_capacity(input_length),
            output: vec![SILENCE; fft.output_frames_max()],
            input_length,
            delay: fft.output_delay() as u64,
            done: 0,
            fft,
        })
    }

    fn start_at(&mut self, at: Frames) -> Frames {
        self.fft.reset();
        self.input.clear();
        let block = (at.0 + self.delay) / self.output.len() as u64;
        self.done = block.saturating_sub(1);
        Frames(self.done * self.input_length as u64)
    }

    fn convert_input(&mut self) {
        let input = std::mem::take(&mut self.input);
        self.convert(&input);
        self.input = input;
        self.input.clear();
    }

    /// Converts one whole block into `output`.
    fn convert(&mut self, input: &[Frame]) {
        let output_length = self.output.len();
        let input = InterleavedSlice::new(input.as_flattened(), 2, input.len());
        let output = InterleavedSlice::new_mut(self.output.as_flattened_mut(), 2, output_length);
        // Both lengths were given by the converter itself.
        if let (Ok(input), Ok(mut output)) = (input, output) {
            let _ = self
                .fft
                .process_into_buffer(&input, &mut output, None::<&Indexing>);
        }
        self.done += 1;
    }

    /// Appends the frames from `next` up to `end` that the last block holds, and says which
    /// comes next.
    fn hand_over(&self, next: Frames, end: Option<Frames>, out: &mut Vec<Frame>) -> Frames {
        let behind = (self.done * self.output.len() as u64).saturating_sub(self.delay);
        let until = end.map_or(behind, |end| end.0.min(behind));
        if until <= next.0 {
            return next;
        }
        let length = self.output.len();
        let first = length - (behind - next.0) as usize;
        let last = length - (behind - until) as usize;
        out.extend_from_slice(&self.output[first..last]);
        Frames(until)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
