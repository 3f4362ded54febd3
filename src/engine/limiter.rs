//! The last guard of a zone: nothing above the ceiling leaves, neither in a sample nor between two.
//!
//! Required gain, its minimum over the lookahead, a slow release, a mean over the lookahead, and the delayed signal times
//! that. The minimum is in force from the moment a peak comes into sight and the mean of values at or below what the peak
//! requires is at or below it, so no sample passes (Hämäläinen, "Smoothing of the Control Signal Without Clipped Output in
//! Digital Peak Limiters", DAFx-02). Between samples the gain moves on a little and the filter is short, so what is above the
//! ceiling is brought a little below it: there the ceiling holds to 0.2 dB, for noise up to the middle of the rate too. While
//! nothing is above the ceiling the signal is only delayed: no bit changes.

use crate::between::{CHUNK, Close, Metered};
use crate::frame::{Frame, SILENCE};
use crate::level::Gain;
use crate::time::Rate;

/// The longest block a limiter takes in one go, in frames.
pub const MAX_BLOCK: usize = 256;

/// The line goes on for so many of the longest blocks, and begins again then.
const BLOCKS: usize = 8;

/// What lies behind a sample must be known before it can be said what the sound reaches there.
const REACH: usize = Close::TAPS - 1 - Close::SIDE;

/// What is above the ceiling is brought three times as far below it, but by no more than 1 dB.
const AIM: f32 = 0.891;

/// Gains are summed as integers, so that the mean of ones is exactly one, for ever.
const ONE: u32 = 1 << 30;

/// Limits one stereo zone, both channels alike. Constant latency of [`Limiter::latency`] frames.
#[derive(Debug)]
pub struct Limiter {
    ceiling: f32,
    /// What comes in waits here: from `oldest` on `latency` old frames, then the block.
    line: Box<[Frame]>,
    oldest: usize,
    latency: usize,
    between: Close,
    /// A meter's few taps may read more than there is, near the middle of the rate: what it reads holds, too.
    metered: Metered,
    /// What the sound reaches around each frame of the block, `REACH` frames late.
    sizes: Box<[f32]>,
    /// Candidates for the minimum: (frame number, gain), gains ascending.
    minima: Minima,
    /// How far the gain is held below one. Kept as a difference, which a float can let go of evenly.
    depth: f32,
    release: f32,
    means: Mean,
    clock: u64,
    deepest: f32,
}

impl Limiter {
    /// A limiter that looks 2 ms ahead, or 32 frames where that is more, and lets go within about 120 ms. Allocates.
    #[must_use]
    pub fn new(rate: Rate, ceiling: Gain) -> Self {
        let latency = Self::latency(rate);
        let window = Self::ahead(rate) + 1;
        Self {
            ceiling: ceiling.0,
            line: vec![SILENCE; latency + BLOCKS * MAX_BLOCK].into(),
            oldest: 0,
            latency,
            between: Close::closely(),
            metered: Metered::new(rate),
            sizes: vec![0.0; MAX_BLOCK].into(),
            // What lies between two frames counts for both.
            minima: Minima::new(window + 1),
            depth: 0.0,
            release: (-1.0 / (0.12 * rate.hertz() as f32)).exp(),
            means: Mean::new(window),
            clock: 0,
            deepest: 1.0,
        }
    }

    /// How many frames later everything comes out.
    #[must_use]
    pub fn latency(rate: Rate) -> usize {
        Self::ahead(rate) + REACH
    }

    fn ahead(rate: Rate) -> usize {
        // The line must hold the frames that values between them are made of, and a gain that moves within those spoils them.
        (rate.hertz() / 500).max(2 * REACH as u32) as usize
    }

    /// The deepest gain since this was last asked; 1 where it was idle. Real-time safe.
    pub fn take_deepest(&mut self) -> f32 {
        std::mem::replace(&mut self.deepest, 1.0)
    }

    /// Replaces a block of at most 256 frames by the limited one, `latency` frames later.
    /// Real-time safe.
    pub fn process(&mut self, block: &mut [Frame]) {
        debug_assert!(block.len() <= MAX_BLOCK);
        let frames = block.len().min(MAX_BLOCK);
        if self.oldest + self.latency + frames > self.line.len() {
            self.line
                .copy_within(self.oldest..self.oldest + self.latency, 0);
            self.oldest = 0;
        }
        let fresh = self.oldest + self.latency;
        self.line[fresh..fresh + frames].copy_from_slice(&block[..frames]);
        let harmless = self.look(fresh, frames);
        if harmless && self.is_idle() {
            let old = &self.line[self.oldest..][..frames];
            block[..frames].copy_from_slice(old);
        } else {
            self.limit(&mut block[..frames]);
        }
        self.oldest += frames;
        self.clock += frames as u64;
    }

    /// Finds what the sound reaches, and whether that is nowhere above the ceiling. What the samples themselves prove
    /// harmless is not looked at between them.
    fn look(&mut self, fresh: usize, frames: usize) -> bool {
        let seen = &self.line[fresh - (Close::TAPS - 1)..fresh + frames];
        let sizes = &mut self.sizes[..frames];
        sizes.fill(0.0);
        let mut harmless = true;
        for (number, sizes) in sizes.chunks_mut(CHUNK).enumerate() {
            let seen = &seen[number * CHUNK..][..Close::TAPS - 1 + sizes.len()];
            if self.between.are_within(self.ceiling, seen) {
                continue;
            }
            let mut plane = [0.0; Close::TAPS - 1 + CHUNK];
            let plane = &mut plane[..seen.len()];
            for channel in [0, 1] {
                for (sample, frame) in plane.iter_mut().zip(seen) {
                    *sample = frame[channel];
                }
                if !self.between.is_within(self.ceiling, plane) {
                    self.between.raise(self.ceiling, sizes, plane);
                    self.metered.raise(self.ceiling, sizes, metered(plane));
                    harmless &= sizes.iter().all(|size| *size <= self.ceiling);
                }
            }
        }
        harmless
    }

    fn is_idle(&self) -> bool {
        self.depth == 0.0 && self.means.is_one() && self.minima.is_empty()
    }

    fn limit(&mut self, block: &mut [Frame]) {
        let old = &self.line[self.oldest..];
        for (at, out) in block.iter_mut().enumerate() {
            let now = self.clock + at as u64;
            let size = self.sizes[at];
            let required = if size <= self.ceiling {
                1.0
            } else {
                let fits = self.ceiling / size;
                fits * (fits * fits * fits).max(AIM)
            };
            let least = self.minima.push(now, required);
            let released = self.depth * self.release;
            let released = if released < 1e-4 { 0.0 } else { released };
            self.depth = released.max(1.0 - least);
            let gain = self.means.push(1.0 - self.depth);
            self.deepest = self.deepest.min(gain);
            let [left, right] = old[at];
            *out = if gain < 1.0 {
                // Rounding may leave the last bit above.
                [left * gain, right * gain].map(|s| s.clamp(-self.ceiling, self.ceiling))
            } else {
                [left, right]
            };
        }
    }
}

/// What a meter looks at of what is looked at closely.
fn metered(closely: &[f32]) -> &[f32] {
    const MORE: usize = (Close::TAPS - Metered::TAPS) / 2;
    &closely[MORE..closely.len() - MORE]
}

/// The least of the last `window` values, in constant time each on the whole (a monotonic queue).
#[derive(Debug)]
struct Minima {
    queue: Box<[(u64, f32)]>,
    begin: usize,
    count: usize,
    window: u64,
}

impl Minima {
    fn new(window: usize) -> Self {
        Self {
            queue: vec![(0, 1.0); window].into(),
            begin: 0,
            count: 0,
            window: window as u64,
        }
    }

    /// Ones are not kept: an empty queue stands for them.
    fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn slot(&self, place: usize) -> usize {
        let slot = self.begin + place;
        if slot < self.queue.len() {
            slot
        } else {
            slot - self.queue.len()
        }
    }

    fn push(&mut self, now: u64, value: f32) -> f32 {
        if self.count > 0 && self.queue[self.begin].0 + self.window <= now {
            self.begin = self.slot(1);
            self.count -= 1;
        }
        while self.count > 0 && self.queue[self.slot(self.count - 1)].1 >= value {
            self.count -= 1;
        }
        if value < 1.0 {
            let slot = self.slot(self.count);
            self.queue[slot] = (now, value);
            self.count += 1;
        }
        if self.count > 0 {
            self.queue[self.begin].1
        } else {
            1.0
        }
    }
}

/// The mean of the last `window` values.
#[derive(Debug)]
struct Mean {
    values: Box<[u32]>,
    at: usize,
    sum: u64,
    /// What a sum is multiplied with.
    each: f64,
}

impl Mean {
    fn new(window: usize) -> Self {
        Self {
            values: vec![ONE; window].into(),
            at: 0,
            sum: u64::from(ONE) * window as u64,
            each: 1.0 / (f64::from(ONE) * window as f64),
        }
    }

    fn is_one(&self) -> bool {
        self.sum == u64::from(ONE) * self.values.len() as u64
    }

    fn push(&mut self, value: f32) -> f32 {
        // Truncated, so that a mean never stands above what was asked for.
        let value = (value * ONE as f32) as u32;
        let old = std::mem::replace(&mut self.values[self.at], value);
        self.at += 1;
        if self.at == self.values.len() {
            self.at = 0;
        }
        self.sum = self.sum + u64::from(value) - u64::from(old);
        if self.is_one() {
            1.0
        } else {
            (self.sum as f64 * self.each) as f32
        }
    }
}

#[cfg(test)]
mod tests;
