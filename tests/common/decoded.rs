//! What a file decodes to, and what is said of it.

use std::path::{Path, PathBuf};

use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::library::{Cache, Library};

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// All frames from where a decoder stands.
pub fn rest(decoder: &mut Decoder) -> Vec<Frame> {
    let mut out = Vec::new();
    while decoder.read(&mut out).unwrap() > 0 {}
    out
}

/// What a therapist is told of a file that can be played.
pub fn remarks(path: &Path) -> Vec<String> {
    let library = Library::scan([path.to_owned()], &Cache::none(), &|_| {});
    library.facts(path).unwrap().remarks.clone()
}
