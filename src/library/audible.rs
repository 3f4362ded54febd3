//! What ears hear of a sound, and not what is too low for them.

use super::steep::Steep;
use crate::frame::Frame;
use crate::section::Section;
use crate::time::Rate;

/// Of what is this low half of the power counts, and of 20 Hz less than a thousandth, in hertz. Where it is as loud as music
/// at 60 dB, 20 Hz has 74 dB, and nobody hears it below 78 (ISO 226); this has 69, and is heard from 60 on.
const LOW: f64 = 31.5;

/// Takes away what is too low to be heard, a constant offset among it. What a sound begins with counts as having been there
/// for ever: no step is heard.
#[derive(Debug)]
pub(super) struct Audible(Steep);

impl Audible {
    pub fn new(rate: Rate) -> Self {
        let rate = f64::from(rate.hertz());
        Self(Steep::new(|quality| Section::high_pass(LOW, quality, rate)))
    }

    /// The power of what is heard of these frames, both channels together, summed up.
    pub fn power(&mut self, frames: &[Frame]) -> f64 {
        let mut power = 0.0;
        for frame in frames {
            let heard = self.0.run(frame.map(f64::from));
            power += heard[0] * heard[0] + heard[1] * heard[1];
        }
        self.0.settle();
        power
    }
}
