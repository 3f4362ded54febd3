//! What is asked of a session that plays.

use std::time::Instant;

use super::Playing;
use super::answers::{Asked, Awaited};
use crate::daemon::desk::Call;
use crate::daemon::order::{Answer, Order, Reason, Refused};
use crate::daemon::outlook::{outlook, sentence};
use crate::engine::Stop;
use crate::journal::{Entry, LONGEST_NOTE, Note};
use crate::level::Decibels;
use crate::timeline::{Change, Forecast, Refusal};

impl Playing {
    /// Carries an order out, or shows what it would do.
    pub fn obey(&mut self, call: Call) {
        let Call {
            order,
            forecast,
            answer,
            ..
        } = call;
        if self.leaves.is_some() && !matches!(order, Order::Stop { .. }) {
            answer.send(Err(leaving()));
            return;
        }
        let ordered = match order {
            Order::Change(change) if forecast => self.forecast(&change).map(Ordered::done),
            Order::Change(change) => self.steer(change.clone()).inspect_err(|refused| {
                let why = format!("{:?}", refused.reason).to_lowercase();
                let at = Some(self.player.position());
                let asked = Some(change.as_recorded(self.player.course().session()));
                self.journal.append(at, Entry::Refused { why, asked });
            }),
            Order::Pause | Order::Resume => self.pause(order == Order::Pause, forecast),
            Order::Note { text } => self.note(&text, forecast),
            Order::Stop { how } => {
                let sentence = match how.stop() {
                    Stop::Soft => "The session fades out within 6 s and is over.",
                    Stop::Quick => "The session fades out within 1.5 s and is over.",
                    Stop::Hard => {
                        "The sound is gone at once, within 30 ms, and the session is over."
                    }
                };
                if !forecast {
                    self.brake.pull(how.stop());
                }
                Ok(Ordered::done(plain(sentence.to_owned())))
            }
            Order::Start { .. } | Order::Ears { .. } | Order::ConfirmEars => Err(Refused::new(
                Reason::NotNow,
                "a session plays already; `undersong stop` ends it",
            )),
        };
        match ordered {
            // What was ordered is answered once it is made and recorded.
            Ok(Ordered::Goes(what)) => {
                self.asked = Some(Asked {
                    reply: answer,
                    what,
                    since: Instant::now(),
                });
            }
            Ok(Ordered::Noted(note)) => self.notes.keep(note, answer),
            Ok(Ordered::Done(done)) => answer.send(Ok(*done)),
            Err(refused) => answer.send(Err(refused)),
        }
    }

    fn check(&self, change: &Change) -> Result<(), Refused> {
        if let Change::Level { to } = change
            && *to > self.loudest()
        {
            let loudest = self.loudest();
            let sentence = if loudest < self.loudest_of_room() {
                format!(
                    "this session is never louder than {loudest}, as the room file said when it began"
                )
            } else if loudest < Decibels::LOUDEST {
                format!("this room is never louder than {loudest}; its room file says so")
            } else {
                format!("the level goes up to {loudest}, no higher")
            };
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if matches!(change, Change::Level { to } if *to < Decibels::SOFTEST) {
            let sentence = format!(
                "the softest level is {}; `undersong pause` is silent",
                Decibels::SOFTEST
            );
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if self.brake.pulled().is_some() {
            return Err(stopped());
        }
        Ok(())
    }

    fn forecast(&self, change: &Change) -> Result<Answer, Refused> {
        self.check(change)?;
        let rate = self.player.timeline().rate;
        let forecast = match self.player.forecast(change) {
            Ok(forecast) => forecast,
            Err(refusal) => return unchanged(&refusal),
        };
        let message = format!("Would: {}", self.told(change, &forecast));
        Ok(Answer {
            forecast: Some(outlook(forecast, rate)),
            ..plain(message)
        })
    }

    /// What a change does, in a sentence; in another that nothing of it is heard yet.
    pub(super) fn told(&self, change: &Change, forecast: &Forecast) -> String {
        let rate = self.player.timeline().rate;
        let mut told = sentence(change, forecast, &self.softer(forecast), rate);
        if self.player.is_paused() {
            told.push_str(" The session rests; this comes when you say `resume`.");
        }
        told
    }

    fn steer(&mut self, change: Change) -> Result<Ordered, Refused> {
        self.check(&change)?;
        let before = self.player.course().clone();
        match self.player.steer(&change) {
            Ok(_) => Ok(Ordered::Goes(Awaited::Change(change, before))),
            Err(refusal) => unchanged(&refusal).map(Ordered::done),
        }
    }

    fn pause(&mut self, pause: bool, forecast: bool) -> Result<Ordered, Refused> {
        if self.brake.pulled().is_some() {
            return Err(stopped());
        }
        let done = |sentence: String| Ok(Ordered::done(plain(sentence)));
        let sentence = match (pause, self.player.is_paused()) {
            (true, true) => {
                let sentence = "The session rests already; `undersong resume` goes on.";
                return done(sentence.to_owned());
            }
            (false, false) => return done("The session plays already.".to_owned()),
            (true, false) => "The sound goes within half a second; `undersong resume` goes on.",
            (false, true) => "The session goes on; the sound comes within 3 s.",
        };
        if forecast {
            return done(format!("Would: {sentence}"));
        }
        if self.player.pause(pause) {
            Ok(Ordered::Goes(Awaited::Rest(sentence)))
        } else {
            let sentence = "the sound does not answer; try again in a moment";
            Err(Refused::new(Reason::Failed, sentence))
        }
    }

    fn note(&self, text: &str, forecast: bool) -> Result<Ordered, Refused> {
        if text.trim().is_empty() {
            return Err(Refused::new(Reason::Wrong, "the note is empty"));
        }
        if text.len() > LONGEST_NOTE {
            let sentence = format!("a note has at most {LONGEST_NOTE} bytes; write two");
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if forecast {
            return Ok(Ordered::done(plain("The note is kept.".to_owned())));
        }
        let at = Some(self.player.position());
        Ok(Ordered::Noted(Note::now(at, text)))
    }
}

/// What comes of an order.
enum Ordered {
    /// It is on its way to the engine.
    Goes(Awaited),
    /// It is on its way to the disk.
    Noted(Note),
    /// There is nothing to wait for.
    Done(Box<Answer>),
}

impl Ordered {
    fn done(answer: Answer) -> Self {
        Self::Done(Box::new(answer))
    }
}

/// The answer to a change that changes nothing: where it is so already, who asked has what was wanted.
pub fn unchanged(refusal: &Refusal) -> Result<Answer, Refused> {
    let sentence = refusal.to_string();
    if !refusal.is_so_already() {
        return Err(Refused::new(Reason::NotNow, sentence));
    }
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    let sentence = first.into_iter().flatten().chain(letters).chain(['.']);
    Ok(plain(sentence.collect()))
}

/// What is ordered of a session that comes to its end.
pub fn stopped() -> Refused {
    Refused::new(Reason::NotNow, "the session is being stopped")
}

/// What is ordered of a session that is left.
pub fn leaving() -> Refused {
    Refused::new(Reason::NotNow, "the daemon is going down")
}

/// An answer that is a sentence.
pub fn plain(message: String) -> Answer {
    Answer {
        message,
        at: None,
        forecast: None,
        remarks: Vec::new(),
        script: None,
        hash: None,
    }
}
