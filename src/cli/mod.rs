//! The command line: one file a verb. Nothing else in the program prints.

mod check;
mod devices;
mod interrupt;
mod mistakes;
mod outline;
mod plan;
mod preview;
mod render;
mod report;
mod scanning;
mod schema;
mod screen;
mod script;
mod signals;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Plays the sound of a guided session.
#[derive(Debug, Parser)]
#[command(name = "undersong", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Check),
    Plan(plan::Plan),
    Render(render::Render),
    /// Play a session on this computer, as it will sound in the room
    Preview(preview::Preview),
    /// List the sound devices that a session can be played on
    Devices(devices::Devices),
    /// Print the JSON schema of scripts, with which an editor completes and checks them
    #[command(after_help = "Example:\n  undersong schema > undersong.schema.json")]
    Schema,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The input is wrong.
    Input = 1,
    /// The call is wrong.
    Call = 2,
    /// The machine failed.
    Machine = 3,
    /// Ended by a signal, such as Ctrl-C.
    Interrupted = 130,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match cli.verb {
        Verb::Check(check) => check.run(),
        Verb::Plan(plan) => plan.run(),
        Verb::Render(render) => render.run(),
        Verb::Preview(preview) => preview.run(),
        Verb::Devices(devices) => devices.run(),
        Verb::Schema => schema::run(),
    };
    ExitCode::from(exit as u8)
}
