//! The command line: one file a verb. Nothing else in the program prints.

mod bar;
mod call;
mod change;
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
mod room_file;
mod schema;
mod screen;
mod script;
mod serve;
mod signals;
mod status;
mod steer;
mod table;
mod waiting;
mod watch;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::daemon::Order;
use crate::timeline::Change;

/// Plays the sound of a guided session.
#[derive(Debug, Parser)]
#[command(
    name = "undersong",
    version,
    disable_help_subcommand = true,
    after_help = "`undersong COMMAND --help` tells what a command does, takes and answers.\n\n\
                  Exit codes: 0 done; 1 the input is wrong, or it cannot be done as things stand; 2 the call is wrong;\n\
                  3 the machine failed, or is not fit; 130 interrupted by Ctrl-C (a preview that is ended is done)."
)]
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
    Watch(watch::Watch),
    /// Keep the phase going without end, until told to continue
    ///
    /// For when nobody is to be hurried on. The music of the phase starts over where it ends. It answers that the
    /// session has no end yet; `undersong continue` lets the phase go on, `undersong undo` takes it back within 30 s.
    #[command(after_help = "Examples:\n  undersong hold\n  undersong hold --forecast")]
    Hold(change::Plain),
    /// Let a phase that is held go on
    ///
    /// The phase is played to its length where that is still to come, or the next one begins within a fade. It answers with
    /// when the session ends now. While the ears are checked, the chimes of the next listener come.
    #[command(after_help = "Examples:\n  undersong continue\n  undersong continue --forecast")]
    Continue(change::Plain),
    /// Let the phase end later
    ///
    /// For when more time is needed. The phase ends with its music where the script lets it, and no later than its `max`. It
    /// answers with where the phase and the session end now, and where they would have.
    #[command(after_help = "Examples:\n  undersong extend 5m\n  undersong extend 90s --forecast")]
    Extend(change::Extend),
    /// Let the phase end earlier
    ///
    /// For when people are further than the script. The phase ends with its music where the script lets it, and no earlier
    /// than its `min`. It answers with where the phase and the session end now, and with the cues that are left out.
    #[command(after_help = "Examples:\n  undersong shorten 5m\n  undersong shorten 90s --forecast")]
    Shorten(change::Shorten),
    /// Bring the session to its return within 20 s, from anywhere
    ///
    /// For when somebody is to come back now. What sounds is faded, and the phase named `return` begins, or the later phase
    /// that is named. It answers with when the session ends then, and with the cues and reminders that are left out.
    #[command(
        after_help = "Examples:\n  undersong bring-back --forecast\n  undersong bring-back\n  undersong bring-back integration"
    )]
    BringBack(change::BringBack),
    /// Fade to the next piece
    ///
    /// For when this music is not the right one. The next piece of the phase comes within 6 s; at the end of a phase, the
    /// next phase does. It answers with when the session ends then.
    #[command(after_help = "Examples:\n  undersong skip\n  undersong skip --forecast")]
    Skip(change::Plain),
    /// Choose more intense or calmer music
    ///
    /// Among the pieces of the phase, by the `intensity` (1 to 5) that the playlist gives each. It answers with when that
    /// music comes; where the phase has none, it says so.
    #[command(
        after_help = "Examples:\n  undersong intensity +1\n  undersong intensity -2\n  undersong intensity +1 --now"
    )]
    Intensity(change::Intensity),
    /// Make everything louder or softer
    ///
    /// Music, cues and all, for everybody, in decibels: 3 dB are heard clearly. Upwards it goes slowly, and never above what
    /// the room file allows. It answers with the level.
    #[command(
        after_help = "Examples:\n  undersong level +1dB\n  undersong level -2dB\n  undersong level =-6dB"
    )]
    Level(change::Level),
    /// Play a cue now
    ///
    /// The next one of that name comes at once and not again at its time; one that was heard comes once more. For speech the
    /// music goes down first, which takes up to 3 s, and another voice speaks to its end. It answers with when the cue is
    /// heard; where there is none of that name, with those that there are.
    #[command(after_help = "Examples:\n  undersong cue bowl\n  undersong cue \"last bell\"")]
    Cue(change::Cue),
    /// Take the music down for your own voice, or bring it back
    ///
    /// For when you want to say something yourself. The music stays down until it is told to come back. It answers with
    /// what the music does.
    #[command(after_help = "Examples:\n  undersong speak on\n  undersong speak off")]
    Speak(change::Speak),
    /// Fade out and stay where the session is
    ///
    /// Half a second to silence, and the session's time stands still. It answers with how to go on: `undersong resume`.
    #[command(after_help = "Example:\n  undersong pause")]
    Pause(change::Plain),
    /// Go on after a pause, or take up a session that was cut off
    ///
    /// From silence within 3 s. A session that a power cut ended is prepared again first, and goes on where it was. It
    /// answers with how it goes on, and what was not heard.
    #[command(after_help = "Example:\n  undersong resume")]
    Resume(change::Plain),
    /// Take the last change back, within 30 s
    ///
    /// What sounds is faded to what would have sounded. It answers with when the session ends again.
    #[command(after_help = "Examples:\n  undersong undo\n  undersong undo --forecast")]
    Undo(change::Plain),
    Note(steer::Note),
    Stop(steer::Stop),
    Doctor(doctor::Doctor),
    Ears(ears::Ears),
    Journal(journal::Journal),
    Devices(devices::Devices),
    /// Print the JSON schema of scripts, with which an editor completes and checks them
    ///
    /// The schema goes to the standard output; `# yaml-language-server: $schema=` at the head of a script names its file.
    #[command(after_help = "Example:\n  undersong schema > undersong.schema.json")]
    Schema,
}

/// The room file where none is named.
const ROOM: &str = "/etc/undersong/room.yaml";

/// Where the daemon listens where nobody says it.
const SOCKET: &str = "/run/undersong/control.sock";

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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return call::refused(&error),
    };
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
        Verb::Extend(extend) => extend.run(),
        Verb::Shorten(shorten) => shorten.run(),
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
