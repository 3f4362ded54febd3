//! What happened in a session, as people tell it.

use std::time::Duration;

use super::record::{Ending, Sounding};
use crate::time::Frames;
use crate::timeline::Change;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The session's position.
    pub at: Frames,
    /// When, in milliseconds since 1970; 0 where nobody knows.
    pub wall: u64,
    /// What.
    pub deed: Deed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The session began.
    Began,
    /// A phase began.
    Phase {
        /// Its name.
        name: String,
        /// Whether it was meant to be silent.
        silent: bool,
    },
    /// A piece was heard.
    Track {
        /// What people call it.
        title: String,
        /// Its file.
        file: String,
        /// For how long.
        length: Frames,
        /// Whether its file failed, so that the bed was heard for what was missing of it.
        failed: bool,
    },
    /// A cue was heard, or shown to the therapist.
    Cue {
        /// Its name.
        name: String,
        /// How, where that was recorded.
        how: Option<Sounding>,
    },
    /// A cue was not heard.
    LeftOut {
        /// Its name.
        name: String,
        /// Why, in a few words.
        why: String,
    },
    /// What was to come was changed.
    Changed(Change),
    /// What was asked for was not done.
    Refused {
        /// The kind of reason.
        why: String,
        /// What was asked, where that was recorded.
        asked: Option<Change>,
    },
    /// The session stood still because somebody wished it.
    Rested {
        /// For how long; `None` where it did not go on from there.
        length: Option<Duration>,
    },
    /// The program or the machine went down, and the session was taken up again.
    Interrupted {
        /// After so long.
        away: Duration,
        /// Whether the program was asked to, and nothing failed.
        asked: bool,
    },
    /// Somebody wants to find this moment again.
    Marked {
        /// What it is called, where it is called anything.
        name: Option<String>,
    },
    /// The output was lost.
    OutputLost {
        /// Which.
        detail: String,
    },
    /// The output came back.
    OutputBack {
        /// Which, and what the system said.
        detail: String,
    },
    /// The music came too late, and the bed stood in.
    Starved,
    /// A file could not be played.
    Trouble {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// The machine slept, and the session stood still.
    Slept {
        /// For how long.
        length: Duration,
    },
    /// The device ran dry or over.
    Xruns {
        /// How often.
        count: u64,
    },
    /// It was asked to end.
    Stopping {
        /// How.
        how: Ending,
    },
    /// It was over.
    Ended {
        /// How.
        how: Ending,
    },
    /// Records are lost: the disk was full, or damaged.
    Lost {
        /// So many.
        records: u64,
    },
    /// Something that a later version recorded.
    Unknown {
        /// Its kind.
        what: String,
    },
}

impl Deed {
    /// Whether it tells of something that failed.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::LeftOut { .. }
                | Self::Interrupted { asked: false, .. }
                | Self::OutputLost { .. }
                | Self::OutputBack { .. }
                | Self::Starved
                | Self::Trouble { .. }
                | Self::Slept { .. }
                | Self::Xruns { .. }
                | Self::Lost { .. }
        )
    }
}
