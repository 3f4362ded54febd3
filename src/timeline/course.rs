//! A session's timeline while it is steered: each change makes a new one, and the last one can be taken back.

use std::sync::Arc;
use std::time::Duration;

use crate::library::Library;
use crate::script::Session;
use crate::time::{Frames, LONGEST};
use crate::timeline::change::Change;
use crate::timeline::draft::Draft;
use crate::timeline::forecast::Forecast;
use crate::timeline::landing::Landing;
use crate::timeline::model::Timeline;
use crate::timeline::refusal::Refusal;
use crate::timeline::score::Score;
use crate::timeline::{revise, undo};

/// What begins within this after a change was settled before it: its stream is open, or its sound in memory.
pub const LEAD: Duration = Duration::from_secs(1);

/// A change can be taken back for so long.
const REGRET: Duration = Duration::from_secs(30);

/// A session that is steered. Plain data, as its timeline is: the same changes at the same frames give the same session.
#[derive(Debug, Clone)]
pub struct Course {
    session: Arc<Session>,
    library: Arc<Library>,
    timeline: Arc<Timeline>,
    /// Whether phases wait where the script lets them hold.
    waits: bool,
    before: Option<Before>,
    /// Whether the last change was taken back.
    undone: bool,
}

/// The last change.
#[derive(Debug, Clone)]
struct Before {
    /// When it was made.
    at: Frames,
    /// What it was.
    change: Change,
    /// What was planned before it.
    timeline: Arc<Timeline>,
    /// Where it moved the end of a phase, why that lies where it does.
    landing: Option<Landing>,
}

impl Course {
    /// A session as it is written: where the script lets a phase hold, it goes on after its length.
    #[must_use]
    pub fn written(session: Arc<Session>, library: Arc<Library>, composed: Arc<Timeline>) -> Self {
        Self {
            session,
            library,
            timeline: composed,
            waits: false,
            before: None,
            undone: false,
        }
    }

    /// A session with somebody there to steer it: where the script lets a phase hold, it is held.
    #[must_use]
    pub fn steered(session: Arc<Session>, library: Arc<Library>, composed: Arc<Timeline>) -> Self {
        let holds = composed.phases.iter().any(|span| span.hold);
        let mut course = Self::written(session, library, composed);
        course.waits = true;
        if holds {
            let mut score = course.score(Vec::new(), Vec::new());
            score.add_rest(&mut Vec::new());
            let Score { clips, phases, .. } = score;
            let draft = Draft::of(&course, Frames::ZERO);
            course.timeline = Arc::new(draft.settle(clips, phases));
        }
        course
    }

    /// The session's music after these clips and phases.
    pub(super) fn score(
        &self,
        clips: Vec<crate::timeline::Clip>,
        phases: Vec<crate::timeline::PhaseSpan>,
    ) -> Score<'_> {
        let (session, library) = (&self.session, &self.library);
        let rate = self.timeline.rate;
        let score = Score::after(session, library, rate, clips, phases);
        if self.waits {
            score.holding(rate.frames(LONGEST))
        } else {
            score
        }
    }

    /// What will sound.
    #[must_use]
    pub fn timeline(&self) -> &Arc<Timeline> {
        &self.timeline
    }

    /// What the script says.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What is known of its files.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// How long a phase that was held takes to go once it is let go after its length.
    #[must_use]
    pub fn letting_go(&self, phase: usize) -> Frames {
        // What the script joins without a seam is faded here: the place is the therapist's, not the music's.
        let written = self.score(Vec::new(), Vec::new()).fades(phase).1;
        written.max(self.timeline.rate.frames(revise::SKIP))
    }

    /// Until when the last change can be taken back.
    #[must_use]
    pub fn undo_until(&self) -> Option<Frames> {
        let made = self.before.as_ref()?.at;
        Some(made + self.timeline.rate.frames(REGRET))
    }

    /// The last change, which an undo takes back.
    #[must_use]
    pub fn last_change(&self) -> Option<&Change> {
        self.before.as_ref().map(|before| &before.change)
    }

    /// Where the last change moved the end of a phase, why that lies where it does.
    #[must_use]
    pub fn landing(&self) -> Option<Landing> {
        self.before.as_ref()?.landing
    }

    /// The session after a change that holds from frame `at` on: what sounds is only ever faded, what was heard stays.
    ///
    /// # Errors
    /// Why it cannot be made as things stand.
    pub fn revise(&self, at: Frames, change: &Change) -> Result<Self, Refusal> {
        if at >= self.timeline.length {
            return Err(Refusal::Over);
        }
        let (timeline, before) = if *change == Change::Undo {
            if self.undone {
                return Err(Refusal::UndoneAlready);
            }
            let before = self.before.as_ref().map(|before| &before.timeline);
            let before = before.filter(|_| self.undo_until().is_some_and(|until| at <= until));
            // What would be over by now cannot be gone back to.
            let over = at + self.timeline.rate.frames(2 * LEAD);
            let before = before.filter(|before| before.length > over);
            let before = before.ok_or(Refusal::NothingToUndo)?;
            (undo::undo(self, before, at), None)
        } else {
            let (timeline, landing) = revise::revise(self, at, change)?;
            let before = Before {
                at,
                change: change.clone(),
                timeline: Arc::clone(&self.timeline),
                landing,
            };
            (timeline, Some(before))
        };
        Ok(Self {
            session: Arc::clone(&self.session),
            library: Arc::clone(&self.library),
            timeline: Arc::new(timeline),
            waits: self.waits,
            before,
            undone: *change == Change::Undo,
        })
    }

    /// The session with its last change as if it had been planned so.
    #[must_use]
    pub fn for_good(self) -> Self {
        Self {
            before: None,
            ..self
        }
    }

    /// The session after changes that were made before, each at its frame; and those that could not be made again.
    #[must_use]
    pub fn after(mut self, changes: &[(Frames, Change)]) -> (Self, Vec<Refusal>) {
        let mut refused = Vec::new();
        for (at, change) in changes {
            match self.revise(*at, change) {
                Ok(revised) => self = revised,
                Err(refusal) => refused.push(refusal),
            }
        }
        (self, refused)
    }

    /// What a change at frame `at` would do. Changes nothing.
    ///
    /// # Errors
    /// Why it could not be made.
    pub fn forecast(&self, at: Frames, change: &Change) -> Result<Forecast, Refusal> {
        let after = self.revise(at, change)?;
        Ok(Forecast::of(self, &after, at, change))
    }
}
