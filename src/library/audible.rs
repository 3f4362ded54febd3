//! What ears hear of a sound, and not what is too low for them.

use super::means::Mean;
use super::steep::Steep;
use crate::section::Section;

/// Of what is this low half of the power counts, and of 20 Hz less than a thousandth, in hertz. Where it is as loud as music
/// at 60 dB, 20 Hz has 74 dB, and nobody hears it below 78 (ISO 226); this has 69, and is heard from 60 on.
const LOW: f64 = 31.5;

/// Finds what is too low to be heard, a constant offset among it. What a sound begins with counts as having been there for
/// ever: no step is heard.
#[derive(Debug)]
pub(super) struct Audible(Steep);

impl Audible {
    /// Of a sound with so many means a second.
    pub fn new(rate: f64) -> Self {
        Self(Steep::new(|quality| Section::high_pass(LOW, quality, rate)))
    }

    /// The power of what is not heard of each channel, summed over the mean's frames.
    pub fn unheard(&mut self, mean: Mean) -> [f64; 2] {
        let heard = self.0.run(mean.of);
        let unheard = |side: usize| mean.of[side].powi(2) - heard[side].powi(2);
        [0, 1].map(|side| f64::from(mean.frames) * unheard(side))
    }

    /// For between blocks.
    pub fn settle(&mut self) {
        self.0.settle();
    }
}
