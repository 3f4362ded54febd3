//! What is measured of a sound while it is decoded once.

use std::ops::Range;
use std::time::Duration;

use ebur128::{EbuR128, Mode};

use super::audible::Audible;
use super::hole::Holes;
use super::means::{Mean, Means};
use super::slow::{Slow, Slowness};
use super::sudden::Listening;
use crate::frame::Frame;
use crate::level::{Decibels, Gain, Loudness};
use crate::time::{Frames, Rate};
use crate::true_peak::TruePeak;

/// Below this in every sample, a head or a tail is silence; quiet music is not.
const SILENCE: Decibels = Decibels(-70.0);

/// What lies this far below what is too low to be heard is no music.
const BURIED: Decibels = Decibels(-30.0);

/// A moment: two periods of the lowest sound that is heard.
const MOMENT: Duration = Duration::from_millis(100);

/// The seconds of a short-term window.
const WINDOW: u32 = 3;

/// Measures a sound as it is played: both channels, in full, from the first frame on.
pub(super) struct Meter {
    rate: Rate,
    loudness: EbuR128,
    peak: TruePeak,
    silence: f32,
    frames: Frames,
    first_sounding: Option<Frames>,
    /// The frame behind the last one that is not silent.
    sounding_until: Frames,
    short_term: Vec<Loudness>,
    means: Means,
    audible: Audible,
    slow: Slow,
    listening: Listening,
    holes: Holes,
    /// Sums of squares of both channels: of what is not heard, and of all there is.
    unheard: f64,
    all: f64,
}

/// What was measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub frames: Frames,
    pub loudness: Option<Loudness>,
    pub true_peak: Gain,
    pub short_term: Vec<Loudness>,
    pub head: Frames,
    pub tail: Frames,
    /// Where between the two it is as silent.
    pub silences: Vec<Range<Frames>>,
    /// What is too slow to be heard.
    pub slow: Slowness,
    /// The power of what is heard, and of what is not, both channels together.
    heard: f64,
    unheard: f64,
}

impl Measured {
    /// Whether it is over in a moment: a click, and its own affair.
    pub fn is_a_moment(&self, rate: Rate) -> bool {
        self.frames < rate.frames(MOMENT)
    }

    /// Whether there is hardly anything but a constant offset, or waves that are too low to be heard.
    pub fn is_too_slow(&self) -> bool {
        let buried = f64::from(BURIED.gain().0).powi(2);
        self.unheard > f64::from(SILENCE.gain().0).powi(2) && self.heard < self.unheard * buried
    }
}

impl Meter {
    pub fn new(rate: Rate) -> Result<Self, ebur128::Error> {
        let means = Means::new(rate);
        let slower = means.rate(rate);
        Ok(Self {
            rate,
            loudness: EbuR128::new(2, rate.hertz(), Mode::I | Mode::S)?,
            peak: TruePeak::new(rate),
            silence: SILENCE.gain().0,
            frames: Frames::ZERO,
            first_sounding: None,
            sounding_until: Frames::ZERO,
            short_term: Vec::new(),
            means,
            audible: Audible::new(slower),
            slow: Slow::new(slower),
            listening: Listening::new(rate),
            holes: Holes::new(rate),
            unheard: 0.0,
            all: 0.0,
        })
    }

    pub fn add(&mut self, mut frames: &[Frame]) -> Result<(), ebur128::Error> {
        self.peak.add(frames);
        self.find_silence(frames);
        if let Some(first) = self.first_sounding {
            let silent = (first - self.frames).index().min(frames.len());
            self.listening.hear(&frames[silent..]);
        }
        self.sum(frames);
        self.holes.add(frames);
        while !frames.is_empty() {
            let second = u64::from(self.rate.hertz());
            let to_the_second = (second - self.frames.0 % second) as usize;
            let (now, later) = frames.split_at(to_the_second.min(frames.len()));
            self.loudness.add_frames_f32(now.as_flattened())?;
            self.frames += Frames::from(now.len());
            frames = later;
            if self.frames.0.is_multiple_of(second) {
                self.end_second()?;
            }
        }
        Ok(())
    }

    /// What was measured, and what was listened to for what comes all at once.
    pub fn finish(mut self) -> Result<(Measured, Listening), ebur128::Error> {
        if !self.frames.0.is_multiple_of(u64::from(self.rate.hertz())) {
            self.end_second()?;
        }
        let loudness = Loudness(self.loudness.loudness_global()? as f32);
        let count = self.frames.0.max(1) as f64;
        let rest = self.means.take();
        self.unheard += self.audible.unheard(rest);
        let head = self.first_sounding.unwrap_or(self.frames);
        let within = |gap: &Range<Frames>| gap.start >= head && gap.end <= self.sounding_until;
        let (mut silences, _) = self.holes.finish();
        silences.retain(within);
        let measured = Measured {
            heard: (self.all - self.unheard).max(0.0) / count,
            slow: self.slow.finish(),
            unheard: self.unheard.max(0.0) / count,
            frames: self.frames,
            loudness: Some(loudness).filter(|loudness| *loudness > Loudness::GATE),
            true_peak: self.peak.peak(),
            short_term: self.short_term,
            head,
            silences,
            tail: match self.first_sounding {
                Some(_) => self.frames - self.sounding_until,
                None => Frames::ZERO,
            },
        };
        Ok((measured, self.listening))
    }

    fn sum(&mut self, frames: &[Frame]) {
        for frame in frames {
            let [left, right] = frame.map(f64::from);
            self.all += left * left + right * right;
        }
        let each = |mean: Mean| {
            self.unheard += self.audible.unheard(mean);
            self.slow.add(mean);
        };
        self.means.add(frames, each);
        self.audible.settle();
        self.slow.settle();
    }

    fn find_silence(&mut self, frames: &[Frame]) {
        let sounding = |frame: &Frame| frame[0].abs().max(frame[1].abs()) >= self.silence;
        if self.first_sounding.is_none() {
            let first = frames.iter().position(sounding);
            self.first_sounding = first.map(|at| self.frames + Frames::from(at));
        }
        if let Some(last) = frames.iter().rposition(sounding) {
            self.sounding_until = self.frames + Frames::from(last + 1);
        }
    }

    /// The loudness of the last window; of what there is, where the sound is shorter.
    fn end_second(&mut self) -> Result<(), ebur128::Error> {
        let heard = self.rate.seconds(self.frames) as f32;
        let window = WINDOW as f32;
        // the meter takes what came before the first frame for silence
        let correction = Decibels(10.0 * (window / heard.min(window)).log10());
        let loudness = Loudness(self.loudness.loudness_shortterm()? as f32) + correction;
        let audible = loudness > Loudness::GATE;
        self.short_term
            .push(if audible { loudness } else { Loudness::GATE });
        Ok(())
    }
}
