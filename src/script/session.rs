//! What a checked script says: the session as its writer meant it, before any audio is looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::level::{Decibels, Loudness};
use crate::mistake::Place;
use crate::playlist::Playlist;
use crate::zone::{Layout, Listener};

/// A checked script: nothing in it contradicts itself, and every playlist in it was read.
#[derive(Debug, Clone)]
pub struct Session {
    /// What people call it.
    pub title: String,
    /// Decides every shuffle: the same seed gives the same session.
    pub seed: u64,
    /// What holds for all music.
    pub music: Music,
    /// What holds for all speech.
    pub voice: Voice,
    /// The phases in their order; at least one.
    pub phases: Vec<Phase>,
    /// The zones the script asks for.
    pub layout: Layout,
    /// The script itself.
    pub place: Place,
    /// blake3 of the script's bytes, in hex.
    pub hash: String,
}

/// What holds for all music of a session.
#[derive(Debug, Clone)]
pub struct Music {
    /// Where each track's loudness is brought; `None` for `as-is`.
    pub loudness: Option<Loudness>,
    /// Between the tracks of a phase; zero for a gapless join.
    pub crossfade: Duration,
    /// Between phases.
    pub phase_crossfade: Duration,
    /// Of the whole session.
    pub fade_in: Duration,
    /// Of the whole session.
    pub fade_out: Duration,
    /// How much louder or softer one track may go on than the one before it ended.
    pub largest_step: Decibels,
    /// The script's own bed; `None` for the bundled one.
    pub bed: Option<Sound>,
}

/// What holds for all speech of a session.
#[derive(Debug, Clone)]
pub struct Voice {
    /// How far speech stands above the music.
    pub over_music: Decibels,
}

/// A named stretch of the session.
#[derive(Debug, Clone)]
pub struct Phase {
    /// What people call it; no two phases share it.
    pub name: String,
    /// How long it is meant to be.
    pub length: Duration,
    /// The shortest it may become, where the script says so.
    pub min: Option<Duration>,
    /// The longest it may become, where the script says so.
    pub max: Option<Duration>,
    /// What sounds in it.
    pub content: Content,
    /// On top of the tracks' own gain.
    pub level: Decibels,
    /// Between its tracks; the session's where the script is silent.
    pub crossfade: Duration,
    /// Whether it stays until it is told to go on.
    pub hold: bool,
    /// Its cues, as written.
    pub cues: Vec<Cue>,
    /// Its name in the script.
    pub place: Place,
}

impl Phase {
    /// The shortest it may become by itself: it does not end before its last cue is due.
    #[must_use]
    pub fn shortest(&self) -> Duration {
        let times = self.cues.iter().map(|cue| match cue.at {
            At::Start(after) => after,
            At::End(_) | At::Every(_) => Duration::ZERO,
        });
        let min = self.min.unwrap_or(self.length);
        min.max(times.max().unwrap_or_default().min(self.length))
    }

    /// The longest it may become by itself.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.max.unwrap_or(self.length)
    }

    /// How many tracks it can choose from.
    #[must_use]
    pub fn tracks(&self) -> usize {
        match &self.content {
            Content::Silence => 0,
            Content::Playlist(playlist) => playlist.tracks.len(),
        }
    }
}

/// What sounds in a phase.
#[derive(Debug, Clone)]
pub enum Content {
    /// Intended silence, which is no fault.
    Silence,
    /// Music.
    Playlist(Arc<Playlist>),
}

/// Something that is said, struck or shown at a time.
#[derive(Debug, Clone)]
pub struct Cue {
    /// What people call it; a name of ours (`onset 2`) where the script gives none.
    pub name: String,
    /// When, within its phase.
    pub at: At,
    /// What.
    pub kind: CueKind,
    /// Who hears it; empty for everybody.
    pub to: Vec<Listener>,
    /// Whether it may look for a better place.
    pub seek: Seek,
    /// How far it may move from its place, either way.
    pub within: Duration,
    /// On top of its own level.
    pub level: Decibels,
    /// Where the script says when.
    pub place: Place,
}

/// When a cue is due, within its phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// After the phase's start.
    Start(Duration),
    /// Before the phase's end (`end - 3m`).
    End(Duration),
    /// Again and again, first after one such length.
    Every(Duration),
}

impl At {
    /// When the cue is due for the first time, after the start of a phase of this length.
    #[must_use]
    pub const fn first(self, length: Duration) -> Duration {
        match self {
            Self::Start(after) => after,
            Self::End(before) => length.saturating_sub(before),
            Self::Every(every) => every,
        }
    }
}

/// How a cue's place is chosen within the stretch it may move in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seek {
    /// As near to the asked time as can be, but not inside a crossfade.
    #[default]
    Nearest,
    /// Where the music is quietest.
    Quiet,
}

/// What a cue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CueKind {
    /// A struck sound; the music goes on below it, unless `duck` is asked for.
    Chime {
        /// The file.
        sound: Sound,
        /// Its slow onset.
        attack: Duration,
        /// Whether the music makes room for it.
        duck: bool,
    },
    /// A recorded voice; the music makes room for it.
    Voice {
        /// The file.
        sound: Sound,
    },
    /// A sentence to be spoken.
    Say {
        /// The sentence.
        text: String,
        /// A recording of it, given beside it.
        sound: Option<Sound>,
    },
    /// For the therapist alone: shown and journalled, never heard.
    Remind {
        /// What is shown.
        text: String,
    },
}

impl CueKind {
    /// The word of the script for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Chime { .. } => "chime",
            Self::Voice { .. } => "voice",
            Self::Say { .. } => "say",
            Self::Remind { .. } => "remind",
        }
    }

    /// The file that is heard, where there is one.
    #[must_use]
    pub const fn sound(&self) -> Option<&Sound> {
        match self {
            Self::Chime { sound, .. } | Self::Voice { sound } => Some(sound),
            Self::Say { sound, .. } => sound.as_ref(),
            Self::Remind { .. } => None,
        }
    }
}

/// An audio file that a script names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The file, found from where it is named.
    pub path: PathBuf,
    /// Where it is named.
    pub place: Place,
}
