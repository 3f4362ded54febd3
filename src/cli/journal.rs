//! `undersong journal list | show | report`: what was heard, looked at again.

pub mod find;
mod json;
mod list;
mod page;
mod report;
mod show;
mod style;
mod words;

use clap::{Args, Subcommand};

use crate::cli::Exit;

/// Look at the records of past sessions: what was heard, and when
///
/// `list` answers with the sessions, `show` with one of them moment by moment, `report` makes a page of it. The journal is the
/// daemon's, which alone may read it: run this as the daemon's user.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sudo -u undersong undersong journal list\n  sudo -u undersong undersong journal show 2"
)]
pub struct Journal {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::List),
    Show(show::Show),
    Report(report::Report),
}

impl Journal {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let done = match self.verb {
            Verb::List(list) => list.run(),
            Verb::Show(show) => show.run(),
            Verb::Report(report) => report.run(),
        };
        match done {
            Ok(exit) | Err(exit) => exit,
        }
    }
}
