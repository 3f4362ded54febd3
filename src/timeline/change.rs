//! What a therapist changes while a session plays, as plain data: what `revise` takes and the journal keeps.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::level::Decibels;
use crate::script::Session;
use crate::time::length;

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
        #[serde(deserialize_with = "finite")]
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

impl Change {
    /// The same for the record: a name is kept where the script has it, and empty otherwise. What somebody typed may be
    /// anything.
    #[must_use]
    pub fn as_recorded(&self, session: &Session) -> Self {
        let phases = || session.phases.iter();
        let kept = |typed: &String, is_there: bool| {
            let kept = is_there.then(|| typed.clone());
            kept.unwrap_or_default()
        };
        match self {
            Self::Cue { name } => {
                let mut cues = phases().flat_map(|phase| phase.cues.iter());
                let is_there = cues.any(|cue| cue.name.eq_ignore_ascii_case(name));
                let name = kept(name, is_there);
                Self::Cue { name }
            }
            Self::BringBack { to: Some(name) } => {
                let is_there = phases().any(|phase| phase.name.eq_ignore_ascii_case(name));
                let to = Some(kept(name, is_there));
                Self::BringBack { to }
            }
            other => other.clone(),
        }
    }
}

fn finite<'de, D: Deserializer<'de>>(from: D) -> Result<Decibels, D::Error> {
    let level = f32::deserialize(from)?;
    if level.is_finite() {
        Ok(Decibels(level))
    } else {
        Err(D::Error::custom("a level is a number of decibels"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_written_and_read_as_it_was() {
        let all = [
            (Change::Hold, r#"{"do":"hold"}"#),
            (
                Change::Extend {
                    by: Duration::from_secs(300),
                },
                r#"{"do":"extend","by":"300s"}"#,
            ),
            (Change::BringBack { to: None }, r#"{"do":"bring-back"}"#),
            (
                Change::Level { to: Decibels(-3.1) },
                r#"{"do":"level","to":-3.1}"#,
            ),
        ];
        for (change, text) in all {
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
            assert_eq!(serde_json::from_str::<Change>(text).unwrap(), change);
        }
    }

    #[test]
    fn a_length_keeps_no_more_than_can_be_written() {
        let change = r#"{"do":"shorten","by":"1.50049s"}"#;
        let by = Duration::from_millis(1_500);
        assert_eq!(
            serde_json::from_str::<Change>(change).unwrap(),
            Change::Shorten { by }
        );
        for wrong in [
            r#"{"do":"extend","by":"soon"}"#,
            r#"{"do":"level","to":1e99}"#,
            r#"{"do":"explode"}"#,
        ] {
            assert!(serde_json::from_str::<Change>(wrong).is_err(), "{wrong}");
        }
    }
}
