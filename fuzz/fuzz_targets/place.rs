//! A folder in which a file is written and read, again and again.

use std::path::PathBuf;

/// The folder, with sounds in it that nobody decodes.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Self(folder);
        for name in ["cues", "music"] {
            std::fs::create_dir(place.0.path().join(name)).expect("a folder");
        }
        for name in SOUNDS {
            place.write(name, b"not looked at");
        }
        let list = b"tracks:\n  - { file: music/1.flac, intensity: 2 }\n  - { file: music/2.flac, gain: -3 dB }\n";
        place.write("list.yaml", list);
        place
    }

    /// Writes a file of this name, and says where it is.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file");
        path
    }
}

const SOUNDS: [&str; 5] = [
    "cues/a.flac",
    "cues/bowl.flac",
    "music/1.flac",
    "music/2.flac",
    "music/3.flac",
];
