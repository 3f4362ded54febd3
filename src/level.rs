//! Decibels, linear gains and loudness, and the only conversions between them.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use serde::{Deserialize, Serialize};

/// A level or a difference of levels, in decibels. One loudness unit (LU) is one decibel.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decibels(pub f32);

impl Decibels {
    /// No change.
    pub const ZERO: Self = Self(0.0);
    /// The level of everything goes no lower; softer is a pause.
    pub const SOFTEST: Self = Self(-60.0);
    /// The level of everything goes no higher.
    pub const LOUDEST: Self = Self(6.0);

    /// The linear factor of this level.
    #[must_use]
    pub fn gain(self) -> Gain {
        Gain(10.0_f32.powf(self.0 / 20.0))
    }

    /// The lower of two levels.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The higher of two levels.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

impl Add for Decibels {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Decibels {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Decibels {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Decibels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.1} dB", self.0)
    }
}

/// A linear factor on samples: 0 is silence, 1 changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Gain(pub f32);

impl Gain {
    /// Changes no sample.
    pub const UNITY: Self = Self(1.0);
    /// Silence.
    pub const SILENCE: Self = Self(0.0);

    /// This factor as a level; silence is minus infinity.
    #[must_use]
    pub fn decibels(self) -> Decibels {
        Decibels(20.0 * self.0.log10())
    }
}

impl Mul for Gain {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

/// A loudness as ITU-R BS.1770-5 measures it, in LUFS (loudness units below full scale).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Loudness(pub f32);

impl Loudness {
    /// Below this nothing is heard, and no gain is derived from it (the gate of BS.1770-5).
    pub const GATE: Self = Self(-70.0);

    /// Music is brought to this where a script does not say otherwise, and taken for it where it is left as it is.
    pub const USUAL: Self = Self(-23.0);

    /// Beside music of this loudness, what stays below that frightens nobody, however suddenly it comes: 17 dB less.
    #[must_use]
    pub fn calm(self) -> Self {
        self + Decibels(-17.0)
    }

    /// No file is raised by more than this.
    const MOST: Decibels = Decibels(12.0);
    /// No file is raised so that its true peak passes this.
    const PEAK: Decibels = Decibels(-1.0);

    /// The louder of two.
    #[must_use]
    pub fn louder(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    /// The softer of two.
    #[must_use]
    pub fn softer(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// The level change that brings a file of this loudness to `target`, as far as that goes: up by 12 dB at most, and never so
    /// that its true peak passes -1 dBTP.
    #[must_use]
    pub fn change_to(self, target: Self, true_peak: Gain) -> Decibels {
        let change = self.to_reach(target).min(Self::MOST);
        if change.0 <= 0.0 || true_peak.0 <= 0.0 {
            return change;
        }
        let room = Self::PEAK - true_peak.decibels();
        change.min(room.max(Decibels::ZERO))
    }

    /// The loudness of a mean power of weighted samples, that of both channels together (BS.1770-5, annex 1).
    #[must_use]
    pub fn of_power(power: f64) -> Self {
        Self((-0.691 + 10.0 * power.max(1e-20).log10()) as f32)
    }

    /// The power of which this is the loudness.
    #[must_use]
    pub fn power(self) -> f64 {
        10.0_f64.powf((f64::from(self.0) + 0.691) / 10.0)
    }

    /// The level change that brings this loudness to `target`.
    #[must_use]
    pub fn to_reach(self, target: Self) -> Decibels {
        Decibels(target.0 - self.0)
    }
}

impl Add<Decibels> for Loudness {
    type Output = Self;
    fn add(self, change: Decibels) -> Self {
        Self(self.0 + change.0)
    }
}

impl Sub for Loudness {
    type Output = Decibels;
    fn sub(self, other: Self) -> Decibels {
        Decibels(self.0 - other.0)
    }
}

impl fmt::Display for Loudness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} LUFS", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_factors_agree() {
        assert_eq!(Decibels::ZERO.gain(), Gain::UNITY);
        assert!((Decibels(-6.0206).gain().0 - 0.5).abs() < 1e-6);
        assert!((Gain(0.5).decibels().0 + 6.0206).abs() < 1e-4);
        assert_eq!(Gain::SILENCE.decibels().0, f32::NEG_INFINITY);
    }

    #[test]
    fn loudness_reaches_its_target() {
        let quiet = Loudness(-31.5);
        assert_eq!(quiet + quiet.to_reach(Loudness(-23.0)), Loudness(-23.0));
    }
}
