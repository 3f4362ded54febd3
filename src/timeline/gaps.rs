//! Where a session is silent and is not meant to be: where a join without a seam keeps the silence at the ends of its files.
//!
//! Within a file `sudden.rs` tells of it, by the same bounds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::path::Path;

use crate::library::{Holes, Library};
use crate::mistake::{Mistake, Place, Rank};
use crate::script::Session;
use crate::time::{Frames, Rate, clock};
use crate::timeline::heard::more;
use crate::timeline::held::{Held, where_held};
use crate::timeline::joins::named;
use crate::timeline::model::{Clip, Timeline};
use crate::timeline::silence::Scripted;
use crate::timeline::sudden::LONG;
use crate::when::brief;
use crate::zone::Zone;

/// A silence that is not meant, and the clips that are heard before and after it, where they reach it.
struct Gap<'a> {
    over: Range<Frames>,
    clips: [Option<&'a Clip>; 2],
}

/// What is to be said of silences at the ends of pieces: of two tracks once, where it is the longest. A long one keeps the
/// session from being played. Pure.
#[must_use]
pub fn review(session: &Session, library: &Library, timeline: &Timeline) -> Vec<Mistake> {
    beyond(session, library, timeline, Frames::ZERO, None)
}

/// The same of what is to be heard where a phase is held, as far as that is not written. Pure.
#[must_use]
pub fn held(session: &Session, library: &Library, written: &Timeline, held: &Held) -> Vec<Mistake> {
    let timeline = Timeline {
        clips: held.clips.clone(),
        phases: held.phases.clone(),
        cues: Vec::new(),
        ..written.clone()
    };
    let name = Some(held.name());
    beyond(session, library, &timeline, held.beyond, name)
}

fn beyond(
    session: &Session,
    library: &Library,
    timeline: &Timeline,
    since: Frames,
    held: Option<&str>,
) -> Vec<Mistake> {
    let rate = timeline.rate;
    let mut worst: HashMap<[Option<&Path>; 2], Gap> = HashMap::new();
    for zone in timeline.layout.zones() {
        let Some(scripted) = Scripted::of(timeline, zone) else {
            continue;
        };
        let silences = silences(timeline, library, zone);
        for silence in silences.into_iter().filter(|it| it.start >= since) {
            let clips = ends(&scripted, &silence, library, rate);
            let entry = worst.entry(clips.map(|clip| clip.map(|clip| &*clip.track)));
            let known = match &entry {
                Entry::Occupied(entry) => length(&entry.get().over),
                Entry::Vacant(_) => Frames::ZERO,
            };
            if length(&silence) <= known {
                continue;
            }
            let longer = |over: &Range<Frames>| length(over) > known;
            if let Some(over) = scripted.unscripted(&silence).filter(longer) {
                entry.insert_entry(Gap { over, clips });
            }
        }
    }
    let mut gaps: Vec<Gap> = worst.into_values().collect();
    gaps.sort_by_key(|gap| (std::cmp::Reverse(length(&gap.over)), gap.over.start));
    let more = more(
        &mut gaps,
        |gap| place(session, timeline, gap),
        |places| {
            let places = match places {
                1 => "1 more place".to_owned(),
                places => format!("{places} more places"),
            };
            format!("it is silent at {places}, for less than at those above")
        },
    );
    gaps.sort_by_key(|gap| gap.over.start);
    let told = gaps.iter().map(|gap| {
        let place = place(session, timeline, gap).clone();
        tell(gap, place, held, rate)
    });
    told.chain(more).collect()
}

/// Where the track is named that comes after a gap; or the one before it, where that is the last.
fn place<'a>(session: &'a Session, timeline: &Timeline, gap: &Gap) -> &'a Place {
    match gap.clips[1].or(gap.clips[0]) {
        Some(clip) => named(session, &timeline.phases, clip),
        None => &session.place,
    }
}

fn tell(gap: &Gap, place: Place, held: Option<&str>, rate: Rate) -> Mistake {
    let at = clock(rate.duration(gap.over.start));
    let lasts = rate.duration(length(&gap.over));
    let between = match gap.clips.map(|clip| clip.map(|clip| &clip.title)) {
        [Some(before), Some(after)] => format!(", where `{after}` follows `{before}`"),
        [None, Some(after)] => format!(", before `{after}` is heard"),
        [Some(before), None] => format!(", after `{before}` was heard"),
        [None, None] => String::new(),
    };
    let held = where_held(held);
    let what = format!("at {at}{held} it is silent for {}{between}", brief(lasts));
    let way_out = "give the phase a `crossfade`, which leaves the silence at the ends of its pieces out, or cut it out in an \
                   audio editor";
    // Behind the last piece the session ends.
    if lasts >= LONG && gap.clips[1].is_some() {
        Mistake::error(place, what).help(format!(
            "nothing fills that while it plays, and nobody knows whether something broke; {way_out}"
        ))
    } else {
        let help = format!("nothing fills that while it plays; {way_out}");
        Mistake::warning(place, what).help(help).rank(Rank::Heard)
    }
}

/// All silences that are long enough to be one and lie between what sounds; those within a file are told with it.
fn silences(timeline: &Timeline, library: &Library, zone: Zone) -> Vec<Range<Frames>> {
    let rate = timeline.rate;
    let clips = timeline.clips.iter();
    let clips = clips.filter(|clip| clip.zones.contains(zone));
    let end = clips.clone().map(Clip::end).max();
    let music = clips.map(|clip| sounding(clip, library, rate));
    let cues = timeline.cues.iter();
    let cues = cues.filter(|cue| cue.zones.contains(zone));
    let cues = cues.filter_map(|cue| {
        let facts = library.facts(cue.sound.as_ref()?).ok()?;
        Some(facts.heard(Frames::ZERO, cue.at..cue.end(), rate))
    });
    let mut sounds: Vec<Range<Frames>> = music.chain(cues).filter(|it| !it.is_empty()).collect();
    sounds.sort_by_key(|it| it.start);
    sounds.extend(end.map(|end| end..end));
    let gap = rate.frames(Holes::GAP);
    let mut heard = Frames::ZERO;
    let before = sounds.into_iter().map(|sound| {
        let silence = heard..sound.start;
        heard = heard.max(sound.end);
        silence
    });
    before.filter(|it| length(it) >= gap).collect()
}

/// The last clip that is heard before a silence, and the first after it, of those that it touches.
fn ends<'a>(
    scripted: &Scripted<'a>,
    silence: &Range<Frames>,
    library: &Library,
    rate: Rate,
) -> [Option<&'a Clip>; 2] {
    let heard = |clip: &&Clip| sounding(clip, library, rate);
    let clips = || scripted.touching(silence);
    let before = clips().filter(|clip| heard(clip).end <= silence.start);
    [
        before.last(),
        clips().find(|clip| heard(clip).start >= silence.end),
    ]
}

/// Where a clip sounds, between the silences at its file's ends; nothing of one that is silent. Of one of which nothing is
/// known, all.
fn sounding(clip: &Clip, library: &Library, rate: Rate) -> Range<Frames> {
    let over = clip.from..clip.end();
    match library.facts(&clip.track) {
        Ok(facts) => facts.heard(clip.offset, over, rate),
        Err(_) => over,
    }
}

fn length(over: &Range<Frames>) -> Frames {
    over.end - over.start
}
