//! From a checked script and the facts of its files to the timeline. Pure: no clock, no files; the seed decides every choice.

use std::sync::Arc;
use std::time::Duration;

use crate::level::{Decibels, Loudness};
use crate::library::Library;
use crate::mistake::{Mistake, Weight};
use crate::script::Session;
use crate::time::{Frames, Rate, clock};
use crate::timeline::around::Music;
use crate::timeline::duck::ramps;
use crate::timeline::gaps;
use crate::timeline::heard::{at_once, too_soft};
use crate::timeline::held::Held;
use crate::timeline::joins;
use crate::timeline::loudness::normalise;
use crate::timeline::model::{BedChoice, PhaseSpan, PlacedCue, Timeline};
use crate::timeline::place::Ground;
use crate::timeline::review::{no_return, review};
use crate::timeline::score::Score;

/// The bed stands this far below the music it stands in for.
const BED: Decibels = Decibels(-6.0);

/// So many cues may sound at once.
pub const MOST_AT_ONCE: usize = 32;

/// So many of them may be longer than [`LONG`]: those are streamed, as music is.
const MOST_LONG: usize = 6;

/// A cue of this length is held in memory; a longer one is streamed.
pub const LONG: Duration = Duration::from_secs(20);

/// So many times may all cues of a session come, those that return counted each time.
const MOST_TIMES: usize = 5_000;

/// A session that can be played, and what its writer should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// Everything that will sound.
    pub timeline: Timeline,
    /// What is not as it was perhaps meant; all of them warnings.
    pub remarks: Vec<Mistake>,
}

/// Composes a session at a rate.
///
/// # Errors
/// All reasons for which the session cannot be played, and all remarks with them.
pub fn compose(
    session: &Session,
    library: &Library,
    rate: Rate,
) -> Result<Composition, Vec<Mistake>> {
    let mut remarks = review(session, library);
    if remarks.iter().any(|m| m.weight == Weight::Error) {
        return Err(remarks);
    }
    let mut score = Score::written(session, library, rate);
    let mut of_length = Vec::new();
    score.add_rest(&mut of_length);
    let Score { clips, phases, .. } = score;
    let held = Held::of(session, library, rate, &clips, &phases);
    remarks.extend(joins::review(
        session, library, rate, &clips, &phases, &held,
    ));
    remarks.extend(of_length);
    if remarks.iter().any(|m| m.weight == Weight::Error) {
        return Err(remarks);
    }
    let ground = Ground {
        session,
        library,
        rate,
        clips: Music::new(&clips),
        from: Frames::ZERO,
    };
    let mut cues = Vec::new();
    for span in &phases {
        if let Some(mistake) = ground.too_often(span, MOST_TIMES - cues.len()) {
            remarks.push(mistake);
            return Err(remarks);
        }
        let placed = ground.place(span, &cues, &mut remarks);
        cues.extend(placed);
    }
    cues.sort_by_key(|cue| cue.at);
    if let Some(mistake) = crowd(session, &cues, rate) {
        remarks.push(mistake);
        return Err(remarks);
    }
    remarks.extend(at_once(session, &cues, rate));
    remarks.extend(too_soft(&ground, &cues));
    remarks.extend(no_return(session));
    let ducks = session.layout.zones().flat_map(|zone| {
        let needs = ground.needs(zone, &cues);
        ramps(&needs, rate)
            .into_iter()
            .map(move |ramp| (zone, ramp))
    });
    let ducks = ducks.collect();
    let length = ending(&phases, &cues);
    let timeline = Timeline {
        title: session.title.clone(),
        script: session.hash.clone(),
        rate,
        layout: session.layout.clone(),
        length,
        phases,
        clips,
        cues,
        ducks,
        levels: Vec::new(),
        speaking: None,
        bed: bed(session, library),
    };
    remarks.extend(gaps::review(session, library, &timeline));
    let held = held.iter();
    remarks.extend(held.flat_map(|held| gaps::held(session, library, &timeline, held)));
    if remarks.iter().any(|m| m.weight == Weight::Error) {
        return Err(remarks);
    }
    Ok(Composition { timeline, remarks })
}

/// Where a session ends: with its music, or with a cue that goes on after it.
#[must_use]
pub fn ending(phases: &[PhaseSpan], cues: &[PlacedCue]) -> Frames {
    let music = phases.last().map_or(Frames::ZERO, PhaseSpan::end);
    cues.iter().map(PlacedCue::end).fold(music, Frames::max)
}

/// Where more cues sound at once than anybody could hear.
fn crowd(session: &Session, cues: &[PlacedCue], rate: Rate) -> Option<Mistake> {
    let long = rate.frames(LONG);
    let heard = cues.iter().filter(|cue| cue.sound.is_some());
    let (mut sounding, mut streamed) = (Vec::new(), 0);
    for cue in heard {
        sounding.retain(|other: &&PlacedCue| other.end() > cue.at);
        sounding.push(cue);
        streamed = sounding.iter().filter(|cue| cue.length > long).count();
        if sounding.len() > MOST_AT_ONCE || streamed > MOST_LONG {
            break;
        }
    }
    let time = clock(rate.duration(sounding.last()?.at));
    let what = if streamed > MOST_LONG {
        format!("more than {MOST_LONG} cues of over 20 s sound at once, at {time}")
    } else if sounding.len() > MOST_AT_ONCE {
        format!("more than {MOST_AT_ONCE} cues sound at once, at {time}")
    } else {
        return None;
    };
    Some(Mistake::error(session.place.clone(), what).help("move some of them apart"))
}

fn bed(session: &Session, library: &Library) -> BedChoice {
    let own = session.music.bed.as_ref();
    let facts = own.and_then(|sound| library.facts(&sound.path).ok());
    let target = session.music.loudness.unwrap_or(Loudness::USUAL);
    // The bundled bed is made at -30 LUFS.
    let change = facts.map_or(target - Loudness(-30.0), |facts| {
        normalise(facts, Some(target))
    });
    BedChoice {
        file: own.map(|sound| Arc::from(sound.path.as_path())),
        gain: (change + BED).gain(),
    }
}
