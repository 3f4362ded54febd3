//! Hears a session's rendering as it is made, each zone by itself.

use std::ops::Range;

use super::NoLoudness;
use super::excerpt::split;
use super::loudness::{Measured, Meter};
use super::step::{Step, Steps};
use crate::frame::Frame;
use crate::level::Decibels;
use crate::library::{Hold, Holes, Work};
use crate::time::{Frames, Rate};
use crate::zone::{Layout, Zone};

/// What one zone sounds like, whatever was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// The zone.
    pub zone: Zone,
    /// How loud it is over its time.
    pub loudness: Measured,
    /// Where it is silent for 50 ms and more.
    pub gaps: Vec<Range<Frames>>,
    /// Where samples are missing within it.
    pub dropouts: Vec<Range<Frames>>,
    /// Where it steps.
    pub steps: Vec<Step>,
    /// Where the limiter worked.
    pub limiter: Vec<Hold>,
    /// Where the startle guard held the music back.
    pub held_back: Vec<Hold>,
}

/// How far a zone's sound was held down in a block: 0 dB by what was idle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Down {
    /// By the limiter.
    pub limiter: Decibels,
    /// Its music, by the startle guard.
    pub held_back: Decibels,
}

/// Hears all zones of a rendering.
pub struct Listening {
    ears: Vec<Ear>,
    planes: Vec<Vec<Frame>>,
}

struct Ear {
    zone: Zone,
    meter: Meter,
    holes: Holes,
    steps: Steps,
    limiter: Work,
    held_back: Work,
}

impl Listening {
    /// To a rendering of these zones. Allocates.
    ///
    /// # Errors
    /// Where the rate is none of sound.
    pub fn new(rate: Rate, layout: &Layout) -> Result<Self, NoLoudness> {
        let ear = |zone| -> Result<Ear, NoLoudness> {
            Ok(Ear {
                zone,
                meter: Meter::new(rate)?,
                holes: Holes::new(rate),
                steps: Steps::new(rate),
                limiter: Work::default(),
                held_back: Work::default(),
            })
        };
        Ok(Self {
            ears: layout.zones().map(ear).collect::<Result<_, _>>()?,
            planes: vec![Vec::new(); layout.len()],
        })
    }

    /// Takes the next block in, interleaved, and how far each zone was held down in it.
    ///
    /// # Errors
    /// None that a sound can cause.
    pub fn hear(&mut self, block: &[f32], down: impl Fn(Zone) -> Down) -> Result<(), NoLoudness> {
        if block.is_empty() {
            return Ok(());
        }
        split(block, &mut self.planes);
        for (ear, frames) in self.ears.iter_mut().zip(&self.planes) {
            ear.meter.add(frames)?;
            ear.holes.add(frames);
            ear.steps.add(frames);
            let (length, down) = (Frames::from(frames.len()), down(ear.zone));
            ear.limiter.add(length, down.limiter);
            ear.held_back.add(length, down.held_back);
        }
        Ok(())
    }

    /// What was heard.
    #[must_use]
    pub fn finish(self) -> Vec<Sound> {
        let sound = |ear: Ear| {
            let found = ear.holes.finish();
            Sound {
                zone: ear.zone,
                loudness: ear.meter.finish(),
                gaps: found.gaps,
                dropouts: found.dropouts,
                steps: ear.steps.finish(),
                limiter: ear.limiter.finish(),
                held_back: ear.held_back.finish(),
            }
        };
        self.ears.into_iter().map(sound).collect()
    }
}
