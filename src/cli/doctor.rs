//! `undersong doctor`: whether this machine is fit for a session.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::mistakes;
use crate::cli::room_file;
use crate::cli::screen::{Screen, print, printable, wrapped};
use crate::cli::status::json;
use crate::doctor::{Finding, Machine, Verdict, examine};
use crate::room::{Output, Room, read};

/// Columns before the words: `warn  processor  `.
const MARGIN: usize = 17;

/// See whether this machine is fit for a session: its device, disk, speed, and what may disturb the sound
///
/// It tries the room's device in silence, unless a session plays, and changes nothing. It answers with a line for each thing
/// it looked at, ok, warn or fail, and what to do; it ends with 3 where a session should not be begun. Where the daemon runs and
/// may be asked, its own limits are judged, and otherwise those of whoever runs this.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong doctor\n  undersong doctor --room room.yaml")]
pub struct Doctor {
    /// The room file; that of the daemon that runs, or /etc/undersong/room.yaml, unless named, and without one only the
    /// machine is looked at
    #[arg(long, value_name = "ROOM.yaml")]
    room: Option<PathBuf>,
    /// For programs: a list of {check, verdict, says, advice}
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let file = self.room.or_else(room_file::usual);
        let room = match file.as_deref().map(|file| (file, read(file))) {
            Some((file, Err(found))) => {
                mistakes::show(&found, file);
                return Exit::Input;
            }
            Some((_, Ok(room))) => Some(room),
            None => None,
        };
        let mut findings = examine(&Machine::this(), room.as_ref());
        if room.is_none() {
            let says = "no room file was looked at, so device, disk and media were not";
            let none = Finding::warn("room", says, "name one with `--room ROOM.yaml`");
            findings.insert(0, none);
        }
        let shown = if self.json {
            json(&findings)
        } else {
            print(&text(&findings, room.as_ref()))
        };
        let fails = findings
            .iter()
            .any(|finding| finding.verdict == Verdict::Fail);
        match shown {
            Exit::Done if fails => Exit::Machine,
            shown => shown,
        }
    }
}

fn text(findings: &[Finding], room: Option<&Room>) -> String {
    let width = Screen::of(&std::io::stdout()).width.clamp(60, 110) - MARGIN;
    let mut text = String::new();
    for finding in findings {
        let mut lines = wrapped(&printable(&finding.says), width);
        if let Some(advice) = &finding.advice {
            lines.extend(wrapped(&format!("→ {}", printable(advice)), width));
        }
        let mut head = format!("{:<4}  {:<9}", finding.verdict.word(), finding.check);
        for line in lines {
            // A String takes whatever is written.
            let _ = writeln!(text, "{head:<15}  {line}");
            head.clear();
        }
    }
    let count = |verdict| findings.iter().filter(|f| f.verdict == verdict).count();
    let last = match (count(Verdict::Fail), count(Verdict::Warn)) {
        (0, _) if room.is_none() => {
            "What was looked at is fit; the device, its disk and the media were not."
        }
        (0, _) if room.is_some_and(|room| room.output == Output::Paced) => {
            "A session would run on this machine, and nobody would hear it."
        }
        (0, 0) => "This machine is fit for a session.",
        (0, _) => "This machine is fit for a session; look at the warnings first.",
        _ => "Do not begin a session on this machine before what failed is mended.",
    };
    text + "\n" + last + "\n"
}
