//! How loud people hear a sound: the weighting of ITU-R BS.1770-5, annex 1.
//!
//! A shelf of +4 dB for the head, then a high-pass, given there at 48 kHz and carried to other rates by the bilinear transform
//! of the same analogue filters.

use std::f64::consts::PI;

use crate::frame::Frame;
use crate::section::Section;
use crate::time::Rate;

/// What the shelf lifts the highs by, in dB.
const SHELF: f64 = 3.999_843_853_973_347;

/// And in power: the most that a sound is lifted by.
pub const LIFT: f64 = 2.511_796;

/// Weighs both channels of a sound exactly.
#[derive(Debug, Clone, Copy)]
pub struct Weighting {
    shelf: Section,
    pass: Section,
}

impl Weighting {
    /// The weighting at a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::at(f64::from(rate.hertz()))
    }

    /// At any rate.
    #[must_use]
    pub fn at(hertz: f64) -> Self {
        Self {
            shelf: shelf(hertz),
            pass: high_pass(hertz),
        }
    }

    /// Adds the power of the next frames, weighted, to the sums of both channels. Real-time safe.
    #[inline]
    pub fn add_power(&mut self, sums: &mut [f64; 2], frames: &[Frame]) {
        let [mut left, mut right] = *sums;
        for frame in frames {
            let weighted = self.run(frame.map(f64::from));
            left += weighted[0] * weighted[0];
            right += weighted[1] * weighted[1];
        }
        *sums = [left, right];
    }

    /// Weighs the next frame. Real-time safe.
    #[inline]
    pub fn run(&mut self, x: [f64; 2]) -> [f64; 2] {
        self.pass.run(self.shelf.run(x))
    }

    /// What is far below hearing is nothing: denormal numbers are slow. For between blocks. Real-time safe.
    pub fn settle(&mut self) {
        self.shelf.settle();
        self.pass.settle();
    }
}

fn shelf(hertz: f64) -> Section {
    let (f0, q) = (1_681.974_450_955_533, 0.707_175_236_955_419_6);
    let k = (PI * f0 / hertz).tan();
    let vh = 10.0_f64.powf(SHELF / 20.0);
    let vb = vh.powf(0.499_666_774_154_541_6);
    Section::new(
        [
            vh + vb * k / q + k * k,
            2.0 * (k * k - vh),
            vh - vb * k / q + k * k,
        ],
        [
            1.0 + k / q + k * k,
            2.0 * (k * k - 1.0),
            1.0 - k / q + k * k,
        ],
    )
}

fn high_pass(hertz: f64) -> Section {
    let (f0, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
    let k = (PI * f0 / hertz).tan();
    let a0 = 1.0 + k / q + k * k;
    // The standard's numerator is 1, -2, 1 as it stands, not divided by a0.
    Section::new(
        [a0, -2.0 * a0, a0],
        [a0, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k],
    )
}
