//! A cue starts only once its start is recorded, so that after a crash none comes twice; but for one that somebody asked for just
//! now, who is there to hear it.

use crate::time::Frames;
use crate::timeline::CueId;

/// Whether a cue may be handed to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// It may.
    Given,
    /// Not yet; ask again.
    Wait,
    /// It may not any more: its frame is near and its start is not recorded.
    Refused,
}

/// Gives cues leave to start.
pub trait Gate {
    /// Whether `cue` may be handed over, `left` frames before it is due. Asked again in each tick while it waits. Does not
    /// block.
    fn ask(&mut self, cue: CueId, left: Frames) -> Permit;
}

/// Every cue may start: where nothing is recorded.
#[derive(Debug)]
pub struct Open;

impl Gate for Open {
    fn ask(&mut self, _: CueId, _: Frames) -> Permit {
        Permit::Given
    }
}
