//! A gain that is steered from ramp to ramp: the duck of a zone, the level, the transport.

use crate::engine::curve::Curve;
use crate::fade::{Ramp, Shape};
use crate::level::Gain;
use crate::time::Frames;

/// The most ramps that may wait in a lane.
pub const LANE: usize = 64;

/// A gain steered by ramps in the order of time. Holds [`LANE`] of them and never allocates.
#[derive(Debug)]
pub struct Lane {
    ramps: [Ramp; LANE],
    count: usize,
    /// What holds where no ramp has come yet.
    settled: Gain,
}

impl Lane {
    /// A lane that stands at a gain.
    #[must_use]
    pub fn at(gain: Gain) -> Self {
        let still = Ramp {
            from: Frames::ZERO,
            length: Frames::ZERO,
            start: gain,
            target: gain,
            shape: Shape::Amplitude,
        };
        Self {
            ramps: [still; LANE],
            count: 0,
            settled: gain,
        }
    }

    fn waiting(&self) -> &[Ramp] {
        self.ramps.get(..self.count).unwrap_or(&[])
    }

    /// Adds a ramp after those that wait. Returns it where the lane is full. Real-time safe.
    pub fn push(&mut self, ramp: Ramp) -> Result<(), Ramp> {
        match self.ramps.get_mut(self.count) {
            Some(slot) => {
                *slot = ramp;
                self.count += 1;
                Ok(())
            }
            None => Err(ramp),
        }
    }

    /// Forgets all ramps and goes from the gain that stands at `now` to `target`. Real-time safe.
    pub fn turn(&mut self, now: Frames, length: Frames, target: Gain, shape: Shape) {
        let start = Gain(self.gain(now));
        self.count = 0;
        self.settled = start;
        let ramp = Ramp {
            from: now,
            length,
            start,
            target,
            shape,
        };
        // An empty lane has room.
        let _ = self.push(ramp);
    }

    /// Forgets the ramps that ended before `now`. Real-time safe.
    pub fn forget(&mut self, now: Frames) {
        let past = self.waiting().iter().take_while(|r| r.end() <= now).count();
        if let Some(last) = past.checked_sub(1).and_then(|at| self.ramps.get(at)) {
            self.settled = last.target;
            self.ramps.copy_within(past..self.count, 0);
            self.count -= past;
        }
    }

    /// Leaves the ramps that begin before `at` as they are, and takes those of `later` for what came after. Real-time
    /// safe.
    pub fn replace(&mut self, at: Frames, later: &[Ramp]) {
        self.count = self.waiting().partition_point(|ramp| ramp.from < at);
        for ramp in later {
            // The player sends no more than the lane holds.
            let _ = self.push(*ramp);
        }
    }

    /// Whether nothing is left to come after `now`. Real-time safe.
    #[must_use]
    pub fn is_settled(&self, now: Frames) -> bool {
        self.waiting().last().is_none_or(|ramp| ramp.end() <= now)
    }
}

impl Curve for Lane {
    fn gain(&self, at: Frames) -> f32 {
        let begun = self.waiting().iter().rev().find(|ramp| ramp.from <= at);
        begun.map_or(self.settled, |ramp| ramp.gain(at)).0
    }

    fn turn_before(&self, at: Frames) -> Frames {
        let turns = self.waiting().iter().rev();
        turns
            .flat_map(|ramp| [ramp.end(), ramp.from])
            .filter(|turn| *turn <= at)
            .max()
            .unwrap_or(Frames::ZERO)
    }

    fn turn_after(&self, at: Frames) -> Option<Frames> {
        let turns = self.waiting().iter();
        turns
            .flat_map(|ramp| [ramp.from, ramp.end()])
            .filter(|turn| *turn > at)
            .min()
    }

    fn is_flat(&self, at: Frames) -> bool {
        let begun = self.waiting().iter().rev().find(|ramp| ramp.from <= at);
        begun.is_none_or(|ramp| at >= ramp.end() || ramp.start == ramp.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Decibels;

    fn duck(from: u64, length: u64, start: f32, target: f32) -> Ramp {
        Ramp {
            from: Frames(from),
            length: Frames(length),
            start: Decibels(start).gain(),
            target: Decibels(target).gain(),
            shape: Shape::Decibels,
        }
    }

    #[test]
    fn a_lane_goes_from_ramp_to_ramp() {
        let mut lane = Lane::at(Gain::UNITY);
        lane.push(duck(100, 50, 0.0, -12.0)).unwrap();
        lane.push(duck(300, 100, -12.0, 0.0)).unwrap();
        assert_eq!(lane.gain(Frames(0)), 1.0);
        assert!(lane.is_flat(Frames(99)) && !lane.is_flat(Frames(100)));
        assert!((lane.gain(Frames(125)) - Decibels(-6.0).gain().0).abs() < 1e-6);
        assert_eq!(lane.gain(Frames(200)), Decibels(-12.0).gain().0);
        assert_eq!(lane.turn_after(Frames(200)), Some(Frames(300)));
        lane.forget(Frames(250));
        assert_eq!(lane.gain(Frames(260)), Decibels(-12.0).gain().0);
        assert_eq!(lane.gain(Frames(400)), 1.0);
        assert!(lane.is_settled(Frames(400)));
    }

    #[test]
    fn a_turn_begins_where_the_gain_stands() {
        let mut lane = Lane::at(Gain::UNITY);
        lane.turn(Frames(0), Frames(100), Gain::SILENCE, Shape::Amplitude);
        let half = lane.gain(Frames(50));
        lane.turn(Frames(50), Frames(100), Gain::UNITY, Shape::Amplitude);
        assert_eq!(lane.gain(Frames(50)), half);
        assert_eq!(lane.gain(Frames(150)), 1.0);
    }

    #[test]
    fn a_full_lane_hands_the_ramp_back() {
        let mut lane = Lane::at(Gain::UNITY);
        for n in 0..LANE as u64 {
            lane.push(duck(n * 10, 5, 0.0, 0.0)).unwrap();
        }
        assert!(lane.push(duck(9999, 5, 0.0, 0.0)).is_err());
    }
}
