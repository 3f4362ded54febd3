//! What the journal holds: one record for each thing that was asked or that sounded.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::level::{Decibels, Loudness};
use crate::time::{Frames, Rate};
use crate::timeline::{Change, CueId, CueSort};
use crate::zone::{Caps, Listener};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Counts from 0 in each journal; a number that is missing was dropped or damaged.
    pub number: u64,
    /// When it was written, in milliseconds since 1970 (UTC). For people; it decides nothing.
    pub wall: u64,
    /// The session's position, where the entry has one.
    pub at: Option<Frames>,
    /// What happened.
    pub entry: Entry,
}

/// What began a session, and what is needed to go on with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// What people call it; at most 1 KiB of it are written.
    #[serde(serialize_with = "short")]
    pub title: String,
    /// The script's path.
    pub script: String,
    /// The hash of the script's content.
    pub hash: String,
    /// The session's rate.
    pub rate: Rate,
    /// Who hears what, in the layout's order.
    pub zones: Vec<Listener>,
    /// What each zone of the room bears.
    #[serde(flatten)]
    pub caps: Caps,
    /// The seed of every choice.
    pub seed: u64,
    /// The version of undersong.
    pub undersong: String,
    /// Which start of the machine it was ([`boot`](super::boot())).
    pub boot: String,
}

/// How a session came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The script was played to its end.
    Played,
    /// It was asked to fade out.
    Faded,
    /// It was asked to be silent at once.
    AtOnce,
    /// It could not go on.
    Failed,
    /// A crash had ended it, and nobody wanted it to go on.
    GivenUp,
    /// In a way that a later version knows.
    #[serde(other)]
    Other,
}

/// How an output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputState {
    /// It plays.
    Playing,
    /// It is gone or hangs.
    Lost,
    /// It plays again.
    Back,
    /// In a state that a later version knows.
    #[serde(other)]
    Other,
}

/// What was asked, or what sounded. Never what a cue says, nor what a person noted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Entry {
    /// The session began.
    Started(Started),
    /// It went on after a crash.
    Resumed {
        /// From this position.
        from: Frames,
        /// Which start of the machine it is now.
        boot: String,
        /// What each zone of the room bears from now on; as before where there is nothing.
        #[serde(flatten)]
        caps: Caps,
    },
    /// The program was asked to end while the session played: it may be taken up, and nothing failed.
    Left,
    /// The timeline was revised.
    Changed {
        /// The change.
        change: Change,
    },
    /// Something asked was not done.
    Refused {
        /// The kind of reason.
        why: String,
        /// What was asked, where that was recorded. A name that the script does not have is empty; of another at most
        /// 1 KiB is written.
        #[serde(
            default,
            deserialize_with = "as_understood",
            serialize_with = "briefly",
            skip_serializing_if = "Option::is_none"
        )]
        asked: Option<Change>,
    },
    /// A phase began.
    Phase {
        /// Its name; at most 1 KiB of it are written.
        #[serde(serialize_with = "short")]
        name: String,
        /// Whether it is meant to be silent.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        silent: bool,
    },
    /// A clip began.
    Clip {
        /// The track's title; at most 1 KiB of it are written.
        #[serde(serialize_with = "short")]
        title: String,
        /// Its file.
        file: String,
        /// Its gain; nothing where it has none that is a number.
        #[serde(default)]
        gain: Option<Decibels>,
    },
    /// A clip sounds no more.
    ClipEnds {
        /// The position at which it began.
        from: Frames,
    },
    /// A cue is about to sound: synced before its first sample leaves. One that a change moved before it sounded is
    /// recorded again at its new place.
    CueStarts {
        /// The cue's identity.
        cue: CueId,
        /// Its name; at most 1 KiB of it are written.
        #[serde(serialize_with = "short")]
        name: String,
        /// How it sounds, where that was recorded.
        #[serde(
            default,
            deserialize_with = "as_understood",
            skip_serializing_if = "Option::is_none"
        )]
        how: Option<Sounding>,
    },
    /// A cue did not sound.
    CueLeftOut {
        /// The cue's identity.
        cue: CueId,
        /// Its name; at most 1 KiB of it are written.
        #[serde(serialize_with = "short")]
        name: String,
        /// Why, in a few words.
        why: String,
    },
    /// How far the session is, each second.
    Position {
        /// The momentary loudness of each zone, in the layout's order, to a tenth of a unit; `None` for one that is
        /// silent, empty where all are.
        #[serde(
            default,
            deserialize_with = "as_understood",
            serialize_with = "in_tenths",
            skip_serializing_if = "Vec::is_empty"
        )]
        loudness: Vec<Option<Loudness>>,
    },
    /// It fades to a pause.
    Pausing,
    /// It rests.
    Paused,
    /// It plays again.
    WentOn {
        /// For how long it rested.
        rested: Frames,
    },
    /// What was heard had been cut off, and came from silence.
    CameBack {
        /// How long it took to full.
        ramp: Frames,
    },
    /// It fades to its end.
    Stopping {
        /// How.
        how: Ending,
        /// Within so many frames.
        #[serde(default)]
        fade: Frames,
        /// For how long it had rested, where it did.
        #[serde(default)]
        rested: Frames,
    },
    /// It is over: nothing is to be resumed.
    Ended {
        /// How.
        how: Ending,
    },
    /// An output was lost or came back.
    Device {
        /// How it is now.
        state: OutputState,
        /// Which, and what the system said.
        detail: String,
    },
    /// A stream ran dry and the bed rose.
    Starved,
    /// A file cannot be played.
    Trouble {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// The device ran dry or over.
    Xruns {
        /// How often since the session began.
        count: u64,
    },
    /// The machine slept.
    Slept {
        /// For so many milliseconds.
        milliseconds: u64,
    },
    /// A moment somebody wants to find again.
    Mark {
        /// What it is called, such as `a`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Something that a later version wrote. It can be read, not written.
    #[serde(skip)]
    Unknown {
        /// Its kind.
        what: String,
        /// All that the line says.
        fields: Map<String, Value>,
    },
}

/// How a cue sounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sounding {
    /// What it is.
    pub kind: CueSort,
    /// How long.
    pub length: Frames,
    /// Who hears it; nobody for what is only shown.
    pub to: Vec<Listener>,
}

/// What a later version says in another way is left out, and the record stays: a position or a cue's start must not be
/// lost with what is only shown.
fn as_understood<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    from: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// Short lines: a tenth of a unit is finer than anybody hears.
fn in_tenths<S: Serializer>(loudness: &[Option<Loudness>], to: S) -> Result<S::Ok, S::Error> {
    let heard = |loudness: &Loudness| loudness.0.is_finite();
    let tenths = loudness.iter().map(|it| {
        let it = it.filter(heard);
        it.map(|loudness| (loudness.0 * 10.0).round() / 10.0)
    });
    to.collect_seq(tenths)
}

/// A name, not longer than it helps a reader: a record that is too long would be lost, and with it the cue it gives leave
/// to, or the whole session.
fn short<S: Serializer>(name: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(cut(name))
}

fn cut(name: &str) -> &str {
    let end = name.floor_char_boundary(1024);
    name.get(..end).unwrap_or_default()
}

/// A change that was not made, with a name that is no longer than others.
#[expect(clippy::ref_option, reason = "serde gives it so")]
fn briefly<S: Serializer>(asked: &Option<Change>, to: S) -> Result<S::Ok, S::Error> {
    let brief = match asked {
        Some(Change::Cue { name }) => Some(Change::Cue {
            name: cut(name).to_owned(),
        }),
        Some(Change::BringBack { to: Some(name) }) => Some(Change::BringBack {
            to: Some(cut(name).to_owned()),
        }),
        other => other.clone(),
    };
    brief.serialize(to)
}
