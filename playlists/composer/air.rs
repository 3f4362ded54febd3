//! Breath and waves: shaped noise.

use crate::dice::Dice;
use crate::drift::{Drift, STRIDE};
use crate::filter::Filter;
use crate::sound::{Sound, raised};

/// How the air moves.
pub struct Air {
    /// The middle of the noise at rest and at the height of a breath, in Hz.
    pub tone: (f64, f64),
    /// How narrow it is: 0.5 is a broad rush, 3 begins to whistle.
    pub focus: f64,
    /// Seconds of one breath or wave.
    pub period: f64,
    /// How much is left between two of them, 0 to 1.
    pub rest: f64,
}

impl Air {
    /// Lets the air move for a length.
    pub fn play(&self, rate: u32, frames: usize, dice: &mut Dice) -> Sound {
        let mut sound = Sound::silent(rate, frames);
        let sway = Drift::new(self.period * 2.3, dice);
        let pace = Drift::new(self.period * 3.1, dice);
        let seconds = |frame: usize| frame as f64 / f64::from(rate);
        let mut filters = [Filter::default(); 4];
        // a straight line between two looks, so that nothing steps
        let (mut level, mut slope) = ([0.0; 2], [0.0; 2]);
        let mut cycle = dice.unit();
        for at in 0..frames {
            if at % STRIDE == 0 {
                let time = seconds(at + STRIDE);
                cycle += seconds(STRIDE) / (self.period * (1.0 + 0.15 * pace.at(time)));
                let swell = breath(cycle.fract());
                let loud = self.rest + (1.0 - self.rest) * swell;
                let lean = 0.4 * sway.at(time);
                for (side, aim) in [1.0 - lean, 1.0 + lean].into_iter().enumerate() {
                    slope[side] = (loud * aim - level[side]) / STRIDE as f64;
                }
                let hz = self.tone.0 * (self.tone.1 / self.tone.0).powf(swell);
                for filter in &mut filters {
                    filter.tune(rate, hz, self.focus);
                }
            }
            let common = dice.noise();
            let mut both = [0.0; 2];
            for side in 0..2 {
                level[side] += slope[side];
                let noise = 0.45 * common + 0.89 * dice.noise();
                let once = filters[2 * side].split(noise);
                both[side] =
                    level[side] * filters[2 * side + 1].split(once.band + 0.3 * once.low).low;
            }
            sound.add_frame(at, both[0], both[1]);
        }
        sound
    }
}

/// One breath, of a cycle from 0 to 1: in for two fifths, out for three.
fn breath(cycle: f64) -> f64 {
    if cycle < 0.4 {
        raised(cycle / 0.4)
    } else {
        raised(1.0 - (cycle - 0.4) / 0.6)
    }
}
