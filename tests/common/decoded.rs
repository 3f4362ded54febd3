//! What a file decodes to, and what is said of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::library::{Cache, Facts, Fault, Library};

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// A folder for one file after the other.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The file that has these bytes.
    pub fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("any");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// All frames from where a decoder stands.
pub fn rest(decoder: &mut Decoder) -> Vec<Frame> {
    let mut out = Vec::new();
    while decoder.read(&mut out).unwrap() > 0 {}
    out
}

/// What is known of a file, or what is wrong with it.
pub fn checked(path: &Path) -> Result<Arc<Facts>, Fault> {
    let library = Library::scan([path.to_owned()], &Cache::none(), &|_| {});
    library.facts(path).cloned().map_err(Clone::clone)
}

/// What a therapist is told of a file that can be decoded: first what keeps it out of a session.
pub fn remarks(path: &Path) -> Vec<String> {
    let facts = checked(path).unwrap();
    [facts.mistakes.clone(), facts.remarks.clone()].concat()
}

/// What a therapist is told of a file that cannot be played at all.
pub fn fault(path: &Path) -> String {
    checked(path).unwrap_err().to_string()
}
