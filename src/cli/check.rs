//! `undersong check SCRIPT`

use std::io;

use clap::Args;

use crate::cli::screen::{Screen, count, print};
use crate::cli::script::Script;
use crate::cli::table::{size, table};
use crate::cli::{Exit, mistakes};
use crate::prepare::Prepared;

/// Look for every mistake in a script and in the files it names
///
/// Every file is decoded from its beginning to its end. It answers with each mistake at its line and what would be right, or
/// with the session as a table and what should be looked at; warnings do not keep it from being played.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  undersong check sessions/evening.yaml")]
pub struct Check {
    #[command(flatten)]
    script: Script,
    /// Mistakes and warnings as JSON, for programs
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let result = self.script.read();
        let found = match &result {
            Ok(prepared) => &prepared.remarks,
            Err(mistakes) => mistakes,
        };
        let printed = match &result {
            _ if self.json => print(&mistakes::json(found)),
            Ok(prepared) => self.show(prepared),
            Err(_) => {
                mistakes::show(found, &self.script.path);
                Exit::Done
            }
        };
        if result.is_err() {
            Exit::Input
        } else {
            printed
        }
    }

    /// The session as a table, and below it, where the eye is, what must be looked at.
    fn show(&self, prepared: &Prepared) -> Exit {
        let timeline = &prepared.timeline;
        let printed = print(&(table(timeline, Screen::of(&io::stdout())) + "\n"));
        mistakes::show(&prepared.remarks, &self.script.path);
        let warned = match prepared.remarks.len() {
            0 => String::new(),
            warnings => format!(", with {}", count(warnings, "warning")),
        };
        let sentence = format!("This session can be played: {}{warned}.\n", size(timeline));
        match printed {
            Exit::Done => print(&sentence),
            other => other,
        }
    }
}
