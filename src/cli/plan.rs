//! `undersong plan SCRIPT`

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::outline;
use crate::cli::screen::{Screen, complain, print};
use crate::cli::script::Script;
use crate::cli::table::{size, table};

/// Show what will sound in a session, and when
///
/// Each phase with its tracks and cues in the order of time: when each begins, how long it is, by how much its level is
/// changed, and how it comes in. Reminders are for the therapist only and never heard.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong plan sessions/evening.yaml\n  \
                        undersong plan sessions/evening.yaml --svg evening.svg")]
pub struct Plan {
    #[command(flatten)]
    script: Script,
    /// Draw the session as a picture into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// As JSON, for programs: positions and lengths in frames
    #[arg(long)]
    json: bool,
}

impl Plan {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let prepared = match self.script.prepare() {
            Ok(prepared) => prepared,
            Err(exit) => return exit,
        };
        if self.json {
            return match outline::json(&prepared) {
                Ok(json) => print(&json),
                Err(_) => {
                    complain("a file's name is no UTF-8 text, which JSON cannot hold; rename it");
                    Exit::Input
                }
            };
        }
        let timeline = &prepared.timeline;
        let table = table(timeline, Screen::of(&io::stdout()));
        print(&format!("{table}\n{}\n", size(timeline)))
    }
}
