//! What each change does to a timeline. Pure: the same change at the same frame gives the same timeline.

use std::time::Duration;

use crate::level::Decibels;
use crate::script::{CueKind, Phase};
use crate::time::{Frames, LONGEST};
use crate::timeline::change::Change;
use crate::timeline::course::Course;
use crate::timeline::draft::Draft;
use crate::timeline::fill::Opening;
use crate::timeline::landing::{Asked, Landing};
use crate::timeline::late::alone;
use crate::timeline::model::{CueId, PhaseSpan, PlacedCue, Timeline};
use crate::timeline::ramps::turn_level;
use crate::timeline::refusal::Refusal;
use crate::timeline::review::music;

/// How the next piece comes when it is asked for.
pub const SKIP: Duration = Duration::from_secs(5);

/// How the session goes to another phase before its time, and to other music at once.
const BRING_BACK: Duration = Duration::from_secs(20);

/// While so many pieces are on their way out, no other is skipped: each of them is read, decoded and mixed until it is gone.
const MOST_LEAVING: usize = 4;

/// What is asked for while others speak waits for so long at most.
const MOST_WAITING: Duration = Duration::from_secs(30);

/// A phase that has less than this left is not given another piece.
const LEAST: Duration = Duration::from_secs(30);

/// The phase that people are brought back to where none is named.
pub const RETURN: &str = "return";

/// The timeline after a change that holds from `at` on; and where a phase's end was moved, why it lies where it does.
///
/// # Errors
/// Why it cannot be made.
pub fn revise(
    course: &Course,
    at: Frames,
    change: &Change,
) -> Result<(Timeline, Option<Landing>), Refusal> {
    let mut draft = Draft::of(course, at);
    let Some(mut span) = draft.phases.pop() else {
        return Err(Refusal::Over);
    };
    let Some(phase) = course.session().phases.get(span.number) else {
        return Err(Refusal::Over);
    };
    let frames = |length| draft.rate.frames(length);
    let timeline = match change {
        Change::Hold => {
            if span.wish.open {
                return Err(Refusal::HeldAlready(span.name));
            }
            span.wish.open = true;
            Ok(draft.go_on(span))
        }
        Change::Continue => {
            if !span.wish.open {
                return Err(Refusal::NotHeld(span.name));
            }
            span.wish.open = false;
            let (next, fade) = (span.number + 1, course.letting_go(span.number));
            // The last phase has left by its end; the others leave from there on.
            let is_last = next == course.session().phases.len();
            let leaving = if is_last { fade } else { Frames::ZERO };
            if draft.settled + leaving < span.from + span.wish.lengths[1] {
                Ok(draft.go_on(span))
            } else {
                Ok(draft.go_to(span, next, fade))
            }
        }
        Change::Extend { by } => {
            let asked = Asked::longer(&draft, &span, phase, frames(*by))?;
            return draft.end_moved(span, asked, true);
        }
        Change::Shorten { by } => {
            let asked = Asked::shorter(&draft, &span, phase, frames(*by))?;
            return draft.end_moved(span, asked, false);
        }
        Change::BringBack { to } => {
            let number = later_phase(course, &span, at, to.as_deref())?;
            let fade = frames(BRING_BACK);
            Ok(draft.go_to(span, number, fade))
        }
        Change::Skip => {
            if span.silent {
                return Err(Refusal::Silent(span.name));
            }
            check_room(&draft)?;
            let fade = frames(SKIP);
            span.keep_end();
            let next = span.number + 1;
            if span.wish.open || span.end() >= draft.settled + frames(LEAST) {
                Ok(draft.anew(span, fade))
            } else if next < course.session().phases.len() {
                Ok(draft.go_to(span, next, fade))
            } else {
                Err(Refusal::LastPiece)
            }
        }
        Change::Intensity { by, at_once } => {
            span.wish.intensity = Some(rated(&draft, &span, phase, *by)?);
            span.keep_end();
            let lasts = span.wish.open || span.end() >= draft.settled + frames(LEAST);
            if *at_once && lasts {
                check_room(&draft)?;
                let fade = frames(BRING_BACK);
                Ok(draft.anew(span, fade))
            } else {
                Ok(draft.go_on(span))
            }
        }
        Change::Level { to } => {
            let level = to.max(Decibels::SOFTEST).min(Decibels::LOUDEST);
            draft.levels = turn_level(&draft.levels, at, level, draft.rate);
            Ok(draft.same_music(None))
        }
        Change::Cue { name } => {
            let id = cue_named(&draft, &span, name)?;
            let cue = draft.by_hand(id)?;
            Ok(draft.same_music(cue))
        }
        Change::Speak { on } => {
            if *on == draft.speaking.is_some() {
                return Err(if *on {
                    Refusal::SpeaksAlready
                } else {
                    Refusal::NotSpeaking
                });
            }
            draft.speaking = on.then_some(at);
            Ok(draft.same_music(None))
        }
        Change::Undo => Err(Refusal::NothingToUndo),
    };
    Ok((timeline?, None))
}

impl Draft<'_> {
    /// The phase goes on from what sounds, as far as it is wished now.
    pub(super) fn go_on(mut self, span: PhaseSpan) -> Timeline {
        self.phases.push(span);
        let standing = self.standing();
        let opening = standing.unwrap_or(Opening::Fresh(self.settled));
        let coming = self.rate.frames(SKIP);
        self.lay_out(opening, coming)
    }

    /// What sounds leaves, and the phase goes on with its next piece.
    fn anew(mut self, span: PhaseSpan, fade: Frames) -> Timeline {
        self.leave(fade);
        self.phases.push(span);
        let opening = Opening::Fresh(self.settled);
        let coming = self.coming(self.leaving().cloned(), fade);
        self.lay_out(opening, coming)
    }

    fn lay_out(self, opening: Opening, coming: Frames) -> Timeline {
        let (clips, phases) = (self.clips.clone(), self.phases.clone());
        let mut score = self.course.score(clips, phases);
        score.go_on(opening, coming);
        self.complete(score)
    }

    /// What sounds leaves, and the session goes on with a later phase; with none it ends.
    fn go_to(mut self, mut span: PhaseSpan, number: usize, fade: Frames) -> Timeline {
        let last = number >= self.course.session().phases.len();
        let fade = if last {
            fade
        } else {
            fade.min(Frames(self.rest(number).0 / 2))
        };
        self.leave(fade);
        let end = if last {
            self.end_of_sound()
        } else {
            self.settled
        };
        span.wish.open = false;
        span.length = end - span.from;
        self.phases.push(span);
        let (clips, phases) = (self.clips.clone(), self.phases.clone());
        let mut score = self.course.score(clips, phases);
        score.add_phase(
            number,
            Some(self.coming(self.leaving().cloned(), fade)),
            &mut Vec::new(),
        );
        self.complete(score)
    }

    /// How long the session goes on from the beginning of a phase, at the soonest.
    fn rest(&self, number: usize) -> Frames {
        let phases = self.course.session().phases.iter().skip(number);
        let lengths = phases.map(|phase| if phase.hold { LONGEST } else { phase.length });
        let rest = lengths.fold(Duration::ZERO, Duration::saturating_add);
        self.rate.frames(rest.min(LONGEST))
    }

    /// A cue as soon as can be: what is spoken not before another voice is silent.
    fn by_hand(&self, id: CueId) -> Result<Option<PlacedCue>, Refusal> {
        let old = self.old;
        let ground = self.ground(&old.clips);
        let soonest = self.soonest();
        let spoken = alone(&ground, id, soonest, &old.cues);
        let placed = match spoken {
            Some(spoken) if spoken.at > soonest + self.rate.frames(MOST_WAITING) => {
                let until = self.rate.duration(spoken.at);
                return Err(Refusal::OthersSpeak(until));
            }
            Some(spoken) if !spoken.ducks => ground.put(id, self.settled),
            spoken => spoken,
        };
        let by_hand = |cue| PlacedCue {
            by_hand: true,
            ..cue
        };
        Ok(placed.map(by_hand))
    }

    /// The music is as it was; this cue comes where there is one, and no other of its name.
    fn same_music(self, cue: Option<PlacedCue>) -> Timeline {
        let old = self.old;
        let mut cues = old.cues.clone();
        if let Some(placed) = cue {
            cues.retain(|cue| cue.id != placed.id);
            cues.push(placed);
        }
        self.with_cues(old.clips.clone(), old.phases.clone(), cues)
    }
}

impl PhaseSpan {
    /// Other music does not move the phase's end, but to the end of a piece near it.
    fn keep_end(&mut self) {
        if !self.wish.open {
            let [shortest, _, longest] = self.wish.lengths;
            let now = self.length;
            self.wish.lengths = [shortest.min(now), now, longest.max(now)];
        }
    }
}

/// Whether another piece may be sent on its way out.
fn check_room(draft: &Draft) -> Result<(), Refusal> {
    if draft.leaving().count() < MOST_LEAVING {
        Ok(())
    } else {
        Err(Refusal::StillLeaving)
    }
}

fn later_phase(
    course: &Course,
    span: &PhaseSpan,
    at: Frames,
    name: Option<&str>,
) -> Result<usize, Refusal> {
    let phases = &course.session().phases;
    let later = || phases.iter().enumerate().skip(span.number + 1);
    let asked = name.unwrap_or(RETURN);
    // Who names the phase that has long begun means another one.
    let goes_there = span.name.eq_ignore_ascii_case(asked) && (name.is_none() || span.from > at);
    let found = later()
        .find(|(_, phase)| phase.name == asked)
        .or_else(|| later().find(|(_, phase)| phase.name.eq_ignore_ascii_case(asked)));
    match found {
        Some((number, _)) => Ok(number),
        None if goes_there => Err(Refusal::GoesThere(span.name.clone())),
        None if name.is_none() && later().next().is_some() => Err(Refusal::NoReturn {
            later: later().map(|(_, phase)| phase.name.clone()).collect(),
        }),
        None => Err(Refusal::NoPhase {
            name: asked.to_owned(),
            later: later().map(|(_, phase)| phase.name.clone()).collect(),
        }),
    }
}

/// The rating that lies `by` steps from that of the music that sounds, among those that the phase has.
fn rated(draft: &Draft, span: &PhaseSpan, phase: &Phase, by: i8) -> Result<u8, Refusal> {
    if by == 0 {
        return Err(Refusal::NoStep);
    }
    let crate::script::Content::Playlist(playlist) = &phase.content else {
        return Err(Refusal::Silent(span.name.clone()));
    };
    let tracks = music(playlist, draft.course.library());
    let mut ratings: Vec<u8> = tracks.filter_map(|track| track.intensity).collect();
    ratings.sort_unstable();
    let sounds = draft.staying().and_then(|clip| {
        let mut tracks = playlist.tracks.iter();
        tracks.find(|track| *track.path == *clip.track)?.intensity
    });
    let middle = ratings.get(ratings.len() / 2).copied();
    let now = span.wish.intensity.or(sounds).or(middle);
    let now = now.ok_or_else(|| Refusal::Unrated(span.name.clone()))?;
    ratings.dedup();
    let steps = usize::from(by.unsigned_abs());
    let beyond: Vec<u8> = if by > 0 {
        ratings.into_iter().filter(|r| *r > now).collect()
    } else {
        ratings.into_iter().rev().filter(|r| *r < now).collect()
    };
    let reached = beyond.get(steps - 1).or(beyond.last());
    let reached = reached.copied();
    reached.ok_or_else(|| Refusal::NoSuchMusic {
        phase: span.name.clone(),
        up: by > 0,
    })
}

/// The cue that is meant: the next one of that name, or the one heard last, once more.
fn cue_named(draft: &Draft, span: &PhaseSpan, name: &str) -> Result<CueId, Refusal> {
    let old = draft.old;
    let heard = |cue: &&PlacedCue| cue.sound.is_some();
    let named = |cue: &&PlacedCue| cue.name.eq_ignore_ascii_case(name);
    let mut same = old.cues.iter().filter(heard).filter(named);
    if same.clone().any(|cue| {
        let sounds = cue.at < draft.settled && cue.end() > draft.at;
        sounds || (cue.by_hand && cue.at >= draft.settled)
    }) {
        return Err(Refusal::Sounds(name.to_owned()));
    }
    if let Some(next) = same.clone().find(|cue| cue.at >= draft.settled) {
        return Ok(next.id);
    }
    if let Some(last) = same.next_back() {
        let id = last.id;
        let times = old.cues.iter().map(|cue| cue.id);
        let times = times.filter(|other| (other.phase, other.cue) == (id.phase, id.cue));
        let again = times.map(|other| other.again).max().unwrap_or(0) + 1;
        return Ok(CueId { again, ..id });
    }
    let phases = draft.course.session().phases.iter().enumerate();
    let written = phases.flat_map(|(phase, written)| {
        let cues = written.cues.iter().enumerate();
        cues.map(move |(cue, written)| (phase, cue, written))
    });
    let written = written.filter(|(.., cue)| !matches!(cue.kind, CueKind::Remind { .. }));
    let own_first = |(phase, ..): &(usize, usize, _)| *phase != span.number;
    let found = written
        .clone()
        .filter(|(.., cue)| cue.kind.sound().is_some() && cue.name.eq_ignore_ascii_case(name))
        .min_by_key(own_first);
    match found {
        Some((phase, cue, _)) => Ok(CueId {
            phase,
            cue,
            time: 0,
            again: 0,
        }),
        None => Err(Refusal::NoCue {
            name: name.to_owned(),
            there: written.map(|(.., cue)| cue.name.clone()).collect(),
        }),
    }
}
