//! `undersong journal report`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::journal::find::Which;
use crate::cli::journal::page::{Record, page};
use crate::cli::journal::words::Fate;
use crate::cli::screen::{complain, print, printable};
use crate::journal::{Account, Note, Notes, Played};
use crate::output::{FileError, Partial, check_place};
use crate::when::When;

/// Write a session as one page to keep, to print, or to hand on
///
/// One HTML file that needs nothing else: the picture of the session as it was played, the pieces as they were heard, cues,
/// marks and pauses. The newest session unless another is named. The therapist's notes, her reminders and how she steered the
/// session are not in it unless `--notes` asks for them. It answers with the page's name.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong journal report\n  undersong journal report 3 -o third.html\n  \
                        undersong journal report --notes -o for-my-files.html"
)]
pub struct Report {
    #[command(flatten)]
    which: Which,
    /// The page's file, or `-` for the standard output; named by date and title, in this folder, unless said
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,
    /// Put the private notes into the page, the reminders and all that was changed; such a page is not for the couple
    #[arg(long)]
    notes: bool,
}

impl Report {
    /// Runs the command.
    pub fn run(self) -> Result<Exit, Exit> {
        let to = self.output.as_deref();
        let on_paper = to.filter(|file| *file != Path::new("-"));
        if let Some(file) = on_paper {
            may_be_written(file)?;
        }
        let (path, account) = self.which.read()?;
        let played = Played::of(&account);
        let notes = self.notes.then(|| notes(&path)).transpose()?;
        let record = Record {
            account: &account,
            played: &played,
            fate: Fate::of(&path, &account),
            notes: notes.as_deref(),
        };
        let text = page(&record);
        if to.is_some() && on_paper.is_none() {
            return Ok(print(&text));
        }
        let named = PathBuf::from(name(&account));
        let file = on_paper.unwrap_or(&named);
        if on_paper.is_none() {
            may_be_written(file)?;
        }
        write(&text, file, self.notes).map_err(|error| {
            complain(&printable(&FileError::from_io(file, error).to_string()));
            Exit::Machine
        })?;
        let about = if self.notes {
            "it holds the private notes, and only you may read it"
        } else {
            "the private notes are not in it (`--notes` puts them in)"
        };
        let sentence = printable(&format!("{} is written; {about}", file.display()));
        Ok(print(&(sentence + "\n")))
    }
}

/// Nothing but a page may be overwritten, also behind a link: a journal least of all.
fn may_be_written(file: &Path) -> Result<(), Exit> {
    let behind = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let is_page = |file: &Path| {
        let ending = file.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| {
            ["html", "htm"]
                .iter()
                .any(|it| ending.eq_ignore_ascii_case(it))
        })
    };
    if !is_page(file) || !is_page(&behind) {
        complain("name the page's file with the ending .html");
        return Err(Exit::Call);
    }
    check_place(file).map_err(|error| {
        complain(&printable(&error.to_string()));
        Exit::Call
    })
}

fn notes(journal: &Path) -> Result<Vec<Note>, Exit> {
    Notes::beside(journal).read().map_err(|error| {
        complain(&printable(&error.to_string()));
        Exit::Input
    })
}

/// `2026-11-24-1903-an-evening.html`
fn name(account: &Account) -> String {
    let date = When::of(account.begun_wall()).for_a_name();
    let title = account.started.title.to_lowercase();
    let words = title.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let mut name = date;
    for word in words.take(6) {
        if name.len() + word.len() > 80 {
            break;
        }
        name.push('-');
        name.push_str(word);
    }
    name + ".html"
}

/// The file is there whole or not at all.
fn write(text: &str, file: &Path, private: bool) -> io::Result<()> {
    let mut partial = if private {
        Partial::private(file)?
    } else {
        Partial::create(file)?
    };
    partial.write_all(text.as_bytes())?;
    partial.complete()
}
