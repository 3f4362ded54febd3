//! Keeps the music of a zone from startling anybody.
//!
//! What was sounding is the momentary loudness (400 ms, EBU Tech 3341) of what was let through, as it is remembered: the memory
//! of it fades by 12 dB a second, so that a short rest in the music changes little, and follows what is louder by 4 dB a
//! second. The music may stand 6 dB above that at once; so it rises by 6 dB within 100 ms and by 10 dB within a second at
//! most, where it jumps by up to 24 dB; more of a higher jump is past before it is known, up to 2 dB at 30. What rises faster
//! is held back as much as that needs, and let go of slowly. What is so quiet that it frightens nobody may come at once. Cues are no affair of this guard: the script says when they come, and how loud.
//!
//! It looks at hops of a millisecond, on a grid of its own, so that blocks change nothing, and answers a hop later: what
//! passes meanwhile is a 400th of the window. While it has nothing to do no bit changes.

use crate::engine::weighting::Rough;
use crate::frame::Frame;
use crate::level::Loudness;
use crate::time::Rate;

/// Hops in a second.
const HOPS: u32 = 1_000;

/// How the music begins is the script's affair, in hops.
const BEGIN: usize = 3_000;

/// The momentary window, in hops.
const WINDOW: usize = 400;

/// What comes is judged by its mean power over so many hops: longer than a period of the lowest bass.
const GLANCE: usize = 40;

/// What comes may stand so far above what was sounding, in power: 5.5 dB, since a hop passes before it is held, and power is
/// known to 0.3 dB.
const ABOVE: f64 = 3.55;

/// What was sounding follows what is louder by 4 dB a second, in power a hop.
const RISE: f64 = 1.000_921;

/// And is forgotten by 12 dB a second.
const FALL: f64 = 0.997_241;

/// How fast the gain comes back: 40 dB a second.
const RELEASE: f32 = 1.004_616;

/// Holds the music of one zone back where it rises too fast.
#[derive(Debug)]
pub struct StartleGuard {
    music: Rough,
    /// Frames in a hop, and how many of the current one have passed.
    hop: usize,
    count: usize,
    /// What the sum of a hop is multiplied with.
    each: f64,
    came: Sum<GLANCE>,
    passed: Sum<WINDOW>,
    /// What was sounding, in power.
    sounding: f64,
    /// Hops until it is known what is sounding, and judged.
    unknown: usize,
    /// Nobody is startled by less, in power.
    floor: f64,
    /// The gain at the begin and at the end of the current hop.
    gains: [f32; 2],
    deepest: f32,
}

impl StartleGuard {
    /// A guard that has heard nothing yet and does not judge how the music begins. What stays below `calm` passes. Allocates.
    #[must_use]
    pub fn new(rate: Rate, calm: Loudness) -> Self {
        let music = Rough::new(rate);
        let group = music.group();
        let hop = ((rate.hertz() / HOPS) as usize / group).max(1) * group;
        Self {
            music,
            hop,
            count: 0,
            each: 1.0 / hop as f64,
            came: Sum::new(),
            passed: Sum::new(),
            sounding: 0.0,
            unknown: BEGIN,
            floor: calm.power(),
            gains: [1.0; 2],
            deepest: 1.0,
        }
    }

    /// Holds a block back where that is needed. Real-time safe.
    pub fn watch(&mut self, block: &mut [Frame]) {
        let mut rest = block;
        while !rest.is_empty() {
            let frames = rest.len().min(self.hop - self.count);
            let (now, later) = rest.split_at_mut(frames);
            self.music.hear(now);
            if self.gains != [1.0; 2] {
                self.hold(now);
            }
            self.count += frames;
            if self.count == self.hop {
                self.end_hop();
            }
            rest = later;
        }
    }

    fn hold(&self, frames: &mut [Frame]) {
        let [begin, end] = self.gains;
        let slope = (end - begin) / self.hop as f32;
        for (at, frame) in frames.iter_mut().enumerate() {
            let gain = begin + slope * (self.count + at) as f32;
            *frame = frame.map(|sample| sample * gain);
        }
    }

    fn end_hop(&mut self) {
        self.count = 0;
        let power = self.music.take_power();
        let power = (power[0] + power[1]) * self.each;
        let [begin, end] = self.gains;
        let gain = f64::midpoint(f64::from(begin), f64::from(end));
        let came = self.came.push(power) * const { 1.0 / GLANCE as f64 };
        let momentary = self.passed.push(power * gain * gain) * const { 1.0 / WINDOW as f64 };
        let most = if let Some(left) = self.unknown.checked_sub(1) {
            self.unknown = left;
            self.sounding = momentary;
            f64::INFINITY
        } else {
            let follows = momentary.min(self.sounding * RISE);
            self.sounding = (self.sounding * FALL).max(follows).max(self.floor);
            self.sounding * ABOVE
        };
        let target = if came <= most {
            1.0
        } else {
            (most / came).sqrt() as f32
        };
        self.gains = [end, target.min(end * RELEASE).min(1.0)];
        self.deepest = self.deepest.min(self.gains[1]);
    }

    /// The deepest gain since this was last asked; 1 where it had nothing to do. Real-time safe.
    pub fn take_deepest(&mut self) -> f32 {
        std::mem::replace(&mut self.deepest, 1.0)
    }
}

/// The sum of the last values.
#[derive(Debug)]
struct Sum<const COUNT: usize> {
    values: [f64; COUNT],
    at: usize,
    total: f64,
}

impl<const COUNT: usize> Sum<COUNT> {
    fn new() -> Self {
        Self {
            values: [0.0; COUNT],
            at: 0,
            total: 0.0,
        }
    }

    fn push(&mut self, value: f64) -> f64 {
        let old = std::mem::replace(&mut self.values[self.at], value);
        self.at += 1;
        self.total += value - old;
        if self.at == COUNT {
            self.at = 0;
            // What rounding left behind goes.
            self.total = self.values.iter().sum();
        }
        self.total.max(0.0)
    }
}
