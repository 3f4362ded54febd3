//! Keeps the music of a zone from startling anybody.
//!
//! What was sounding is the momentary loudness (400 ms, EBU Tech 3341) of what was let through, as it is remembered: for two
//! seconds, so that a rest in the music changes nothing, then it fades by 12 dB a second; and it follows what is louder by 4 dB
//! in a second. The music may stand 6 dB above that at once; so it rises by 6 dB within 100 ms and by 10 dB within a second at
//! most. A stroke like one that was let through in these two seconds comes as that did. What rises faster is held back as much as
//! that needs, and let go of slowly. What is so quiet that it frightens nobody may come at once; what begins where for a second
//! there was no music comes as it is faded in, but not as a blow; and what a session begins with may begin as it does, but rises by
//! 6 dB within 100 ms at most from a second on.
//! Cues are no affair of this guard: the script says when they come, and how loud.
//!
//! It looks at hops of a millisecond, and at every fourth frame where a sample is so large that a hop would be too late; on
//! a grid of its own, so that blocks change nothing. What it finds is answered until the next look. While it has nothing to do
//! no bit changes.

use crate::engine::ear::Ear;
use crate::engine::rough::Rough;
use crate::frame::Frame;
use crate::level::Loudness;
use crate::time::{Frames, Rate};

/// How fast the gain comes back: 40 dB a second, in parts of it.
pub const RELEASE: f32 = 4.605;

/// Holds the music of one zone back where it rises too fast.
#[derive(Debug)]
pub struct StartleGuard {
    music: Rough,
    /// Frames in a step and in a hop, and how many of the current hop have passed.
    step: usize,
    hop: usize,
    count: usize,
    /// What the sum of a hop is multiplied with.
    each: f64,
    ear: Ear,
    /// The largest square of a sample that a hop is in time for, and whether a larger one came, in the last hop and in the
    /// current one.
    harmless: f32,
    sudden: [bool; 2],
    ramp: Ramp,
    /// How much the gain may rise in a frame, in parts of it.
    release: f32,
    deepest: f32,
}

impl StartleGuard {
    /// A guard that has heard nothing yet, of music that has this loudness. Allocates.
    #[must_use]
    pub fn new(rate: Rate, music_loudness: Loudness) -> Self {
        let music = Rough::new(rate);
        let (step, hop) = (music.group(), music.hop());
        Self {
            music,
            step,
            hop,
            count: 0,
            each: 1.0 / hop as f64,
            ear: Ear::new(music_loudness),
            harmless: f32::INFINITY,
            sudden: [false; 2],
            ramp: Ramp::new([1.0; 2], 0),
            release: RELEASE / rate.hertz() as f32,
            deepest: 1.0,
        }
    }

    /// The session begins here, or goes on, with music of this loudness that the script lets come within this. Real-time safe.
    pub fn begin(&mut self, music: Loudness, within: Frames) {
        self.ear.begin(music, within.0 as f64 / self.hop as f64);
    }

    /// Music of this loudness begins here where there was none, and the script lets it come within this. Real-time safe.
    pub fn expect(&mut self, music: Loudness, within: Frames) {
        self.ear.expect(music, within.0 as f64 / self.hop as f64);
    }

    /// Holds a block back where that is needed. Real-time safe.
    pub fn watch(&mut self, block: &mut [Frame]) {
        let mut rest = block;
        while !rest.is_empty() {
            let look = match self.music.waiting() {
                0 => self.hop - self.count,
                begun => self.step - begun,
            };
            let (now, later) = rest.split_at_mut(rest.len().min(look));
            if !self.is_sudden() && self.music.hear(now, self.harmless) {
                self.pass(now);
            } else {
                for step in now.chunks_mut(self.step) {
                    self.watch_closely(step);
                }
            }
            if self.count == self.hop {
                self.end_hop();
            }
            rest = later;
        }
    }

    /// Looks behind a step, too.
    fn watch_closely(&mut self, frames: &mut [Frame]) {
        if !self.music.hear(frames, self.harmless) {
            self.sudden[1] = true;
            self.music.hear(frames, f32::INFINITY);
        }
        self.pass(frames);
        if self.is_sudden() && self.music.waiting() == 0 && self.count < self.hop {
            self.look();
            self.answer();
        }
    }

    fn pass(&mut self, frames: &mut [Frame]) {
        self.ramp.hold(frames);
        self.count += frames.len();
    }

    fn is_sudden(&self) -> bool {
        self.sudden != [false; 2]
    }

    /// Takes in what came, and what of it passed, since the last look.
    fn look(&mut self) {
        let power = self.music.take_power();
        let power = (power[0] + power[1]) * self.each;
        self.ear.hear(power, self.ramp.middle());
    }

    fn end_hop(&mut self) {
        self.count = 0;
        self.sudden = [self.sudden[1], false];
        self.look();
        self.ear.know();
        self.harmless = self.ear.harmless();
        self.answer();
        self.ear.go_on();
    }

    /// Turns the gain to what is needed until the next look.
    fn answer(&mut self) {
        let needed = self.ear.needs();
        if needed == 1.0 && !self.ramp.is_held() {
            return;
        }
        let frames = if self.is_sudden() {
            self.step
        } else {
            self.hop
        };
        let begin = self.ramp.gain();
        let most = (begin + begin * self.release * frames as f32).min(1.0);
        self.ramp = Ramp::new([begin, needed.min(most)], frames);
        self.deepest = self.deepest.min(self.ramp.end);
    }

    /// The deepest gain since this was last asked; 1 where it had nothing to do. Real-time safe.
    pub fn take_deepest(&mut self) -> f32 {
        std::mem::replace(&mut self.deepest, 1.0)
    }
}

/// A gain on its way from one look to the next, which may come before its end.
#[derive(Debug)]
struct Ramp {
    begin: f32,
    end: f32,
    frames: usize,
    passed: usize,
}

impl Ramp {
    const fn new([begin, end]: [f32; 2], frames: usize) -> Self {
        Self {
            begin,
            end,
            frames,
            passed: 0,
        }
    }

    fn is_held(&self) -> bool {
        self.begin != 1.0 || self.end != 1.0
    }

    fn hold(&mut self, frames: &mut [Frame]) {
        if self.is_held() {
            for (frame, at) in frames.iter_mut().zip(self.passed..) {
                let gain = self.at(at);
                *frame = frame.map(|sample| sample * gain);
            }
            self.passed += frames.len();
        }
    }

    fn at(&self, frame: usize) -> f32 {
        self.begin + (self.end - self.begin) / self.frames as f32 * frame as f32
    }

    /// Where it is.
    fn gain(&self) -> f32 {
        if self.passed < self.frames {
            self.at(self.passed)
        } else {
            self.end
        }
    }

    /// Half way from its begin to there.
    fn middle(&self) -> f64 {
        f64::midpoint(self.begin.into(), self.gain().into())
    }
}
