//! A session that was cut off: whether it is taken up, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::daemon::alarms::{INTERRUPTED, RESTARTED};
use crate::journal::{Account, Ending, Entry, Journal, boot, latest_unended, now};
use crate::when::{When, spoken};

/// A session that was cut off so recently, on a machine that was not started anew, goes on by itself.
const RECENT: Duration = Duration::from_secs(10 * 60);
/// One that was cut off longer ago than this is of another day.
const STALE: Duration = Duration::from_secs(12 * 60 * 60);

/// A session that was cut off.
#[derive(Debug)]
pub struct Interrupted {
    /// Its journal.
    pub journal: PathBuf,
    /// What the journal tells.
    pub account: Account,
}

/// What to do with it.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing was cut off.
    Nothing,
    /// It goes on by itself, where it can: the program crashed, or was restarted.
    GoOn(Box<Interrupted>),
    /// Somebody has to say so: the machine was started anew, or it is a while ago.
    Ask(Box<Interrupted>),
}

/// Looks at the newest journal. Blocking.
#[must_use]
pub fn verdict(folder: &Path) -> Verdict {
    let newest = match latest_unended(folder) {
        Ok(Some(newest)) => newest,
        Ok(None) => return Verdict::Nothing,
        Err(error) => {
            tracing::warn!("{error}");
            return Verdict::Nothing;
        }
    };
    let age = Duration::from_millis(now().saturating_sub(newest.account.last_wall));
    let same_boot = !newest.account.boot.is_empty() && newest.account.boot == boot();
    let interrupted = Box::new(Interrupted {
        journal: newest.path,
        account: newest.account,
    });
    if age > STALE {
        interrupted.give_up();
        Verdict::Nothing
    } else if same_boot && age < RECENT {
        Verdict::GoOn(interrupted)
    } else {
        Verdict::Ask(interrupted)
    }
}

impl Interrupted {
    /// Records that nobody wants it to go on. Blocking.
    pub fn give_up(&self) {
        let how = Ending::GivenUp;
        let written = Journal::reopen(&self.journal).map(|journal| {
            journal.append(Some(self.account.position), Entry::Ended { how });
            journal.flush(Duration::from_secs(1))
        });
        if let Err(error) = written {
            tracing::warn!("{error}");
        }
    }
}

/// When and how a session was cut off that goes on.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// When it was heard last, in milliseconds since 1970.
    wall: u64,
    /// The program was asked to end.
    was_left: bool,
    /// The machine was started anew since.
    rebooted: bool,
    /// It rested.
    rested: bool,
}

impl Cut {
    /// That of a session that goes on from here.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self {
            wall: account.last_heard.wall(),
            was_left: account.last_heard.was_left(),
            rebooted: account.boot != boot(),
            rested: account.is_paused,
        }
    }

    /// Whether it rested.
    #[must_use]
    pub const fn rested(self) -> bool {
        self.rested
    }

    /// What is said of it once it goes on, at `now` in milliseconds since 1970: an alarm's kind, and a sentence.
    #[must_use]
    pub fn told(self, now: u64) -> (&'static str, String) {
        // To the second, and never none at all.
        let away = Duration::from_millis(now.saturating_sub(self.wall) + 500);
        let away = away.max(Duration::from_secs(1));
        let (at, away) = (When::of(self.wall).second(), spoken(away));
        let (kind, what) = match (self.was_left, self.rebooted) {
            (true, _) => (RESTARTED, "the program was restarted"),
            (false, true) => (INTERRUPTED, "the machine stopped unexpectedly"),
            (false, false) => (INTERRUPTED, "the program stopped unexpectedly"),
        };
        let then = if self.rested {
            "the session rests as before"
        } else {
            "nothing was heard meanwhile, and the session goes on where it was"
        };
        (
            kind,
            format!("{what} at {at} and went on after {away}; {then}"),
        )
    }
}
