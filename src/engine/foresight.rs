//! What the startle guard will do to a sound of which no more is known than the power of each hop.

use crate::engine::ear::Ear;
use crate::engine::startle::RELEASE;
use crate::level::{Gain, Loudness};
use crate::time::Rate;

/// Goes through a sound hop by hop, as the guard does on the audio thread; of a jump of more than 24 dB the guard knows
/// within the hop.
#[derive(Debug)]
pub struct Foresight {
    ear: Ear,
    /// The gain at the begin and at the end of the current hop.
    gains: [f32; 2],
    /// How much it may rise in a hop, in parts of it.
    release: f32,
}

impl Foresight {
    /// Of a sound with hops of so many frames, of music of this loudness.
    #[must_use]
    pub fn new(rate: Rate, hop: usize, music: Loudness) -> Self {
        let mut ear = Ear::new(music);
        ear.begin(music, 0.0);
        Self {
            ear,
            gains: [1.0; 2],
            release: RELEASE * hop as f32 / rate.hertz() as f32,
        }
    }

    /// The gain at the end of the hop after this one, whose mean power, both channels together, this is.
    pub fn hear(&mut self, power: f64) -> Gain {
        let [begin, end] = self.gains;
        let gain = f64::midpoint(begin.into(), end.into());
        self.ear.hear(power, gain);
        self.ear.know();
        let most = (end + end * self.release).min(1.0);
        self.gains = [end, self.ear.needs().min(most)];
        self.ear.go_on();
        Gain(self.gains[1])
    }

    /// The loudness of the last 400 ms as they are let through.
    #[must_use]
    pub fn momentary(&self) -> Loudness {
        Loudness::of_power(self.ear.momentary())
    }
}
