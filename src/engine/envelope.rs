//! The gain of one clip or cue from its first frame to its last.

use crate::engine::curve::Curve;
use crate::fade::{Fade, Ramp};
use crate::level::Gain;
use crate::time::Frames;

/// A gain that rises at the head, holds, and falls at the tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Envelope {
    /// The session's frame of the first sound.
    pub from: Frames,
    /// How long it sounds.
    pub length: Frames,
    /// The gain it holds.
    pub gain: Gain,
    /// How it rises.
    pub rise: Fade,
    /// How it falls.
    pub fall: Fade,
    /// What was changed while it sounded: a way from the gain it had to another, on top of all else.
    pub turn: Option<Ramp>,
}

impl Envelope {
    /// The frame after the last.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.from + self.length
    }

    fn turns(&self) -> [Frames; 6] {
        let risen = self.from + self.rise.length;
        let falling = self.end() - self.fall.length;
        let turn = self.turn.map_or([self.from; 2], |t| [t.from, t.end()]);
        let mut turns = [self.from, risen, falling, turn[0], turn[1], self.end()];
        turns.sort_unstable();
        turns
    }

    fn turned(&self, at: Frames) -> Gain {
        self.turn.map_or(Gain::UNITY, |turn| turn.gain(at))
    }
}

impl Curve for Envelope {
    fn gain(&self, at: Frames) -> f32 {
        let rise = self.rise.gain(at - self.from);
        let fall = self.fall.gain(self.end() - at);
        (self.gain * rise * fall * self.turned(at)).0
    }

    fn turn_before(&self, at: Frames) -> Frames {
        let turns = self.turns();
        let before = turns.iter().rev().find(|turn| **turn <= at);
        before.copied().unwrap_or(Frames::ZERO)
    }

    fn turn_after(&self, at: Frames) -> Option<Frames> {
        self.turns().into_iter().find(|turn| *turn > at)
    }

    fn is_flat(&self, at: Frames) -> bool {
        let turned = self.turn.is_none_or(|t| at < t.from || at >= t.end());
        turned && at >= self.from + self.rise.length && at < self.end() - self.fall.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::curve::Tracer;

    fn envelope(rise: u64, fall: u64) -> Envelope {
        Envelope {
            from: Frames(1000),
            length: Frames(2001),
            gain: Gain(0.5),
            rise: Fade::equal_power(Frames(rise)),
            fall: Fade::equal_power(Frames(fall)),
            turn: None,
        }
    }

    #[test]
    fn it_is_silent_at_both_ends_and_full_between() {
        let curve = envelope(300, 481);
        assert_eq!(curve.gain(Frames(1000)), 0.0);
        assert_eq!(curve.gain(Frames(1300)), 0.5);
        assert_eq!(curve.gain(Frames(2520)), 0.5);
        assert_eq!(curve.gain(Frames(3001)), 0.0);
        let mut tracer = Tracer::new(curve);
        let held = tracer.stretch(Frames(1300), 5000);
        assert_eq!((held.gain, held.slope, held.frames), (0.5, 0.0, 1220));
    }

    #[test]
    fn without_fades_it_is_full_from_the_first_frame_to_the_last() {
        let mut tracer = Tracer::new(envelope(0, 0));
        let whole = tracer.stretch(Frames(1000), 5000);
        assert_eq!((whole.gain, whole.slope, whole.frames), (0.5, 0.0, 2001));
    }

    #[test]
    fn the_last_chord_ends_in_silence() {
        let mut tracer = Tracer::new(envelope(0, 481));
        let mut at = Frames(1000);
        let mut last = 1.0;
        while at < Frames(3001) {
            let s = tracer.stretch(at, 64);
            last = s.gain + s.slope * (s.index + s.frames - 1) as f32;
            at += Frames::from(s.frames);
        }
        assert!(last.abs() < 0.01, "{last}");
    }

    #[test]
    fn a_turn_leads_from_where_it_stands_to_silence_without_a_step() {
        let mut curve = envelope(300, 0);
        let before = curve.gain(Frames(1150));
        curve.turn = Some(Ramp {
            from: Frames(1150),
            length: Frames(500),
            start: Gain::UNITY,
            target: Gain::SILENCE,
            shape: crate::fade::Shape::Power,
        });
        curve.length = Frames(650);
        assert_eq!(curve.gain(Frames(1150)), before);
        assert_eq!(curve.gain(Frames(1650)), 0.0);
        assert!(!curve.is_flat(Frames(1400)));
        let mut tracer = Tracer::new(curve);
        let (mut at, mut last) = (Frames(1000), 0.0);
        while at < Frames(1650) {
            let s = tracer.stretch(at, 64);
            for frame in 0..s.frames {
                let gain = s.gain + s.slope * (s.index + frame) as f32;
                assert!((gain - last).abs() < 0.004, "{at:?} {frame}");
                last = gain;
            }
            at += Frames::from(s.frames);
        }
        assert!(last < 0.01);
    }

    #[test]
    fn fades_that_meet_are_both_obeyed() {
        let curve = envelope(1500, 1500);
        for at in 1000..3001 {
            assert!(curve.gain(Frames(at)) <= 0.5);
        }
        assert_eq!(curve.gain(Frames(3001)), 0.0);
    }
}
