//! `undersong render SCRIPT -o FILE`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::scanning::scan;
use crate::output::{Bits, Target, Writer};
use crate::player::{Player, render};
use crate::prepare::prepare;
use crate::time::{Frames, Rate};

/// Render a session to a file
#[derive(Debug, Args)]
pub struct Render {
    /// The session's script
    script: PathBuf,
    /// Where to: a name that ends in .wav or .flac, or `-` for raw float samples
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Render {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let prepared = match prepare(&self.script, Rate::DEFAULT, scan) {
            Ok(prepared) => prepared,
            Err(mistakes) => {
                for mistake in mistakes {
                    eprintln!("{mistake}");
                }
                return Exit::Input;
            }
        };
        let run = || -> Result<(), Box<dyn std::error::Error>> {
            let target = Target::named(&self.output, Bits::TwentyFour)?;
            let timeline = prepared.timeline;
            let mut writer = Writer::create(
                &target,
                timeline.rate,
                timeline.layout.channels(),
                timeline.length,
            )?;
            let (mut player, mut engine) =
                Player::offline(timeline, &prepared.library, Frames::ZERO)?;
            render(&mut player, &mut engine, |_, block| {
                writer.write(block).map_err(std::io::Error::other)
            })?;
            writer.complete()?;
            Ok(())
        };
        match run() {
            Ok(()) => Exit::Done,
            Err(error) => {
                eprintln!("{error}");
                Exit::Machine
            }
        }
    }
}
