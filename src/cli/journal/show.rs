//! `undersong journal show`

use std::fmt::Write;
use std::io;
use std::path::Path;

use clap::Args;
use crossterm::style::Stylize;

use crate::cli::Exit;
use crate::cli::journal::find::Which;
use crate::cli::journal::json;
use crate::cli::journal::words::{Fate, told};
use crate::cli::screen::{Screen, columns, print, printable, shortened, wrapped};
use crate::journal::{Account, Deed, Moment, Played};
use crate::time::clock;
use crate::when::{When, spoken};

/// Show a session as it was: what was heard, changed and marked, and what failed
///
/// It answers with a line for each moment: its position in the session, the time of day, and what it was. The newest session
/// unless another is named. The therapist's notes are not shown; a note's moment is.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong journal show\n  undersong journal show 3\n  \
                        undersong journal show /var/lib/undersong/journal/2026-11-24T18-03-05Z.jsonl"
)]
pub struct Show {
    #[command(flatten)]
    which: Which,
    /// As JSON, for programs: positions and lengths in frames
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Runs the command.
    pub fn run(self) -> Result<Exit, Exit> {
        let (path, account) = self.which.read()?;
        let played = Played::of(&account);
        if self.json {
            return Ok(print(&json::text(&path, &account, &played)));
        }
        let screen = Screen::of(&io::stdout());
        Ok(print(&text(&path, &account, &played, screen)))
    }
}

fn text(path: &Path, account: &Account, played: &Played, screen: Screen) -> String {
    let paint = |line: &str, strong: bool| {
        if screen.fancy && strong {
            line.bold().to_string()
        } else {
            line.to_owned()
        }
    };
    let title = shortened(&printable(&account.started.title), screen.width);
    let mut text = paint(&title, true) + "\n";
    for line in head(path, account, played) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\n     at      clock");
    for moment in &played.moments {
        let is_phase = matches!(moment.deed, Deed::Phase { .. });
        if is_phase {
            text.push('\n');
        }
        for line in lines(moment, played, screen.width) {
            let _ = writeln!(text, "{}", paint(&line, is_phase));
        }
    }
    text
}

/// When, how long, how it ended, and whether anything is missing.
fn head(path: &Path, account: &Account, played: &Played) -> Vec<String> {
    let (began, ended) = (When::of(account.begun_wall()), When::of(account.last_wall));
    let heard = spoken(played.timeline.rate.duration(played.length()));
    let fate = Fate::of(path, account).words();
    let mut head = vec![
        format!(
            "{}, {} to {} ({})",
            began.day(),
            began.time(),
            ended.time(),
            began.zone()
        ),
        format!("heard for {heard}, {fate}"),
    ];
    match account.lost() {
        0 => {}
        1 => head.push("one record is lost or damaged".to_owned()),
        lost => head.push(format!("{lost} records are lost or damaged")),
    }
    head
}

/// A moment, with as many lines as its words need.
fn lines(moment: &Moment, played: &Played, width: usize) -> Vec<String> {
    let at = clock(played.timeline.rate.duration(moment.at));
    let wall = When::of(moment.wall).second();
    let (kind, words) = told(&moment.deed, played.timeline.rate);
    let head = format!("{at:>7}   {wall}  {kind:<8}  ");
    let room = width.saturating_sub(columns(&head)).max(12);
    let words = wrapped(&printable(&words), room).into_iter().enumerate();
    let line = |(n, words): (usize, String)| {
        let head = if n == 0 {
            head.clone()
        } else {
            " ".repeat(columns(&head))
        };
        format!("{head}{words}").trim_end().to_owned()
    };
    words.map(line).collect()
}
