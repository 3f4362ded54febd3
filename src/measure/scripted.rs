//! Where a session is meant to become soft, or to begin.

use std::time::Duration;

use crate::fade::Ramp;
use crate::level::{Decibels, Gain};
use crate::library::Fall;
use crate::measure::rise::Rise;
use crate::time::Frames;
use crate::timeline::{CueSort, PlacedCue, Timeline, gain_at};
use crate::zone::Zone;

/// A fall is none of the music's where the script alone makes so much of it.
const ASKED: Decibels = Decibels(3.0);

/// What a cue, a phase or a way down does is not over before this, as the momentary loudness is measured; nor does it begin so
/// near to it by chance.
const AROUND: Duration = Duration::from_millis(1500);

/// Whether the script asks for a fall: a cue that is over, a phase that is, a fade, a duck, the level.
#[must_use]
pub fn is_asked(timeline: &Timeline, zone: Zone, fall: &Fall) -> bool {
    let around = timeline.rate.frames(AROUND);
    let (from, to) = (fall.at - around, fall.end + around);
    let cues = timeline.cues.iter();
    let mut cues = cues.filter(|cue| cue.sort != CueSort::Remind && cue.zones.contains(zone));
    let mut phases = timeline.phases.iter();
    let scripted = |at: Frames| gain_of(timeline, zone, at).decibels();
    let (before, after) = (scripted(from), scripted(fall.end));
    cues.any(|cue| cue.at < to && from < cue.end())
        || phases.any(|span| from <= span.from && span.from <= to)
        // Of silence there is nothing to fall from.
        || before == Gain::SILENCE.decibels()
        || before - after >= ASKED
}

/// How loudness is looked at: step by step, each over a window.
const STEP: Duration = Duration::from_millis(10);
const MOMENTARY: Duration = Duration::from_millis(400);

/// Music that is faded further than this is not there yet.
const FAINT: Decibels = Decibels(-40.0);

/// Where a zone heard no music for so long, it begins anew.
const REST: Duration = Duration::from_secs(1);

/// Whether a rise is music that comes as the script lets it begin where there was none, and nothing else.
#[must_use]
pub fn begins(timeline: &Timeline, zone: Zone, rise: &Rise) -> bool {
    let (at, rate) = (rise.at, timeline.rate);
    let clips = timeline.clips.iter();
    let mut clips = clips.filter(|clip| clip.zones.contains(zone) && clip.from <= at);
    let Some(coming) = clips.next_back() else {
        return false;
    };
    let rested = clips.all(|before| before.end() + rate.frames(REST) <= coming.from);
    let before = at - rate.frames(STEP * rise.within as u32 + MOMENTARY);
    let scripted = |at: Frames| gain_of(timeline, zone, at).decibels().max(FAINT);
    let comes = at <= coming.coming().end + rate.frames(AROUND)
        && rise.by <= scripted(at) - scripted(before) + rise.bound();
    let mut cues = timeline.cues.iter();
    let speaks = |cue: &PlacedCue| {
        let sounds = cue.sort != CueSort::Remind && cue.zones.contains(zone);
        sounds && cue.at <= at && coming.from <= cue.end()
    };
    rested && comes && !cues.any(speaks)
}

/// How far the script alone has the music of a zone down or up: its fades, the ducks and the level.
fn gain_of(timeline: &Timeline, zone: Zone, at: Frames) -> Gain {
    let clips = timeline.clips_at(at);
    let clips = clips.filter(|clip| clip.zones.contains(zone));
    let power: f32 = clips.map(|clip| clip.fades_at(at).0.powi(2)).sum();
    let ducks = timeline.ducks.iter().filter(|(of, _)| *of == zone);
    let ducks: Vec<Ramp> = ducks.map(|(_, ramp)| *ramp).collect();
    Gain(power.sqrt()) * gain_at(&ducks, at) * gain_at(&timeline.levels, at)
}
