//! What is answered to orders, once they are made and recorded.

use std::time::{Duration, Instant};

use super::Playing;
use super::orders::{plain, stopped, unchanged};
use crate::daemon::desk::Reply;
use crate::daemon::order::{Answer, Refused};
use crate::daemon::outlook::outlook;
use crate::time::Frames;
use crate::timeline::{Change, Course, Forecast, Refusal};

/// Who ordered what the engine has not confirmed after so long waits no more: it is made when the sound is back, or
/// a slow machine has thought it out.
const CONFIRM: Duration = Duration::from_secs(2);
/// What is said of it then.
const NOT_YET: &str = " It is not made yet, and comes as soon as it can.";
/// What was made is answered after so long though the disk has not taken its record.
const RECORD: Duration = Duration::from_millis(500);

/// An order that is on its way to the engine.
#[derive(Debug)]
pub(super) struct Asked {
    pub reply: Reply,
    pub what: Awaited,
    pub since: Instant,
}

#[derive(Debug)]
pub(super) enum Awaited {
    /// A change of what was played before it.
    Change(Change, Course),
    /// A pause or its end, and what is answered to it.
    Rest(&'static str),
}

/// What the engine confirms.
#[derive(Debug)]
pub(super) enum Confirmed {
    /// A change, from this frame on.
    Change(Frames),
    Refused(Refusal),
    /// A pause or its end.
    Rest,
    /// That nothing is changed any more.
    Over,
}

impl Awaited {
    const fn is_confirmed_by(&self, confirmed: &Confirmed) -> bool {
        match confirmed {
            Confirmed::Change(_) | Confirmed::Refused(_) => matches!(self, Self::Change(..)),
            Confirmed::Rest => matches!(self, Self::Rest(_)),
            Confirmed::Over => true,
        }
    }
}

impl Playing {
    /// Notes what the engine confirms of what was ordered.
    pub(super) fn confirm(&mut self, confirmed: Confirmed) {
        let is_it = |asked: &mut Asked| asked.what.is_confirmed_by(&confirmed);
        let Some(asked) = self.asked.take_if(is_it) else {
            return;
        };
        let answer = match (asked.what, confirmed) {
            (_, Confirmed::Over) => Err(stopped()),
            (_, Confirmed::Refused(refusal)) => unchanged(&refusal),
            (Awaited::Rest(sentence), _) => Ok(plain(sentence.to_owned())),
            (Awaited::Change(change, before), confirmed) => {
                let made = match confirmed {
                    Confirmed::Change(at) => Some(at),
                    _ => None,
                };
                Ok(self.changed(&change, &before, made))
            }
        };
        self.made.push((asked.reply, answer, Instant::now()));
    }

    /// Answers what is made and recorded, so that what was answered is not lost with the program; and what is waited for no
    /// more. Whoever asked may be gone.
    pub(super) fn answer(&mut self) {
        let waits_too_long = |asked: &mut Asked| asked.since.elapsed() > CONFIRM;
        if let Some(asked) = self.asked.take_if(waits_too_long) {
            let answer = match asked.what {
                Awaited::Rest(sentence) => plain(format!("{sentence}{NOT_YET}")),
                Awaited::Change(change, before) => self.changed(&change, &before, None),
            };
            asked.reply.send(Ok(answer));
        }
        if self.made.is_empty() {
            return;
        }
        let health = self.journal.health();
        let is_recorded = health.behind == 0;
        // A disk that takes nothing is told of elsewhere.
        let fails = health.failing.is_some() || health.oldest_waiting > RECORD;
        for (reply, answer, _) in self.made.extract_if(.., |(.., since)| {
            is_recorded || fails || since.elapsed() > RECORD
        }) {
            reply.send(answer);
        }
    }

    /// What came of a change that was made at this frame; without one it is on its way.
    fn changed(&self, change: &Change, before: &Course, made: Option<Frames>) -> Answer {
        let rate = self.player.timeline().rate;
        // It may have been made later than it was first tried.
        let at = made.unwrap_or_else(|| self.player.position());
        let forecast = Forecast::of(before, self.player.course(), at, change);
        let mut message = self.told(change, &forecast);
        if made.is_none() && !self.player.is_paused() {
            message.push_str(NOT_YET);
        }
        Answer {
            at: made.map(|at| rate.seconds(at)),
            forecast: Some(outlook(forecast, rate)),
            ..plain(message)
        }
    }

    /// Answers what is made, recorded or not; what is not made is refused.
    pub(super) fn answer_all(&mut self, refused: Refused) {
        if let Some(asked) = self.asked.take() {
            asked.reply.send(Err(refused));
        }
        for (reply, answer, _) in self.made.drain(..) {
            reply.send(answer);
        }
    }
}
