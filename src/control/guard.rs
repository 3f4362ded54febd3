//! Which commands are carried out: each once, in its order, in its time, for the session it was meant for.

use std::collections::HashMap;
use std::time::Duration;

use crate::control::command::{Command, Id};
use crate::daemon::{Answer, Order, Reason, Refused};
use crate::timeline::Change;

/// The same order again within this is one press.
const DOUBLE: Duration = Duration::from_millis(400);
/// A command is given at most this much time, so that one with a wrong clock is not carried out much later.
const LONGEST: Duration = Duration::from_secs(60);
/// So many clients are remembered.
const MOST: usize = 256;
/// A client's name is no longer, in bytes.
const LONGEST_NAME: usize = 128;

/// What becomes of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is carried out.
    CarryOut,
    /// It came before, and was answered so.
    Repeat(Box<Result<Answer, Refused>>),
    /// It is not carried out.
    Refuse(Refused),
}

#[derive(Debug)]
struct Seen {
    sequence: u64,
    answer: Option<Result<Answer, Refused>>,
    at: Duration,
}

/// Remembers what came. Plain data, no clock.
#[derive(Debug, Default)]
pub struct Guard {
    clients: HashMap<String, Seen>,
    last: Option<Last>,
}

/// The last command that was carried out.
#[derive(Debug)]
struct Last {
    id: Id,
    order: Order,
    at: Duration,
    answer: Option<Answer>,
}

impl Guard {
    /// Looks at a command that came at `now` on the daemon's clock, while its status names `epoch`. A stop is carried out
    /// whatever else is wrong with it.
    pub fn look(&mut self, command: &Command, now: Duration, epoch: u64) -> Verdict {
        let refuse = |reason, message: &str| Verdict::Refuse(Refused::new(reason, message));
        let (client, sequence) = (&command.id.client, command.id.sequence);
        if client.len() > LONGEST_NAME {
            return refuse(Reason::Wrong, "a client's name has at most 128 bytes");
        }
        let is_stop = matches!(command.order(), Order::Stop { .. }) && !command.forecast;
        if let Some(seen) = self.clients.get(client)
            && !is_stop
        {
            if sequence < seen.sequence {
                return refuse(Reason::OutOfOrder, "a later command came before this one");
            }
            if sequence == seen.sequence {
                return match &seen.answer {
                    Some(answer) => Verdict::Repeat(Box::new(answer.clone())),
                    None => refuse(
                        Reason::Repeated,
                        "this command is being carried out already",
                    ),
                };
            }
        }
        if !is_stop {
            let millis = now.as_millis() as u64;
            if command.expires < millis {
                return refuse(
                    Reason::Expired,
                    "the command came too late and was not carried out",
                );
            }
            if command.expires > millis + LONGEST.as_millis() as u64 {
                return refuse(Reason::Wrong, "a command expires within a minute");
            }
            if command.epoch != epoch {
                return refuse(
                    Reason::WrongEpoch,
                    "the command was meant for another session and was not carried out; look at the status again",
                );
            }
            if let Some(last) = self.doubled(command, now) {
                // Who presses twice hears what came of it, and that only where something did.
                return match &last.answer {
                    Some(answer) => Verdict::Repeat(Box::new(Ok(answer.clone()))),
                    None => refuse(
                        Reason::DoublePress,
                        "the same was asked a moment ago and is being carried out; `undersong status` shows what comes of it",
                    ),
                };
            }
        }
        self.remember(command, now);
        Verdict::CarryOut
    }

    /// The last command, where this one is the same press.
    fn doubled(&self, command: &Command, now: Duration) -> Option<&Last> {
        // Said twice, these lead to the same place, or are meant twice.
        let counts = !matches!(
            command.order(),
            Order::Note { .. } | Order::Change(Change::Level { .. })
        );
        let last = self.last.as_ref().filter(|_| counts && !command.forecast);
        last.filter(|last| last.order == *command.order() && now.saturating_sub(last.at) < DOUBLE)
    }

    fn remember(&mut self, command: &Command, now: Duration) {
        if !command.forecast {
            self.last = Some(Last {
                id: command.id.clone(),
                order: command.order().clone(),
                at: now,
                answer: None,
            });
        }
        if self.clients.len() >= MOST && !self.clients.contains_key(&command.id.client) {
            let oldest = self.clients.iter().min_by_key(|(_, seen)| seen.at);
            if let Some(oldest) = oldest.map(|(client, _)| client.clone()) {
                self.clients.remove(&oldest);
            }
        }
        let seen = Seen {
            sequence: command.id.sequence,
            answer: None,
            at: now,
        };
        self.clients.insert(command.id.client.clone(), seen);
    }

    /// Remembers how a command was answered.
    pub fn answered(&mut self, command: &Command, answer: &Result<Answer, Refused>) {
        if let Some(seen) = self.clients.get_mut(&command.id.client)
            && seen.sequence == command.id.sequence
        {
            seen.answer = Some(answer.clone());
        }
        if let Some(last) = self.last.as_mut().filter(|last| last.id == command.id) {
            last.answer = answer.clone().ok();
            // What was refused may be asked again at once, and is told again why.
            if answer.is_err() {
                self.last = None;
            }
        }
    }
}

impl Command {
    const fn order(&self) -> &Order {
        &self.command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::Speed;

    const EPOCH: u64 = 7;

    fn command(sequence: u64, expires: u64, command: Order) -> Command {
        let client = "tablet".to_owned();
        Command {
            id: Id { client, sequence },
            epoch: EPOCH,
            expires,
            forecast: false,
            command,
        }
    }

    fn hold(sequence: u64) -> Command {
        command(sequence, 60_000, Order::Change(Change::Hold))
    }

    fn reason(verdict: Verdict) -> Option<Reason> {
        match verdict {
            Verdict::Refuse(refused) => Some(refused.reason),
            _ => None,
        }
    }

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_repeat_is_answered_as_it_was_and_not_carried_out() {
        let mut guard = Guard::default();
        assert_eq!(guard.look(&hold(1), at(1_000), EPOCH), Verdict::CarryOut);
        assert_eq!(
            reason(guard.look(&hold(1), at(1_001), EPOCH)),
            Some(Reason::Repeated)
        );
        let answer = Err(Refused::new(Reason::NotNow, "no"));
        guard.answered(&hold(1), &answer);
        assert_eq!(
            guard.look(&hold(1), at(9_000), EPOCH),
            Verdict::Repeat(Box::new(answer))
        );
    }

    #[test]
    fn what_was_refused_may_be_pressed_again_at_once_and_nothing_else() {
        let mut guard = Guard::default();
        let other = |sequence, forecast| Command {
            forecast,
            ..hold(sequence)
        };
        let refused = Err(Refused::new(Reason::NotNow, "no"));
        assert_eq!(guard.look(&hold(1), at(1_000), EPOCH), Verdict::CarryOut);
        // What would be done is refused: that says nothing of what was done.
        assert_eq!(
            guard.look(&other(2, true), at(1_100), EPOCH),
            Verdict::CarryOut
        );
        guard.answered(&other(2, true), &refused);
        let double = guard.look(&hold(3), at(1_200), EPOCH);
        assert_eq!(reason(double), Some(Reason::DoublePress));
        guard.answered(&hold(1), &refused);
        assert_eq!(guard.look(&hold(4), at(1_300), EPOCH), Verdict::CarryOut);
        // Only what was done is told as done, and as it was told before.
        let done = Ok(Answer {
            message: "It is held.".to_owned(),
            at: None,
            forecast: None,
            remarks: Vec::new(),
            script: None,
            hash: None,
        });
        guard.answered(&hold(4), &done);
        let told = guard.look(&hold(5), at(1_400), EPOCH);
        assert_eq!(told, Verdict::Repeat(Box::new(done)));
    }

    #[test]
    fn late_reordered_and_misled_commands_are_not_carried_out() {
        let mut guard = Guard::default();
        assert_eq!(guard.look(&hold(5), at(1_000), EPOCH), Verdict::CarryOut);
        let look = |guard: &mut Guard, command| reason(guard.look(&command, at(5_000), EPOCH));
        assert_eq!(look(&mut guard, hold(4)), Some(Reason::OutOfOrder));
        let late = command(6, 4_999, Order::Change(Change::Skip));
        assert_eq!(look(&mut guard, late), Some(Reason::Expired));
        let far = command(6, 65_001, Order::Change(Change::Skip));
        assert_eq!(look(&mut guard, far), Some(Reason::Wrong));
        let other = Command {
            epoch: 8,
            ..hold(6)
        };
        assert_eq!(look(&mut guard, other), Some(Reason::WrongEpoch));
        assert_eq!(look(&mut guard, hold(6)), None);
    }

    #[test]
    fn a_thousand_double_presses_are_one_each() {
        let mut guard = Guard::default();
        let mut done = 0;
        for press in 0..1_000_u64 {
            for again in 0..2 {
                let now = press * 1_000 + again * 399;
                let hold = command(press * 2 + again, now + 3_000, Order::Change(Change::Hold));
                done += u32::from(guard.look(&hold, at(now), EPOCH) == Verdict::CarryOut);
            }
        }
        assert_eq!(done, 1_000);
    }

    #[test]
    fn a_stop_is_carried_out_whatever_is_wrong_with_it() {
        let mut guard = Guard::default();
        assert_eq!(guard.look(&hold(5), at(1_000), EPOCH), Verdict::CarryOut);
        for epoch in [EPOCH, 3] {
            let stop = command(1, 0, Order::Stop { how: Speed::Soft });
            assert_eq!(guard.look(&stop, at(9_000), epoch), Verdict::CarryOut);
        }
    }

    #[test]
    fn strangers_fill_no_memory() {
        let mut guard = Guard::default();
        for number in 0..10_000_u64 {
            let mut hold = hold(1);
            hold.id.client = format!("client {number}");
            let _ = guard.look(&hold, at(number), EPOCH);
        }
        assert!(guard.clients.len() <= MOST);
    }
}
