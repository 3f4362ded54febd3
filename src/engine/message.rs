//! What crosses between the engine and the rest of the program.

use crate::engine::deck::Deck;
use crate::engine::id::Id;
use crate::engine::voice::Voice;
use crate::fade::Ramp;
use crate::level::Decibels;
use crate::time::Frames;
use crate::zone::Zone;

/// What the engine is asked to do. Everything that would need memory comes prepared.
#[derive(Debug)]
pub enum Command {
    /// Play a clip at its frame.
    Deck(Box<Deck>),
    /// Play a cue at its frame.
    Voice(Box<Voice>),
    /// The music of a zone goes along this ramp.
    Duck(Zone, Ramp),
    /// The level of everything; upwards it is approached slowly.
    Level(Decibels),
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
    /// A clip's stream ran dry; the bed rises.
    Starved(Id),
    /// The sound is gone, and the session stands still at this frame.
    Paused(Frames),
    /// The sound is gone for good.
    Stopped(Frames),
}
