//! Two channels of samples, and what is done to them as a whole.

use std::f64::consts::PI;

/// Stereo samples at a rate.
#[derive(Clone)]
pub struct Sound {
    /// Frames a second.
    pub rate: u32,
    /// The left channel.
    pub left: Vec<f32>,
    /// The right channel, as long as the left.
    pub right: Vec<f32>,
}

impl Sound {
    /// Silence of a length.
    pub fn silent(rate: u32, frames: usize) -> Self {
        Self {
            rate,
            left: vec![0.0; frames],
            right: vec![0.0; frames],
        }
    }

    /// The length in frames.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// The length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate)
    }

    /// Adds another sound, scaled, from frame 0; what is longer is left off.
    pub fn add(&mut self, other: &Self, gain: f64) {
        let gain = gain as f32;
        for (mine, theirs) in self.left.iter_mut().zip(&other.left) {
            *mine += theirs * gain;
        }
        for (mine, theirs) in self.right.iter_mut().zip(&other.right) {
            *mine += theirs * gain;
        }
    }

    /// Adds one frame at a place, if it lies within.
    pub fn add_frame(&mut self, at: usize, left: f64, right: f64) {
        if let (Some(l), Some(r)) = (self.left.get_mut(at), self.right.get_mut(at)) {
            *l += left as f32;
            *r += right as f32;
        }
    }

    /// Multiplies each frame by a gain that depends on its time in seconds.
    pub fn shape(&mut self, gain: impl Fn(f64) -> f64) {
        let rate = f64::from(self.rate);
        for (at, (l, r)) in self.left.iter_mut().zip(&mut self.right).enumerate() {
            let gain = gain(at as f64 / rate) as f32;
            *l *= gain;
            *r *= gain;
        }
    }

    /// Multiplies all by one gain.
    pub fn scale(&mut self, gain: f64) {
        self.shape(|_| gain);
    }

    /// Follows a dynamic line: points of (seconds, decibels), joined without corners.
    pub fn swell(mut self, line: &[(f64, f64)]) -> Self {
        self.shape(|time| decibels(along(line, time)));
        self
    }

    /// Fades the head in and the tail out.
    pub fn fade(&mut self, head: f64, tail: f64) {
        let length = self.seconds();
        self.shape(|time| ease(time / head) * ease((length - time) / tail));
    }

    /// Left, right, left, right.
    pub fn interleaved(&self) -> Vec<f32> {
        let pairs = self.left.iter().zip(&self.right);
        pairs.flat_map(|(l, r)| [*l, *r]).collect()
    }
}

/// A linear gain from decibels.
pub fn decibels(level: f64) -> f64 {
    10_f64.powf(level / 20.0)
}

/// Half a cosine from 0 to 1.
pub fn raised(x: f64) -> f64 {
    0.5 - 0.5 * (PI * x.clamp(0.0, 1.0)).cos()
}

/// A rise from 0 to 1 whose mirror image keeps the power of a crossfade, with soft ends.
pub fn rise(x: f64) -> f64 {
    (raised(x) * PI / 2.0).sin()
}

/// A fade from 0 to 1: out of nothing in the first third, then evenly in loudness, as sounds die away.
pub fn ease(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    decibels(-18.0 * (1.0 - x).powf(1.5)) * raised(3.0 * x)
}

/// The value of a line of (time, value) points at a time, with raised-cosine joins.
pub fn along(line: &[(f64, f64)], time: f64) -> f64 {
    let next = line.partition_point(|point| point.0 <= time);
    match (
        next.checked_sub(1).map(|before| line[before]),
        line.get(next),
    ) {
        (Some((from, low)), Some(&(to, high))) => {
            low + (high - low) * raised((time - from) / (to - from))
        }
        (Some((_, value)), None) | (None, Some(&(_, value))) => value,
        (None, None) => 0.0,
    }
}

/// Gains for the two channels that keep the power: -1 is left, 1 is right.
pub fn pan(place: f64) -> (f64, f64) {
    let angle = (place.clamp(-1.0, 1.0) + 1.0) * PI / 4.0;
    (angle.cos(), angle.sin())
}
