//! What a session really sounds like, measured on its rendered samples.
//!
//! [`Listening`] hears a rendering as it is made, zone by zone: loudness ([`Meter`]), holes, steps, what limiter and startle guard
//! did. What cannot be told from the whole is rendered by itself: two pieces that cross, a cue without the music, the music without it.
//! [`Report`] is all of it as plain data; [`Report::findings`] says what stands out, [`json()`] and [`svg`] show it. Memory grows
//! by ten values a second and by what is found.

mod crossing;
mod excerpt;
mod finding;
mod gated;
mod height;
mod json;
mod listening;
mod loudness;
mod picture;
mod powers;
mod report;
mod rise;
mod scripted;
mod sharp;
mod step;

use std::io;

pub use crossing::Crossing;
pub use finding::{Finding, Kind};
pub use height::Height;
pub use json::json;
pub use listening::{Down, Listening, Sound};
pub use loudness::{Measured, Meter};
pub use picture::svg;
pub use report::Report;
pub use rise::Rise;
pub use step::{Step, Steps};

use crate::player::StartError;

/// Loudness is defined for the rates of sound alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("loudness cannot be measured at this rate; render at 48000 Hz")]
pub struct NoLoudness;

impl From<ebur128::Error> for NoLoudness {
    fn from(_: ebur128::Error) -> Self {
        Self
    }
}

/// What can end a measurement: its own failures, and whatever whoever asked for it wants.
pub trait Failure: From<io::Error> + From<StartError> + From<NoLoudness> {}

impl<E: From<io::Error> + From<StartError> + From<NoLoudness>> Failure for E {}
