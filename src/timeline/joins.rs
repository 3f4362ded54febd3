//! How much louder or softer the music goes on where one track follows another.
//!
//! What was heard in the three seconds before a change is compared with what is heard in the three seconds after it (short-term
//! loudness, EBU Tech 3341). Where nothing crosses, the loudest three of the ten seconds on either side count: an ending
//! that dies away and a beginning that swells are no step, another height of what is played is one. What the script asks for by
//! the levels of two phases is no step; a track's own gain is a means against one. What the script lets hold is looked at as if it were
//! held, until each of its pieces has come once more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::RangeInclusive;
use std::path::Path;

use crate::level::{Decibels, Loudness};
use crate::library::{Facts, Library};
use crate::mistake::{Mistake, Place, Rank};
use crate::script::{Content, Session};
use crate::time::{Frames, Rate, clock};
use crate::timeline::fill::CUT;
use crate::timeline::heard::more;
use crate::timeline::held::{Held, where_held};
use crate::timeline::model::{Clip, PhaseSpan};

/// A smaller step passes unnoticed.
const UNNOTICED: Decibels = Decibels(2.0);

/// So many more windows count where nothing crosses, a second from each to the next.
const REACH: usize = 7;

/// A clip where it is joined to another.
#[derive(Clone, Copy)]
struct Side<'a> {
    clip: &'a Clip,
    span: &'a PhaseSpan,
    facts: &'a Facts,
}

/// A step that is to be told.
struct Step<'a> {
    before: Side<'a>,
    after: Side<'a>,
    size: Decibels,
    joined: bool,
    /// The phase that has to be held for it to be heard.
    held: Option<&'a str>,
}

/// What is to be said of a session's joins: of two tracks once, where the step between them is largest. A step beyond what
/// the script allows keeps it from being played, unless the script leaves all tracks as they are.
#[must_use]
pub fn review(
    session: &Session,
    library: &Library,
    rate: Rate,
    clips: &[Clip],
    phases: &[PhaseSpan],
    held: &[Held],
) -> Vec<Mistake> {
    let written = steps(library, rate, clips, phases, None);
    let held = held.iter().flat_map(|held| {
        let name = Some(held.name());
        steps(library, rate, &held.clips, &held.phases, name)
    });
    let mut worst: HashMap<[&Path; 2], Step> = HashMap::new();
    for step in written.chain(held) {
        match worst.entry([&step.before.clip.track, &step.after.clip.track]) {
            Entry::Vacant(entry) => {
                entry.insert(step);
            }
            Entry::Occupied(mut entry) => {
                if step.size.0.abs() > entry.get().size.0.abs() {
                    entry.insert(step);
                }
            }
        }
    }
    let mut steps: Vec<Step> = worst.into_values().collect();
    steps.sort_by(|a, b| {
        let larger = b.size.0.abs().total_cmp(&a.size.0.abs());
        larger.then(a.after.clip.from.cmp(&b.after.clip.from))
    });
    // Who has more has another loudness in every track.
    let more = more(
        &mut steps,
        |step| step.after.named(session),
        |joins| {
            let joins = match joins {
                1 => "1 more join".to_owned(),
                joins => format!("{joins} more joins"),
            };
            format!("the loudness changes at {joins}, by less than at those above")
        },
    );
    steps.sort_by_key(|step| step.after.clip.from);
    let told = steps.iter().map(|step| tell(step, session, rate));
    told.chain(more).collect()
}

/// The steps between clips that are in the order they begin.
fn steps<'a>(
    library: &'a Library,
    rate: Rate,
    clips: &'a [Clip],
    phases: &'a [PhaseSpan],
    held: Option<&'a str>,
) -> impl Iterator<Item = Step<'a>> {
    // What was taken up for a phase's change alone is heard while it goes: the one before it is followed by the one after.
    let heard = clips.iter().enumerate().filter(move |(at, clip)| {
        let next = clips.get(at + 1);
        let last_of_phase = |next: &Clip| {
            let changes = phase_of(phases, clip).zip(phase_of(phases, next));
            changes.is_some_and(|(one, other)| one.number != other.number)
        };
        let goes_at_once = |next: &Clip| next.from <= clip.from + rate.frames(CUT) + Frames(1);
        !next.is_some_and(|next| goes_at_once(next) && last_of_phase(next))
    });
    let sides = heard.map(|(_, clip)| side(library, phases, clip));
    let sides: Vec<Option<Side>> = sides.collect();
    let pairs = (1..sides.len()).filter_map(move |at| Some([sides[at - 1]?, sides[at]?]));
    pairs.filter_map(move |[before, after]| step(before, after, held, rate))
}

/// The phase that a clip begins in.
fn phase_of<'a>(phases: &'a [PhaseSpan], clip: &Clip) -> Option<&'a PhaseSpan> {
    let begun = phases.partition_point(|span| span.from <= clip.from);
    phases.get(begun.checked_sub(1)?)
}

/// Where a clip's track is named.
pub(super) fn named<'a>(session: &'a Session, phases: &[PhaseSpan], clip: &Clip) -> &'a Place {
    match phase_of(phases, clip) {
        Some(span) => named_in(session, span, clip),
        None => &session.place,
    }
}

fn named_in<'a>(session: &'a Session, span: &PhaseSpan, clip: &Clip) -> &'a Place {
    let phase = session.phases.get(span.number);
    let track = phase.and_then(|phase| match &phase.content {
        Content::Silence => None,
        Content::Playlist(list) => list.tracks.iter().find(|track| *track.path == *clip.track),
    });
    track.map_or(&session.place, |track| &track.place)
}

fn side<'a>(library: &'a Library, phases: &'a [PhaseSpan], clip: &'a Clip) -> Option<Side<'a>> {
    let span = phase_of(phases, clip)?;
    let facts = library.facts(&clip.track).ok()?;
    Some(Side { clip, span, facts })
}

/// The step from one clip to the next, where one is heard.
fn step<'a>(
    before: Side<'a>,
    after: Side<'a>,
    held: Option<&'a str>,
    rate: Rate,
) -> Option<Step<'a>> {
    if after.clip.from > before.clip.end() + rate.frames(CUT) {
        return None;
    }
    let overlap = before.clip.end() - after.clip.from;
    // Files of two rates overlap so that neither clicks, no longer.
    let joined = overlap <= rate.frames(CUT) && before.span.number == after.span.number;
    let reach = if joined || overlap == Frames::ZERO {
        REACH
    } else {
        0
    };
    let begins = after.first_heard(overlap, reach, rate)?;
    let ends = before.last_heard(overlap, reach, rate)?;
    let size = (begins - ends) - (after.span.level - before.span.level);
    (size.0.abs() > UNNOTICED.0).then_some(Step {
        before,
        after,
        size,
        joined,
        held,
    })
}

fn tell(step: &Step, session: &Session, rate: Rate) -> Mistake {
    let place = step.after.named(session).clone();
    let at = clock(rate.duration(step.after.clip.from));
    let held = where_held(step.held);
    let size = step.size.0.abs();
    let way = if step.size.0 > 0.0 {
        "louder"
    } else {
        "softer"
    };
    let [before, after] = [step.before, step.after].map(|side| &side.clip.title);
    let what = format!(
        "at {at}{held} the music goes on {size:.1} LU {way}: `{after}` begins after `{before}`"
    );
    let most = session.music.largest_step;
    if size <= most.0 || session.music.loudness.is_none() {
        let help = if step.joined {
            "2 LU are clearly heard; with `crossfade: 0s` both keep the levels they were recorded at: put another track between \
             them, or level the files themselves, where that is not meant"
        } else {
            "2 LU are clearly heard; give one of them a `gain` in the playlist, or put another track between them, where \
             that is not meant"
        };
        return Mistake::warning(place, what).help(help).rank(Rank::Heard);
    }
    let way_out = if step.joined {
        "with `crossfade: 0s` both keep the levels they were recorded at: give them a `crossfade`, so that each is brought to the \
         loudness by itself, put another track between them, level the files themselves"
    } else {
        "put another track between them, give one of them a `gain`"
    };
    let whole = size.ceil();
    Mistake::error(place, what).help(format!(
        "{way_out}, or allow it: `largest-step: {whole} LU` under `music`"
    ))
}

impl Side<'_> {
    /// Where its track is named.
    fn named<'a>(&self, session: &'a Session) -> &'a Place {
        named_in(session, self.span, self.clip)
    }

    /// What is heard of it before it goes.
    fn last_heard(&self, overlap: Frames, reach: usize, rate: Rate) -> Option<Loudness> {
        let clip = self.clip;
        let end = rate.seconds(clip.offset + clip.length - overlap) as usize;
        let first = self.first_window(Frames::ZERO, rate);
        // The value of a second tells of the three that end with it.
        let last = end.saturating_sub(1).max(first);
        self.loudest(last.saturating_sub(reach).max(first)..=last)
    }

    /// What is heard of it once it has come.
    fn first_heard(&self, overlap: Frames, reach: usize, rate: Rate) -> Option<Loudness> {
        let clip = self.clip;
        let end = rate.seconds(clip.offset + clip.length) as usize;
        let first = self.first_window(overlap, rate);
        let last = (first + reach).min(end.saturating_sub(1)).max(first);
        self.loudest(first..=last)
    }

    /// The first second with which three end that are heard of it, this far in.
    fn first_window(&self, since: Frames, rate: Rate) -> usize {
        let begin = rate.seconds(self.clip.offset + since).ceil() as usize;
        begin + Facts::WINDOW - 1
    }

    /// The short-term loudness in the loudest of the windows that end with these seconds; in the file's last one where
    /// there are none. Nothing where it is as good as silent: there is no step from or to silence, but a rest in the music.
    fn loudest(&self, seconds: RangeInclusive<usize>) -> Option<Loudness> {
        let last = self.facts.seconds.len().checked_sub(1)?;
        let these = (*seconds.start()).min(last)..=(*seconds.end()).min(last);
        let windows = these.filter_map(|second| self.facts.short_term(second));
        let loudest = windows.reduce(Loudness::louder)?;
        (loudest > Loudness::GATE).then(|| loudest + self.clip.gain.decibels())
    }
}
