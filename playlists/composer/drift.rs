//! Slow movement that does not repeat.

use std::f64::consts::TAU;

use crate::dice::Dice;

/// Frames between two looks at a slow value; in between it goes straight.
pub const STRIDE: usize = 32;

/// Three slow sines whose periods have no common measure: a value that wanders in -1..1.
pub struct Drift {
    waves: [(f64, f64); 3],
}

impl Drift {
    /// A drift whose middle wave has about this period in seconds.
    pub fn new(period: f64, dice: &mut Dice) -> Self {
        let waves = [0.618, 1.0, 1.73].map(|ratio| {
            let seconds = period * ratio * dice.between(0.88, 1.12);
            (1.0 / seconds, dice.angle())
        });
        Self { waves }
    }

    /// The value at a time in seconds.
    pub fn at(&self, time: f64) -> f64 {
        let weights = [0.25, 0.45, 0.30];
        let each = self.waves.iter().zip(weights);
        each.map(|((hz, phase), weight)| weight * (TAU * hz * time + phase).sin())
            .sum()
    }
}

/// A value looked up every [`STRIDE`] frames and drawn straight in between.
pub struct Ramp {
    now: f64,
    step: f64,
}

impl Ramp {
    /// Starts at a value.
    pub fn new(value: f64) -> Self {
        Self {
            now: value,
            step: 0.0,
        }
    }

    /// Sets where to be one stride on.
    pub fn aim(&mut self, value: f64) {
        self.step = (value - self.now) / STRIDE as f64;
    }

    /// The value for the next frame.
    pub fn step(&mut self) -> f64 {
        self.now += self.step;
        self.now
    }
}
