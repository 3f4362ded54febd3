//! What can be said of a session once it is known when everything sounds.

use std::collections::{HashMap, HashSet};

use crate::level::Decibels;
use crate::library::Library;
use crate::mistake::{Mistake, Place, Rank};
use crate::script::Session;
use crate::time::{Rate, clock};
use crate::timeline::crossing::{overlap, pair};
use crate::timeline::duck::DEEPEST;
use crate::timeline::fill::CUT;
use crate::timeline::joins;
use crate::timeline::model::{PlacedCue, Timeline};
use crate::timeline::place::Ground;

/// Pieces that take so much from each other are 1 dB softer where they cross than on either side, over the whole crossfade.
const AGAINST: f32 = -0.33;

/// How far below what the script asks a cue may stand above the music.
pub const LOW: Decibels = Decibels(-2.0);

/// So many of a kind are told one by one.
const MOST: usize = 8;

/// Keeps the first of a kind, and makes a remark of how many more there are, which stands where the first of those does.
pub(super) fn more<T>(
    all: &mut Vec<T>,
    place: impl Fn(&T) -> &Place,
    what: impl Fn(usize) -> String,
) -> Option<Mistake> {
    let rest = all.split_off(all.len().min(MOST));
    let place = place(rest.first()?).clone();
    Some(Mistake::warning(place, what(rest.len())).rank(Rank::Heard))
}

/// The first of these, and a remark of how many more there are.
fn bounded(mut told: Vec<Mistake>, what: impl Fn(usize) -> String) -> Vec<Mistake> {
    let more = more(&mut told, |mistake| &mistake.place, what);
    told.extend(more);
    told
}

/// Where two voices speak to somebody at once, each pair of them told once. Pure.
#[must_use]
pub fn at_once(session: &Session, cues: &[PlacedCue], rate: Rate) -> Vec<Mistake> {
    let mut told = HashSet::new();
    let mut mistakes = Vec::new();
    let mut speaking: Vec<&PlacedCue> = Vec::new();
    for cue in cues.iter().filter(|cue| cue.speaks()) {
        speaking.retain(|other| other.end() > cue.at);
        let hears = |other: &&&PlacedCue| cue.zones.iter().any(|it| other.zones.contains(it));
        let both = speaking.iter().find(hears);
        let written = session.phases.get(cue.id.phase);
        let written = written.and_then(|phase| phase.cues.get(cue.id.cue));
        if let (Some(other), Some(written)) = (both, written)
            && told.insert((&other.name, &cue.name))
        {
            let at = clock(rate.duration(cue.at));
            let what = format!(
                "at {at} two voices speak at once: `{}` begins before `{}` is over",
                cue.name, other.name
            );
            let mistake = Mistake::warning(written.place.clone(), what).rank(Rank::Heard);
            mistakes.push(mistake.help(if written.within.is_zero() {
                "move one of them, or let it look for its place with `within: 30s`"
            } else {
                "move one of them"
            }));
        }
        speaking.push(cue);
    }
    bounded(mistakes, |pairs| match pairs {
        1 => "1 more pair of voices speaks at once".to_owned(),
        pairs => format!("{pairs} more pairs of voices speak at once"),
    })
}

/// The cues that the music does not go down far enough for, as far as it may go, each once, where it is the loudest. Pure.
#[must_use]
pub fn too_soft(ground: &Ground, cues: &[PlacedCue]) -> Vec<Mistake> {
    let Ground { session, rate, .. } = *ground;
    let asked = session.voice.over_music;
    let mut worst: HashMap<(usize, usize), (Decibels, &PlacedCue)> = HashMap::new();
    for cue in cues.iter().filter(|cue| cue.ducks) {
        let heights = cue.zones.iter();
        let heights = heights.filter_map(|zone| Some(ground.height(zone, cue)?.0));
        let Some(height) = heights.reduce(Decibels::min) else {
            continue;
        };
        let height = height + DEEPEST;
        if height - asked < LOW {
            let known = worst.entry((cue.id.phase, cue.id.cue));
            let known = known.or_insert((height, cue));
            if height < known.0 {
                *known = (height, cue);
            }
        }
    }
    let mut worst: Vec<_> = worst.into_values().collect();
    worst.sort_by_key(|(_, cue)| (cue.at, cue.id));
    let told = worst.into_iter().filter_map(|(height, cue)| {
        let written = session.phases.get(cue.id.phase)?.cues.get(cue.id.cue)?;
        let at = clock(rate.duration(cue.at));
        let way = if height.0 < 0.0 { "below" } else { "above" };
        let what = format!(
            "at {at} `{}` is {:.0} dB {way} the music, where the script asks for {:.0} dB above it, though the music goes down \
             by {:.0} dB",
            cue.name,
            height.0.abs(),
            asked.0,
            DEEPEST.0
        );
        let mistake = Mistake::warning(written.place.clone(), what).rank(Rank::Heard);
        Some(mistake.help(
            "make the recording louder in an audio editor, give it a higher `level`, or give the phase a lower one",
        ))
    });
    bounded(told.collect(), |cues| match cues {
        1 => "1 more cue is too soft beside the music".to_owned(),
        cues => format!("{cues} more cues are too soft beside the music"),
    })
}

/// The crossfades in which two pieces take from each other what both have, each pair once. Pure.
#[must_use]
pub fn against(session: &Session, library: &Library, timeline: &Timeline) -> Vec<Mistake> {
    let (clips, rate) = (&timeline.clips, timeline.rate);
    let mut seen = HashSet::new();
    let pairs = (1..clips.len()).filter_map(|at| pair(clips, at));
    let told = pairs.filter_map(|[before, after]| {
        let (before, after) = (&clips[before], &clips[after]);
        let overlap = overlap(before, after, rate);
        let alike = library.alike(&overlap);
        // Within a cut nobody hears that.
        let short = overlap.length <= rate.frames(CUT);
        if short || f32::from(alike) > AGAINST || !seen.insert((&before.track, &after.track)) {
            return None;
        }
        let left = 10.0 * (1.0 + f32::from(alike)).log10();
        let how_much = if left < -12.0 {
            "they all but cancel each other".to_owned()
        } else {
            format!("in the middle it is {:.0} dB softer", -left)
        };
        let at = clock(rate.duration(after.from));
        let (one, other) = (&before.title, &after.title);
        let what = format!(
            "at {at}, where `{one}` and `{other}` cross, each takes from the other what both have: {how_much}"
        );
        let place = joins::named(session, &timeline.phases, after).clone();
        let mistake = Mistake::warning(place, what).rank(Rank::Heard);
        Some(mistake.help("put another track between them, or make one of them anew with its polarity turned"))
    });
    bounded(told.collect(), |pairs| match pairs {
        1 => "1 more pair of pieces takes from each other what both have".to_owned(),
        pairs => format!("{pairs} more pairs of pieces take from each other what both have"),
    })
}
