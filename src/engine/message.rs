//! What crosses between the engine and the rest of the program.

use crate::engine::brake::Stop;
use crate::engine::deck::Deck;
use crate::engine::id::Id;
use crate::engine::revision::{Fader, Revision};
use crate::engine::voice::Voice;
use crate::fade::Ramp;
use crate::time::Frames;

/// What the engine is asked to do. Everything that would need memory comes prepared.
#[derive(Debug)]
pub enum Command {
    /// Play a clip at its frame.
    Deck(Box<Deck>),
    /// Play a cue at its frame.
    Voice(Box<Voice>),
    /// A fader goes along this ramp.
    Ramp(Fader, Ramp),
    /// What sounds and what was to come changes.
    Revise(Box<Revision>),
    /// Fade to silence and stay where the session is.
    Pause,
    /// Go on, from silence.
    Resume,
}

/// What the engine tells. Finished things come back to be freed where that is allowed.
#[derive(Debug)]
pub enum Event {
    /// A clip is over.
    ClipEnded(Box<Deck>),
    /// A cue is over.
    CueEnded(Box<Voice>),
    /// A change was made at its frame. What crossed comes back to be freed.
    Revised(Box<Revision>),
    /// A change came after its frame was mixed, or with more ramps than a fader has room for, and was not made: it is to be
    /// asked for again, at a later frame.
    TooLate(Box<Revision>),
    /// A clip's stream ran dry; the bed rises.
    Starved(Id),
    /// The sound begins to go, at this frame.
    Pausing(Frames),
    /// The sound is gone, and the session stands still at this frame.
    Paused(Frames),
    /// The session goes on from this frame.
    WentOn {
        /// Where it stood, or where it was about to stand still.
        at: Frames,
        /// For how long it stood still.
        rested: Frames,
    },
    /// The sound was cut off before this frame, and comes from silence within so many frames.
    CameBack {
        /// The first frame that leaves.
        at: Frames,
        /// How long it takes to full.
        ramp: Frames,
    },
    /// The sound begins to go for good.
    Stopping {
        /// At this frame.
        at: Frames,
        /// How fast.
        stop: Stop,
        /// For how long the session stood still before, where it rested.
        rested: Frames,
    },
    /// The sound is gone for good.
    Stopped(Frames),
}
