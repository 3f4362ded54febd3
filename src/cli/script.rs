//! The script that a command is given, and the rate at which it is composed.

use std::path::PathBuf;

use clap::Args;

use crate::cli::scanning::scan;
use crate::cli::{Exit, mistakes};
use crate::mistake::Mistake;
use crate::prepare::{Prepared, prepare};
use crate::time::Rate;

/// The script of a session.
#[derive(Debug, Args)]
pub struct Script {
    /// The session's script, a YAML file
    #[arg(value_name = "SCRIPT")]
    pub path: PathBuf,
    /// Frames a second of the whole session
    #[arg(long, value_name = "HZ", default_value = "48000", value_parser = rate)]
    pub rate: Rate,
}

impl Script {
    /// Reads and composes it, and looks at its files. Blocking.
    ///
    /// # Errors
    /// All mistakes.
    pub fn read(&self) -> Result<Prepared, Vec<Mistake>> {
        prepare(&self.path, self.rate, scan)
    }

    /// Reads and composes it, and tells on the standard error what its writer should know. Blocking.
    ///
    /// # Errors
    /// How the command ends where it cannot be played.
    pub fn prepare(&self) -> Result<Prepared, Exit> {
        match self.read() {
            Ok(prepared) => {
                mistakes::show(&prepared.remarks, &self.path);
                Ok(prepared)
            }
            Err(found) => {
                mistakes::show(&found, &self.path);
                Err(Exit::Input)
            }
        }
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let hertz = text.parse().ok();
    let usual = hertz.filter(|hertz| (8_000..=192_000).contains(hertz));
    let sentence = "a rate lies between 8000 and 192000 Hz, for example 44100 or 48000";
    usual.and_then(Rate::new).ok_or_else(|| sentence.to_owned())
}
