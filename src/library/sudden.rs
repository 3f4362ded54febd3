//! What comes and goes all at once within a file: where it bursts in and is held back by the startle guard, and where it falls
//! off. Found as a rendering's report finds it, in the file alone, at the loudness that music usually has.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fall::Falls;
use super::meter::Measured;
use super::work::{Work, places};
use crate::engine::{Foresight, Rough};
use crate::frame::Frame;
use crate::level::{Decibels, Loudness};
use crate::time::{Frames, Rate};

/// How a piece ends is its own affair for so long: it is on its way out.
const ENDS: Duration = Duration::from_secs(10);

/// Hops in a step of falls, 10 ms.
const STEP: usize = 10;

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

/// Hears a file from its first sound on. How loud it will be is known at its end, so each hop's loudness is kept until then:
/// seven megabytes an hour.
#[derive(Debug)]
pub(super) struct Listening {
    rate: Rate,
    music: Rough,
    count: usize,
    hops: Vec<Kept>,
}

impl Listening {
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            music: Rough::new(rate),
            count: 0,
            hops: Vec::new(),
        }
    }

    pub fn hear(&mut self, mut frames: &[Frame]) {
        let hop = self.music.hop();
        while !frames.is_empty() {
            let (now, later) = frames.split_at(frames.len().min(hop - self.count));
            self.music.hear(now, f32::INFINITY);
            self.count += now.len();
            if self.count == hop {
                self.count = 0;
                let [left, right] = self.music.take_power();
                self.hops.push(Kept::of((left + right) / hop as f64));
            }
            frames = later;
        }
    }

    /// What bursts in and what falls off, as it will be heard.
    pub fn finish(self, measured: &Measured) -> Found {
        let Some(loudness) = measured.loudness else {
            return Found::default();
        };
        let hop = self.music.hop();
        let gain = loudness.change_to(Loudness::USUAL, measured.true_peak);
        let louder = f64::from(gain.gain().0).powi(2);
        let mut guard = Foresight::new(self.rate, hop, Loudness::USUAL);
        let (mut held_back, mut falls) = (Work::default(), Falls::default());
        let mut heard = Frames::ZERO;
        for (number, power) in (1..).zip(&self.hops) {
            let gain = guard.hear(power.power() * louder);
            heard += Frames::from(hop);
            held_back.add(Frames::from(hop), gain.decibels());
            if number % STEP == 0 {
                falls.push(heard, guard.momentary());
            }
        }
        let head = measured.head;
        let bursts = places(&held_back.finish(), self.rate);
        let bursts = bursts.into_iter().map(|hold| Sudden {
            at: head + hold.over.start,
            by: -hold.deepest,
        });
        let ends = heard - measured.tail - self.rate.frames(ENDS);
        let falls = falls.finish().into_iter();
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

/// A loudness from -200 LUFS on, in steps of a two-hundredth of a decibel.
#[derive(Debug, Clone, Copy)]
struct Kept(u16);

impl Kept {
    const LEAST: f32 = -200.0;
    const STEPS: f32 = 200.0;

    fn of(power: f64) -> Self {
        // What is no number, or too little, is the least.
        Self(((Loudness::of_power(power).0 - Self::LEAST) * Self::STEPS).round() as u16)
    }

    fn power(self) -> f64 {
        Loudness(f32::from(self.0) / Self::STEPS + Self::LEAST).power()
    }
}
