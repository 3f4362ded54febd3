//! Clicks: places where a sound bends as it bends nowhere near.
//!
//! A step, or a sample that is out of place, bends the sound within one or two samples. What is struck or plucked bends it for
//! milliseconds, and so does noise. So the sharpest bend of a millisecond is compared with the sharpest ones around it.

use std::collections::VecDeque;

use crate::frame::Frame;
use crate::level::Decibels;
use crate::time::{Frames, Rate};

/// A click bends the sound so many times more than anything near.
const TIMES: f32 = 4.0;
/// So many milliseconds on either side are near: the edges of the lowest tone of a loudspeaker come more often.
const NEAR: usize = 20;
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
    /// How much more it bends the sound than all that is near.
    pub above: Decibels,
}

/// Looks for steps in a stereo sound as it comes.
#[derive(Debug)]
pub struct Steps {
    length: usize,
    filled: usize,
    at: u64,
    before: [Frame; 2],
    current: [(f32, u64); 2],
    /// The sharpest bend of each of the last milliseconds, in each channel, and where it is.
    past: [VecDeque<(f32, u64)>; 2],
    found: Vec<Step>,
}

impl Steps {
    /// At a rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let past = VecDeque::from(vec![(0.0, 0); 2 * NEAR + 1]);
        Self {
            length: (rate.hertz() / 1000).max(4) as usize,
            filled: 0,
            at: 0,
            before: [[0.0; 2]; 2],
            current: [(0.0, 0); 2],
            past: [past.clone(), past],
            found: Vec::new(),
        }
    }

    /// Takes the next frames in.
    pub fn add(&mut self, frames: &[Frame]) {
        for frame in frames {
            let [first, second] = self.before;
            for channel in [0, 1] {
                let bend = (first[channel] - 2.0 * second[channel] + frame[channel]).abs();
                if bend > self.current[channel].0 {
                    self.current[channel] = (bend, self.at);
                }
            }
            self.before = [second, *frame];
            self.at += 1;
            self.filled += 1;
            if self.filled == self.length {
                self.filled = 0;
                self.end_millisecond();
            }
        }
    }

    fn end_millisecond(&mut self) {
        let mut found: Option<Step> = None;
        for (past, current) in self.past.iter_mut().zip(&mut self.current) {
            past.pop_front();
            past.push_back(std::mem::replace(current, (0.0, self.at)));
            let (bend, at) = past[NEAR];
            let beside = past[NEAR - 1].0.max(past[NEAR + 1].0);
            if bend < LEAST || bend <= beside {
                continue;
            }
            let near = past.iter().enumerate();
            let near = near.filter(|(place, _)| place.abs_diff(NEAR) > 1);
            let sharpest = near.map(|(_, (bend, _))| *bend).fold(0.0, f32::max);
            if bend <= TIMES * sharpest || found.is_some_and(|it| it.height.0 >= bend) {
                continue;
            }
            found = Some(Step {
                at: Frames(at),
                height: crate::level::Gain(bend).decibels(),
                above: crate::level::Gain(bend / sharpest.max(LEAST / TIMES)).decibels(),
            });
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
        self.add(&vec![[0.0; 2]; self.length * (NEAR + 2)]);
        self.found
    }
}
