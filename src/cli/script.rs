//! The script that a command is given, and the rate at which it is composed.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::preparing::prepared;
use crate::cli::screen::{complain, printable};
use crate::cli::{Exit, mistakes};
use crate::mistake::Mistake;
use crate::prepare::Prepared;
use crate::time::Rate;
use crate::timeline::files;

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
        prepared(&self.path, self.rate)
    }

    /// Reads and composes it; what its writer should know is mentioned on the standard error. Blocking.
    ///
    /// # Errors
    /// How the command ends where it cannot be played.
    pub fn prepare(&self) -> Result<Prepared, Exit> {
        match self.read() {
            Ok(prepared) => {
                mistakes::mention(&prepared.remarks, &self.path);
                Ok(prepared)
            }
            Err(found) => {
                mistakes::show(&found, &self.path);
                Err(Exit::Input)
            }
        }
    }

    /// Sees to it that nothing the session is made of is overwritten.
    ///
    /// # Errors
    /// How the command ends where it would be; said on the standard error.
    pub fn keep_inputs(&self, prepared: &Prepared, output: &Path) -> Result<(), Exit> {
        // Each file, and the playlist that names it.
        let inputs = files(&prepared.session);
        let inputs = inputs.flat_map(|(file, place)| [file, place.source.path.as_path()]);
        let mut inputs = inputs.chain([self.path.as_path()]);
        keep(&mut inputs, output)
    }
}

/// Sees to it that none of these files is overwritten, whatever name leads to it.
///
/// # Errors
/// How the command ends where one would be; said on the standard error.
pub fn keep(files: &mut dyn Iterator<Item = &Path>, output: &Path) -> Result<(), Exit> {
    for file in files {
        if is_same(file, output) {
            let name = printable(&output.to_string_lossy());
            complain(&format!(
                "`{name}` is a part of this session; choose another name"
            ));
            return Err(Exit::Call);
        }
    }
    Ok(())
}

/// Whether both names lead to one and the same file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|path| path.canonicalize().ok());
    one.is_some() && one == other
}

/// A rate as people write it.
pub fn rate(text: &str) -> Result<Rate, String> {
    let hertz = text.parse().ok();
    let usual = hertz.filter(|hertz| (8_000..=192_000).contains(hertz));
    let sentence = "a rate lies between 8000 and 192000 Hz, for example 44100 or 48000";
    usual.and_then(Rate::new).ok_or_else(|| sentence.to_owned())
}
