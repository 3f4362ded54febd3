//! A folder in which scripts are written and read.

use std::fs;

use undersong::mistake::{Mistake, Weight};
use undersong::script;

/// A folder with sounds, in which scripts are written.
pub struct Room(pub tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["cues", "music"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for name in [
            "cues/bowl.flac",
            "cues/a.flac",
            "music/1.flac",
            "music/2.flac",
        ] {
            fs::write(folder.path().join(name), "not looked at").unwrap();
        }
        Self(folder)
    }

    /// Each mistake as `line: sentence (help)`.
    pub fn told(&self, script: impl AsRef<[u8]>) -> Vec<String> {
        let path = self.0.path().join("evening.yaml");
        fs::write(&path, script).unwrap();
        let reading = script::read(&path);
        let errors = reading.mistakes.iter().any(|m| m.weight == Weight::Error);
        assert_eq!(reading.session.is_none(), errors, "{:?}", reading.mistakes);
        reading.mistakes.iter().map(told).collect()
    }
}

pub fn told(mistake: &Mistake) -> String {
    let span = mistake.place.span.clone().unwrap_or(0..0);
    assert!(
        mistake.place.source.text.get(span).is_some(),
        "a span beside the text: {mistake}"
    );
    let line = mistake.place.line_column().map_or(0, |at| at.0);
    let help = mistake.help.as_deref().unwrap_or("");
    format!("{line}: {} ({help})", mistake.what)
}

/// A script that is right, with `lines` after line 5, in its only phase.
pub fn phase(lines: &str) -> String {
    format!(
        "undersong: 1\nphases:\n  - name: calm\n    length: 20m\n    playlist: music\n{lines}\n"
    )
}

/// A script that is right, with one cue more, on line 7.
pub fn cue(cue: &str) -> String {
    phase(&format!("    cues:\n      - {{ {cue} }}"))
}
