//! What changes at one frame, all at once, while a session plays.

use crate::engine::envelope::Envelope;
use crate::engine::id::Id;
use crate::fade::Ramp;
use crate::time::Frames;
use crate::zone::Zone;

/// A gain that ramps steer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fader {
    /// The music of a zone: down for speech, and back.
    Music(Zone),
    /// Everything.
    Master,
}

/// A change of what sounds and of what was to come. The engine makes it at its frame, so that blocks of any size give the
/// same samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The session's frame from which it holds.
    pub at: Frames,
    /// Clips that go another way than was planned; what they are at `at` is what they were.
    pub shapes: Vec<(Id, Envelope)>,
    /// Clips and cues that have not begun, and will not.
    pub dropped: Vec<Id>,
    /// The faders' ramps from `at` on, instead of those they had.
    pub faders: Vec<(Fader, Vec<Ramp>)>,
}
