//! What is to be mixed.

use std::time::Duration;

use undersong::frame::Frame;
use undersong::time::{Frames, Rate};

/// The rate of all sounds and of the mix, in Hz.
pub const RATE: u32 = 48_000;
/// Frames between two times that a mixer is told something: just less than the 0.1 s that oddio's ramps take, and whole
/// blocks of all lengths.
pub const STRETCH: usize = 4608;
/// Stretches of a round that are measured. One goes before them: taking the voices in, filling the limiter.
pub const STRETCHES: usize = 10;
/// Frames of each voice's own sound; what looks ahead does not come to its end either.
const LENGTH: usize = STRETCH * (STRETCHES + 2);

/// Voices, each with its own noise and its own ramp, and the blocks they are mixed in.
pub struct Work {
    /// A sound for each voice.
    pub sounds: Vec<Vec<Frame>>,
    /// Frames in a block.
    pub block: usize,
}

impl Work {
    /// So many voices in blocks of so many frames.
    pub fn new(voices: usize, block: usize) -> Self {
        let sounds = (0..voices).map(noise).collect();
        Self { sounds, block }
    }

    /// The gain that a voice begins with and the one its ramp leads to, by the end of its sound.
    pub fn ramp(voice: usize) -> [f32; 2] {
        let way = 0.001 * voice as f32;
        [0.1 + way, 0.9 - way]
    }

    /// The end of a voice's ramp that is next, where each stretch has a ramp of its own, up and down in turn.
    pub fn target(voice: usize, stretch: usize) -> f32 {
        Self::ramp(voice)[(stretch + 1) % 2]
    }

    /// How long every sound is.
    pub fn length() -> Frames {
        Frames::from(LENGTH)
    }

    /// The same on the clock.
    pub fn duration() -> Duration {
        Rate::DEFAULT.duration(Self::length())
    }
}

fn noise(seed: usize) -> Vec<Frame> {
    let mut state = 0x9E37_79B9_u32.wrapping_mul(seed as u32 + 1) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32 * 0.002 - 0.001
    };
    (0..LENGTH).map(|_| [next(), next()]).collect()
}
