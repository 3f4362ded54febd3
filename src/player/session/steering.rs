//! How what is to come is changed while it plays.

use std::time::Duration;

use super::Player;
use crate::player::happening::What;
use crate::time::Frames;
use crate::timeline::{Change, Course, Forecast, Refusal};

/// A change that came too late is tried again so much later, and twice as much each time after that.
const LATER: Duration = Duration::from_millis(20);
/// But no later than by so many doublings.
const MOST_LATE: u32 = 8;

/// A change that the engine has not confirmed.
#[derive(Debug)]
pub(super) struct Asked {
    /// From here on it is to hold.
    pub at: Frames,
    /// What was played before it.
    pub before: Course,
    /// Without one, what was sent of a change that could not be made is taken back.
    pub change: Option<Change>,
}

impl Player {
    /// Whether a change was asked for that the engine has not confirmed; the next one waits for it, a few milliseconds.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        self.asked.is_some()
    }

    /// Changes what is to come, as soon as can be, and gives the frame from which it holds. Not while another change is
    /// on its way. What was made is told by [`What::Changed`].
    ///
    /// # Errors
    /// Why it cannot be made; nothing was changed.
    pub fn steer(&mut self, change: &Change) -> Result<Frames, Refusal> {
        self.late = 0;
        let at = self.handle.soonest();
        self.steer_at(at, change)?;
        Ok(at)
    }

    /// The same from a frame on that is to come: how a change that was made once is made again, to the sample.
    ///
    /// # Errors
    /// Why it cannot be made; nothing was changed.
    pub fn steer_at(&mut self, at: Frames, change: &Change) -> Result<(), Refusal> {
        let course = self.course.revise(at, change)?;
        let before = std::mem::replace(&mut self.course, course);
        self.ask(at, before, Some(change.clone()));
        Ok(())
    }

    /// What a change would do now. Changes nothing.
    ///
    /// # Errors
    /// Why it could not be made.
    pub fn forecast(&self, change: &Change) -> Result<Forecast, Refusal> {
        self.course.forecast(self.handle.soonest(), change)
    }

    fn ask(&mut self, at: Frames, before: Course, change: Option<Change>) {
        self.asked = Some(Asked { at, before, change });
        let (timeline, library) = (self.course.timeline(), self.course.library());
        self.sequencer.revise(timeline, library, at);
        self.advance(self.handle.position());
    }

    /// A change came too late for its frame: it is made at a later one, and later each time, so that a machine that
    /// takes longer to think than a block lasts comes to its end.
    pub(super) fn try_again(&mut self) -> Option<(Frames, What<'static>)> {
        self.sequencer.not_made(&self.streams);
        let Asked { before, change, .. } = self.asked.take()?;
        self.course = before;
        let later = LATER * 2_u32.pow(self.late);
        self.late = (self.late + 1).min(MOST_LATE);
        let at = self.handle.soonest() + self.timeline().rate.frames(later);
        let Some(change) = change else {
            self.take_back(at);
            return None;
        };
        let refusal = self.steer_at(at, &change).err()?;
        self.take_back(self.handle.soonest());
        Some((at, What::Refused(change, refusal)))
    }

    /// What was sent of a change that is not made is taken back; no other change is made before that.
    fn take_back(&mut self, at: Frames) {
        self.ask(at, self.course.clone(), None);
    }
}
