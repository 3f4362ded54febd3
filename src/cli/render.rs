//! `undersong render SCRIPT -o FILE`

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::Exit;
use crate::cli::interrupt::Interrupt;
use crate::cli::journal::find::Which;
use crate::cli::screen::{complain, print, printable};
use crate::cli::script::{Script, keep, rate};
use crate::journal::{Account, Entry, Notes};
use crate::output::{Bits, FileError, Target, Writer, check_place};
use crate::player::{Beginning, Player, Replay, ReplayError, StartError, Trouble, render};
use crate::prepare::Prepared;
use crate::time::{Frames, Rate, clock};

/// Render a session to a file, much faster than it plays
///
/// The file is there when it is whole, and not before. What will be heard in the room is what is in the file. It answers
/// with the length and how long it took.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong render sessions/evening.yaml -o evening.flac\n  \
                        undersong render sessions/evening.yaml -o evening.wav --bits float --rate 44100\n  \
                        undersong render --journal 1 -o as-played.flac\n  \
                        undersong render --journal 2026-11-24T18-03-05Z.jsonl -o as-played.flac"
)]
pub struct Render {
    /// The session's script, a YAML file
    #[arg(value_name = "SCRIPT", required_unless_present = "journal")]
    script: Option<PathBuf>,
    /// Frames a second of the whole session
    #[arg(long, value_name = "HZ", default_value = "48000", value_parser = rate)]
    rate: Rate,
    /// Instead of a script: a session that was played, as it was played, from its journal and the same files. A number of
    /// `undersong journal list`, or a journal's file; the newest one where neither is named
    #[arg(
        long,
        value_name = "JOURNAL",
        num_args = 0..=1,
        default_missing_value = "1",
        conflicts_with_all = ["script", "rate"]
    )]
    journal: Option<PathBuf>,
    /// The room file that names the folder of journals: /etc/undersong/room.yaml unless said
    #[arg(long, value_name = "ROOM.yaml", requires = "journal")]
    room: Option<PathBuf>,
    /// Where to: a name that ends in .wav or .flac, or `-` for raw 32-bit float samples
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Bits of a sample, 24 unless said; FLAC has no float, and raw samples have nothing else
    #[arg(long, value_enum)]
    bits: Option<Width>,
}

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Width {
    /// Integers of 16 bits, dithered
    #[value(name = "16")]
    Sixteen,
    /// Integers of 24 bits
    #[value(name = "24")]
    TwentyFour,
    /// 32-bit floating point, as it was rendered
    #[value(name = "float")]
    Float,
}

impl From<Width> for Bits {
    fn from(width: Width) -> Self {
        match width {
            Width::Sixteen => Self::Sixteen,
            Width::TwentyFour => Self::TwentyFour,
            Width::Float => Self::Float,
        }
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error("the system lets nobody listen for Ctrl-C: {0}")]
    Signals(#[from] io::Error),
    #[error("stopped; nothing was kept")]
    Interrupted,
}

impl Failure {
    const fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Replay(_) => Exit::Input,
            _ => Exit::Machine,
        }
    }
}

impl Render {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        match self.try_run() {
            Ok(exit) | Err(exit) => exit,
        }
    }

    fn try_run(self) -> Result<Exit, Exit> {
        let wrong = |sentence: String| {
            complain(&printable(&sentence));
            Exit::Call
        };
        // What is wrong with the call is said before any file is looked at.
        let target = Target::named(&self.output, self.bits.map(Bits::from));
        let target = target.map_err(|error| wrong(error.to_string()))?;
        if target != Target::Raw {
            check_place(&self.output).map_err(|error| wrong(error.to_string()))?;
        } else if io::stdout().is_terminal() {
            let sentence = "raw samples are of no use on a terminal; name a file, or a program that reads them: `| sox ...`";
            return Err(wrong(sentence.to_owned()));
        }
        let (script, played) = self.source()?;
        let prepared = script.prepare()?;
        script.keep_inputs(&prepared, &self.output)?;
        if let Some((journal, _)) = &played {
            let notes = Notes::beside(journal);
            keep(
                &mut [journal.as_path(), notes.path()].into_iter(),
                &self.output,
            )?;
        }
        let begun = Instant::now();
        let written = match &played {
            None => write(&prepared, &target),
            Some((_, account)) => write_again(&prepared, account, &target),
        };
        match written {
            Ok((length, troubles)) => {
                for (at, Trouble { file, error }) in troubles.iter().enumerate() {
                    if troubles[..at].iter().all(|other| other.file != *file) {
                        let name = file.display();
                        complain(&printable(&format!(
                            "`{name}` {error}; what it holds is missing in the file"
                        )));
                    }
                }
                let done = self.done(prepared.timeline.rate.duration(length), begun.elapsed());
                Ok(if troubles.is_empty() {
                    done
                } else {
                    Exit::Machine
                })
            }
            Err(failure) => {
                complain(&printable(&failure.to_string()));
                Err(failure.exit())
            }
        }
    }

    /// What is rendered: a script, and where it was played already, how, and by which journal.
    fn source(&self) -> Result<(Script, Option<(PathBuf, Account)>), Exit> {
        let Some(journal) = &self.journal else {
            let path = self.script.clone().unwrap_or_default();
            let rate = self.rate;
            return Ok((Script { path, rate }, None));
        };
        let (file, account) = Which::in_room(journal.clone(), self.room.clone()).read()?;
        let (path, rate) = (PathBuf::from(&account.started.script), account.started.rate);
        Ok((Script { path, rate }, Some((file, account))))
    }

    /// `Rendered 3:00:00 to evening.wav in 21 s`
    fn done(&self, length: Duration, took: Duration) -> Exit {
        let length = clock(length);
        let raw = self.output == Path::new("-");
        let to = if raw {
            "the standard output".into()
        } else {
            self.output.to_string_lossy()
        };
        let seconds = took.as_secs_f64();
        let took = if seconds < 10.0 {
            format!("{seconds:.1} s")
        } else {
            format!("{seconds:.0} s")
        };
        let line = format!("Rendered {length} to {} in {took}", printable(&to));
        if raw {
            complain(&line);
            return Exit::Done;
        }
        print(&(line + "\n"))
    }
}

/// How long what was rendered is, and what failed on the way without ending it.
type Rendered = (Frames, Vec<Trouble>);

/// Renders to the target.
fn write(prepared: &Prepared, target: &Target) -> Result<Rendered, Failure> {
    let beginning = Beginning::new(prepared.written(), Frames::ZERO);
    let (mut player, mut engine) = Player::offline(beginning)?;
    to_target(prepared, target, prepared.timeline.length, |write| {
        render(&mut player, &mut engine, |_, block| write(block))
    })
}

/// Renders a session as it was played.
fn write_again(
    prepared: &Prepared,
    account: &Account,
    target: &Target,
) -> Result<Rendered, Failure> {
    let replay = Replay::new(&prepared.steered(), account)?;
    let mut records = account.records.iter();
    if records.any(|record| record.entry == Entry::Starved) {
        complain(
            "the disk came too late in this session, and the bed stood in; here the music goes on",
        );
    }
    to_target(prepared, target, replay.length(), |write| {
        replay.render(write)
    })
}

/// Hands `render` what takes its blocks.
fn to_target(
    prepared: &Prepared,
    target: &Target,
    length: Frames,
    render: impl FnOnce(&mut dyn FnMut(&[f32]) -> Result<(), Failure>) -> Result<Vec<Trouble>, Failure>,
) -> Result<Rendered, Failure> {
    let timeline = &prepared.timeline;
    let interrupt = Interrupt::listen()?;
    let channels = timeline.layout.channels();
    let mut writer = Writer::create(target, timeline.rate, channels, length)?;
    let bar = bar(timeline.rate, length);
    let rendered = render(&mut |block| {
        if interrupt.is_told() {
            return Err(Failure::Interrupted);
        }
        bar.inc((block.len() / channels) as u64);
        Ok(writer.write(block)?)
    });
    bar.finish_and_clear();
    let troubles = rendered?;
    writer.complete()?;
    Ok((length, troubles))
}

/// How far it is, on a terminal: how many times faster than it plays, and how long it still takes.
fn bar(rate: Rate, length: Frames) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(length.0), target);
    let hertz = f64::from(rate.hertz());
    let speed = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}", state.per_sec() / hertz);
    };
    let template = "Rendering {wide_bar} {percent}%, {speed} x real time, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("speed", speed));
    }
    bar
}
