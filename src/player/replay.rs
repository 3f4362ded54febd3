//! A session played again from its journal: the same frames, the same changes, the same samples.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use crate::engine::Stop;
use crate::journal::{Account, Act, Leg};
use crate::player::beginning::Beginning;
use crate::player::offline::{BLOCK, Offline};
use crate::player::sequencer::Trouble;
use crate::player::session::{Player, StartError};
use crate::time::{Frames, Rate};
use crate::timeline::{Change, Course, Refusal};

/// No session is longer, rests and all.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Why a session cannot be played again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The script is another one.
    #[error("the script was changed since the session was played; put the one of that day back")]
    OtherScript,
    /// It is longer than a session can be.
    #[error("the journal tells of a session of more than a week; it is damaged, or no session's")]
    TooLong,
    /// Its files are others.
    #[error(
        "a change cannot be made as it was ({0}); the script's playlists or files are not those of that day"
    )]
    OtherFiles(Refusal),
}

/// A session as it is played again.
#[derive(Debug)]
pub struct Replay {
    legs: Vec<(Leg, Course)>,
    rate: Rate,
}

impl Replay {
    /// What a journal tells of a session, which was prepared again, to be steered, at the rate of that day.
    ///
    /// # Errors
    /// Where it is not the same session.
    pub fn new(course: &Course, account: &Account) -> Result<Self, ReplayError> {
        if course.session().hash != account.started.hash {
            return Err(ReplayError::OtherScript);
        }
        let longest = account.started.rate.frames(LONGEST);
        let mut left = longest;
        let legs = account.legs().into_iter().map(|leg| {
            for (_, act) in &leg.acts {
                if act.rested() >= left {
                    return Err(ReplayError::TooLong);
                }
                left -= act.rested();
            }
            let (course, mut refused) = course.clone().after(&leg.changes);
            match refused.pop() {
                Some(refusal) => Err(ReplayError::OtherFiles(refusal)),
                None => Ok((leg, course)),
            }
        });
        let legs = legs.collect::<Result<_, _>>()?;
        let rate = account.started.rate;
        let replay = Self { legs, rate };
        replay.check()?;
        if replay.length() > longest {
            return Err(ReplayError::TooLong);
        }
        Ok(replay)
    }

    fn check(&self) -> Result<(), ReplayError> {
        for (leg, course) in &self.legs {
            if let Some(refusal) = changed(leg, course).1.pop() {
                return Err(ReplayError::OtherFiles(refusal));
            }
        }
        Ok(())
    }

    /// How many frames it has: what was heard, and the rests between.
    #[must_use]
    pub fn length(&self) -> Frames {
        let legs = self.legs.iter();
        legs.map(|(leg, course)| length(leg, course)).sum()
    }

    /// Renders it, as [`render`](crate::player::render) does a session that was not played yet. Blocking.
    ///
    /// # Errors
    /// What keeps a leg from beginning, or the first error of `write`.
    pub fn render<E: From<io::Error> + From<StartError>>(
        &self,
        mut write: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<Vec<Trouble>, E> {
        let mut troubles = Vec::new();
        for (leg, course) in &self.legs {
            let (mut player, mut engine) = Player::offline(beginning(leg, course))?;
            let channels = engine.channels();
            // A leg that was cut off in a pause has no more of it than was recorded.
            let left = Cell::new(length(leg, course).index());
            let offline = Offline::new(&mut player, &mut engine, |_: &Player, block: &[f32]| {
                let frames = left.get().min(block.len() / channels);
                left.set(left.get() - frames);
                write(&block[..frames * channels])
            });
            let mut again = Again {
                offline,
                rate: self.rate,
                rested: Frames::ZERO,
            };
            for (at, act) in &leg.acts {
                again.act(*at, act)?;
            }
            while left.get() > 0 {
                again.go(left.get().min(BLOCK))?;
            }
            troubles.extend(again.offline.over());
        }
        Ok(troubles)
    }
}

fn beginning(leg: &Leg, course: &Course) -> Beginning {
    let heard = leg.left_out.clone();
    let beginning = if leg.resumed {
        Beginning::again(course.clone(), leg.from, heard)
    } else {
        Beginning {
            heard: Some(heard),
            ..Beginning::new(course.clone(), leg.from)
        }
    };
    Beginning {
        caps: leg.caps.clone(),
        ..beginning
    }
}

/// The session after all that was changed in a leg; and what could not be.
fn changed(leg: &Leg, course: &Course) -> (Course, Vec<Refusal>) {
    let changes = leg.acts.iter().filter_map(|(at, act)| match act {
        Act::Change(change) => Some((*at, change.clone())),
        _ => None,
    });
    let changes: Vec<(Frames, Change)> = changes.collect();
    course.clone().after(&changes)
}

fn length(leg: &Leg, course: &Course) -> Frames {
    let planned = changed(leg, course).0.timeline().length;
    let end = leg.until.map_or(planned, |until| until.min(planned));
    let rests = leg.acts.iter().map(|(_, act)| act.rested());
    (end - leg.from) + rests.sum()
}

/// A leg that is played again.
struct Again<'a, W> {
    offline: Offline<'a, W>,
    rate: Rate,
    /// How long it has rested in this pause.
    rested: Frames,
}

impl<E, W> Again<'_, W>
where
    E: From<io::Error>,
    W: FnMut(&Player, &[f32]) -> Result<(), E>,
{
    fn go(&mut self, frames: usize) -> Result<(), E> {
        let before = self.offline.player.position();
        self.offline.go(frames)?;
        let moved = self.offline.player.position() - before;
        self.rested += Frames::from(frames) - moved;
        Ok(())
    }

    /// Renders up to a frame, the last one by itself: so that what is done next may be done for the very next frame.
    fn until(&mut self, at: Frames) -> Result<(), E> {
        loop {
            let before = self.offline.player.position();
            match (at - before).index() {
                0 => return Ok(()),
                1 => self.go(1)?,
                left => self.go((left - 1).min(BLOCK))?,
            }
            if self.offline.player.position() == before {
                // It rests or is over, whatever the journal says.
                return Ok(());
            }
        }
    }

    /// Renders up to what was done, and does it.
    fn act(&mut self, at: Frames, act: &Act) -> Result<(), E> {
        if let Act::Change(change) = act {
            return self.change(at, change);
        }
        self.until(at)?;
        while self.rested < act.rested() {
            let (before, left) = (self.rested, act.rested() - self.rested);
            self.go(left.index().min(BLOCK))?;
            if self.rested == before {
                // It plays, though the journal says that it rested: the record of the pause is lost.
                break;
            }
        }
        match act {
            Act::Change(_) => {}
            Act::Pause => {
                self.rested = Frames::ZERO;
                self.offline.player.pause(true);
            }
            Act::GoOn(_) => {
                self.offline.player.pause(false);
            }
            Act::ComeBack(ramp) => self.offline.engine.come_back(*ramp),
            Act::Stop { fade, .. } => {
                let mut stops = Stop::ALL.into_iter();
                let stop = stops.find(|stop| stop.length(self.rate) == *fade);
                self.offline.player.stop(stop.unwrap_or(Stop::Soft));
            }
        }
        Ok(())
    }

    /// A change is asked for shortly before its frame, and waited for, frame by frame at its end.
    fn change(&mut self, at: Frames, change: &Change) -> Result<(), E> {
        if !self.offline.player.is_paused() {
            self.until(at - Frames::from(2 * BLOCK))?;
        }
        // What cannot be made was found out beforehand.
        let _ = self.offline.player.steer_at(at, change);
        while self.offline.player.is_changing() {
            let ahead = (at - self.offline.player.position()).index();
            // The engine mixes ahead of what leaves, by less than this.
            let near = self.offline.player.is_paused() || ahead < BLOCK / 2;
            self.go(if near { 1 } else { BLOCK / 4 })?;
            self.offline.tick();
        }
        Ok(())
    }
}
