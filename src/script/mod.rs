//! The script: from YAML to a checked [`Session`], every mistake with its line.

mod session;

pub use session::{At, Content, Cue, CueKind, Music, Phase, Seek, Session, Sound, Voice};
