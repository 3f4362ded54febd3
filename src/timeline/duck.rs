//! How the music goes down for speech, and comes back.
//!
//! Each spoken cue asks for a depth from its first sample to half a second after its last. Where they overlap the deepest
//! counts; a short return between two of them is left out, since a music that comes and goes disturbs more than a music
//! that stays down.

use std::time::Duration;

use crate::fade::{Ramp, Shape};
use crate::level::Decibels;
use crate::time::{Frames, Rate};

/// How much deeper the music can be brought at most.
pub const DEEPEST: Decibels = Decibels(20.0);

/// The music stays down this long after the last word.
const HOLD: Duration = Duration::from_millis(500);

/// What a spoken cue asks of the music of a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// The cue's first sample.
    pub from: Frames,
    /// The frame after its last.
    pub end: Frames,
    /// How far the music goes down; above zero.
    pub depth: Decibels,
}

/// How long the way down takes, in seconds: the raised cosine's steepest slope is π/2 times its mean one, and stays below 12 dB a second.
#[must_use]
pub fn attack(change: f32) -> f32 {
    (change * std::f32::consts::FRAC_PI_2 / 11.9).clamp(1.5, 3.0)
}

/// How long the way back takes, in seconds.
#[must_use]
pub fn release(change: f32) -> f32 {
    (4.0 + change / 5.0).clamp(4.0, 8.0)
}

/// From here on the music stands this much lower.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    at: Frames,
    depth: f32,
}

/// The ramps of one zone's music for all its spoken cues, in the order of time and without overlap.
#[must_use]
pub fn ramps(needs: &[Need], rate: Rate) -> Vec<Ramp> {
    let frames = |seconds: f32| rate.frames(Duration::from_secs_f32(seconds));
    let steps = calm(steps(needs, rate), &frames);
    let mut ramps = Vec::new();
    let mut depth = 0.0;
    for step in steps {
        let change = step.depth - depth;
        let (from, length) = if change > 0.0 {
            let length = frames(attack(change));
            // Where there is no time to go down, the music begins down.
            if step.at >= length {
                (step.at - length, length)
            } else {
                (Frames::ZERO, Frames::ZERO)
            }
        } else {
            (step.at, frames(release(-change)))
        };
        ramps.push(Ramp {
            from,
            length,
            start: Decibels(-depth).gain(),
            target: Decibels(-step.depth).gain(),
            shape: Shape::Decibels,
        });
        depth = step.depth;
    }
    ramps
}

/// The deepest need at each time, as steps.
fn steps(needs: &[Need], rate: Rate) -> Vec<Step> {
    let hold = rate.frames(HOLD);
    let end = |need: &Need| need.end + hold;
    let mut edges: Vec<Frames> = needs
        .iter()
        .flat_map(|need| [need.from, end(need)])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut coming: Vec<&Need> = needs.iter().collect();
    coming.sort_by_key(|need| need.from);
    let mut coming = coming.into_iter().peekable();
    let mut asking: Vec<&Need> = Vec::new();
    let mut steps = Vec::new();
    let mut now = 0.0;
    for at in edges {
        while let Some(need) = coming.next_if(|need| need.from <= at) {
            asking.push(need);
        }
        asking.retain(|need| at < end(need));
        let depths = asking.iter().map(|need| need.depth.0);
        let next = depths.fold(0.0, f32::max);
        if next != now {
            steps.push(Step { at, depth: next });
            now = next;
        }
    }
    steps
}

/// Leaves out steps until no two ramps get into each other's way. Only ever deeper than what was asked.
fn calm(mut steps: Vec<Step>, frames: &impl Fn(f32) -> Frames) -> Vec<Step> {
    // Before this nothing is crowded.
    let mut begin = 0;
    loop {
        let depth = |at: usize| at.checked_sub(1).map_or(0.0, |at: usize| steps[at].depth);
        let crowded = (begin..steps.len().saturating_sub(1)).find(|&at| {
            let (now, next) = (steps[at], steps[at + 1]);
            let (first, second) = (now.depth - depth(at), next.depth - now.depth);
            let gap = next.at - now.at;
            let mut room = Frames::ZERO;
            if first < 0.0 {
                room += frames(release(-first));
            }
            if second > 0.0 {
                room += frames(attack(second));
            }
            gap < room
        });
        let Some(at) = crowded else {
            return steps;
        };
        let (before, now, next) = (depth(at), steps[at].depth, steps[at + 1].depth);
        if now < before && now < next {
            // A valley: stay as deep as the shallower side.
            steps[at].depth = before.min(next);
        } else if now > before {
            // Down twice: all the way at once.
            steps[at].depth = next;
            steps.remove(at + 1);
        } else {
            // Up twice: later, at once.
            steps.remove(at);
        }
        // What changes nothing is no step. Only those around the place can have become so.
        for at in [at + 1, at] {
            let before = at.checked_sub(1).map_or(0.0, |at| steps[at].depth);
            if steps.get(at).is_some_and(|step| step.depth == before) {
                steps.remove(at);
            }
        }
        begin = at.saturating_sub(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::DEFAULT;

    fn need(from: u64, end: u64, depth: f32) -> Need {
        Need {
            from: Frames(from * 48_000),
            end: Frames(end * 48_000),
            depth: Decibels(depth),
        }
    }

    fn gain_at(ramps: &[Ramp], at: Frames) -> f32 {
        let begun = ramps.iter().rev().find(|ramp| ramp.from <= at);
        begun.map_or(0.0, |ramp| ramp.gain(at).decibels().0)
    }

    fn assert_sound(needs: &[Need], ramps: &[Ramp]) {
        for pair in ramps.windows(2) {
            assert!(pair[0].end() <= pair[1].from, "ramps overlap: {ramps:?}");
            assert_eq!(pair[0].target, pair[1].start);
        }
        for need in needs {
            for at in (need.from.0..need.end.0).step_by(480) {
                assert!(gain_at(ramps, Frames(at)) <= -need.depth.0 + 1e-3, "{at}");
            }
        }
        if let Some(last) = ramps.last() {
            assert_eq!(last.target.0, 1.0);
        }
        let mut before = gain_at(ramps, Frames(0));
        for at in (0..100 * 48_000).step_by(480) {
            let now = gain_at(ramps, Frames(at));
            assert!((now - before).abs() <= 0.12 + 1e-3, "faster than 12 dB/s");
            before = now;
        }
    }

    #[test]
    fn one_cue_goes_down_before_its_first_word_and_comes_back_after_its_last() {
        let needs = [need(10, 20, 12.0)];
        let ramps = ramps(&needs, RATE);
        assert_sound(&needs, &ramps);
        assert_eq!(ramps.len(), 2);
        assert!(RATE.seconds(ramps[0].length) >= 1.5 && RATE.seconds(ramps[0].length) <= 3.0);
        assert_eq!(ramps[1].from, Frames(20 * 48_000 + 24_000));
        assert!(RATE.seconds(ramps[1].length) >= 4.0 && RATE.seconds(ramps[1].length) <= 8.0);
    }

    #[test]
    fn the_deepest_counts_where_cues_overlap_or_follow_closely() {
        for needs in [
            vec![need(10, 20, 12.0), need(15, 25, 6.0)],
            vec![need(10, 20, 6.0), need(15, 25, 12.0)],
            vec![need(10, 20, 12.0), need(12, 14, 18.0)],
            vec![need(10, 20, 12.0), need(23, 30, 9.0)],
            vec![need(10, 20, 9.0), need(23, 30, 12.0), need(31, 33, 20.0)],
            vec![need(10, 11, 20.0), need(12, 13, 5.0), need(14, 15, 20.0)],
            vec![need(10, 20, 12.0), need(40, 50, 12.0)],
            vec![need(5, 20, 3.0), need(6, 7, 20.0), need(9, 10, 4.0)],
        ] {
            assert_sound(&needs, &ramps(&needs, RATE));
        }
    }

    #[test]
    fn speech_at_the_very_start_finds_the_music_down() {
        let ramps = ramps(&[need(0, 5, 12.0)], RATE);
        assert!((gain_at(&ramps, Frames(0)) + 12.0).abs() < 1e-3);
    }
}
