//! The last guard of a zone: nothing above the ceiling leaves, neither in a sample nor between two.
//!
//! Required gain, its minimum over the lookahead, a slow release, a mean over the lookahead, and the delayed signal times
//! that. The minimum is in force from the moment a peak comes into sight and the mean of values at or below what the peak
//! requires is at or below it, so no sample passes (Hämäläinen, "Smoothing of the Control Signal Without Clipped Output in
//! Digital Peak Limiters", DAFx-02). Between samples the gain moves on a little and the filter is short, so there the ceiling
//! holds to 0.2 dB, for all but noise up to the middle of the rate. While nothing is above the ceiling the signal is only
//! delayed: no bit changes.

use crate::between::Close;
use crate::engine::mix;
use crate::frame::{Frame, SILENCE};
use crate::level::Gain;
use crate::time::Rate;

/// The longest block a limiter takes in one go, in frames.
pub const MAX_BLOCK: usize = 256;

/// What lies behind a sample must be known before it can be said what the sound reaches there.
const REACH: usize = Close::TAPS - 1 - Close::SIDE;

/// Gains are summed as integers, so that the mean of ones is exactly one, for ever.
const ONE: u32 = 1 << 30;

/// Limits one stereo zone, both channels alike. Constant latency of [`Limiter::latency`] frames.
#[derive(Debug)]
pub struct Limiter {
    ceiling: f32,
    /// What comes in waits here: `latency` old frames, then the block.
    line: Box<[Frame]>,
    latency: usize,
    between: Close,
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
    /// A limiter that looks 2 ms ahead, or 16 frames where that is more, and lets go within about 120 ms. Allocates.
    #[must_use]
    pub fn new(rate: Rate, ceiling: Gain) -> Self {
        let latency = Self::latency(rate);
        let window = Self::ahead(rate) + 1;
        Self {
            ceiling: ceiling.0,
            line: vec![SILENCE; latency + MAX_BLOCK].into(),
            latency,
            between: Close::closely(),
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
        // No less than the line must hold for the values between its frames.
        (rate.hertz() / 500).max(REACH as u32) as usize
    }

    /// The deepest gain since this was last asked; 1 where it was idle. Real-time safe.
    pub fn take_deepest(&mut self) -> f32 {
        std::mem::replace(&mut self.deepest, 1.0)
    }

    /// Replaces a block of at most [`MAX_BLOCK`] frames by the limited one, `latency` frames later.
    /// Real-time safe.
    pub fn process(&mut self, block: &mut [Frame]) {
        debug_assert!(block.len() <= MAX_BLOCK);
        let frames = block.len().min(MAX_BLOCK);
        let fresh = self.latency..self.latency + frames;
        self.line[fresh].copy_from_slice(&block[..frames]);
        let harmless = self.look(frames);
        if harmless && self.is_idle() {
            block[..frames].copy_from_slice(&self.line[..frames]);
        } else {
            self.limit(&mut block[..frames]);
        }
        self.line.copy_within(frames..frames + self.latency, 0);
        self.clock += frames as u64;
    }

    /// Finds what the sound reaches, and whether that is nowhere above the ceiling. What the samples themselves prove
    /// harmless is not looked at between them.
    fn look(&mut self, frames: usize) -> bool {
        let seen = &self.line[self.latency - (Close::TAPS - 1)..self.latency + frames];
        let sizes = &mut self.sizes[..frames];
        if self.between.at_most(mix::peak(seen)) <= self.ceiling {
            sizes.fill(0.0);
            return true;
        }
        let mut plane = [0.0; Close::TAPS - 1 + MAX_BLOCK];
        let mut other = [0.0; MAX_BLOCK];
        let (plane, other) = (&mut plane[..seen.len()], &mut other[..frames]);
        for channel in [0, 1] {
            for (sample, frame) in plane.iter_mut().zip(seen) {
                *sample = frame[channel];
            }
            self.between.sizes(plane, other);
            for (size, other) in sizes.iter_mut().zip(&*other) {
                *size = if channel == 0 {
                    *other
                } else {
                    size.max(*other)
                };
            }
        }
        sizes.iter().all(|size| *size <= self.ceiling)
    }

    fn is_idle(&self) -> bool {
        self.depth == 0.0 && self.means.is_one() && self.minima.is_empty()
    }

    fn limit(&mut self, block: &mut [Frame]) {
        for (at, out) in block.iter_mut().enumerate() {
            let now = self.clock + at as u64;
            let size = self.sizes[at];
            let required = if size <= self.ceiling {
                1.0
            } else {
                self.ceiling / size
            };
            let least = self.minima.push(now, required);
            let released = self.depth * self.release;
            let released = if released < 1e-4 { 0.0 } else { released };
            self.depth = released.max(1.0 - least);
            let gain = self.means.push(1.0 - self.depth);
            self.deepest = self.deepest.min(gain);
            let [left, right] = self.line[at];
            *out = if gain < 1.0 {
                // Rounding may leave the last bit above.
                [left * gain, right * gain].map(|s| s.clamp(-self.ceiling, self.ceiling))
            } else {
                [left, right]
            };
        }
    }
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
        (self.begin + place) % self.queue.len()
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
}

impl Mean {
    fn new(window: usize) -> Self {
        Self {
            values: vec![ONE; window].into(),
            at: 0,
            sum: u64::from(ONE) * window as u64,
        }
    }

    fn is_one(&self) -> bool {
        self.sum == u64::from(ONE) * self.values.len() as u64
    }

    fn push(&mut self, value: f32) -> f32 {
        // Truncated, so that a mean never stands above what was asked for.
        let value = (value * ONE as f32) as u32;
        let old = std::mem::replace(&mut self.values[self.at], value);
        self.at = (self.at + 1) % self.values.len();
        self.sum = self.sum + u64::from(value) - u64::from(old);
        let full = u64::from(ONE) * self.values.len() as u64;
        if self.sum == full {
            1.0
        } else {
            (self.sum as f64 / full as f64) as f32
        }
    }
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;
    use crate::level::Decibels;

    const CEILING: f32 = 0.5;

    fn run(input: &[Frame], block: usize) -> Vec<Frame> {
        let mut limiter = Limiter::new(Rate::DEFAULT, Gain(CEILING));
        let mut out = input.to_vec();
        for block in out.chunks_mut(block) {
            limiter.process(block);
        }
        out
    }

    fn noise(frames: usize, size: f32) -> Vec<Frame> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..frames)
            .map(|_| [next() * size, next() * size])
            .collect()
    }

    #[test]
    fn below_the_ceiling_no_bit_changes() {
        // Between its samples noise reaches more than twice as far.
        let input = noise(10_007, CEILING / 2.5);
        let out = run(&input, 131);
        let latency = Limiter::latency(Rate::DEFAULT);
        assert!(out[latency..] == input[..input.len() - latency]);
    }

    /// The true peak as the standard's meter reads it.
    fn metered(sound: &[Frame], rate: Rate) -> f32 {
        let mut meter = EbuR128::new(2, rate.hertz(), Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(sound.as_flattened()).unwrap();
        let peaks = [0, 1].map(|channel| meter.true_peak(channel).unwrap() as f32);
        peaks[0].max(peaks[1])
    }

    /// As it is, nearly: a long sinc, at places between samples that nobody else looks at.
    fn reaches(sound: &[Frame]) -> f32 {
        const REACH: usize = 48;
        let mut peak = mix::peak(sound);
        for phase in 1..11 {
            let taps: Vec<f32> = (0..2 * REACH)
                .map(|at| {
                    let away = at as f32 + 1.0 - REACH as f32 - phase as f32 / 11.0;
                    let turn = std::f32::consts::PI * away;
                    let window = (turn / (2 * REACH) as f32).cos().powi(2);
                    turn.sin() / turn * window
                })
                .collect();
            for around in sound.windows(2 * REACH) {
                let mut value = [0.0; 2];
                for (tap, frame) in taps.iter().zip(around) {
                    value[0] += tap * frame[0];
                    value[1] += tap * frame[1];
                }
                peak = peak.max(value[0].abs()).max(value[1].abs());
            }
        }
        peak
    }

    /// So many frames of each sound.
    const LENGTH: usize = 9_001;

    fn wave(size: f32, value: impl Fn(f32) -> f32) -> Vec<Frame> {
        (0..LENGTH)
            .map(|at| [size * value(at as f32), -size * value(at as f32 + 0.3)])
            .collect()
    }

    /// What is hardest for a limiter: peaks between samples, edges, bursts.
    fn hard(size: f32) -> Vec<(&'static str, Vec<Frame>)> {
        let turn = 2.0 * std::f32::consts::PI;
        let sine = move |step: f32, phase: f32| move |at: f32| (turn * (at * step + phase)).sin();
        let burst = |at: f32| {
            let sounds = (at as u32 / 700).is_multiple_of(3);
            if sounds { 1.0 } else { 0.01 }
        };
        let square = |at: f32| if at % 97.0 < 48.0 { 1.0 } else { -1.0 };
        vec![
            ("a quarter of the rate", wave(size, sine(0.25, 0.125))),
            (
                "a sixth of the rate",
                wave(size, sine(1.0 / 6.0, 1.0 / 12.0)),
            ),
            ("0.23 of the rate", wave(size, sine(0.2291, 0.0))),
            ("0.42 of the rate", wave(size, sine(0.4167, 0.1))),
            ("bass", wave(size, sine(0.001, 0.0))),
            ("a square", wave(size, square)),
            ("pulses", wave(size, |at| f32::from(at % 331.0 < 1.0))),
            ("bursts", wave(size, |at| burst(at) * sine(0.1713, 0.2)(at))),
        ]
    }

    fn limited(sound: &[Frame], rate: Rate) -> Vec<Frame> {
        let mut limiter = Limiter::new(rate, Gain(CEILING));
        let mut out = sound.to_vec();
        for block in out.chunks_mut(77) {
            limiter.process(block);
        }
        out
    }

    #[test]
    fn nothing_passes_the_ceiling_between_samples_either() {
        for (hertz, size) in [
            (48_000, 0.51),
            (48_000, 1.0),
            (44_100, 8.0),
            (4_000, 1.0),
            (96_000, 1.0),
            (192_000, 1.0),
        ] {
            let rate = Rate::new(hertz).unwrap();
            for (name, sound) in hard(size) {
                let out = limited(&sound, rate);
                assert!(mix::peak(&out) <= CEILING, "{name} at {size}");
                let over = Gain(reaches(&out).max(metered(&out, rate)) / CEILING).decibels();
                assert!(over < Decibels(0.2), "{name} at {size}, {rate}: {over}");
                let pumps = over < Decibels(-3.0) && reaches(&sound) > CEILING;
                assert!(!pumps, "{name} at {size}, {rate}: {over}");
            }
        }
    }

    #[test]
    fn noise_up_to_the_middle_of_the_rate_passes_by_little() {
        let out = limited(&noise(LENGTH, 1.0), Rate::DEFAULT);
        let over = Gain(metered(&out, Rate::DEFAULT) / CEILING).decibels();
        assert!(over < Decibels(0.2), "{over} as metered");
        let over = Gain(reaches(&out) / CEILING).decibels();
        assert!(over < Decibels(1.0), "{over}");
    }

    #[test]
    fn it_is_idle_again_after_a_peak() {
        let mut input = noise(96_000, 0.25);
        input[1_000] = [4.0, -4.0];
        let out = run(&input, 256);
        let latency = Limiter::latency(Rate::DEFAULT);
        assert!(mix::peak(&out) <= CEILING);
        assert!(out[90_000..] == input[90_000 - latency..96_000 - latency]);
    }

    #[test]
    fn blocks_of_any_size_give_the_same_samples() {
        let mut input = noise(9_999, 0.7);
        input[5_000] = [3.0, 0.0];
        let whole = run(&input, 256);
        for block in [1, 3, 64, 255] {
            assert!(run(&input, block) == whole, "{block}");
        }
    }

    #[test]
    fn the_gain_moves_without_a_step() {
        let mut input = vec![[0.4, 0.4]; 9_999];
        input[5_000] = [4.0, 4.0];
        let out = run(&input, 256);
        let latency = Limiter::latency(Rate::DEFAULT);
        let pairs = out[latency..].iter().zip(&input);
        let gains: Vec<f32> = pairs.map(|(out, input)| out[0] / input[0]).collect();
        for pair in gains.windows(2) {
            assert!((pair[1] - pair[0]).abs() < 1.0 / 96.0);
        }
    }
}
