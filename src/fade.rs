//! The shapes of fades: what gain stands at which part of a fade.
//!
//! Timeline and engine share them, so that a picture, a forecast and the sound never disagree.

use std::f32::consts::{FRAC_PI_2, PI};

use serde::{Deserialize, Serialize};

use crate::level::Gain;
use crate::time::Frames;

/// How the gain runs between silence and full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// A quarter sine: two different pieces that cross keep their summed power
    /// (sin² + cos² = 1).
    EqualPower,
    /// A raised cosine in amplitude: the same material that crosses keeps its summed amplitude.
    EqualGain,
}

impl Law {
    /// The gain at `part` of the way up, 0 to 1; exactly 0 and 1 at the ends.
    #[must_use]
    pub fn rising(self, part: f32) -> Gain {
        if part <= 0.0 {
            return Gain::SILENCE;
        }
        if part >= 1.0 {
            return Gain::UNITY;
        }
        Gain(match self {
            Self::EqualPower => (part * FRAC_PI_2).sin(),
            Self::EqualGain => 0.5 - 0.5 * (part * PI).cos(),
        })
    }
}

/// A gain ramp between silence and full that takes `length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fade {
    /// How long the ramp takes; zero for none.
    pub length: Frames,
    /// Its shape.
    pub law: Law,
}

impl Fade {
    /// No ramp: full from the first frame.
    pub const NONE: Self = Self {
        length: Frames::ZERO,
        law: Law::EqualPower,
    };

    /// An equal-power ramp.
    #[must_use]
    pub const fn equal_power(length: Frames) -> Self {
        Self {
            length,
            law: Law::EqualPower,
        }
    }

    /// An equal-gain ramp.
    #[must_use]
    pub const fn equal_gain(length: Frames) -> Self {
        Self {
            length,
            law: Law::EqualGain,
        }
    }

    /// The gain `since` frames after the ramp up began, or `since` frames before a ramp down ends.
    #[must_use]
    pub fn gain(self, since: Frames) -> Gain {
        if since >= self.length {
            Gain::UNITY
        } else {
            self.law.rising(since.0 as f32 / self.length.0 as f32)
        }
    }
}

/// How a ramp runs from one gain to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A raised cosine in decibels, for changes that are meant to pass unnoticed. Both gains are above zero.
    Decibels,
    /// A raised cosine in amplitude, for ways to and from silence.
    Amplitude,
    /// A quarter sine in power: music that leaves while other music comes.
    Power,
}

/// A way from one gain to another. What holds before it and after it is the lane's affair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// Where it begins.
    pub from: Frames,
    /// How long it takes.
    pub length: Frames,
    /// The gain it begins at.
    pub start: Gain,
    /// The gain it ends at, and that holds after it.
    pub target: Gain,
    /// Its shape.
    pub shape: Shape,
}

impl Ramp {
    /// The frame after the last.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.from + self.length
    }

    /// The gain at a frame; `start` before the ramp and `target` after it. Real-time safe.
    #[must_use]
    pub fn gain(&self, at: Frames) -> Gain {
        if at >= self.end() {
            return self.target;
        }
        let part = (at - self.from).0 as f32 / self.length.0 as f32;
        let way = 0.5 - 0.5 * (part * PI).cos();
        let (start, target) = (self.start.0, self.target.0);
        Gain(match self.shape {
            Shape::Decibels => start * (way * (target / start).ln()).exp(),
            Shape::Amplitude => start + (target - start) * way,
            Shape::Power => (start * start * (1.0 - way) + target * target * way).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Decibels;

    #[test]
    fn equal_power_keeps_the_power_of_a_crossing() {
        for step in 0..=1000 {
            let part = step as f32 / 1000.0;
            let (up, down) = (
                Law::EqualPower.rising(part).0,
                Law::EqualPower.rising(1.0 - part).0,
            );
            assert!((up * up + down * down - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn equal_gain_keeps_the_amplitude_of_a_crossing() {
        for step in 0..=1000 {
            let part = step as f32 / 1000.0;
            let sum = Law::EqualGain.rising(part).0 + Law::EqualGain.rising(1.0 - part).0;
            assert!((sum - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_fade_is_exact_at_its_ends() {
        let fade = Fade::equal_power(Frames(480));
        assert_eq!(fade.gain(Frames::ZERO), Gain::SILENCE);
        assert_eq!(fade.gain(Frames(480)), Gain::UNITY);
        assert_eq!(Fade::NONE.gain(Frames::ZERO), Gain::UNITY);
    }

    #[test]
    fn a_ramp_is_exact_at_its_ends_and_even_in_decibels() {
        let ramp = Ramp {
            from: Frames(100),
            length: Frames(50),
            start: Gain::UNITY,
            target: Decibels(-12.0).gain(),
            shape: Shape::Decibels,
        };
        assert_eq!(ramp.gain(Frames(100)), Gain::UNITY);
        assert!((ramp.gain(Frames(125)).decibels().0 + 6.0).abs() < 1e-4);
        assert_eq!(ramp.gain(Frames(150)), ramp.target);
    }
}
