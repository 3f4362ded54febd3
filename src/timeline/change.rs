//! What a therapist changes while a session plays, as plain data: what `revise` takes and the journal keeps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::level::Decibels;
use crate::time::{parse_length, written};

/// A change of a session that plays. Each says where it leads, not by how much it differs from something that may have
/// changed meanwhile; only lengths are relative, as people think of them so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Change {
    /// The phase goes on without end, until it is told to go on.
    Hold,
    /// A phase that is held goes on to its end, or to the next phase where its length has passed.
    Continue,
    /// The phase ends later by this.
    Extend {
        /// By how much: `5m`, `90s`.
        #[serde(with = "length")]
        by: Duration,
    },
    /// The phase ends earlier by this.
    Shorten {
        /// By how much: `5m`, `90s`.
        #[serde(with = "length")]
        by: Duration,
    },
    /// The session goes to its return, or to another later phase, within 20 s.
    BringBack {
        /// A phase's name; the one that is called `return` where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// The next piece comes now.
    Skip,
    /// The phase goes on with music that is rated more intense, or less.
    Intensity {
        /// By how many steps; negative for calmer.
        by: i8,
        /// Now, over a long fade, instead of where the piece that sounds ends.
        #[serde(default)]
        at_once: bool,
    },
    /// The level of everything.
    Level {
        /// In decibels, -60 to +6.
        #[serde(with = "decibels")]
        to: Decibels,
    },
    /// A cue is heard now; one that is yet to come is brought forward, one that was heard comes again.
    Cue {
        /// Its name.
        name: String,
    },
    /// The music stays down for the therapist's own voice, or comes back.
    Speak {
        /// Down, or back.
        on: bool,
    },
    /// The last change is taken back.
    Undo,
}

mod length {
    use super::{Duration, parse_length, written};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(length: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&written(*length))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        parse_length(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

mod decibels {
    use super::Decibels;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(level: &Decibels, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f32(level.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decibels, D::Error> {
        let level = f32::deserialize(from)?;
        if level.is_finite() {
            Ok(Decibels(level))
        } else {
            Err(D::Error::custom("a level is a number of decibels"))
        }
    }
}
