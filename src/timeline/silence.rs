//! Where a session is meant to be silent, and where it is not: by this the check and the report tell of a silence.

use std::ops::Range;

use crate::level::Decibels;
use crate::library::Holes;
use crate::time::Frames;
use crate::timeline::around::Music;
use crate::timeline::model::{Clip, Timeline};
use crate::timeline::ramps::gain_at;
use crate::zone::Zone;

/// Music that is faded further than this, by its fades and its level, is on its way from or to silence.
const FADED: Decibels = Decibels(-20.0);

/// And further than this by its fades, where it begins or ends in the gap: pieces begin and end softly by themselves.
const SOFT: Decibels = Decibels(-10.0);

/// A gap is looked at in so many places.
const PLACES: u64 = 64;

/// What a zone is meant to hear.
#[derive(Debug)]
pub struct Scripted<'a> {
    timeline: &'a Timeline,
    zone: Zone,
    clips: Music<'a>,
    /// From its first clip to its last.
    music: Range<Frames>,
}

impl<'a> Scripted<'a> {
    /// Of a session whose clips are in the order of time. `None` where the zone has no music.
    #[must_use]
    pub fn of(timeline: &'a Timeline, zone: Zone) -> Option<Self> {
        let clips = || {
            let clips = timeline.clips.iter();
            clips.filter(|clip| clip.zones.contains(zone))
        };
        Some(Self {
            timeline,
            zone,
            clips: Music::new(&timeline.clips),
            music: clips().next()?.from..clips().map(Clip::end).max()?,
        })
    }

    /// The clips that a stretch of the session touches, its edges too, in the order of time.
    pub fn touching(&self, stretch: &Range<Frames>) -> impl Iterator<Item = &'a Clip> + use<'a> {
        let (zone, Range { start, end }) = (self.zone, stretch.clone());
        let around = self.clips.around(&(start - Frames(1)..end + Frames(1)));
        let clips = around.iter().filter(move |clip| clip.zones.contains(zone));
        clips.filter(move |clip| clip.from <= end && start <= clip.end())
    }

    /// What of a gap is not meant: from the first to the last of its frames at which the zone should hear something, if there are
    /// any, and enough to be a gap.
    #[must_use]
    pub fn unscripted(&self, gap: &Range<Frames>) -> Option<Range<Frames>> {
        let near: Vec<&Clip> = self.touching(gap).collect();
        let expected = |at: Frames| {
            // Whatever goes into it, and however.
            if self.timeline.phase_at(at).is_none_or(|phase| phase.silent) {
                return false;
            }
            let level = gain_at(&self.timeline.levels, at);
            let mut sounding = near
                .iter()
                .filter(|clip| clip.from <= at && at < clip.end())
                .peekable();
            if sounding.peek().is_none() {
                return self.music.contains(&at);
            }
            sounding.any(|clip| {
                let faded = clip.fades_at(at);
                let at_its_end = gap.contains(&clip.from) || clip.end() <= gap.end;
                let soft = if at_its_end { SOFT } else { FADED };
                faded > soft.gain() && faded * level > FADED.gain()
            })
        };
        // The last frame too: behind a long silence that is meant a short one may be none.
        let step = ((gap.end - gap.start).0 / PLACES).max(1);
        let places = (gap.start.0..gap.end.0).step_by(step as usize).map(Frames);
        let mut meant = places
            .chain([gap.end - Frames(1)])
            .filter(|at| expected(*at));
        let first = meant.next()?;
        let last = meant.last().unwrap_or(first);
        let around = (first - Frames(step)).max(gap.start)..(last + Frames(step)).min(gap.end);
        let first = change(around.start, first, |at| !expected(at));
        let to = change(last, around.end, expected);
        (to - first >= self.timeline.rate.frames(Holes::GAP)).then_some(first..to)
    }
}

/// The first frame from `from` on of which something does not hold any more that holds before it; `to`, where it holds up to
/// there.
fn change(from: Frames, to: Frames, holds: impl Fn(Frames) -> bool) -> Frames {
    let (mut from, mut to) = (from, to);
    while from < to {
        let middle = from + Frames((to - from).0 / 2);
        if holds(middle) {
            from = middle + Frames(1);
        } else {
            to = middle;
        }
    }
    from
}
