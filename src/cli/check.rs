//! `undersong check SCRIPT`

use std::io;

use clap::Args;

use crate::cli::screen::{Screen, print};
use crate::cli::script::Script;
use crate::cli::table::{size, table};
use crate::cli::{Exit, mistakes};

/// Look for every mistake in a script and in the files it names
///
/// Every file is decoded from its beginning to its end. Without a mistake the session is shown as a table; warnings do not
/// keep it from being played.
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
        let printed = if self.json {
            print(&mistakes::json(found))
        } else {
            mistakes::show(found, &self.script.path);
            match &result {
                Ok(prepared) => {
                    let timeline = &prepared.timeline;
                    let table = table(timeline, Screen::of(&io::stdout()));
                    let size = size(timeline);
                    print(&format!("{table}\nThis session can be played: {size}.\n"))
                }
                Err(_) => Exit::Done,
            }
        };
        if result.is_err() {
            Exit::Input
        } else {
            printed
        }
    }
}
