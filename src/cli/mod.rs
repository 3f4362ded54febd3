//! The command line: one file a verb. Nothing else in the program prints.

mod check;
mod devices;
mod doctor;
mod ears;
mod hush;
mod interrupt;
mod journal;
mod mistakes;
mod outline;
mod plan;
mod preparing;
mod preview;
mod render;
mod report;
mod scanning;
mod schema;
mod screen;
mod script;
mod serve;
mod signals;
mod status;
mod steer;
mod table;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::daemon::Order;
use crate::timeline::Change;

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
    Preview(preview::Preview),
    Serve(serve::Serve),
    Start(steer::Start),
    Status(status::Show),
    Watch(status::Watch),
    /// Keep the phase going without end, until told to continue
    Hold(steer::Plain),
    /// Let a phase that is held go on
    Continue(steer::Plain),
    /// Let the phase end later
    Extend(steer::By),
    /// Let the phase end earlier
    Shorten(steer::By),
    /// Bring the session to its return within 20 s, from anywhere
    BringBack(steer::BringBack),
    /// Fade to the next piece
    Skip(steer::Plain),
    /// Choose more intense or calmer music
    Intensity(steer::Intensity),
    /// Make everything louder or softer
    #[command(
        after_help = "Examples:\n  undersong level +1dB\n  undersong level -2dB\n  undersong level =-6dB"
    )]
    Level(steer::Level),
    /// Play a cue now
    Cue(steer::Cue),
    /// Take the music down for your own voice, or bring it back
    Speak(steer::Speak),
    /// Fade out and stay where the session is
    Pause(steer::Plain),
    /// Go on after a pause, or take up a session that was cut off
    Resume(steer::Plain),
    /// Take the last change back, within 30 s
    Undo(steer::Plain),
    /// Keep a note, apart from the technical record
    Note(steer::Note),
    /// Fade out and end the session
    Stop(steer::Stop),
    Doctor(doctor::Doctor),
    Ears(ears::Ears),
    Journal(journal::Journal),
    /// List the sound devices that a session can be played on
    Devices(devices::Devices),
    /// Print the JSON schema of scripts, with which an editor completes and checks them
    #[command(after_help = "Example:\n  undersong schema > undersong.schema.json")]
    Schema,
}

/// The room file where none is named.
const ROOM: &str = "/etc/undersong/room.yaml";

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
    log();
    let exit = match cli.verb {
        Verb::Check(check) => check.run(),
        Verb::Plan(plan) => plan.run(),
        Verb::Render(render) => render.run(),
        Verb::Preview(preview) => preview.run(),
        Verb::Serve(serve) => serve.run(),
        Verb::Start(start) => start.run(),
        Verb::Status(status) => status.run(),
        Verb::Watch(watch) => watch.run(),
        Verb::Hold(plain) => plain.run(Order::Change(Change::Hold)),
        Verb::Continue(plain) => plain.run(Order::Change(Change::Continue)),
        Verb::Extend(by) => by.extend(),
        Verb::Shorten(by) => by.shorten(),
        Verb::BringBack(to) => to.run(),
        Verb::Skip(plain) => plain.run(Order::Change(Change::Skip)),
        Verb::Intensity(intensity) => intensity.run(),
        Verb::Level(level) => level.run(),
        Verb::Cue(cue) => cue.run(),
        Verb::Speak(speak) => speak.run(),
        Verb::Pause(plain) => plain.run(Order::Pause),
        Verb::Resume(plain) => plain.run(Order::Resume),
        Verb::Undo(plain) => plain.run(Order::Change(Change::Undo)),
        Verb::Note(note) => note.run(),
        Verb::Stop(stop) => stop.run(),
        Verb::Doctor(doctor) => doctor.run(),
        Verb::Ears(ears) => ears.run(),
        Verb::Journal(journal) => journal.run(),
        Verb::Devices(devices) => devices.run(),
        Verb::Schema => schema::run(),
    };
    ExitCode::from(exit as u8)
}

/// Logs go to the standard error: warnings, or what `UNDERSONG_LOG` asks for (`info`, `debug`).
fn log() {
    let filter =
        EnvFilter::try_from_env("UNDERSONG_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}
