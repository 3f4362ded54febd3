//! Which rates and channels are played.

use super::DecodeError;
use crate::time::Rate;

/// The fastest rate that need not be a multiple of 44.1 or 48 kHz, in hertz.
const FASTEST: u32 = 192_000;

/// The slowest rate that is taken for sound, in hertz.
const SLOWEST: u32 = 4_000;

/// A rate and a number of channels that can be played.
pub(super) fn playable(rate: u32, channels: usize) -> Result<(Rate, u8), DecodeError> {
    // Above 192 kHz only the rates that are in use: between odd ones a converter needs gigabytes.
    let usual = |rate: &Rate| {
        let hertz = rate.hertz();
        hertz <= FASTEST || hertz.is_multiple_of(44_100) || hertz.is_multiple_of(48_000)
    };
    let known = Rate::new(rate)
        .filter(|rate| rate.hertz() >= SLOWEST)
        .filter(usual);
    match (known, channels) {
        (Some(rate), 1 | 2) => Ok((rate, channels as u8)),
        (Some(_), _) => Err(DecodeError::Channels(channels)),
        (None, _) => Err(DecodeError::Rate(rate)),
    }
}
