//! The room file's language: every key, and what it takes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::reading::mistakes::Mistakes;
use crate::reading::yaml::{
    FileName, Level, List, Node, Number, OneOrMore, Text, Value, Written, record, words,
};

/// What was written for `remote`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote(pub bool);

words! { Remote { "off" => Remote(false), "on" => Remote(true), } }

record! {
    /// A room: what its daemon plays on, reads from and keeps.
    RoomFile = "a room file" {
        must {
            /// The version of the room file's language: always 1.
            #[schemars(extend("const" = 1))]
            undersong_room: Number,
            /// The sound device by its identity, as `undersong devices` shows it, and never another one; or `paced` for a
            /// room without a sound device.
            device: Text,
            /// The folder, or the folders, beneath which scripts and all the files that they name lie.
            media: OneOrMore<FileName>,
            /// The folder in which the journals of the sessions are kept.
            journal: FileName,
        }
        may {
            /// What you call the room.
            name: Text,
            /// Frames a second of every session: 48000 unless the device cannot.
            rate: Number,
            /// Frames that the device takes in one go: 1024 unless said. Fewer make changes quicker and the sound more
            /// delicate.
            period: Number,
            /// Which channels of the device each listener hears, counted from 1. As the session lays them out unless said.
            zones: ZoneMap,
            /// The level goes no higher than this, however it is steered: one for all, or one for each listener, such as
            /// `{ a: -6 dB, b: 0 dB }`. `+6 dB` unless said.
            loudest: Levels,
            /// The true peak that nothing passes, whatever comes: one for all, or one for each listener, such as
            /// `{ a: -12 dB, b: -6 dB }`. `-6 dB` unless said; from -30 dB to -1 dB.
            ceiling: Levels,
            /// Where the daemon listens for the command line: `/run/undersong/control.sock` unless said.
            socket: FileName,
            /// `off`: the daemon is steered on this machine only.
            remote: Remote,
        }
    }
}

record! {
    /// A level for each listener.
    EachLevel = "a level for each listener" {
        may {
            /// For listener a, such as `-6 dB`.
            a: Level,
            /// For listener b.
            b: Level,
            /// For the room's loudspeakers.
            room: Level,
        }
    }
}

/// One level for all listeners, or one for each.
#[derive(Debug)]
pub enum Levels {
    /// For all.
    All(Level),
    /// For each.
    Each(EachLevel),
}

impl Written for Levels {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        if let Value::Map(_) = node.value {
            EachLevel::read(node, mistakes).map(Self::Each)
        } else {
            Level::read(node, mistakes).map(Self::All)
        }
    }
}

impl JsonSchema for Levels {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Levels".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (all, each) = (
            generator.subschema_for::<Level>(),
            generator.subschema_for::<EachLevel>(),
        );
        schemars::json_schema!({ "anyOf": [all, each] })
    }
}

record! {
    /// Which channels of the device each listener hears.
    ZoneMap = "`zones`" {
        may {
            /// The left and right channel of listener a, such as `[1, 2]`.
            a: List<Number>,
            /// The left and right channel of listener b, such as `[3, 4]`.
            b: List<Number>,
            /// The left and right channel of the room's loudspeakers, such as `[5, 6]`.
            room: List<Number>,
        }
    }
}
