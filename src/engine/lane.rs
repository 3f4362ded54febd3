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

    /// The ramp that is in force at a frame, whatever those before it were on their way to; and where the next one begins.
    fn in_force(&self, at: Frames) -> (Option<&Ramp>, Option<Frames>) {
        let waiting = self.waiting();
        let begun = waiting.partition_point(|ramp| ramp.from <= at);
        let last = begun.checked_sub(1).and_then(|last| waiting.get(last));
        (last, waiting.get(begun).map(|ramp| ramp.from))
    }

    /// How many ramps begin before a frame.
    fn before(&self, at: Frames) -> usize {
        self.waiting().partition_point(|ramp| ramp.from < at)
    }

    /// Whether so many `more` ramps find room behind those that begin before `at`, once what is over by `now` is forgotten.
    /// Real-time safe.
    #[must_use]
    pub fn has_room(&self, now: Frames, at: Frames, more: usize) -> bool {
        let over = self.before(now).saturating_sub(1);
        self.before(at).saturating_sub(over) + more <= LANE
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

    /// Forgets what is over by `now`: all before the last ramp that began earlier, broken off or not. Real-time safe.
    pub fn forget(&mut self, now: Frames) {
        let over = self.before(now).saturating_sub(1);
        self.ramps.copy_within(over..self.count, 0);
        self.count -= over;
    }

    /// Leaves the ramps that begin before `at` as they are, and takes those of `later` for what came after, as many as
    /// [`Lane::has_room`] for. Real-time safe.
    pub fn replace(&mut self, at: Frames, later: &[Ramp]) {
        self.count = self.before(at);
        for ramp in later {
            // There is room, or the change is not made.
            let _ = self.push(*ramp);
        }
    }

    /// Whether nothing is left to come after `now`. Real-time safe.
    #[must_use]
    pub fn is_settled(&self, now: Frames) -> bool {
        self.waiting().last().is_none_or(|ramp| ramp.end() <= now)
    }
}

/// Where it bends depends on the ramp in force and on where the next one begins, never on what else is known by then.
impl Curve for Lane {
    fn gain(&self, at: Frames) -> f32 {
        let (ramp, _) = self.in_force(at);
        ramp.map_or(self.settled, |ramp| ramp.gain(at)).0
    }

    fn turn_before(&self, at: Frames) -> Frames {
        let (ramp, _) = self.in_force(at);
        ramp.map_or(Frames::ZERO, |ramp| {
            let end = ramp.end();
            if end <= at { end } else { ramp.from }
        })
    }

    fn turn_after(&self, at: Frames) -> Option<Frames> {
        let (ramp, next) = self.in_force(at);
        let end = ramp.map(Ramp::end).filter(|end| *end > at);
        end.into_iter().chain(next).min()
    }

    fn is_flat(&self, at: Frames) -> bool {
        let (ramp, _) = self.in_force(at);
        ramp.is_none_or(|ramp| at >= ramp.end() || ramp.start == ramp.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::curve::Tracer;
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

    /// What is heard of ramps, each of which is known so many frames before it begins.
    fn heard(ramps: &[Ramp], early: u64, forgets: bool) -> Vec<f32> {
        let mut lane = Tracer::new(Lane::at(Gain::UNITY));
        let mut coming = ramps.iter().peekable();
        let mut heard = Vec::new();
        for at in (0..4_000).map(Frames) {
            while let Some(ramp) = coming.next_if(|ramp| ramp.from.0 <= at.0 + early) {
                lane.revise(|lane| {
                    if forgets {
                        lane.forget(at);
                    }
                    lane.push(*ramp).unwrap();
                });
            }
            let stretch = lane.stretch(at, 1);
            heard.push(stretch.gain + stretch.slope * stretch.index as f32);
        }
        heard
    }

    #[test]
    fn it_is_the_same_whenever_the_ramps_come_and_whether_or_not_they_are_broken_off() {
        let broken_off = [
            duck(100, 1_200, 0.0, -12.0),
            duck(517, 90, -1.0, -3.0),
            duck(1_003, 1_300, -3.0, -9.0),
            duck(2_222, 700, -8.9, 0.0),
            duck(3_333, 900, 0.0, -6.0),
        ];
        let one_by_one = [
            duck(5, 301, 0.0, -12.0),
            duck(306, 1_000, -12.0, -3.0),
            duck(1_777, 999, -3.0, 0.0),
        ];
        for ramps in [&broken_off[..], &one_by_one] {
            let at_once = heard(ramps, 9_999, false);
            for early in [128, 129, 400, 700, 1_500] {
                for forgets in [false, true] {
                    let other = heard(ramps, early, forgets);
                    let differ = |(a, b): (&f32, &f32)| a.to_bits() != b.to_bits();
                    let first = at_once.iter().zip(&other).position(differ);
                    assert_eq!(first, None, "{early} {forgets}");
                }
            }
        }
    }

    #[test]
    fn a_full_lane_hands_the_ramp_back_and_has_room_once_others_are_in_force() {
        let mut lane = Lane::at(Gain::UNITY);
        let (early, last) = (Frames(10), Frames(u64::MAX));
        for n in 0..LANE as u64 {
            assert!(lane.has_room(early, last, 1));
            // Each breaks the one before it off.
            lane.push(duck(n * 10, 5_000, 0.0, -1.0)).unwrap();
        }
        let next = duck(9_999, 5, 0.0, 0.0);
        assert!(!lane.has_room(early, last, 1) && lane.push(next).is_err());
        assert!(lane.has_room(Frames(21), last, 1) && !lane.has_room(Frames(21), last, 3));
        assert!(lane.has_room(early, Frames(35), LANE - 4));
        assert!(!lane.has_room(early, Frames(35), LANE - 3));
        let stands = lane.gain(Frames(25));
        lane.forget(Frames(21));
        assert_eq!(lane.gain(Frames(25)), stands);
        lane.push(next).unwrap();
        lane.replace(Frames(35), &[]);
        assert_eq!(lane.turn_after(Frames(25)), Some(Frames(30)));
        assert_eq!(lane.turn_after(Frames(30)), Some(Frames(5_030)));
    }
}
