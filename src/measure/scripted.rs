//! Where a session is meant to be silent.

use std::ops::Range;

use crate::level::{Decibels, Gain};
use crate::time::Frames;
use crate::timeline::{Clip, Timeline, gain_at};
use crate::zone::Zone;

/// Music that is faded further than this is on its way from or to silence.
const FADED: Decibels = Decibels(-20.0);

/// A gap is looked at in so many places.
const PLACES: u64 = 64;

/// What of a gap is not meant: from the first to the last of its frames at which the zone should hear something, if there are
/// any.
#[must_use]
pub fn unscripted(timeline: &Timeline, zone: Zone, gap: &Range<Frames>) -> Option<Range<Frames>> {
    let clips: Vec<&Clip> = timeline
        .clips
        .iter()
        .filter(|clip| clip.zones.contains(zone))
        .collect();
    let music = clips.first()?.from..clips.iter().map(|clip| clip.end()).max()?;
    let near = clips
        .iter()
        .filter(|clip| clip.from < gap.end && gap.start < clip.end());
    let near: Vec<&&Clip> = near.collect();
    let expected = |at: Frames| {
        let level = gain_at(&timeline.levels, at);
        let silent = timeline.phase_at(at).is_none_or(|phase| phase.silent);
        let mut sounding = near
            .iter()
            .filter(|clip| clip.from <= at && at < clip.end())
            .peekable();
        if sounding.peek().is_none() {
            return !silent && music.contains(&at);
        }
        let loudest = sounding
            .map(|clip| fades(clip, at) * level.0)
            .fold(0.0, f32::max);
        Gain(loudest) > FADED.gain()
    };
    let step = ((gap.end - gap.start).0 / PLACES).max(1);
    let places = (gap.start.0..gap.end.0).step_by(step as usize).map(Frames);
    let mut meant = places.filter(|at| expected(*at));
    let first = meant.next()?;
    let last = meant.last().unwrap_or(first);
    let to = if (gap.end - last).0 <= step {
        gap.end
    } else {
        last
    };
    Some(first..to)
}

/// How far a clip's fades are, apart from its own gain.
fn fades(clip: &Clip, at: Frames) -> f32 {
    let own = clip.gain.0;
    if own == 0.0 {
        0.0
    } else {
        clip.gain_at(at).0 / own
    }
}
