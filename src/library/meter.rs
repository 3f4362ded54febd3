//! What is measured of a sound while it is decoded once.

use std::ops::Range;
use std::time::Duration;

use ebur128::{EbuR128, Mode};

use super::audible::Audible;
use super::hole::{Extent, Holes, SILENCE};
use super::means::{Mean, Means};
use super::sides::{Side, Sides};
use super::slow::{Slow, Slowness};
use super::sudden::Listening;
use crate::frame::Frame;
use crate::level::{Decibels, Gain, Loudness};
use crate::time::{Frames, Rate};
use crate::true_peak::TruePeak;

/// What lies this far below what is too low to be heard is no music.
const BURIED: Decibels = Decibels(-30.0);

/// A moment: two periods of the lowest sound that is heard.
const MOMENT: Duration = Duration::from_millis(100);

/// The gate looks at blocks of this length (ITU-R BS.1770-5); what is shorter is as loud as all of it.
const BLOCK: Duration = Duration::from_millis(400);

/// Measures a sound as it is played: both channels, in full, from the first frame on.
pub(super) struct Meter {
    rate: Rate,
    loudness: EbuR128,
    peak: TruePeak,
    frames: Frames,
    seconds: Vec<Loudness>,
    means: Means,
    audible: Audible,
    slow: Slow,
    listening: Listening,
    holes: Holes,
    /// Sums of squares of each channel: of what is not heard, and of all there is.
    unheard: [f64; 2],
    all: [f64; 2],
    /// What was heard until the last full second.
    heard: [f64; 2],
    sides: Sides,
}

/// What was measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub frames: Frames,
    pub loudness: Option<Loudness>,
    pub true_peak: Gain,
    pub seconds: Vec<Loudness>,
    pub head: Frames,
    pub tail: Frames,
    /// Where between the two it is as silent.
    pub silences: Vec<Range<Frames>>,
    /// What is too slow to be heard.
    pub slow: Slowness,
    /// The longest stretch in which one side alone is heard, in seconds.
    pub one_sided: Option<(Side, Range<u64>)>,
    /// The power of what is heard, on the left and on the right; and of what is not, both together.
    heard: [f64; 2],
    unheard: f64,
}

impl Measured {
    /// Whether nothing sounds in it.
    pub fn is_silent(&self) -> bool {
        self.head >= self.frames
    }

    /// Whether it is over in a moment: a click, and its own affair.
    pub fn is_a_moment(&self, rate: Rate) -> bool {
        self.frames < rate.frames(MOMENT)
    }

    /// The only side on which anything is heard, from beginning to end.
    pub fn only_side(&self) -> Option<Side> {
        Side::alone(self.heard)
    }

    /// Whether there is hardly anything but a constant offset, or waves that are too low to be heard.
    pub fn is_too_slow(&self) -> bool {
        let buried = f64::from(BURIED.gain().0).powi(2);
        let heard: f64 = self.heard.iter().sum();
        self.unheard > f64::from(SILENCE.gain().0).powi(2) && heard < self.unheard * buried
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
            frames: Frames::ZERO,
            seconds: Vec::new(),
            means,
            audible: Audible::new(slower),
            slow: Slow::new(slower),
            listening: Listening::new(rate),
            holes: Holes::new(rate),
            unheard: [0.0; 2],
            all: [0.0; 2],
            heard: [0.0; 2],
            sides: Sides::default(),
        })
    }

    pub fn add(&mut self, mut frames: &[Frame]) -> Result<(), ebur128::Error> {
        self.peak.add(frames);
        self.holes.add(frames);
        if let Some(first) = self.holes.first_sounding() {
            let silent = (first - self.frames).index().min(frames.len());
            self.listening.hear(&frames[silent..]);
        }
        while !frames.is_empty() {
            let second = u64::from(self.rate.hertz());
            let to_the_second = (second - self.frames.0 % second) as usize;
            let (now, later) = frames.split_at(to_the_second.min(frames.len()));
            self.loudness.add_frames_f32(now.as_flattened())?;
            self.sum(now);
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
        let loudness = match self.seconds.first() {
            Some(all) if self.frames < self.rate.frames(BLOCK) => *all,
            _ => Loudness(self.loudness.loudness_global()? as f32),
        };
        let count = self.frames.0.max(1) as f64;
        let rest = self.means.take();
        add(&mut self.unheard, self.audible.unheard(rest));
        let heard = self.heard().map(|sum| sum / count);
        let Extent {
            sounding,
            gaps: mut silences,
            ..
        } = self.holes.finish();
        silences.retain(|gap| gap.start >= sounding.start && gap.end <= sounding.end);
        let measured = Measured {
            heard,
            one_sided: self.sides.finish(),
            slow: self.slow.finish(),
            unheard: self.unheard.iter().sum::<f64>().max(0.0) / count,
            frames: self.frames,
            loudness: Some(loudness).filter(|loudness| *loudness > Loudness::GATE),
            true_peak: self.peak.peak(),
            seconds: self.seconds,
            head: sounding.start,
            silences,
            tail: self.frames - sounding.end,
        };
        Ok((measured, self.listening))
    }

    /// The power of what is heard on each side, summed over the frames so far.
    fn heard(&self) -> [f64; 2] {
        [0, 1].map(|side| (self.all[side] - self.unheard[side]).max(0.0))
    }

    fn sum(&mut self, frames: &[Frame]) {
        for frame in frames {
            for (all, sample) in self.all.iter_mut().zip(frame.map(f64::from)) {
                *all += sample * sample;
            }
        }
        let each = |mean: Mean| {
            add(&mut self.unheard, self.audible.unheard(mean));
            self.slow.add(mean);
        };
        self.means.add(frames, each);
        self.audible.settle();
        self.slow.settle();
    }

    /// The sides of the last second, and its loudness; of what there is, where the sound is shorter.
    fn end_second(&mut self) -> Result<(), ebur128::Error> {
        let until_now = self.heard();
        let before = std::mem::replace(&mut self.heard, until_now);
        let second = f64::from(self.rate.hertz());
        let heard = |side: usize| (until_now[side] - before[side]).max(0.0) / second;
        self.sides.add([0, 1].map(heard));
        let milliseconds = match self.frames.0 % u64::from(self.rate.hertz()) {
            0 => 1000,
            rest => (self.rate.seconds(Frames(rest)) * 1000.0).ceil() as u32,
        };
        let loudness = Loudness(self.loudness.loudness_window(milliseconds)? as f32);
        self.seconds.push(loudness.louder(Loudness::GATE));
        Ok(())
    }
}

fn add(sums: &mut [f64; 2], more: [f64; 2]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}
