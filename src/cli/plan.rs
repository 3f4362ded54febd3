//! `undersong plan SCRIPT`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::outline;
use crate::cli::screen::{Screen, complain, print, printable};
use crate::cli::script::Script;
use crate::cli::table::{size, table};
use crate::output::{FileError, Partial, check_place};
use crate::prepare::Prepared;
use crate::timeline::picture;

/// Show what will sound in a session, and when
///
/// It answers with each phase, its tracks and cues in the order of time: when each begins, how long it is, by how much its level is
/// changed, and how it comes in. Reminders are for the therapist only and never heard.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong plan sessions/evening.yaml\n  \
                        undersong plan sessions/evening.yaml --svg evening.svg")]
pub struct Plan {
    #[command(flatten)]
    script: Script,
    /// Draw the session as a picture into this file, or `-` for the standard output
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
        match self.try_run() {
            Ok(exit) | Err(exit) => exit,
        }
    }

    fn try_run(self) -> Result<Exit, Exit> {
        let on_paper = self.svg.as_deref().filter(|file| *file != Path::new("-"));
        if let Some(file) = on_paper {
            if file
                .extension()
                .is_none_or(|ending| !ending.eq_ignore_ascii_case("svg"))
            {
                complain("name the picture's file with the ending .svg");
                return Err(Exit::Call);
            }
            check_place(file).map_err(|error| {
                complain(&printable(&error.to_string()));
                Exit::Call
            })?;
        }
        let prepared = self.script.prepare()?;
        if self.svg.is_some() && on_paper.is_none() {
            return Ok(print(&picture::svg(&prepared.timeline, &prepared.library)));
        }
        if let Some(file) = on_paper {
            self.script.keep_inputs(&prepared, file)?;
            draw(&prepared, file)?;
        }
        if self.json {
            return Ok(print(&outline::json(&prepared)));
        }
        let timeline = &prepared.timeline;
        let table = table(timeline, Screen::of(&io::stdout()));
        Ok(print(&format!("{table}\n{}\n", size(timeline))))
    }
}

/// Draws the picture into a file, which is there whole or not at all.
fn draw(prepared: &Prepared, file: &Path) -> Result<(), Exit> {
    let svg = picture::svg(&prepared.timeline, &prepared.library);
    let write = || -> io::Result<()> {
        let mut partial = Partial::create(file)?;
        partial.write_all(svg.as_bytes())?;
        partial.complete()
    };
    write().map_err(|error| {
        complain(&printable(&FileError::from_io(file, error).to_string()));
        Exit::Machine
    })
}
