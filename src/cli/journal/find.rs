//! Where the journals are, and which one is meant; for `undersong render --journal`, too.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::ROOM;
use crate::cli::mistakes;
use crate::cli::room_file;
use crate::cli::screen::{complain, count, printable};
use crate::journal::{Account, Listing, look, read};
use crate::room;

/// Where the journals are.
#[derive(Debug, Args)]
pub struct Place {
    /// The folder in which the journals are kept
    #[arg(long, value_name = "FOLDER", conflicts_with = "room")]
    journal: Option<PathBuf>,
    /// The room file that names this folder: that of the daemon that runs, or /etc/undersong/room.yaml, unless said
    #[arg(long, value_name = "ROOM.yaml")]
    room: Option<PathBuf>,
    /// What to do where nobody says it.
    #[arg(
        skip = "name their folder with `--journal FOLDER`, or the room file with `--room ROOM.yaml`"
    )]
    help: &'static str,
}

/// Which journal is meant.
#[derive(Debug, Args)]
pub struct Which {
    /// A number of `undersong journal list`, or a journal's file; the newest one unless said
    which: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Place {
    /// The folder.
    ///
    /// # Errors
    /// How the command ends where nobody says which it is; said on the standard error.
    pub fn folder(&self) -> Result<PathBuf, Exit> {
        if let Some(folder) = &self.journal {
            if folder.is_dir() {
                return Ok(folder.clone());
            }
            let folder = folder.display();
            return Err(wrong(&format!("there is no folder {folder}")));
        }
        let Some(file) = self.room.clone().or_else(room_file::usual) else {
            return Err(wrong(&format!(
                "there is no room file {ROOM}, and no daemon that could be asked for its own, so nobody says where the \
                 journals are; {}",
                self.help
            )));
        };
        match room::read(&file) {
            Ok(room) => Ok(room.journal),
            Err(found) => {
                mistakes::show(&found, &file);
                Err(Exit::Input)
            }
        }
    }

    /// All journals there, the newest first. What could not be read is said on the standard error. Blocking.
    ///
    /// # Errors
    /// How the command ends where there is none; said on the standard error.
    pub fn all(&self) -> Result<(PathBuf, Listing), Exit> {
        let folder = self.folder()?;
        let listing = look(&folder).map_err(|error| wrong(&forbidden(&error)))?;
        if let Some(error) = listing.unread.first() {
            let files = count(listing.unread.len(), "file");
            complain(&printable(&format!(
                "{files} left out: {}",
                forbidden(error)
            )));
        }
        if listing.journals.is_empty() {
            let folder = folder.display();
            return Err(wrong(&format!(
                "no session is recorded in {folder}; the daemon of the room records each that it plays"
            )));
        }
        Ok((folder, listing))
    }
}

impl Which {
    /// A number or a journal's file, in a room's folder of journals.
    #[must_use]
    pub const fn in_room(which: PathBuf, room: Option<PathBuf>) -> Self {
        let place = Place {
            journal: None,
            room,
            help: "name the room file with `--room ROOM.yaml`, or the journal's file by its path",
        };
        Self {
            which: Some(which),
            place,
        }
    }

    /// The journal, and all that it tells. Blocking.
    ///
    /// # Errors
    /// How the command ends where there is none; said on the standard error.
    pub fn read(&self) -> Result<(PathBuf, Account), Exit> {
        let path = self.path()?;
        match read(&path) {
            Ok(account) => Ok((path, account)),
            Err(error) => Err(wrong(&forbidden(&error))),
        }
    }

    fn path(&self) -> Result<PathBuf, Exit> {
        let newest = PathBuf::from("1");
        let which = self.which.as_ref().unwrap_or(&newest);
        let number: Option<usize> = which.to_str().and_then(|text| text.parse().ok());
        let Some(number) = number else {
            return self.named(which);
        };
        let (folder, listing) = self.place.all()?;
        let journals = listing.journals;
        let found = number.checked_sub(1).and_then(|at| journals.get(at));
        found.map(|journal| journal.path.clone()).ok_or_else(|| {
            let sessions = count(journals.len(), "session");
            wrong(&format!(
                "there is no session number {number}: {} holds {sessions}; `undersong journal list` numbers them",
                folder.display()
            ))
        })
    }

    /// A file by its path, or by its name in the folder of journals.
    fn named(&self, which: &Path) -> Result<PathBuf, Exit> {
        let is_name = which.components().count() == 1;
        if !is_name || which.exists() {
            return Ok(which.to_owned());
        }
        let file = self.place.folder()?.join(which);
        if file.exists() || file.extension().is_some() {
            return Ok(file);
        }
        Ok(file.with_extension("jsonl"))
    }
}

/// Says why there is nothing to look at.
fn wrong(sentence: &str) -> Exit {
    complain(&printable(sentence));
    Exit::Input
}

/// The sentence, and what to do where only another user may read.
fn forbidden(error: &crate::journal::JournalError) -> String {
    if error.is_forbidden() {
        format!(
            "{error}: only the daemon's user may read its journals, so run this as that user, for example \
             `sudo -u undersong undersong journal list`"
        )
    } else {
        error.to_string()
    }
}
