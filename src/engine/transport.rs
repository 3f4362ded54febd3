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
    /// Frames that left the engine, whatever the session did.
    left: Frames,
    rate: Rate,
}

impl Transport {
    /// Comes from silence within `ramp` frames where it plays. What was on its way to silence is there, and not heard again.
    /// False where it rests already. Real-time safe.
    pub fn come_back(&mut self, ramp: Frames) -> bool {
        let mut lane = Lane::at(Gain::SILENCE);
        match self.state {
            State::Playing => {
                lane.turn(self.left, ramp, Gain::UNITY, Shape::Amplitude);
            }
            State::Pausing | State::Stopping(_) => {}
            State::Paused | State::Stopped => return false,
        }
        self.gain = Tracer::new(lane);
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
