//! `undersong journal list`

use std::fmt::Write;
use std::io;

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::journal::find::Place;
use crate::cli::journal::words::Fate;
use crate::cli::screen::{Screen, columns, print, printable, shortened};
use crate::cli::status::json;
use crate::journal::Summary;
use crate::time::clock;
use crate::when::When;

/// List the sessions that were played, the newest first
///
/// It answers with a line each: its number for `show` and `report`, when it began, how long it was heard, how it ended, and its
/// title. Times are those of this machine's time zone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong journal list\n  undersong journal list --room room.yaml"
)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

/// A session in a line, for programs.
#[derive(Debug, Serialize)]
struct Row {
    number: usize,
    file: String,
    title: String,
    /// With the offset of this machine's time zone.
    began: String,
    /// In seconds.
    heard: f64,
    ending: &'static str,
}

impl List {
    /// Runs the command.
    pub fn run(self) -> Result<Exit, Exit> {
        let (_, listing) = self.place.all()?;
        if self.json {
            let rows = listing.journals.iter().enumerate();
            let rows: Vec<Row> = rows.map(|(at, journal)| row(at + 1, journal)).collect();
            return Ok(json(&rows));
        }
        let width = Screen::of(&io::stdout()).width;
        Ok(print(&table(&listing.journals, width)))
    }
}

fn row(number: usize, journal: &Summary) -> Row {
    let account = &journal.account;
    Row {
        number,
        file: journal.path.display().to_string(),
        title: account.started.title.clone(),
        began: When::of(account.begun_wall()).exact(),
        heard: account.started.rate.seconds(account.heard_until()),
        ending: Fate::of(&journal.path, account).word(),
    }
}

/// A line each: its number, when, how long, the title, and how it ended.
fn table(journals: &[Summary], width: usize) -> String {
    let lines = journals.iter().enumerate().map(|(at, journal)| {
        let account = &journal.account;
        let when = When::of(account.begun_wall());
        let heard = clock(account.started.rate.duration(account.heard_until()));
        let head = format!(
            "{:>4}  {} {}  {heard:>8}",
            at + 1,
            when.short(),
            when.zone()
        );
        let title = printable(&account.started.title);
        (head, title, Fate::of(&journal.path, account).words())
    });
    let lines: Vec<_> = lines.collect();
    let widest = lines.iter().map(|(_, title, _)| columns(title)).max();
    let fates = lines.iter().map(|(.., fate)| columns(fate)).max();
    let head = lines.iter().map(|(head, ..)| columns(head)).max();
    let taken = head.unwrap_or(0) + fates.unwrap_or(0) + 4;
    let room = widest.unwrap_or(0).min(width.saturating_sub(taken).max(12));
    let mut table = String::new();
    for (head, title, fate) in lines {
        let title = shortened(&title, room);
        let pad = " ".repeat(room.saturating_sub(columns(&title)));
        let _ = writeln!(table, "{head}  {title}{pad}  {fate}");
    }
    table
}
