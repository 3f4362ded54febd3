//! The script: from YAML to a checked [`Session`], every mistake with its line.

mod check;
mod language;
mod schema;
mod session;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub use schema::schema;
pub use session::{At, Content, Cue, CueKind, Music, Phase, Seek, Session, Sound, Voice};

use crate::mistake::{Mistake, Wrong};
use crate::reading::mistakes::Mistakes;
use crate::reading::named_file;
use crate::reading::text::{self, Encoding};
use crate::reading::yaml::{self, Written};

/// A script is at most this large, in bytes.
const LARGEST: u64 = 256 * 1024;

/// What came of reading a script.
#[derive(Debug)]
pub struct Reading {
    /// The session; `None` where an error is among the mistakes.
    pub session: Option<Session>,
    /// All mistakes at once, errors and warnings: the script's from its top down, then those of the
    /// playlists it names.
    pub mistakes: Vec<Mistake>,
}

/// Reads a script, the playlists it names, and looks whether every file it names is there. No audio
/// is decoded. Blocking.
#[must_use]
pub fn read(path: &Path) -> Reading {
    let (source, bytes) = match text::read(path, LARGEST, Encoding::Utf8) {
        Ok(read) => read,
        Err(mut mistake) => {
            if !path.exists() {
                mistake.help = named_file::meant(path, &path.to_string_lossy());
            }
            return Reading {
                session: None,
                mistakes: vec![mistake],
            };
        }
    };
    let mut mistakes = Mistakes::new(&source);
    let script = written(&mut mistakes);
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let session = script.map(|script| check::session(script, path, hash, &mut mistakes));
    Reading {
        session: session.filter(|_| !mistakes.any_error()),
        mistakes: mistakes.in_order(),
    }
}

/// What is written, where it is YAML and of our version: in another one every key could mean
/// something else, so that nothing but the version is told.
fn written(mistakes: &mut Mistakes) -> Option<language::Script> {
    let tree = yaml::parse(mistakes)?;
    let script = language::Script::read(&tree, mistakes)?;
    if let Some((version, span)) = script.undersong.spanned()
        && version.0 != check::VERSION
    {
        let wrong = Wrong::new("this is not a version of the script language that is known here");
        let help = format!("this Undersong reads `undersong: {}`", check::VERSION);
        *mistakes = Mistakes::new(&Arc::clone(mistakes.source()));
        mistakes.error(span, wrong.help(help));
        return None;
    }
    Some(script)
}
