//! Ramps that follow each other, and how a gain that stands somewhere joins a new plan.

use crate::fade::{Ramp, Shape};
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};
use crate::timeline::duck::{attack, release};

/// Differences that nobody hears, in decibels.
const ALIKE: f32 = 0.05;

/// The level rises by at most this much a second, so that a slip of the finger is no fright.
const RISE: f32 = 6.0;

/// It falls as fast as this.
const FALL: f32 = 40.0;

/// The gain that stands at a frame: the last ramp that began holds. Full where none did.
#[must_use]
pub fn gain_at(ramps: &[Ramp], at: Frames) -> Gain {
    begun(ramps, at).map_or(Gain::UNITY, |ramp| ramp.gain(at))
}

fn begun(ramps: &[Ramp], at: Frames) -> Option<&Ramp> {
    ramps.iter().rfind(|ramp| ramp.from <= at)
}

/// Where ramps lead that have begun by a frame; full before the first.
#[must_use]
pub fn target_at(ramps: &[Ramp], at: Frames) -> Gain {
    begun(ramps, at).map_or(Gain::UNITY, |ramp| ramp.target)
}

/// Goes on from what stands at `at` to a new plan: what began before stays, a ramp leads to where the new plan stands,
/// and each ramp after it begins at the gain it finds.
#[must_use]
pub fn join(old: &[Ramp], new: &[Ramp], at: Frames, rate: Rate) -> Vec<Ramp> {
    let mut ramps: Vec<Ramp> = old.iter().filter(|r| r.from < at).copied().collect();
    let target = target_at(new, at);
    let away = target.decibels().0 - target_at(&ramps, at).decibels().0;
    if away.abs() > ALIKE {
        let start = gain_at(&ramps, at);
        let change = target.decibels() - start.decibels();
        let seconds = if change.0 < 0.0 {
            attack(-change.0)
        } else {
            release(change.0)
        };
        ramps.push(way(at, seconds, start, target, rate));
    }
    for ramp in new.iter().filter(|ramp| ramp.from >= at) {
        let start = gain_at(&ramps, ramp.from);
        ramps.push(Ramp { start, ..*ramp });
    }
    ramps
}

/// The level of everything goes to `level` from where it stands at `at`; upwards slowly.
#[must_use]
pub fn turn_level(levels: &[Ramp], at: Frames, level: Decibels, rate: Rate) -> Vec<Ramp> {
    let mut levels: Vec<Ramp> = levels.iter().filter(|r| r.from < at).copied().collect();
    let start = gain_at(&levels, at);
    let change = level - start.decibels();
    let speed = if change.0 > 0.0 { RISE } else { FALL };
    let seconds = (change.0.abs() / speed).max(0.05);
    // The raised cosine's steepest slope is π/2 times its mean one.
    let seconds = seconds * std::f32::consts::FRAC_PI_2;
    levels.push(way(at, seconds, start, level.gain(), rate));
    levels
}

fn way(from: Frames, seconds: f32, start: Gain, target: Gain, rate: Rate) -> Ramp {
    Ramp {
        from,
        length: rate.frames(std::time::Duration::from_secs_f32(seconds)),
        start,
        target,
        shape: Shape::Decibels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::DEFAULT;

    fn ramp(from: u64, length: u64, start: f32, target: f32) -> Ramp {
        Ramp {
            from: Frames(from),
            length: Frames(length),
            start: Decibels(start).gain(),
            target: Decibels(target).gain(),
            shape: Shape::Decibels,
        }
    }

    /// No step anywhere: the gain moves by less than 12 dB a second.
    #[track_caller]
    fn assert_smooth(ramps: &[Ramp], until: u64) {
        let mut last = gain_at(ramps, Frames(0)).decibels().0;
        for at in (48..until).step_by(48) {
            let now = gain_at(ramps, Frames(at)).decibels().0;
            assert!((now - last).abs() < 0.013, "at {at}: {last} to {now}");
            last = now;
        }
    }

    #[test]
    fn a_plan_that_stays_is_left_alone() {
        let plan = [
            ramp(0, 96_000, 0.0, -10.0),
            ramp(480_000, 240_000, -10.0, 0.0),
        ];
        for at in [1, 50_000, 96_000, 300_000, 500_000, 800_000] {
            assert_eq!(join(&plan, &plan, Frames(at), RATE), plan, "{at}");
        }
    }

    #[test]
    fn a_plan_that_falls_away_is_left_without_a_step() {
        let old = [
            ramp(0, 96_000, 0.0, -10.0),
            ramp(480_000, 240_000, -10.0, 0.0),
        ];
        for at in [7, 50_000, 96_000, 300_000, 500_000] {
            let joined = join(&old, &[], Frames(at), RATE);
            assert_smooth(&joined, 1_000_000);
            assert_eq!(gain_at(&joined, Frames(1_000_000)), Gain::UNITY);
        }
    }

    #[test]
    fn a_plan_that_comes_begins_where_the_gain_stands() {
        let old = [ramp(0, 96_000, 0.0, -10.0)];
        let new = [
            ramp(0, 96_000, 0.0, -4.0),
            ramp(200_000, 96_000, -4.0, -15.0),
        ];
        for at in [30_000, 96_000, 150_000, 199_999] {
            let joined = join(&old, &new, Frames(at), RATE);
            assert_smooth(&joined, 1_000_000);
            let end = gain_at(&joined, Frames(1_000_000)).decibels().0;
            assert!((end + 15.0).abs() < 0.1);
        }
    }

    #[test]
    fn the_level_rises_slowly_and_falls_at_once() {
        let up = turn_level(&[], Frames(480), Decibels(6.0), RATE);
        assert_smooth(&up, 200_000);
        let down = turn_level(&up, Frames(480_000), Decibels(-34.0), RATE);
        assert!(down[1].end() < Frames(480_000 + 2 * 48_000));
        assert_eq!(gain_at(&down, Frames(900_000)), Decibels(-34.0).gain());
    }
}
