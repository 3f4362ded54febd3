//! Hashes what measures files: facts that were kept by a program that measures otherwise are none.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// All that a file's facts follow from: reading and decoding, the ear that looks ahead, and what both stand on.
const MEASURES: [&str; 5] = [
    "src/decode",
    "src/engine",
    "src/library",
    "src/stream/resampler.rs",
    // Decoders and meters of others.
    "Cargo.lock",
];

fn main() {
    let mut files = Vec::new();
    for measures in MEASURES {
        add(Path::new(measures), &mut files);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.lock");
    files.extend(inside("src").filter(|ground| ground.is_file()));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!(
        "cargo::rustc-env=UNDERSONG_MEASURES={:016x}",
        hasher.finish()
    );
}

fn add(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in inside(path) {
            add(&entry, files);
        }
    } else {
        files.push(path.to_owned());
    }
}

fn inside(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}
