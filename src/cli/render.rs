//! `undersong render SCRIPT -o FILE --report FILE`

mod rendering;
mod sheets;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::cli::Exit;
use crate::cli::journal::find::Which;
use crate::cli::screen::{complain, print, printable};
use crate::cli::script::{Script, is_same, keep, rate};
use crate::journal::{Account, Entry, Notes};
use crate::measure::{Down, Listening, NoLoudness, Report};
use crate::output::{Bits, FileError, Target, check_place};
use crate::player::{Beginning, Player, Replay, ReplayError, StartError, Trouble, render};
use crate::prepare::Prepared;
use crate::time::{Frames, Rate, clock};
use rendering::Rendering;
use sheets::{Sheets, summary};

/// Render a session to a file, much faster than it plays
///
/// The file is there when it is whole, and not before. What will be heard in the room is what is in the file. It answers
/// with the length and how long it took. With `--report`, what it sounds like is measured on the rendering, and the places
/// that are worth to be listened to are named.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong render sessions/evening.yaml -o evening.flac\n  \
                        undersong render sessions/evening.yaml -o evening.wav --bits float --rate 44100\n  \
                        undersong render sessions/evening.yaml --report evening.svg\n  \
                        undersong render sessions/evening.yaml --report evening.json\n  \
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
    /// The room file that names the folder of journals: that of the daemon that runs, or /etc/undersong/room.yaml, unless said
    #[arg(long, value_name = "ROOM.yaml", requires = "journal")]
    room: Option<PathBuf>,
    /// Where to: a name that ends in .wav or .flac, or `-` for raw 32-bit float samples
    #[arg(short, long, value_name = "FILE", required_unless_present = "report")]
    output: Option<PathBuf>,
    /// Measure what it sounds like: numbers to a name that ends in .json, and the same as a picture beside it, in .svg; either
    /// may be named
    #[arg(long, value_name = "FILE", conflicts_with = "journal")]
    report: Option<PathBuf>,
    /// Bits of a sample, 24 unless said; FLAC has no float, and raw samples have nothing else
    #[arg(long, value_enum, requires = "output")]
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
    #[error(transparent)]
    Loudness(#[from] NoLoudness),
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
        let target = self.target().map_err(wrong)?;
        let sheets = self.report.as_deref().map(Sheets::named).transpose();
        let sheets = sheets.map_err(|error| wrong(error.to_string()))?;
        let output = self
            .output
            .as_deref()
            .filter(|_| target != Some(Target::Raw));
        let papers = sheets
            .iter()
            .flat_map(|it| [it.json.as_path(), it.svg.as_path()]);
        for paper in papers.clone() {
            if output.is_some_and(|output| is_same(output, paper)) {
                let name = paper.display();
                return Err(wrong(format!(
                    "`{name}` is where the sound goes; choose another name for the report"
                )));
            }
        }
        let (script, played) = self.source()?;
        let prepared = script.prepare()?;
        for file in output.into_iter().chain(papers) {
            script.keep_inputs(&prepared, file)?;
            if let Some((journal, _)) = &played {
                let notes = Notes::beside(journal);
                keep(&mut [journal.as_path(), notes.path()].into_iter(), file)?;
            }
        }
        let begun = Instant::now();
        let written = match (&played, target) {
            (Some((_, account)), Some(target)) => write_again(&prepared, account, &target),
            (_, target) => write(&prepared, target.as_ref(), sheets.as_ref()),
        };
        match written {
            Ok(Rendered {
                length,
                troubles,
                report,
            }) => {
                for (at, Trouble { file, error }) in troubles.iter().enumerate() {
                    if troubles[..at].iter().all(|other| other.file != *file) {
                        let name = file.display();
                        complain(&printable(&format!(
                            "`{name}` {error}; what it holds is missing in the file"
                        )));
                    }
                }
                let length = prepared.timeline.rate.duration(length);
                let report = report
                    .zip(sheets)
                    .map(|(report, sheets)| summary(&report, &sheets));
                let done = self.done(length, begun.elapsed(), &report.unwrap_or_default());
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

    /// What the sound is written to, where it is written; what is wrong with it, otherwise.
    fn target(&self) -> Result<Option<Target>, String> {
        let Some(output) = &self.output else {
            return Ok(None);
        };
        let target = Target::named(output, self.bits.map(Bits::from));
        let target = target.map_err(|error| error.to_string())?;
        if target != Target::Raw {
            check_place(output).map_err(|error| error.to_string())?;
        } else if io::stdout().is_terminal() {
            let sentence = "raw samples are of no use on a terminal; name a file, or a program that reads them: `| sox ...`";
            return Err(sentence.to_owned());
        }
        Ok(Some(target))
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

    /// `Rendered 3:00:00 to evening.wav in 21 s`, and what was found.
    fn done(&self, length: Duration, took: Duration, found: &str) -> Exit {
        let length = clock(length);
        let raw = self.output.as_deref() == Some(Path::new("-"));
        let to = match &self.output {
            None => String::new(),
            Some(_) if raw => " to the standard output".to_owned(),
            Some(file) => format!(" to {}", printable(&file.to_string_lossy())),
        };
        let seconds = took.as_secs_f64();
        let took = if seconds < 10.0 {
            format!("{seconds:.1} s")
        } else {
            format!("{seconds:.0} s")
        };
        let lines = format!("Rendered {length}{to} in {took}\n{found}");
        if raw {
            complain(lines.trim_end());
            return Exit::Done;
        }
        print(&lines)
    }
}

/// What came of it.
struct Rendered {
    length: Frames,
    /// What failed on the way without ending it.
    troubles: Vec<Trouble>,
    /// What was measured, where a report was asked for.
    report: Option<Report>,
}

/// Renders to the target, and measures what is heard where somebody wants to know.
fn write(
    prepared: &Prepared,
    target: Option<&Target>,
    sheets: Option<&Sheets>,
) -> Result<Rendered, Failure> {
    let timeline = &prepared.timeline;
    let sheets = sheets.map(Sheets::begin).transpose()?;
    let listening = sheets
        .as_ref()
        .map(|_| Listening::new(timeline.rate, &timeline.layout));
    let mut listening = listening.transpose()?;
    let besides = sheets
        .as_ref()
        .map_or(Frames::ZERO, |_| Report::effort(timeline));
    let beginning = Beginning::new(prepared.written(), Frames::ZERO);
    let (mut player, mut engine) = Player::offline(beginning)?;
    let mut rendering = Rendering::begin(timeline, target, timeline.length, besides)?;
    let troubles = render(&mut player, &mut engine, |player, block| {
        if let Some(listening) = &mut listening {
            listening.hear(block, |zone| {
                let meters = player.meters(zone);
                let (limiter, held_back) = (meters.limiter, meters.startle);
                Down { limiter, held_back }
            })?;
        }
        rendering.write(block)
    })?;
    let report = listening.map(|listening| {
        let mut go_on = |frames| rendering.go_on(frames);
        Report::complete(prepared, listening.finish(), &mut go_on)
    });
    let report = report.transpose()?;
    rendering.complete()?;
    for (sheets, report) in sheets.into_iter().zip(&report) {
        sheets.complete(report)?;
    }
    Ok(Rendered {
        length: timeline.length,
        troubles,
        report,
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
    let length = replay.length();
    let timeline = &prepared.timeline;
    let mut rendering = Rendering::begin(timeline, Some(target), length, Frames::ZERO)?;
    let troubles = replay.render(|block| rendering.write(block))?;
    rendering.complete()?;
    Ok(Rendered {
        length,
        troubles,
        report: None,
    })
}
