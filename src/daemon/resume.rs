//! A session that was cut off: whether it is taken up, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::journal::{Account, Ending, Entry, Journal, boot, latest_unended, now};

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
    /// It goes on by itself: the program crashed.
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
