//! Filters.

use std::f64::consts::{PI, SQRT_2};

use crate::sound::Sound;

/// A state variable filter (trapezoidal), whose corner may move while it runs.
#[derive(Clone, Copy, Default)]
pub struct Filter {
    g: f64,
    k: f64,
    one: f64,
    two: f64,
}

/// What a filter lets through.
pub struct Bands {
    /// Below the corner.
    pub low: f64,
    /// Around the corner, with unity gain there.
    pub band: f64,
    /// Above the corner.
    pub high: f64,
}

impl Filter {
    /// A filter with a corner in Hz and a resonance (0.707 is flat).
    pub fn new(rate: u32, hz: f64, resonance: f64) -> Self {
        let mut filter = Self::default();
        filter.tune(rate, hz, resonance);
        filter
    }

    /// Moves the corner.
    pub fn tune(&mut self, rate: u32, hz: f64, resonance: f64) {
        let top = f64::from(rate) * 0.45;
        self.g = (PI * hz.clamp(5.0, top) / f64::from(rate)).tan();
        self.k = 1.0 / resonance;
    }

    /// Takes a sample and gives its parts.
    pub fn split(&mut self, input: f64) -> Bands {
        let high =
            (input - (self.k + self.g) * self.one - self.two) / (1.0 + self.g * (self.k + self.g));
        let band = self.g * high + self.one;
        let low = self.g * band + self.two;
        self.one = 2.0 * band - self.one;
        self.two = 2.0 * low - self.two;
        Bands {
            low,
            band: band * self.k,
            high,
        }
    }
}

/// Takes away what lies below a corner (12 dB an octave).
pub fn highpass(sound: &mut Sound, hz: f64) {
    let rate = sound.rate;
    for channel in [&mut sound.left, &mut sound.right] {
        let mut filter = Filter::new(rate, hz, SQRT_2 / 2.0);
        for sample in channel {
            *sample = filter.split(f64::from(*sample)).high as f32;
        }
    }
}

/// Takes away what lies above a corner (12 dB an octave).
pub fn lowpass(sound: &mut Sound, hz: f64) {
    let rate = sound.rate;
    for channel in [&mut sound.left, &mut sound.right] {
        let mut filter = Filter::new(rate, hz, SQRT_2 / 2.0);
        for sample in channel {
            *sample = filter.split(f64::from(*sample)).low as f32;
        }
    }
}
