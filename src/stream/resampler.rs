//! From one rate to another, exactly.
//!
//! Sound is resampled in blocks whose borders lie on a fixed grid of the file, and a block's
//! output depends on that block and the one before it only. So the output is the same however the
//! input is cut, and a stream that begins in the middle of a file, one block earlier, gives bit
//! for bit what a linear run would have given.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::frame::Frame;
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

/// The filter's length at the slower rate, at least, in frames. Longer is sharper.
const FILTER: usize = 1024;

/// A block is so many times as long as the filter: little of each transform is spent on what the filter sends beyond it.
const BLOCK: usize = 7;

/// The longer side of a filter, at most: 44100 to 44101 Hz has 88,202.
const LONGEST: usize = 1 << 18;

/// Where the filter is longer than this, since the rates have hardly a common measure, a block is no longer than it.
const LONG: usize = 1 << 13;

/// How many frequencies the squared window smears an edge by, to each side, until nothing above -130 dB is left.
const SMEAR: f64 = 14.0;

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
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// What is left of each frequency, from 0 Hz up; nothing above the last. The filter's middle lies on its frame.
    filter: Box<[f32]>,
    /// A block and silence as long as the filter; its spectrum.
    spectrum: Box<[Complex<f32>]>,
    /// The spectrum at the other rate; the sound.
    converted: Box<[Complex<f32>]>,
    scratch: Box<[Complex<f32>]>,
    /// What the block before it sends into this one, as long as the filter.
    overlap: Box<[Complex<f32>]>,
    /// How many frames of the block were pushed.
    filled: usize,
    /// How long a block is on either side.
    input_length: usize,
    output_length: usize,
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
    /// nothing where `out` has room for that and a whole block, seven times 1024 frames at the slower rate or little more.
    pub fn push(&mut self, frames: &[Frame], out: &mut Vec<Frame>) {
        self.pushed += Frames::from(frames.len());
        let Some(blocks) = &mut self.blocks else {
            out.extend_from_slice(frames);
            self.next += Frames::from(frames.len());
            return;
        };
        let mut rest = frames;
        while !rest.is_empty() {
            rest = blocks.fill(rest);
            if blocks.is_full() {
                self.next = blocks.convert(self.next, None, out);
            }
        }
    }

    /// The same, of frames that nobody needs any more: where nothing is changed and `out` is empty, the two change places.
    pub fn push_all(&mut self, frames: &mut Vec<Frame>, out: &mut Vec<Frame>) {
        if self.blocks.is_none() && out.is_empty() {
            self.pushed += Frames::from(frames.len());
            self.next += Frames::from(frames.len());
            std::mem::swap(frames, out);
        } else {
            self.push(frames, out);
        }
    }

    /// Appends the rest after the file's last frame, so that the whole file has given exactly
    /// `to.convert(frames, from)` frames. Start again with [`Resampler::start_at`].
    pub fn finish(&mut self, out: &mut Vec<Frame>) {
        let end = self.to.convert(self.pushed, self.from);
        let Some(blocks) = &mut self.blocks else {
            return;
        };
        while self.next < end {
            self.next = blocks.convert(self.next, Some(end), out);
        }
        blocks.filled = 0;
    }
}

impl Blocks {
    fn new(from: Rate, to: Rate) -> Result<Self, ResampleError> {
        let (input, output) = (from.hertz() as usize, to.hertz() as usize);
        let (slow, fast) = (input.min(output), input.max(output));
        if fast / slow > 100 {
            return Err(ResampleError::TooFar { from, to });
        }
        // An even number of the smallest stretches that are whole on both sides, so that the filter's middle is a whole
        // frame on both and the delay is exact.
        let smallest = slow / gcd(slow, fast);
        let stretches = FILTER.div_ceil(smallest).next_multiple_of(2);
        let lengths = [input, output].map(|rate| stretches * (rate / gcd(slow, fast)));
        let longest = lengths[0].max(lengths[1]);
        if longest > LONGEST {
            return Err(ResampleError::Odd { from, to });
        }
        let times = if longest > LONG { 1 } else { BLOCK };
        let [input_length, output_length] = lengths.map(|length| times * length);
        let [input_whole, output_whole] = lengths.map(|length| (times + 1) * length);
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(input_whole);
        let inverse = planner.plan_fft_inverse(output_whole);
        let scratch = forward
            .get_inplace_scratch_len()
            .max(inverse.get_inplace_scratch_len());
        let silence = |length| vec![Complex::default(); length].into_boxed_slice();
        Ok(Self {
            filter: filter(lengths[0], input_whole, output_whole),
            spectrum: silence(input_whole),
            converted: silence(output_whole),
            scratch: silence(scratch),
            overlap: silence(lengths[1]),
            filled: 0,
            input_length,
            output_length,
            done: 0,
            forward,
            inverse,
        })
    }

    /// Output frames that come before the file's first: the filter reaches half its length to both sides.
    fn delay(&self) -> u64 {
        self.overlap.len() as u64 / 2
    }

    fn start_at(&mut self, at: Frames) -> Frames {
        self.overlap.fill(Complex::default());
        self.filled = 0;
        let block = (at.0 + self.delay()) / self.output_length as u64;
        self.done = block.saturating_sub(1);
        Frames(self.done * self.input_length as u64)
    }

    /// Takes as many frames as the block has room for, and gives back the others.
    fn fill<'a>(&mut self, frames: &'a [Frame]) -> &'a [Frame] {
        let room = &mut self.spectrum[self.filled..self.input_length];
        let (now, later) = frames.split_at(frames.len().min(room.len()));
        for (place, [left, right]) in room.iter_mut().zip(now) {
            *place = Complex::new(*left, *right);
        }
        self.filled += now.len();
        later
    }

    fn is_full(&self) -> bool {
        self.filled == self.input_length
    }

    /// Converts the block, of which what was not pushed is silent, appends what it gives from frame `next` up to `end`, and
    /// says which comes next.
    fn convert(&mut self, next: Frames, end: Option<Frames>, out: &mut Vec<Frame>) -> Frames {
        self.spectrum[self.filled..].fill(Complex::default());
        self.filled = 0;
        self.forward
            .process_with_scratch(&mut self.spectrum, &mut self.scratch);

        // The frequencies below zero lie behind, the last first.
        let kept = self.filter.len();
        let [from, to] = [self.spectrum.len() - kept, self.converted.len() - kept];
        let above = self.spectrum[..kept].iter().zip(&self.filter);
        for (place, (value, gain)) in self.converted.iter_mut().zip(above) {
            *place = value * gain;
        }
        self.converted[kept..=to].fill(Complex::default());
        let below = self.spectrum[from + 1..].iter();
        let below = below.zip(self.filter[1..].iter().rev());
        for (place, (value, gain)) in self.converted[to + 1..].iter_mut().zip(below) {
            *place = value * gain;
        }
        self.inverse
            .process_with_scratch(&mut self.converted, &mut self.scratch);

        let first = (self.done * self.output_length as u64).saturating_sub(self.delay());
        let before = out.len();
        self.hand_over(out);
        self.done += 1;
        let behind = self.done * self.output_length as u64 - self.delay();
        // At the ends of what is wanted a block gives more.
        let until = end.map_or(behind, |end| end.0.clamp(first, behind));
        out.truncate(out.len() - (behind - until) as usize);
        let early = next.0.clamp(first, until) - first;
        out.drain(before..before + early as usize);
        next.max(Frames(until))
    }

    /// Appends all that the block gives: nothing of it lies before the file's first frame.
    fn hand_over(&mut self, out: &mut Vec<Frame>) {
        let half = self.overlap.len() / 2;
        // What the filter sends to before the block's begin lies behind.
        let (block, before) = self.converted.split_at(self.converted.len() - half);
        let (begin, block) = block.split_at(half);
        let (sound, late) = block.split_at(self.output_length - self.overlap.len());
        let unheard = if self.done == 0 { half } else { 0 };
        let old = self.overlap.iter().skip(unheard);
        let new = before.iter().chain(begin).skip(unheard);
        out.extend(
            old.zip(new)
                .map(|(old, new)| [old.re + new.re, old.im + new.im]),
        );
        out.extend(sound.iter().map(|sound| [sound.re, sound.im]));
        self.overlap.copy_from_slice(late);
    }
}

/// What a low pass leaves of each frequency below the slower rate's middle, and the transforms' scale: a sinc under a
/// squared Blackman-Harris window, `length` frames of the input long, for transforms of `input` and `output` frames.
fn filter(length: usize, input: usize, output: usize) -> Box<[f32]> {
    let kept = input.min(output) / 2;
    // As many frequencies as the window smears by lie between what is kept and what would fold.
    let cutoff = 2.0 * kept as f64 / input as f64 - SMEAR / length as f64;
    let mut taps = vec![Complex::new(0.0, 0.0); input];
    let mut sum = 0.0;
    for distance in 0..length / 2 {
        let place = distance as f64;
        let turn = PI * place * cutoff;
        let sinc = if distance == 0 {
            1.0
        } else {
            turn.sin() / turn
        };
        let tap = sinc * window(place / length as f64).powi(2);
        sum += if distance == 0 { tap } else { 2.0 * tap };
        for place in [distance, input - distance] {
            if let Some(slot) = taps.get_mut(place) {
                slot.re = tap;
            }
        }
    }
    FftPlanner::new()
        .plan_fft_forward(taps.len())
        .process(&mut taps);
    let scale = 1.0 / (sum * input as f64);
    let kept = taps[..kept].iter();
    // Even taps have a real spectrum.
    kept.map(|value| (value.re * scale) as f32).collect()
}

/// The Blackman-Harris window of four terms, 92 dB, at a part of its length from its middle (Harris, "On the use of windows
/// for harmonic analysis with the discrete Fourier transform", 1978).
fn window(part: f64) -> f64 {
    let turn = 2.0 * PI * part;
    0.358_75 + 0.488_29 * turn.cos() + 0.141_28 * (2.0 * turn).cos() + 0.011_68 * (3.0 * turn).cos()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
