//! Where a sound is not: before its first frame and behind its last, gaps of silence, and places where samples are missing.

use std::ops::Range;
use std::time::Duration;

use crate::decode::Damage;
use crate::frame::Frame;
use crate::level::Decibels;
use crate::time::{Frames, Rate};

/// Below this in every sample there is silence; quiet music is not.
pub(super) const SILENCE: Decibels = Decibels(-70.0);
/// So many exact zeros within a sound are samples that are missing.
const DROPOUT: Duration = Duration::from_millis(1);
/// Above this there is sound.
const SOUND: Decibels = Decibels(-60.0);
/// The sound is torn where there is sound so near before and behind.
const NEAR: Duration = Duration::from_millis(5);
/// No more of either kind are kept: one tells as much as a thousand.
const MOST: usize = 10_000;

/// Looks for holes in a stereo sound as it comes.
#[derive(Debug)]
pub struct Holes {
    silence: f32,
    sound: f32,
    gap: u64,
    dropout: u64,
    near: u64,
    at: u64,
    /// How many of the last frames are silent, and exactly zero.
    silent: u64,
    zeros: u64,
    /// The first frame that is not silent.
    first: Option<u64>,
    /// The frame behind the last one with sound.
    sounded: Option<u64>,
    /// Zeros behind a sound, of which it is not known yet whether sound follows.
    torn: Option<Range<u64>>,
    gaps: Vec<Range<Frames>>,
    dropouts: Vec<Range<Frames>>,
}

/// What was found.
#[derive(Debug)]
pub struct Extent {
    /// From the first frame that is not silent to behind the last one; empty, at the end, where there is none.
    pub sounding: Range<Frames>,
    /// Where it is silent for [`Holes::GAP`] or longer, whether that is meant or not; before and behind what sounds too.
    pub gaps: Vec<Range<Frames>>,
    /// Where samples are missing, which is shorter.
    pub dropouts: Vec<Range<Frames>>,
}

impl Holes {
    /// As long as this is a gap.
    pub const GAP: Duration = Damage::HOLE;

    /// At a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            silence: SILENCE.gain().0,
            sound: SOUND.gain().0,
            gap: rate.frames(Self::GAP).0,
            dropout: rate.frames(DROPOUT).0,
            near: rate.frames(NEAR).0,
            at: 0,
            silent: 0,
            zeros: 0,
            first: None,
            sounded: None,
            torn: None,
            gaps: Vec::new(),
            dropouts: Vec::new(),
        }
    }

    /// Takes the next frames in.
    pub fn add(&mut self, frames: &[Frame]) {
        for frame in frames {
            let size = frame[0].abs().max(frame[1].abs());
            if size >= self.silence {
                self.first.get_or_insert(self.at);
                self.end_silence();
            } else {
                self.silent += 1;
            }
            if size > 0.0 {
                self.end_zeros();
            }
            if size >= self.sound {
                if let Some(torn) = self.torn.take()
                    && self.at - torn.end <= self.near
                {
                    keep(&mut self.dropouts, torn);
                }
                self.sounded = Some(self.at + 1);
            }
            self.zeros += u64::from(size == 0.0);
            self.at += 1;
        }
    }

    fn end_silence(&mut self) {
        let length = std::mem::take(&mut self.silent);
        if length >= self.gap {
            keep(&mut self.gaps, self.at - length..self.at);
        }
    }

    fn end_zeros(&mut self) {
        let length = std::mem::take(&mut self.zeros);
        let from = self.at - length;
        let near = self.sounded.is_some_and(|end| from - end <= self.near);
        if near && (self.dropout..self.gap).contains(&length) {
            self.torn = Some(from..self.at);
        }
    }

    /// The first frame that is not silent, of those taken in.
    pub(super) fn first_sounding(&self) -> Option<Frames> {
        self.first.map(Frames)
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Extent {
        let sounding = match self.first {
            Some(first) => first..self.at - self.silent,
            None => self.at..self.at,
        };
        self.end_silence();
        Extent {
            sounding: Frames(sounding.start)..Frames(sounding.end),
            gaps: self.gaps,
            dropouts: self.dropouts,
        }
    }
}

fn keep(kept: &mut Vec<Range<Frames>>, range: Range<u64>) {
    if kept.len() < MOST {
        kept.push(Frames(range.start)..Frames(range.end));
    }
}
