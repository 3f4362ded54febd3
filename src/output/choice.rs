//! How a device is opened: its channels, form of samples and period, out of what it can do.

use std::time::Duration;

use cpal::{
    BufferSize, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfigRange,
};

use crate::time::{Frames, Rate};

/// Frames that a device asks for in one go, where it lets us choose. It holds two such periods.
pub const PERIOD: u32 = 1024;

/// The forms of samples that we give, the best first.
const FORMATS: [SampleFormat; 5] = [
    SampleFormat::F32,
    SampleFormat::I32,
    SampleFormat::I24,
    SampleFormat::I16,
    SampleFormat::U16,
];

/// How a device is opened.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Channels, rate and period.
    pub config: StreamConfig,
    /// Form of samples.
    pub format: SampleFormat,
    /// How long it may take until what it took is heard.
    pub tail: Duration,
}

impl Choice {
    /// The narrowest of a device's ranges that holds `channels` at a rate, in the best form of samples; `period` frames at
    /// a time where the device lets us choose.
    #[must_use]
    pub fn among(
        ranges: &[SupportedStreamConfigRange],
        channels: usize,
        rate: Rate,
        period: u32,
    ) -> Option<Self> {
        let range = ranges
            .iter()
            .filter(|range| usize::from(range.channels()) >= channels)
            .filter(|range| range.contains_rate(rate.hertz()))
            .filter_map(|range| Some((range.channels(), rank(range.sample_format())?, range)))
            .min_by_key(|(channels, rank, _)| (*channels, *rank));
        let (_, _, range) = range?;
        let period = match *range.buffer_size() {
            SupportedBufferSize::Range { min, max } => period.min(max).max(min),
            SupportedBufferSize::Unknown => period,
        };
        Some(Self {
            config: StreamConfig {
                channels: range.channels(),
                sample_rate: rate.hertz(),
                buffer_size: BufferSize::Fixed(period),
            },
            format: range.sample_format(),
            // Two periods in the device, and as much again for what lies behind it.
            tail: rate.duration(Frames(u64::from(period) * 4)),
        })
    }
}

/// The rate a session is played at: 48 kHz wherever the device can, else its highest.
#[must_use]
pub fn rate_among(ranges: &[SupportedStreamConfigRange]) -> Rate {
    let fits = |hertz| ranges.iter().any(|range| range.contains_rate(hertz));
    let highest = ranges
        .iter()
        .map(SupportedStreamConfigRange::max_sample_rate);
    [Rate::DEFAULT.hertz(), 44_100]
        .into_iter()
        .find(|hertz| fits(*hertz))
        .or(highest.max())
        .and_then(Rate::new)
        .unwrap_or(Rate::DEFAULT)
}

/// How good a form of samples is, the best first; `None` for one that we do not give.
#[must_use]
pub fn rank(format: SampleFormat) -> Option<usize> {
    FORMATS.iter().position(|known| *known == format)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(channels: u16, rates: (u32, u32), format: SampleFormat) -> SupportedStreamConfigRange {
        let size = SupportedBufferSize::Range { min: 16, max: 800 };
        SupportedStreamConfigRange::new(channels, rates.0, rates.1, size, format)
    }

    #[test]
    fn the_narrowest_that_holds_the_session_is_taken_in_its_best_form() {
        let ranges = [
            range(8, (8_000, 192_000), SampleFormat::F32),
            range(4, (48_000, 48_000), SampleFormat::U8),
            range(4, (48_000, 48_000), SampleFormat::I16),
            range(4, (48_000, 48_000), SampleFormat::I32),
            range(2, (44_100, 44_100), SampleFormat::F32),
        ];
        let choice = Choice::among(&ranges, 3, Rate::DEFAULT, PERIOD).unwrap();
        assert_eq!(choice.config.channels, 4);
        assert_eq!(choice.format, SampleFormat::I32);
        assert_eq!(choice.config.buffer_size, BufferSize::Fixed(800));
        let choice = Choice::among(&ranges, 2, Rate::new(96_000).unwrap(), PERIOD).unwrap();
        assert_eq!(choice.config.channels, 8);
        assert!(Choice::among(&ranges, 9, Rate::DEFAULT, PERIOD).is_none());
        assert!(Choice::among(&ranges[4..], 2, Rate::DEFAULT, PERIOD).is_none());
    }

    #[test]
    fn a_session_is_played_at_48_khz_wherever_that_is_possible() {
        let of = |rates: &[(u32, u32)]| {
            let ranges: Vec<_> = rates
                .iter()
                .map(|rates| range(2, *rates, SampleFormat::F32))
                .collect();
            rate_among(&ranges).hertz()
        };
        assert_eq!(of(&[(44_100, 44_100), (48_000, 192_000)]), 48_000);
        assert_eq!(of(&[(8_000, 44_100)]), 44_100);
        assert_eq!(of(&[(16_000, 16_000), (32_000, 32_000)]), 32_000);
        assert_eq!(of(&[]), 48_000);
    }
}
