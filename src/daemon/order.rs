//! What is asked of a daemon, and what it answers.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::Stop;
use crate::time::length;
use crate::timeline::Change;
use crate::zone::Listener;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Order {
    /// Begin a session.
    Start {
        /// The script; beneath the room's media folders.
        script: PathBuf,
    },
    /// Fade out and stay where the session is.
    Pause,
    /// Go on from a pause; or take up the session that a reboot ended.
    Resume,
    /// Keep a note, apart from the technical record.
    Note {
        /// What was seen or said.
        text: String,
    },
    /// Play a soft chime on each side of each listener in turn, where no session plays.
    Ears {
        /// Only for this one.
        #[serde(default)]
        zone: Option<Listener>,
        /// How long it waits before each further listener, for headphones to be changed; `continue` goes on before.
        #[serde(default = "to_change", with = "length")]
        pause: Duration,
    },
    /// Everybody heard the chimes of the last check on the right side: keep that.
    ConfirmEars,
    /// End the session, or the check of the ears; or give up the session that a reboot ended.
    Stop {
        /// How fast.
        #[serde(default)]
        how: Speed,
    },
    /// Change what is to come.
    #[serde(untagged)]
    Change(Change),
}

/// So long as it takes to put other headphones on.
pub const TO_CHANGE: Duration = Duration::from_secs(10);

const fn to_change() -> Duration {
    TO_CHANGE
}

/// How fast a session is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speed {
    /// Within 6 s.
    #[default]
    Soft,
    /// Within 1.5 s.
    Quick,
    /// Within 30 ms.
    Hard,
}

impl Speed {
    /// As the engine takes it.
    #[must_use]
    pub const fn stop(self) -> Stop {
        match self {
            Self::Soft => Stop::Soft,
            Self::Quick => Stop::Quick,
            Self::Hard => Stop::Hard,
        }
    }
}

/// An order that was carried out, or shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What was done, in a sentence.
    pub message: String,
    /// From when on it is heard, in seconds of the session; absent where nothing that sounds changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    /// What it does to what is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Outlook>,
    /// What the one who asked should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// The script's file, where a session begins or is taken up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The hash of that script's bytes, as the journal has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// What the one who asked should know, a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", content = "message", rename_all = "kebab-case")]
pub enum Remark {
    /// The room or the session: somebody should see to it.
    Room(String),
    /// The script and its files.
    Script(String),
}

/// What a change does to what is to come; times in seconds of the session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Where the session would end; absent while a phase is held.
    pub end: Option<f64>,
    /// Where it would have ended without it; absent while a phase is held.
    pub end_before: Option<f64>,
    /// Where the phase that is heard would end; absent while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_end: Option<f64>,
    /// Where it would have ended without it; absent while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_end_before: Option<f64>,
    /// The cues that would not be heard or shown any more, each once: their names, and what a reminder says.
    pub left_out: Vec<String>,
    /// The next pieces, phases and cues; the next reminder is always among them.
    pub next: Vec<Coming>,
}

/// Something that is to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coming {
    /// When, in seconds of the session.
    pub at: f64,
    /// `phase`, `track`, `chime`, `voice`, `say` or `remind`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// For a reminder, what the therapist is reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// For programs.
    pub reason: Reason,
    /// What is wrong and what would be right, in sentences.
    pub message: String,
    /// Everything that is wrong with a script, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Refused {
    /// A reason, and a sentence.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            details: Vec::new(),
        }
    }
}

/// Why, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It came before, and was answered then.
    Repeated,
    /// It came after its time.
    Expired,
    /// A later one of the same client came before it.
    OutOfOrder,
    /// It speaks of another run of the daemon, or another session.
    WrongEpoch,
    /// The same was asked less than 400 ms before.
    DoublePress,
    /// It makes no sense as things stand.
    NotNow,
    /// What it asks for is wrong.
    Wrong,
    /// The machine failed.
    Failed,
}
