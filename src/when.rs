//! Dates and times as people read them: those of where this machine stands.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::time::clock;

/// A moment on the calendar and on the wall's clock.
#[derive(Debug, Clone)]
pub struct When(ZonedDateTime);

impl When {
    /// From milliseconds since 1970, in this machine's time zone; UTC where it names none.
    #[must_use]
    pub fn of(wall: u64) -> Self {
        let here = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        let instant = i64::try_from(wall).ok();
        let instant = instant.and_then(|wall| Timestamp::from_millisecond(wall).ok());
        Self(instant.unwrap_or_default().to_zoned_datetime(here))
    }

    fn shown(&self, form: &str) -> String {
        self.0.strftime(form).to_string()
    }

    /// `2026-11-24 19:03`
    #[must_use]
    pub fn short(&self) -> String {
        self.shown("%Y-%m-%d %H:%M")
    }

    /// `Tuesday, 24 November 2026`
    #[must_use]
    pub fn day(&self) -> String {
        self.shown("%A, %-d %B %Y")
    }

    /// `19:03`
    #[must_use]
    pub fn time(&self) -> String {
        self.shown("%H:%M")
    }

    /// `19:03:05`
    #[must_use]
    pub fn second(&self) -> String {
        self.shown("%H:%M:%S")
    }

    /// `CET`, `UTC`, `+03`: what the times are counted in.
    #[must_use]
    pub fn zone(&self) -> String {
        self.shown("%Z")
    }

    /// `2026-11-24-1903`, for a file's name.
    #[must_use]
    pub fn for_a_name(&self) -> String {
        self.shown("%Y-%m-%d-%H%M")
    }

    /// `2026-11-24T19:03:05.123+01:00`, for programs.
    #[must_use]
    pub fn exact(&self) -> String {
        self.shown("%Y-%m-%dT%H:%M:%S%.3f%:z")
    }
}

/// A length as people say it: `40 s`, `12:05 min`, `2:58:10 h`.
#[must_use]
pub fn spoken(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", clock(length)),
        _ => format!("{} h", clock(length)),
    }
}

/// The same of what may be over at once: `51 ms`, `0.3 s`.
#[must_use]
pub fn brief(length: Duration) -> String {
    match length.as_secs_f64() {
        short if short < 0.1 => format!("{:.0} ms", short * 1000.0),
        some if some < 10.0 => format!("{some:.1} s"),
        _ => spoken(length),
    }
}
