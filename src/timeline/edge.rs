//! How a cue comes and goes: whatever its recording does at its ends, nothing is heard there but the sound itself.

use std::time::Duration;

use crate::fade::Fade;
use crate::script::CueKind;
use crate::time::{Frames, Rate};

/// A recording may be cut within a wave, or stand beside zero: it comes and goes within this. Speech loses nothing by it.
const EDGE: Duration = Duration::from_millis(5);

/// How a cue of this length comes, and how it goes: a chime by its own attack, which is never as short as an edge. One that
/// is shorter than its edges gives them a third each.
pub fn edges(kind: &CueKind, length: Frames, rate: Rate) -> [Fade; 2] {
    let edge = Fade::equal_gain(rate.frames(EDGE).min(Frames(length.0 / 3)));
    let comes = match kind {
        CueKind::Chime { attack, .. } => {
            Fade::equal_power(rate.frames(*attack).min(Frames(length.0 / 2)))
        }
        _ => edge,
    };
    [comes, edge]
}
