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

/// The shorter side of a block, at least, in frames. Longer is sharper and slower to start.
const BLOCK: usize = 1024;

/// The longer side of a block, at most: 44100 to 44101 Hz has 88,202.
const LONGEST: usize = 1 << 18;

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
    /// A block and as much silence; its spectrum.
    spectrum: Box<[Complex<f32>]>,
    /// The spectrum at the other rate; the sound.
    converted: Box<[Complex<f32>]>,
    scratch: Box<[Complex<f32>]>,
    /// What the block before it sends into this one.
    overlap: Box<[Frame]>,
    /// What was pushed and fills no block yet.
    input: Vec<Frame>,
    output: Box<[Frame]>,
    input_length: usize,
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
        let [input_length, output_length] =
            [input, output].map(|rate| blocks * (rate / gcd(slow, fast)));
        if input_length.max(output_length) > LONGEST {
            return Err(ResampleError::Odd { from, to });
        }
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(2 * input_length);
        let inverse = planner.plan_fft_inverse(2 * output_length);
        let scratch = forward
            .get_inplace_scratch_len()
            .max(inverse.get_inplace_scratch_len());
        let silence = |length| vec![Complex::default(); length].into_boxed_slice();
        Ok(Self {
            filter: filter(input_length, output_length),
            spectrum: silence(2 * input_length),
            converted: silence(2 * output_length),
            scratch: silence(scratch),
            overlap: vec![SILENCE; output_length].into(),
            input: Vec::with_capacity(input_length),
            output: vec![SILENCE; output_length].into(),
            input_length,
            done: 0,
            forward,
            inverse,
        })
    }

    /// Output frames that come before the file's first: the filter reaches half a block to both sides.
    fn delay(&self) -> u64 {
        self.output.len() as u64 / 2
    }

    fn start_at(&mut self, at: Frames) -> Frames {
        self.overlap.fill(SILENCE);
        self.input.clear();
        let block = (at.0 + self.delay()) / self.output.len() as u64;
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
        let (block, silence) = self.spectrum.split_at_mut(self.input_length);
        for (place, [left, right]) in block.iter_mut().zip(input) {
            *place = Complex::new(*left, *right);
        }
        silence.fill(Complex::default());
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

        // What lies before the block's begin lies behind too.
        let half = self.output.len() / 2;
        let before = &self.converted[self.converted.len() - half..];
        let sound = before.iter().chain(&self.converted[..half]);
        for ((out, old), new) in self.output.iter_mut().zip(&self.overlap).zip(sound) {
            *out = [old[0] + new.re, old[1] + new.im];
        }
        for (late, sound) in self.overlap.iter_mut().zip(&self.converted[half..]) {
            *late = [sound.re, sound.im];
        }
        self.done += 1;
    }

    /// Appends the frames from `next` up to `end` that the last block holds, and says which
    /// comes next.
    fn hand_over(&self, next: Frames, end: Option<Frames>, out: &mut Vec<Frame>) -> Frames {
        let behind = (self.done * self.output.len() as u64).saturating_sub(self.delay());
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

/// What a low pass leaves of each frequency below the slower rate's middle, and the transforms' scale: a sinc under a
/// squared Blackman-Harris window, as long as a block of the input.
fn filter(input: usize, output: usize) -> Box<[f32]> {
    let kept = input.min(output);
    // As many frequencies as the window smears by lie between what is kept and what would fold.
    let cutoff = (kept as f64 - SMEAR) / input as f64;
    let mut taps = vec![Complex::new(0.0, 0.0); 2 * input];
    let mut sum = 0.0;
    for distance in 0..input / 2 {
        let place = distance as f64;
        let turn = PI * place * cutoff;
        let sinc = if distance == 0 {
            1.0
        } else {
            turn.sin() / turn
        };
        let tap = sinc * window(place / input as f64).powi(2);
        sum += if distance == 0 { tap } else { 2.0 * tap };
        for place in [distance, 2 * input - distance] {
            if let Some(slot) = taps.get_mut(place) {
                slot.re = tap;
            }
        }
    }
    FftPlanner::new()
        .plan_fft_forward(taps.len())
        .process(&mut taps);
    let scale = 1.0 / (sum * (2 * input) as f64);
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
