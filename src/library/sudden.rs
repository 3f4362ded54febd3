//! What comes and goes all at once within a file: where it bursts in and is held back by the startle guard, and where it falls
//! off. Found as a rendering's report finds it, in the file alone, at the loudness that music usually has.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fall::Falls;
use super::meter::Measured;
use super::powers::{MOMENTARY, Powers};
use super::work::{Work, places};
use super::{Fault, Watch};
use crate::decode::{DecodeError, Decoder};
use crate::engine::StartleGuard;
use crate::frame::Frame;
use crate::level::{Decibels, Gain, Loudness};
use crate::time::{Frames, Rate};

/// How a piece ends is its own affair for so long: it is on its way out.
const ENDS: Duration = Duration::from_secs(10);

/// A place at which a file gets louder or softer all at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sudden {
    /// Where, in frames at the file's rate.
    pub at: Frames,
    /// How far it is held back, or falls; above zero.
    pub by: Decibels,
}

/// All such places of a file, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub bursts: Vec<Sudden>,
    pub falls: Vec<Sudden>,
}

/// Decodes a file that was measured once more, and listens to it as it will be heard. Blocking.
pub(super) fn find(path: &Path, measured: &Measured, watch: &dyn Watch) -> Result<Found, Fault> {
    let Some(loudness) = measured.loudness else {
        return Ok(Found::default());
    };
    let mut decoder = Decoder::open(path)?;
    let gain = loudness.change_to(Loudness::USUAL, measured.true_peak);
    let broken = |_| DecodeError::Broken;
    let mut listening = Listening::new(decoder.rate(), gain.gain()).map_err(broken)?;
    let mut frames = Vec::new();
    let mut at = Frames::ZERO;
    while decoder.read(&mut frames)? > 0 {
        let silent = (measured.head - at).index().min(frames.len());
        at += Frames::from(frames.len());
        listening.hear(&mut frames[silent..]).map_err(broken)?;
        frames.clear();
        if watch.is_called_off() {
            return Err(Fault::CalledOff);
        }
    }
    Ok(listening.finish(measured))
}

/// Hears a file from its first sound on.
struct Listening {
    rate: Rate,
    gain: Gain,
    guard: StartleGuard,
    held_back: Work,
    powers: Powers,
    falls: Falls,
    heard: Frames,
}

impl Listening {
    fn new(rate: Rate, gain: Gain) -> Result<Self, ebur128::Error> {
        Ok(Self {
            rate,
            gain,
            guard: StartleGuard::new(rate, Loudness::USUAL.calm()),
            held_back: Work::default(),
            powers: Powers::new(rate)?,
            falls: Falls::default(),
            heard: Frames::ZERO,
        })
    }

    fn hear(&mut self, mut frames: &mut [Frame]) -> Result<(), ebur128::Error> {
        while !frames.is_empty() {
            let length = self.powers.split(frames).0.len();
            let (now, later) = frames.split_at_mut(length);
            for frame in &mut *now {
                *frame = frame.map(|sample| sample * self.gain.0);
            }
            self.guard.watch(now);
            self.heard += Frames::from(length);
            let deepest = Gain(self.guard.take_deepest());
            self.held_back.add(Frames::from(length), deepest.decibels());
            if self.powers.add(now)? {
                let momentary = Loudness::of_power(self.powers.mean(MOMENTARY));
                self.falls.push(self.heard, momentary);
            }
            frames = later;
        }
        Ok(())
    }

    fn finish(self, measured: &Measured) -> Found {
        let head = measured.head;
        let ends = self.heard - measured.tail - self.rate.frames(ENDS);
        let bursts = places(&self.held_back.finish(), self.rate);
        let bursts = bursts.into_iter().map(|hold| Sudden {
            at: head + hold.over.start,
            by: -hold.deepest,
        });
        let falls = self.falls.finish().into_iter();
        let falls = falls.filter(|fall| fall.at < ends).map(|fall| Sudden {
            at: head + fall.at,
            by: fall.by,
        });
        Found {
            bursts: bursts.collect(),
            falls: falls.collect(),
        }
    }
}
