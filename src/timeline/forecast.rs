//! What is to come, and what a change does to it.

use std::collections::HashSet;
use std::ops::Range;

use crate::level::Decibels;
use crate::script::{Cue, CueKind, Session};
use crate::time::Frames;
use crate::timeline::change::Change;
use crate::timeline::course::{Course, LEAD};
use crate::timeline::landing::Landing;
use crate::timeline::model::{CueId, CueSort, PhaseSpan, PlacedCue, Timeline};

/// So much of what is to come is told.
const NEXT: usize = 6;

/// What a change would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Where the session ends; `None` while a phase is held.
    pub end: Option<Frames>,
    /// Where it would have ended; `None` while a phase is held.
    pub end_before: Option<Frames>,
    /// The phase that is heard, or is about to be.
    pub phase: String,
    /// Where it ends; `None` while it is held.
    pub phase_end: Option<Frames>,
    /// Where it would have ended; `None` while it is held.
    pub phase_end_before: Option<Frames>,
    /// Why its end lies where it does, where the change moved that.
    pub landing: Option<Landing>,
    /// Where the next piece of that phase comes, if another one does.
    pub piece: Option<Frames>,
    /// Whether that is as soon as any can come.
    pub at_once: bool,
    /// The phase without music that the change leads to.
    pub silence: Option<String>,
    /// The phase that is held now, or will be, and lets nobody say where the session ends.
    pub waits: Option<String>,
    /// The level of everything, or where it is on its way to.
    pub level: Decibels,
    /// What it would have been.
    pub level_before: Decibels,
    /// The change that an undo takes back.
    pub undoes: Option<Change>,
    /// The cues that would not be heard or shown any more, each once and in the order of time: their names, and what a
    /// reminder says.
    pub left_out: Vec<String>,
    /// What comes next, in the order of time.
    pub next: Vec<Coming>,
}

/// Something that is to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    /// When.
    pub at: Frames,
    /// What.
    pub what: What,
    /// What people call it.
    pub name: String,
    /// For a reminder, what the therapist is reminded of.
    pub text: Option<String>,
}

/// What is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A phase begins.
    Phase,
    /// A track begins.
    Track,
    /// A cue is due.
    Cue(CueSort),
}

impl Forecast {
    /// What a change that holds from `at` on makes of a session.
    #[must_use]
    pub fn of(before: &Course, after: &Course, at: Frames, change: &Change) -> Self {
        let session = before.session();
        let undoes = before.last_change().filter(|_| *change == Change::Undo);
        let undoes = undoes.cloned();
        let landing = after.landing();
        let (before, after) = (before.timeline(), after.timeline());
        // One that begins in a moment is settled, and is the one that was meant.
        let settled = at + before.rate.frames(LEAD) - Frames(1);
        let phase = before.phase_at(settled);
        let same = |span: &&PhaseSpan| phase.is_some_and(|phase| phase.number == span.number);
        let ends = |span: &PhaseSpan| (!span.wish.open).then(|| span.end());
        let number = |timeline: &Timeline, at| timeline.phase_at(at).map(|span| span.number);
        let leads = after.phase_at(settled + Frames(1));
        let leads = leads.filter(|span| number(before, settled) != Some(span.number));
        let silence = leads.filter(|span| span.silent);
        let waits = after.phases.last().filter(|span| span.wish.open);
        let span = after.phases.iter().find(same);
        let clips = after.clips.iter().map(|clip| clip.from);
        let pieces = clips.filter(|from| {
            *from > settled && span.is_some_and(|span| span.from < *from && *from < span.end())
        });
        let piece = pieces.min();
        Self {
            end: after.end(),
            end_before: before.end(),
            phase: phase.map(|span| span.name.clone()).unwrap_or_default(),
            phase_end: span.and_then(ends),
            phase_end_before: phase.and_then(ends),
            landing,
            piece,
            at_once: piece == Some(settled + Frames(1)),
            silence: silence.map(|span| span.name.clone()),
            waits: waits.map(|span| span.name.clone()),
            level: after.level(),
            level_before: before.level(),
            undoes,
            left_out: left_out(session, before, after, at),
            next: after.next(at),
        }
    }
}

fn left_out(session: &Session, before: &Timeline, after: &Timeline, at: Frames) -> Vec<String> {
    let stays: HashSet<CueId> = after.cues.iter().map(|cue| cue.id).collect();
    // What lies behind a phase that is held comes when it goes on.
    let waits = |phase: usize| {
        let last = after.phases.last();
        last.is_some_and(|span| span.wish.open && phase > span.number)
    };
    let planned = before.cues.iter().filter(|cue| {
        let tells = cue.sound.is_some() || cue.sort == CueSort::Remind;
        tells && cue.at >= at && !stays.contains(&cue.id) && !waits(cue.id.phase)
    });
    let planned = planned.map(|cue| match &cue.text {
        Some(text) if cue.sort == CueSort::Remind => text.clone(),
        _ => cue.name.clone(),
    });
    // A phase behind one that is held is on no timeline, and may be passed over all the same.
    let known = before.phases.last().map_or(0, |span| span.number + 1);
    let phases = session.phases.iter().enumerate().skip(known);
    let passed = phases.filter(|(number, _)| {
        let is_there = after.phases.iter().any(|span| span.number == *number);
        !is_there && !waits(*number)
    });
    let unplanned = passed.flat_map(|(_, phase)| {
        let mut cues: Vec<&Cue> = phase.cues.iter().collect();
        cues.sort_by_key(|cue| cue.at.first(phase.length));
        cues
    });
    let unplanned = unplanned.filter_map(|cue| match &cue.kind {
        CueKind::Remind { text } => Some(text.clone()),
        kind => kind.sound().map(|_| cue.name.clone()),
    });
    let mut left_out: Vec<String> = Vec::new();
    for name in planned.chain(unplanned) {
        // One that comes every few minutes of a phase that is held comes hundreds of times.
        if !left_out.contains(&name) {
            left_out.push(name);
        }
    }
    left_out
}

impl Timeline {
    /// Where the session ends; `None` while a phase is held.
    #[must_use]
    pub fn end(&self) -> Option<Frames> {
        let held = self.phases.last().is_some_and(|span| span.wish.open);
        (!held).then_some(self.length)
    }

    /// What comes next after `at`, in the order of time.
    #[must_use]
    pub fn next(&self, at: Frames) -> Vec<Coming> {
        let coming = |at, what, name: &str| Coming {
            at,
            what,
            name: name.to_owned(),
            text: None,
        };
        let phases = self.phases.iter().filter(|span| span.from > at).take(NEXT);
        let mut all: Vec<Coming> = phases
            .map(|span| coming(span.from, What::Phase, &span.name))
            .collect();
        let clips = self.clips.iter().filter(|clip| clip.from > at).take(NEXT);
        all.extend(clips.map(|clip| coming(clip.from, What::Track, &clip.title)));
        let mut cues = self.cues.iter().filter(|cue| cue.at > at);
        all.extend(cues.clone().take(NEXT).map(Coming::cue));
        let reminder = cues.find(|cue| cue.sort == CueSort::Remind);
        all.sort_by_key(|coming| coming.at);
        all.truncate(NEXT);
        // However much comes before it: nobody hears a reminder, so it must not be missed.
        if !all.iter().any(|it| it.what == What::Cue(CueSort::Remind)) {
            all.extend(reminder.map(Coming::cue));
        }
        all
    }

    /// What the therapist is reminded of within a stretch, in the order of time.
    #[must_use]
    pub fn reminders(&self, over: Range<Frames>) -> Vec<Coming> {
        let due = self.cues.iter().filter(|cue| cue.sort == CueSort::Remind);
        let due = due.filter(|cue| over.contains(&cue.at));
        due.map(Coming::cue).collect()
    }
}

impl Coming {
    fn cue(cue: &PlacedCue) -> Self {
        let reminds = cue.sort == CueSort::Remind;
        Self {
            at: cue.at,
            what: What::Cue(cue.sort),
            name: cue.name.clone(),
            text: cue.text.clone().filter(|_| reminds),
        }
    }
}
