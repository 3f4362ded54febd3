//! The shapes of fades: what gain stands at which part of a fade.
//!
//! Timeline and engine share them, so that a picture, a forecast and the sound never disagree.

use serde::{Deserialize, Serialize};

use crate::level::Gain;
use crate::time::Frames;

/// How alike two sounds are that are heard together: 0 where they have nothing in common, 1 where they are the same but
/// for their level; below 0 they work against each other, and cross as if they had nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Correlation(f32);

/// It is always a number.
impl Eq for Correlation {}

impl Correlation {
    /// Nothing in common.
    pub const NONE: Self = Self(0.0);

    /// Brought within -1 (what one adds the other takes away) and 1, and to thousandths: less is not heard, and two machines
    /// that differ in the last digit of a sum play the same samples.
    #[must_use]
    pub fn new(part: f32) -> Self {
        let part = if part.is_nan() {
            0.0
        } else {
            part.clamp(-1.0, 1.0)
        };
        // No negative zero.
        Self((part * 1000.0).round() / 1000.0 + 0.0)
    }

    /// By which two sounds cross: those that work against each other have nothing in common.
    #[must_use]
    pub const fn in_common(self) -> Self {
        if self.0 > 0.0 { self } else { Self::NONE }
    }
}

impl From<f32> for Correlation {
    fn from(part: f32) -> Self {
        Self::new(part)
    }
}

impl From<Correlation> for f32 {
    fn from(correlation: Correlation) -> Self {
        correlation.0
    }
}

/// How the gain runs between silence and full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// A quarter sine over what two sounds that are so much alike add to each other: crossing, they keep their summed
    /// power where both are equally loud. Of two that have nothing in common that is equal power (sin² + cos² = 1), of the
    /// same twice equal gain.
    Crossing(Correlation),
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
            Self::Crossing(Correlation(alike)) => {
                let rising = quarter_sine(part);
                if alike == 0.0 {
                    // As most are; a root is dear where chords are drawn.
                    rising
                } else {
                    let falling = quarter_sine(1.0 - part);
                    rising / (1.0 + 2.0 * alike * rising * falling).sqrt()
                }
            }
            Self::EqualGain => raised_cosine(part),
        })
    }
}

/// A gain ramp between silence and full that takes `length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fade {
    /// How long the ramp takes; zero for none.
    pub length: Frames,
    /// Its shape.
    pub law: Law,
}

impl Fade {
    /// No ramp: full from the first frame.
    pub const NONE: Self = Self::equal_power(Frames::ZERO);

    /// An equal-power ramp: for what comes or goes by itself, and for two sounds that have nothing in common.
    #[must_use]
    pub const fn equal_power(length: Frames) -> Self {
        Self::crossing(length, Correlation::NONE)
    }

    /// One of the two ramps of a crossfade between sounds that are so much alike.
    #[must_use]
    pub const fn crossing(length: Frames, alike: Correlation) -> Self {
        Self {
            length,
            law: Law::Crossing(alike.in_common()),
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

    /// How alike the sounds are between which it is made.
    #[must_use]
    pub const fn alike(self) -> Correlation {
        match self.law {
            Law::Crossing(alike) => alike,
            Law::EqualGain => Correlation(1.0),
        }
    }

    /// The same ramp as it is felt: what it takes from two sounds because they are alike, they add to each other.
    #[must_use]
    pub const fn felt(self) -> Self {
        match self.law {
            Law::Crossing(_) => Self::equal_power(self.length),
            Law::EqualGain => self,
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
        let way = raised_cosine(part);
        let (start, target) = (self.start.0, self.target.0);
        Gain(match self.shape {
            Shape::Decibels => start * (way * (target / start).ln()).exp(),
            Shape::Amplitude => start + (target - start) * way,
            Shape::Power => (start * start * (1.0 - way) + target * target * way).sqrt(),
        })
    }
}

/// The sine of `part` of a quarter turn, 0 to 1, to 3e-7: the polynomial of ninth degree that is least in error by Lawson's
/// iteration. Crossfades stand on it, and not on a machine's own sine: quicker, and the same bits everywhere.
fn quarter_sine(part: f32) -> f32 {
    const TERMS: [f32; 5] = [
        std::f32::consts::FRAC_PI_2,
        -0.645_963_8,
        0.079_689_93,
        -0.004_674_157_5,
        0.000_151_678_53,
    ];
    let square = part * part;
    let sum = TERMS
        .iter()
        .rev()
        .fold(0.0, |sum, term| sum * square + term);
    (part * sum).min(1.0)
}

/// `part` of the way from 0 to 1 along half a cosine.
fn raised_cosine(part: f32) -> f32 {
    let sine = quarter_sine(part);
    sine * sine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Decibels;

    #[test]
    fn two_sounds_that_cross_keep_their_power_however_alike_they_are() {
        for alike in (0..=20).map(|twentieth| twentieth as f32 / 20.0) {
            let law = Law::Crossing(Correlation::new(alike));
            for step in 0..=1000 {
                let part = step as f32 / 1000.0;
                let (up, down) = (law.rising(part).0, law.rising(1.0 - part).0);
                let power = up * up + down * down + 2.0 * alike * up * down;
                assert!((power - 1.0).abs() < 1e-6, "{alike} {part}: {power}");
            }
        }
    }

    #[test]
    fn the_same_sound_twice_keeps_its_amplitude_and_two_others_cross_by_a_quarter_sine() {
        let (same, other) = (Correlation::new(1.0), Correlation::NONE);
        for step in 1..1000 {
            let part = step as f32 / 1000.0;
            let sum = Law::Crossing(same).rising(part).0 + Law::Crossing(same).rising(1.0 - part).0;
            assert!((sum - 1.0).abs() < 1e-6);
            assert_eq!(Law::Crossing(other).rising(part), Gain(quarter_sine(part)));
        }
    }

    #[test]
    fn a_quarter_sine_is_one() {
        let mut last = 0.0;
        for step in 0..=100_000 {
            let part = step as f32 / 100_000.0;
            let sine = quarter_sine(part);
            let exact = (f64::from(part) * std::f64::consts::FRAC_PI_2).sin();
            assert!((f64::from(sine) - exact).abs() < 3e-7, "{part}: {sine}");
            assert!(sine > last - 2e-7, "{part}");
            last = sine;
        }
        assert_eq!(quarter_sine(0.0), 0.0);
    }

    #[test]
    fn a_correlation_is_a_part_whatever_it_is_made_of() {
        let made = [-0.7, -0.0, f32::NAN, 0.437_4, 1.000_1, f32::INFINITY].map(Correlation::new);
        assert_eq!(made.map(f32::from), [-0.7, 0.0, 0.0, 0.437, 1.0, 1.0]);
        let crossing = made.map(|alike| f32::from(Fade::crossing(Frames(9), alike).alike()));
        assert_eq!(crossing, [0.0, 0.0, 0.0, 0.437, 1.0, 1.0]);
        assert_eq!(serde_json::to_string(&made[3]).unwrap(), "0.437");
        let read: Correlation = serde_json::from_str("7").unwrap();
        assert_eq!(read, Correlation::new(1.0));
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
