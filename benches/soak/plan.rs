//! Which session plays when.

use std::fmt::Write as _;
use std::time::Duration;

/// Names of cues that can be asked for; the last one is unknown.
pub const CUES: &[&str] = &["bowl", "opening", "soften", "return", "bell", "nobody"];

/// The whole run.
pub struct Plan {
    /// How long.
    pub length: Duration,
    /// How often the daemon is looked at.
    pub every: Duration,
}

/// A kind of session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playing {
    /// Hours, held phase after phase.
    Long,
    /// A minute or two.
    Short,
}

impl Plan {
    /// A run of this length.
    pub fn new(length: Duration) -> Self {
        let every = (length / 200).clamp(Duration::from_secs(1), Duration::from_secs(10));
        Self { length, every }
    }

    /// From when on nothing is to grow.
    pub fn settled(&self) -> Duration {
        (self.length / 4).min(Duration::from_secs(1800))
    }

    /// What is to play at this time: the long session for most of it.
    pub fn at(&self, elapsed: Duration) -> Playing {
        let part = elapsed.as_secs_f64() / self.length.as_secs_f64();
        if (0.06..0.9).contains(&part) {
            Playing::Long
        } else {
            Playing::Short
        }
    }
}

impl Playing {
    /// Its script.
    pub const fn script(self) -> &'static str {
        match self {
            Self::Long => "long.yaml",
            Self::Short => "short.yaml",
        }
    }
}

/// Twelve phases of twenty minutes, each of which is held; so a session is never over by itself within hours.
pub fn long() -> String {
    let mut script = "undersong: 1\ntitle: Long\nseed: 3\nphases:\n".to_owned();
    for number in 1..=12 {
        let again = match number {
            1 => String::new(),
            _ => format!(" {number}"),
        };
        let _ = writeln!(
            script,
            "  - name: peak {number}\n    length: 20m\n    end: hold\n    \
             playlist: {{ file: playlists/all.yaml, order: shuffle }}\n    cues:\n      \
             - {{ name: bowl{again}, at: 10s, chime: cues/bowl.flac }}\n      \
             - {{ name: opening{again}, at: 45s, voice: cues/opening.flac, within: 60s }}\n      \
             - {{ every: 4m, remind: \"Look at both\" }}\n      \
             - {{ name: soften{again}, every: 5m, voice: cues/soften.flac, to: a, within: 60s }}"
        );
    }
    let _ = writeln!(
        script,
        "  - name: return\n    length: 10m\n    playlist: playlists/return.yaml\n    cues:\n      \
         - {{ name: return, at: 1m, voice: cues/return.flac, to: b }}\n      \
         - {{ name: bell, at: end - 20s, chime: cues/bell.flac }}"
    );
    script
}

/// A minute and a half, which ends by itself.
pub fn short() -> String {
    "undersong: 1\ntitle: Short\nmusic: { crossfade: 8s, fade-out: 3s }\nphases:\n  \
     - name: onset\n    length: 40s\n    playlist: { file: playlists/all.yaml, order: shuffle }\n    cues:\n      \
     - { name: bowl, at: 0s, chime: cues/bowl.flac }\n      \
     - { name: opening, at: 12s, voice: cues/opening.flac }\n  \
     - name: return\n    length: 50s\n    playlist: playlists/return.yaml\n    cues:\n      \
     - { name: soften, at: 5s, voice: cues/soften.flac, to: a }\n      \
     - { name: return, at: 20s, voice: cues/return.flac, to: b }\n      \
     - { name: bell, at: end - 10s, chime: cues/bell.flac }\n"
        .to_owned()
}
