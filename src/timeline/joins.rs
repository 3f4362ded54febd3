//! How much louder or softer the music goes on where one track follows another.
//!
//! What was heard in the three seconds before a change is compared with what is heard in the three seconds after it (short-term
//! loudness, EBU Tech 3341). What the script asks for by the levels of two phases is no step; a track's own gain is a means against one.

use std::collections::HashSet;
use std::path::Path;

use crate::level::{Decibels, Loudness};
use crate::library::{Facts, Library};
use crate::mistake::{Mistake, Place, Rank};
use crate::playlist::Track;
use crate::script::{Content, Session};
use crate::time::{Frames, Rate, clock};
use crate::timeline::heard::more;
use crate::timeline::model::{Clip, PhaseSpan};

/// A smaller step passes unnoticed.
const UNNOTICED: Decibels = Decibels(2.0);

/// The seconds of a short-term window.
const WINDOW: usize = 3;

/// A step that is to be told.
struct Step<'a> {
    before: &'a Clip,
    after: &'a Clip,
    size: Decibels,
    place: &'a Place,
}

/// What is to be said of a session's joins. A step beyond what the script allows keeps it from being played, unless the
/// script leaves all tracks as they are.
#[must_use]
pub fn review(
    session: &Session,
    library: &Library,
    rate: Rate,
    clips: &[Clip],
    phases: &[PhaseSpan],
) -> Vec<Mistake> {
    let mut seen: HashSet<(&Path, &Path)> = HashSet::new();
    let mut steps: Vec<Step> = Vec::new();
    for pair in clips.windows(2) {
        let [before, after] = pair else { continue };
        let follows = after.from <= before.end() && !after.joins(before);
        if !follows || !seen.insert((&before.track, &after.track)) {
            continue;
        }
        let found = [before, after].map(|clip| scripted(session, phases, clip));
        let [Some((own_before, _)), Some((own_after, place))] = found else {
            continue;
        };
        let overlap = before.end() - after.from;
        let ends = last_heard(before, overlap, library, rate);
        let begins = first_heard(after, overlap, library, rate);
        let (Some(ends), Some(begins)) = (ends, begins) else {
            continue;
        };
        let size = (begins - ends) - (own_after - own_before);
        if size.0.abs() > UNNOTICED.0 {
            steps.push(Step {
                before,
                after,
                size,
                place,
            });
        }
    }
    steps.sort_by(|a, b| b.size.0.abs().total_cmp(&a.size.0.abs()));
    // Who has more has another loudness in every track.
    let more = more(
        &mut steps,
        |step| step.place,
        |joins| {
            let joins = match joins {
                1 => "1 more join".to_owned(),
                joins => format!("{joins} more joins"),
            };
            format!("the loudness changes at {joins}, by less than at those above")
        },
    );
    steps.sort_by_key(|step| step.after.from);
    let told = steps.iter().map(|step| tell(step, session, rate));
    told.chain(more).collect()
}

/// The level of a clip's phase, and where its track is named.
pub(super) fn scripted<'a>(
    session: &'a Session,
    phases: &[PhaseSpan],
    clip: &Clip,
) -> Option<(Decibels, &'a Place)> {
    let span = phases.iter().rev().find(|span| span.from <= clip.from)?;
    let track = track(session, span, &clip.track)?;
    Some((span.level, &track.place))
}

fn tell(step: &Step, session: &Session, rate: Rate) -> Mistake {
    let at = clock(rate.duration(step.after.from));
    let size = step.size.0.abs();
    let way = if step.size.0 > 0.0 {
        "louder"
    } else {
        "softer"
    };
    let (before, after) = (&step.before.title, &step.after.title);
    let what =
        format!("at {at} the music goes on {size:.1} LU {way}: `{after}` begins after `{before}`");
    let place = step.place.clone();
    let most = session.music.largest_step;
    if size <= most.0 || session.music.loudness.is_none() {
        let help = "2 LU are clearly heard; give one of them a `gain` in the playlist, or put another track between them, where \
                    that is not meant";
        return Mistake::warning(place, what).help(help).rank(Rank::Heard);
    }
    let whole = size.ceil();
    Mistake::error(place, what).help(format!(
        "put another track between them, give one of them a `gain`, or allow it: `largest-step: {whole} LU` under `music`"
    ))
}

fn track<'a>(session: &'a Session, span: &PhaseSpan, path: &Path) -> Option<&'a Track> {
    match &session.phases.get(span.number)?.content {
        Content::Silence => None,
        Content::Playlist(playlist) => playlist.tracks.iter().find(|track| track.path == path),
    }
}

/// What is heard of a clip before it goes.
fn last_heard(clip: &Clip, overlap: Frames, library: &Library, rate: Rate) -> Option<Loudness> {
    let facts = library.facts(&clip.track).ok()?;
    let end = rate.seconds(clip.offset + clip.length - overlap) as usize;
    let begin = rate.seconds(clip.offset).ceil() as usize;
    // The value of a second tells of the three that end with it.
    let at = end.max(begin + WINDOW).checked_sub(1)?;
    heard(facts, at, clip)
}

/// What is heard of a clip once it has come.
fn first_heard(clip: &Clip, overlap: Frames, library: &Library, rate: Rate) -> Option<Loudness> {
    let facts = library.facts(&clip.track).ok()?;
    let begin = rate.seconds(clip.offset + overlap).ceil() as usize;
    heard(facts, begin + WINDOW - 1, clip)
}

/// The short-term loudness of a clip in the window that ends with a second; in the file's last one where there is none.
/// Nothing where it is as good as silent: there is no step from or to silence, but a rest in the music.
fn heard(facts: &Facts, second: usize, clip: &Clip) -> Option<Loudness> {
    let last = facts.short_term.len().checked_sub(1)?;
    let loudness = *facts.short_term.get(second.min(last))?;
    (loudness > Loudness::GATE).then(|| loudness + clip.gain.decibels())
}
