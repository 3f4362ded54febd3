//! Clicks: places where a sound bends as it bends nowhere near.
//!
//! A step, or a sample that is out of place, bends the sound within one or two samples. What is struck or plucked bends it for
//! milliseconds, and so does noise. So the sharpest bend of a millisecond is compared with the sharpest ones around it; and where
//! clicks are so dense that each hides the next one, with what most of them are, if it stands alone within its millisecond.

use std::collections::VecDeque;

use super::sharp::{Sharp, is_tone};
use crate::frame::Frame;
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};

/// A click bends the sound so many times more than anything near.
pub(super) const TIMES: f32 = 4.0;
/// So many milliseconds on either side are near: the edges of the lowest tone of a loudspeaker come more often.
const NEAR: usize = 20;
/// In so many milliseconds on either side the edges of a tone show that they are those of one.
const TONE: usize = 50;
/// Steps below -54 dBFS are not heard. Music at -23 LUFS is listened to at some 65 dB, so that full scale is at 88 dB; and a
/// single click of a tenth of a millisecond is heard, alone and in silence, from some 40 dB on. That is -48 dBFS; 6 dB more are
/// for those who listen louder.
const LEAST: f32 = 2e-3;
/// No more are kept: one tells as much as a thousand.
const MOST: usize = 1000;

/// A place where the sound steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Where, to the frame.
    pub at: Frames,
    /// How high it is, in dBFS.
    pub height: Decibels,
    /// How much more it bends the sound than all that is near; or than most of it, where there are others.
    pub above: Decibels,
}

/// Looks for steps in a stereo sound as it comes.
#[derive(Debug)]
pub struct Steps {
    length: usize,
    at: u64,
    before: [Frame; 2],
    channels: [Channel; 2],
    found: Vec<Step>,
}

/// What is known of one channel.
#[derive(Debug)]
struct Channel {
    /// The bends of the last three milliseconds at most; the last of them may not be over.
    bends: Vec<f32>,
    /// What the milliseconds before the last were.
    past: VecDeque<Peak>,
}

/// The sharpest bend of a millisecond.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peak {
    /// How sharp it is.
    pub bend: f32,
    /// How it stands alone within a millisecond on either side, if it does.
    pub sharp: Option<Sharp>,
    at: u64,
}

impl Steps {
    /// At a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let length = (rate.hertz() / 1000).max(4) as usize;
        let channel = || Channel {
            bends: vec![0.0; 2 * length],
            past: VecDeque::from(vec![Peak::default(); 2 * TONE + 1]),
        };
        Self {
            length,
            at: 0,
            before: [[0.0; 2]; 2],
            channels: [channel(), channel()],
            found: Vec::new(),
        }
    }

    /// Takes the next frames in.
    pub fn add(&mut self, frames: &[Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let left = self.length - (self.at % self.length as u64) as usize;
            let (now, later) = rest.split_at(left.min(rest.len()));
            for frame in now {
                let [first, second] = self.before;
                for (at, channel) in self.channels.iter_mut().enumerate() {
                    let bend = first[at] - 2.0 * second[at] + frame[at];
                    channel.bends.push(bend);
                }
                self.before = [second, *frame];
            }
            self.at += now.len() as u64;
            rest = later;
            if now.len() == left {
                self.end_millisecond();
            }
        }
    }

    fn end_millisecond(&mut self) {
        let mut found: Option<Step> = None;
        let begin = self.at.saturating_sub(2 * self.length as u64);
        for channel in &mut self.channels {
            channel.end_millisecond(self.length, begin);
            if let Some(step) = channel.step()
                && found.is_none_or(|other| step.height.0 > other.height.0)
            {
                found = Some(step);
            }
        }
        if let Some(step) = found
            && self.found.len() < MOST
        {
            self.found.push(step);
        }
    }

    /// The steps that were found. What comes after the last frame is silence.
    #[must_use]
    pub fn finish(mut self) -> Vec<Step> {
        self.add(&vec![[0.0; 2]; self.length * (TONE + 3)]);
        self.found
    }
}

impl Channel {
    /// Takes in what the millisecond before the last was, which began at `begin`.
    fn end_millisecond(&mut self, length: usize, begin: u64) {
        let mut peak = Peak::default();
        for (at, bend) in self.bends[length..2 * length].iter().enumerate() {
            if bend.abs() > peak.bend {
                peak.bend = bend.abs();
                peak.at = at as u64;
            }
        }
        if peak.bend >= LEAST / TIMES {
            let place = length + peak.at as usize;
            peak.sharp = Sharp::of(&self.bends, place, length);
        }
        peak.at += begin;
        self.past.pop_front();
        self.past.push_back(peak);
        self.bends.drain(..length);
    }

    /// The step in the middle of what is known, if there is one.
    fn step(&self) -> Option<Step> {
        let peak = self.past[TONE];
        let beside = self.past[TONE - 1].bend.max(self.past[TONE + 1].bend);
        if peak.bend < LEAST || peak.bend <= beside {
            return None;
        }
        let before = self.past.range(TONE - NEAR..TONE - 1);
        let near = before.chain(self.past.range(TONE + 2..=TONE + NEAR));
        let mut near: Vec<f32> = near.map(|peak| peak.bend).collect();
        let sharpest = near.iter().copied().fold(0.0, f32::max);
        let around = if peak.bend > TIMES * sharpest {
            sharpest
        } else {
            let sharp = peak.sharp?;
            let middle = near.len() / 2;
            let (_, usual, _) = near.select_nth_unstable_by(middle, f32::total_cmp);
            let stands_out = peak.bend > TIMES * *usual;
            if !stands_out || is_tone(sharp, peak, &self.past) {
                return None;
            }
            *usual
        };
        Some(Step {
            at: Frames(peak.at),
            height: Gain(peak.bend).decibels(),
            above: Gain(peak.bend / around.max(LEAST / TIMES)).decibels(),
        })
    }
}
