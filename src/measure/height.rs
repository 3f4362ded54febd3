//! How far each cue stands above the music: both rendered by themselves, as they sound in the session.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::Failure;
use super::excerpt::{self, GUARDED, LEAD};
use super::loudness::Meter;
use crate::fade::Ramp;
use crate::level::{Decibels, Loudness};
use crate::prepare::Prepared;
use crate::time::Frames;
use crate::timeline::{CueSort, PlacedCue, Timeline, gain_at};
use crate::zone::Zone;

/// A cue as one zone hears it.
#[derive(Debug, Clone, PartialEq)]
pub struct Height {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub sort: CueSort,
    /// Where it sounds.
    pub over: Range<Frames>,
    /// The zone.
    pub zone: Zone,
    /// Its own loudness; `None` where nothing is heard of it.
    pub loudness: Option<Loudness>,
    /// The music's over the same stretch, brought down where it makes room; `None` where there is none.
    pub music: Option<Loudness>,
    /// How far the cue stands above the music.
    pub height: Option<Decibels>,
    /// How far that is from what the script asks of it; `None` where it asks nothing.
    pub deviation: Option<Decibels>,
    /// How far the music goes down for it.
    pub ducked: Decibels,
}

/// All cues that are heard, in each of their zones. Blocking.
pub fn all<E: Failure>(
    prepared: &Prepared,
    go_on: &mut dyn FnMut(Frames) -> Result<(), E>,
) -> Result<Vec<Height>, E> {
    let timeline = &prepared.timeline;
    let mut heights = Vec::new();
    for cue in timeline.cues.iter().filter(|cue| is_heard(cue)) {
        let over = cue.at..cue.end().min(timeline.length);
        let own = loudness(prepared, only(timeline, cue), &over, LEAD, go_on)?;
        let music = without_cues(timeline, &over);
        let music = loudness(prepared, music, &over, GUARDED, go_on)?;
        for zone in cue.zones.iter() {
            let [loudness, music] =
                [&own, &music].map(|all| all.get(zone.index()).copied().flatten());
            let height = loudness.zip(music).map(|(cue, music)| cue - music);
            let asked = prepared.session.voice.over_music;
            heights.push(Height {
                name: cue.name.clone(),
                sort: cue.sort,
                over: over.clone(),
                zone,
                loudness,
                music,
                height,
                ducked: ducked(timeline, zone, &over),
                deviation: height.filter(|_| cue.ducks).map(|height| height - asked),
            });
        }
    }
    Ok(heights)
}

/// Whether anything sounds of a cue.
pub fn is_heard(cue: &PlacedCue) -> bool {
    cue.sound.is_some() && cue.length > Frames::ZERO && !cue.zones.is_empty()
}

fn only(timeline: &Arc<Timeline>, cue: &PlacedCue) -> Timeline {
    Timeline {
        clips: Vec::new(),
        cues: vec![cue.clone()],
        ..Timeline::clone(timeline)
    }
}

fn without_cues(timeline: &Arc<Timeline>, over: &Range<Frames>) -> Timeline {
    let mut left = Timeline::clone(timeline);
    let start = over.start - left.rate.frames(GUARDED);
    left.clips
        .retain(|clip| clip.from < over.end && start < clip.end());
    left.cues.clear();
    left
}

/// How far the music goes down in the middle of a stretch.
fn ducked(timeline: &Timeline, zone: Zone, over: &Range<Frames>) -> Decibels {
    let ducks = timeline.ducks.iter().filter(|(of, _)| *of == zone);
    let ducks: Vec<Ramp> = ducks.map(|(_, ramp)| *ramp).collect();
    let middle = over.start + Frames((over.end - over.start).0 / 2);
    Decibels(-gain_at(&ducks, middle).decibels().0)
}

/// The integrated loudness of a stretch in each zone; of what is shorter than the standard's window, the loudest moment.
fn loudness<E: Failure>(
    prepared: &Prepared,
    left: Timeline,
    over: &Range<Frames>,
    lead: Duration,
    go_on: &mut dyn FnMut(Frames) -> Result<(), E>,
) -> Result<Vec<Option<Loudness>>, E> {
    let meters = left.layout.zones().map(|_| Meter::new(left.rate));
    let mut meters = meters.collect::<Result<Vec<_>, _>>()?;
    excerpt::hear(prepared, left, over, lead, |planes| {
        for (meter, plane) in meters.iter_mut().zip(planes) {
            meter.add(plane)?;
        }
        go_on(Frames::from(planes[0].len()))
    })?;
    let loudness = |meter: Meter| {
        let measured = meter.finish();
        let loudest = measured.loudest_momentary.map(|(loudness, _)| loudness);
        measured.integrated.or(loudest)
    };
    Ok(meters.into_iter().map(loudness).collect())
}
