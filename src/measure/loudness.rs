//! How loud a sound is over its time, after EBU Tech 3341 and 3342 and ITU-R BS.1770-5: momentary, short-term and
//! integrated loudness, the loudness range and the true peak.

use super::NoLoudness;

use super::gated::Gated;
use super::powers::{MOMENTARY, Powers, SHORT_TERM};
use super::rise::{Rise, Rises};
use crate::frame::Frame;
use crate::level::{Decibels, Gain, Loudness};
use crate::library::{Fall, Falls};
use crate::time::{Frames, Rate};
use crate::true_peak::TruePeak;

/// Of so many steps one is kept.
pub(super) const KEPT: usize = 10;
/// Of so many values that are kept, one has the integrated loudness beside it.
const INTEGRATED: usize = 10;

/// Measures one stereo sound as it comes. Its memory grows by ten values a second.
pub struct Meter {
    powers: Powers,
    steps: usize,
    blocks: Gated,
    ranges: Gated,
    rises: Rises,
    falls: Falls,
    peak: TruePeak,
    measured: Measured,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// How many frames it had.
    pub frames: Frames,
    /// Between two values of the curves that follow.
    pub step: Frames,
    /// The loudness of the 400 ms before each step's end.
    pub momentary: Vec<Loudness>,
    /// The same of the 3 s before it.
    pub short_term: Vec<Loudness>,
    /// The integrated loudness so far, at each tenth step; `None` where nothing was heard yet.
    pub integrated_so_far: Vec<Option<Loudness>>,
    /// The integrated loudness of all of it; `None` where nothing was heard.
    pub integrated: Option<Loudness>,
    /// The loudness range.
    pub range: Option<Decibels>,
    /// The highest momentary loudness, and the end of its window.
    pub loudest_momentary: Option<(Loudness, Frames)>,
    /// The same of the short-term loudness.
    pub loudest_short_term: Option<(Loudness, Frames)>,
    /// The true peak, and where it is, to 10 ms.
    pub true_peak: (Gain, Frames),
    /// The largest rise of momentary loudness within 100 ms and within 1 s.
    pub largest_rises: [Option<Rise>; 2],
    /// The rises that are too quick.
    pub startles: Vec<Rise>,
    /// The falls that are too quick.
    pub falls: Vec<Fall>,
}

impl Meter {
    /// A meter at a rate. Allocates.
    ///
    /// # Errors
    /// Where the rate is one at which loudness is not defined.
    pub fn new(rate: Rate) -> Result<Self, NoLoudness> {
        let powers = Powers::new(rate)?;
        let step = Frames(powers.step().0 * KEPT as u64);
        Ok(Self {
            powers,
            steps: 0,
            blocks: Gated::default(),
            ranges: Gated::default(),
            rises: Rises::default(),
            falls: Falls::default(),
            peak: TruePeak::new(rate),
            measured: Measured {
                frames: Frames::ZERO,
                step,
                momentary: Vec::new(),
                short_term: Vec::new(),
                integrated_so_far: Vec::new(),
                integrated: None,
                range: None,
                loudest_momentary: None,
                loudest_short_term: None,
                true_peak: (Gain::SILENCE, Frames::ZERO),
                largest_rises: [None; 2],
                startles: Vec::new(),
                falls: Vec::new(),
            },
        })
    }

    /// Takes the next frames in.
    ///
    /// # Errors
    /// None that a stereo sound can cause.
    pub fn add(&mut self, mut frames: &[Frame]) -> Result<(), NoLoudness> {
        while !frames.is_empty() {
            let (now, later) = self.powers.split(frames);
            let is_over = self.powers.add(now)?;
            self.peak.add(now);
            if self.peak.peak() > self.measured.true_peak.0 {
                self.measured.true_peak = (self.peak.peak(), self.measured.frames);
            }
            self.measured.frames += Frames::from(now.len());
            if is_over {
                self.end_step();
            }
            frames = later;
        }
        Ok(())
    }

    fn end_step(&mut self) {
        self.steps += 1;
        let momentary = self.powers.mean(MOMENTARY);
        let short_term = self.powers.mean(SHORT_TERM);
        let now = self.measured.frames;
        let loud = [momentary, short_term].map(Loudness::of_power);
        let Measured {
            loudest_momentary,
            loudest_short_term,
            ..
        } = &mut self.measured;
        for (highest, loud) in [loudest_momentary, loudest_short_term]
            .into_iter()
            .zip(loud)
        {
            if highest.is_none_or(|(before, _)| loud > before) && loud > Loudness::GATE {
                *highest = Some((loud, now));
            }
        }
        self.rises.push(now, loud[0]);
        self.falls.push(now, loud[0]);
        if self.steps.is_multiple_of(KEPT) {
            if self.steps >= MOMENTARY {
                self.blocks.push(momentary);
            }
            if self.steps >= SHORT_TERM {
                self.ranges.push(short_term);
            }
            self.measured.momentary.push(loud[0]);
            self.measured.short_term.push(loud[1]);
            if self.steps.is_multiple_of(KEPT * INTEGRATED) {
                self.measured
                    .integrated_so_far
                    .push(self.blocks.integrated());
            }
        }
    }

    /// What was measured.
    #[must_use]
    pub fn finish(self) -> Measured {
        let (largest_rises, startles) = self.rises.finish();
        Measured {
            integrated: self.blocks.integrated(),
            range: self.ranges.range(),
            largest_rises,
            startles,
            falls: self.falls.finish(),
            ..self.measured
        }
    }
}
