//! Whether the session moves: playing, paused, stopped, and the ramps between.
//!
//! It acts on what leaves the limiters, so that a stop is heard at once, and counts the frames that leave, since the
//! session's own frames stand still in a pause.

use std::time::Duration;

use crate::engine::brake::Stop;
use crate::engine::curve::Tracer;
use crate::engine::lane::Lane;
use crate::engine::mix;
use crate::engine::zone_bus::along;
use crate::fade::Shape;
use crate::frame::Frame;
use crate::level::Gain;
use crate::time::{Frames, Rate};

/// How the sound goes for a pause.
const PAUSE: Duration = Duration::from_millis(500);
/// What comes back so fast was away for a moment.
const MOMENT: Duration = Duration::from_millis(100);
/// How it comes again.
const RESUME: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Playing,
    Pausing,
    Paused,
    Stopping(Stop),
    Stopped,
}

/// What a block of output shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// The session goes on for at most this many frames, then asks again.
    Moving(usize),
    /// The session has just come to rest: paused or stopped for good.
    CameToRest {
        /// It will not go on.
        for_good: bool,
    },
    /// Silence.
    Resting,
}

/// Starts, pauses and stops what leaves the engine.
#[derive(Debug)]
pub struct Transport {
    state: State,
    gain: Tracer<Lane>,
    /// The way back of what was cut off, on top of the other.
    back: Tracer<Lane>,
    /// Frames that left the engine, whatever the session did.
    left: Frames,
    rate: Rate,
}

impl Transport {
    /// Comes from silence within `ramp` frames to where it is on its way. What was on its way to silence goes on to it after a
    /// moment, and is not heard again after longer. False where it rests already. Real-time safe.
    pub fn come_back(&mut self, ramp: Frames) -> bool {
        let silent = Lane::at(Gain::SILENCE);
        match self.state {
            State::Paused | State::Stopped => return false,
            State::Pausing | State::Stopping(_) if ramp > self.rate.frames(MOMENT) => {
                self.gain = Tracer::new(silent);
            }
            _ => {
                let mut lane = silent;
                lane.turn(self.left, ramp, Gain::UNITY, Shape::Amplitude);
                self.back = Tracer::new(lane);
            }
        }
        true
    }

    /// A transport that plays from its first frame; `ramp` frames from silence, none at a session's start.
    #[must_use]
    pub fn new(rate: Rate, ramp: Frames) -> Self {
        let mut lane = Lane::at(Gain::UNITY);
        if ramp > Frames::ZERO {
            lane = Lane::at(Gain::SILENCE);
            lane.turn(Frames::ZERO, ramp, Gain::UNITY, Shape::Amplitude);
        }
        Self {
            state: State::Playing,
            gain: Tracer::new(lane),
            back: Tracer::new(Lane::at(Gain::UNITY)),
            left: Frames::ZERO,
            rate,
        }
    }

    fn ramp(&mut self, length: Frames, target: Gain) {
        let now = self.left;
        self.gain
            .revise(|lane| lane.turn(now, length, target, Shape::Amplitude));
    }

    /// Goes to silence within half a second and rests there. False where it does not play. Real-time safe.
    pub fn pause(&mut self) -> bool {
        let plays = self.state == State::Playing;
        if plays {
            self.ramp(self.rate.frames(PAUSE), Gain::SILENCE);
            self.state = State::Pausing;
        }
        plays
    }

    /// Goes on from where the gain stands, within 3 s. False where it does not rest. Real-time safe.
    pub fn resume(&mut self) -> bool {
        let rests = matches!(self.state, State::Pausing | State::Paused);
        if rests {
            self.ramp(self.rate.frames(RESUME), Gain::UNITY);
            self.state = State::Playing;
        }
        rests
    }

    /// Goes to silence for good. False where it already does, as fast or faster. Real-time safe.
    pub fn stop(&mut self, stop: Stop) -> bool {
        let faster = match self.state {
            State::Stopped => false,
            State::Stopping(now) => stop as u8 > now as u8,
            _ => true,
        };
        if faster {
            // Nothing is heard in a pause, so there is nothing to fade.
            let length = match self.state {
                State::Paused => Frames::ZERO,
                _ => stop.length(self.rate),
            };
            self.ramp(length, Gain::SILENCE);
            self.state = State::Stopping(stop);
        }
        faster
    }

    /// What the next `most` frames of output shall be. Real-time safe.
    pub fn motion(&mut self, most: usize) -> Motion {
        let settled = self.gain.curve().is_settled(self.left);
        match self.state {
            State::Paused | State::Stopped => Motion::Resting,
            State::Pausing if settled => {
                self.state = State::Paused;
                Motion::CameToRest { for_good: false }
            }
            State::Stopping(_) if settled => {
                self.state = State::Stopped;
                Motion::CameToRest { for_good: true }
            }
            State::Playing => Motion::Moving(most),
            State::Pausing | State::Stopping(_) => {
                Motion::Moving(self.gain.stretch(self.left, most).frames)
            }
        }
    }

    /// Applies the ramp to one zone's part of the output. Real-time safe.
    pub fn shape(&mut self, block: &mut [Frame]) {
        along(&mut self.gain, self.left, block, mix::scale);
        if !self.back.curve().is_settled(self.left) {
            along(&mut self.back, self.left, block, mix::scale);
        }
    }

    /// The session's rate.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Counts frames that left. Real-time safe.
    pub fn advance(&mut self, frames: usize) {
        self.left += Frames::from(frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::DEFAULT;
    /// A hundredth of a second.
    const BLOCK: usize = 480;

    /// The gain over so many blocks.
    fn gains(transport: &mut Transport, blocks: usize) -> Vec<f32> {
        let mut gains = Vec::new();
        for _ in 0..blocks {
            let mut block = [[1.0; 2]; BLOCK];
            transport.shape(&mut block);
            transport.advance(BLOCK);
            gains.extend(block.map(|frame| frame[0]));
        }
        gains
    }

    fn largest_step(gains: &[f32]) -> f32 {
        let steps = gains.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f32::max)
    }

    #[test]
    fn what_was_away_for_a_moment_goes_on_as_it_was_on_its_way() {
        let moment = RATE.frames(Duration::from_millis(50));
        // It comes, within 3 s.
        let mut transport = Transport::new(RATE, RATE.frames(RESUME));
        gains(&mut transport, 20);
        assert!(transport.come_back(moment));
        let comes = gains(&mut transport, 300);
        assert!(comes[0] < 0.001 && comes[BLOCK * 10] < 0.1, "it jumps");
        assert!(largest_step(&comes) < 0.001);
        assert_eq!(comes.last(), Some(&1.0));
        // It goes, within 6 s.
        let mut transport = Transport::new(RATE, Frames::ZERO);
        assert!(transport.stop(Stop::Soft));
        gains(&mut transport, 100);
        assert!(transport.come_back(moment));
        let goes = gains(&mut transport, 100);
        assert!(goes[0] < 0.001 && goes[BLOCK * 10] > 0.5, "it is cut");
        assert!(largest_step(&goes) < 0.001);
        // After longer it is not heard again.
        assert!(transport.come_back(RATE.frames(PAUSE)));
        assert_eq!(gains(&mut transport, 1)[0], 0.0);
    }
}
