//! Frames, rates and lengths, and the only conversions between them.
//!
//! The session's clock counts [`Frames`] at one [`Rate`]. People write lengths (`90s`, `12m`,
//! `1h30m`, `0:40`, `1:02:03`), which are [`Duration`]s until a rate is known.

use std::fmt;
use std::iter::Sum;
use std::num::NonZeroU32;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A number of frames, or a position counted in frames: one frame is one instant of all channels.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Frames(pub u64);

impl Frames {
    /// No frame at all, or the session's first position.
    pub const ZERO: Self = Self(0);

    /// The frame count as an index into memory.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<usize> for Frames {
    fn from(count: usize) -> Self {
        Self(count as u64)
    }
}

impl Add for Frames {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Frames {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// Subtraction saturates: no position lies before the session's start.
impl Sub for Frames {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Frames {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Frames {
    fn sum<I: Iterator<Item = Self>>(frames: I) -> Self {
        frames.fold(Self::ZERO, Add::add)
    }
}

/// A sample rate in hertz, 1 Hz to 768 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Rate(NonZeroU32);

/// A number that is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} Hz is no rate; one is 1 to 768000 Hz")]
pub struct NoRate(u32);

impl TryFrom<u32> for Rate {
    type Error = NoRate;

    fn try_from(hertz: u32) -> Result<Self, NoRate> {
        Self::new(hertz).ok_or(NoRate(hertz))
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> Self {
        rate.hertz()
    }
}

impl Rate {
    /// The session's rate where no device says otherwise.
    pub const DEFAULT: Self = Self(NonZeroU32::new(48_000).unwrap());

    /// A rate in hertz; `None` for zero and for more than 768 kHz.
    #[must_use]
    pub fn new(hertz: u32) -> Option<Self> {
        NonZeroU32::new(hertz)
            .filter(|hertz| hertz.get() <= 768_000)
            .map(Self)
    }

    /// In hertz.
    #[must_use]
    pub const fn hertz(self) -> u32 {
        self.0.get()
    }

    /// In hertz, as the non-zero number some libraries ask for.
    #[must_use]
    pub const fn non_zero(self) -> NonZeroU32 {
        self.0
    }

    /// The frames in a length, to the nearest.
    #[must_use]
    pub fn frames(self, length: Duration) -> Frames {
        const NANOS: u128 = 1_000_000_000;
        Frames(((length.as_nanos() * u128::from(self.hertz()) + NANOS / 2) / NANOS) as u64)
    }

    /// The length of a number of frames, to the nanosecond below.
    #[must_use]
    pub fn duration(self, frames: Frames) -> Duration {
        let hertz = u64::from(self.hertz());
        let rest = (frames.0 % hertz) * 1_000_000_000 / hertz;
        Duration::new(frames.0 / hertz, rest as u32)
    }

    /// The number of frames in seconds, for measurements and pictures only.
    #[must_use]
    pub fn seconds(self, frames: Frames) -> f64 {
        frames.0 as f64 / f64::from(self.hertz())
    }

    /// How many frames at this rate hold what `frames` at the rate `from` held: rounded up, so
    /// that no part of the sound is left out.
    #[must_use]
    pub fn convert(self, frames: Frames, from: Self) -> Frames {
        let (to, from) = (u128::from(self.hertz()), u128::from(from.hertz()));
        Frames((u128::from(frames.0) * to).div_ceil(from) as u64)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz", self.hertz())
    }
}

/// The longest length a script may name.
pub const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Reads a length as people write it: `90s`, `12m`, `1h30m`, `250ms`, `1.5s`, `0:40`, `1:02:03`.
///
/// # Errors
/// A sentence that says what is wrong and what would be right.
pub fn parse_length(text: &str) -> Result<Duration, LengthError> {
    let text = text.trim();
    if text.starts_with('-') {
        return Err(LengthError::Negative);
    }
    let seconds = if text.contains(':') {
        parse_clock(text)
    } else {
        parse_units(text)
    }
    .ok_or_else(|| LengthError::Unreadable(text.chars().take(40).collect()))?;
    if seconds > LONGEST.as_secs_f64() {
        return Err(LengthError::TooLong);
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A length as [`parse_length`] reads it, to the millisecond: `90s`, `1500ms`.
#[must_use]
pub fn written(length: Duration) -> String {
    let milliseconds = length.as_millis();
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain { text.parse().ok() } else { None }
}

fn parse_clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let mut seconds = 0.0;
    for (at, part) in parts.iter().enumerate() {
        let value = number(part)?;
        let last = at + 1 == parts.len();
        if (at > 0 && value >= 60.0) || (!last && part.contains('.')) {
            return None;
        }
        seconds = seconds * 60.0 + value;
    }
    Some(seconds)
}

fn parse_units(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text;
    let mut smallest = f64::INFINITY;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value = number(&rest[..digits])?;
        rest = rest[digits..].trim_start();
        let end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "h" => 3600.0,
            "m" | "min" => 60.0,
            "s" | "sec" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        if unit >= smallest {
            return None;
        }
        smallest = unit;
        seconds += value * unit;
        rest = rest[end..].trim_start();
    }
    smallest.is_finite().then_some(seconds)
}

/// Why a length could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    /// It is below zero.
    #[error("a length cannot be negative")]
    Negative,
    /// It is longer than a session can be.
    #[error("this is longer than a day; the longest length is 24h")]
    TooLong,
    /// It is no length.
    #[error("`{0}` is no length; write for example `90s`, `12m`, `1h30m`, `0:40` or `1:02:03`")]
    Unreadable(String),
}

/// A length or a position as a clock shows it: `0:40`, `12:00`, `1:02:03`.
#[must_use]
pub fn clock(length: Duration) -> String {
    let seconds = length.as_secs();
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 {
        format!("{h}:{m:02}:{s:02}")
    } else {
        format!("{m}:{s:02}")
    }
}

/// The same to the nearest second, for a place that somebody goes to.
#[must_use]
pub fn nearest_clock(at: Duration) -> String {
    clock(at + Duration::from_millis(500))
}

/// A length in a file or a message, as people write it: `90s`, `5m`. For serde's `with`.
pub mod length {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{parse_length, written};

    /// Writes it, to the millisecond.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn serialize<S: Serializer>(length: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&written(*length))
    }

    /// Reads it.
    ///
    /// # Errors
    /// Where it is no length.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let length = parse_length(&String::deserialize(from)?).map_err(D::Error::custom)?;
        // No finer than it is written, so that it is the same when it is read again.
        Ok(Duration::from_millis(length.as_millis() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_people_write_them() {
        for (text, millis) in [
            ("90s", 90_000),
            ("12m", 720_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("250ms", 250),
            ("1.5s", 1_500),
            ("0:40", 40_000),
            ("1:02:03", 3_723_000),
            ("0s", 0),
            ("90:00", 5_400_000),
            ("0:00.5", 500),
        ] {
            assert_eq!(
                parse_length(text),
                Ok(Duration::from_millis(millis)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_length_is_said() {
        for text in [
            "", "12", "m", "s5", "1:60", "1:2:3:4", "5m1h", "5m5m", "1.5:30", "NaN", "1e3s", "∞",
        ] {
            assert!(
                matches!(parse_length(text), Err(LengthError::Unreadable(_))),
                "{text}"
            );
        }
        assert_eq!(parse_length("-3m"), Err(LengthError::Negative));
        assert_eq!(parse_length("25h"), Err(LengthError::TooLong));
        assert_eq!(
            parse_length("99999999999999999999h"),
            Err(LengthError::TooLong)
        );
    }

    #[test]
    fn frames_and_lengths_agree() {
        let rate = Rate::new(44_100).unwrap();
        assert_eq!(rate.frames(Duration::from_secs(3)), Frames(132_300));
        assert_eq!(rate.duration(Frames(132_300)), Duration::from_secs(3));
        assert_eq!(Rate::DEFAULT.convert(Frames(44_100), rate), Frames(48_000));
        assert_eq!(Rate::DEFAULT.convert(Frames(1), rate), Frames(2));
        assert_eq!(rate.convert(Frames(44_100), rate), Frames(44_100));
    }

    #[test]
    fn a_number_that_is_no_rate_is_not_read_as_one() {
        let read = |text: &str| serde_json::from_str::<Rate>(text);
        for hertz in [1, 44_100, 768_000] {
            let rate = read(&hertz.to_string()).unwrap();
            assert_eq!(rate.hertz(), hertz);
            assert_eq!(serde_json::to_string(&rate).unwrap(), hertz.to_string());
        }
        for wrong in ["0", "768001", "4294967295", "4294967296", "-1", "44100.5"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let error = read("768001").unwrap_err().to_string();
        assert!(
            error.contains("768001 Hz is no rate; one is 1 to 768000 Hz"),
            "{error}"
        );
    }

    #[test]
    fn clocks_read_like_clocks() {
        assert_eq!(clock(Duration::from_secs(40)), "0:40");
        assert_eq!(clock(Duration::from_secs(720)), "12:00");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
    }
}
