//! Cues whose time passed while another plan held: each comes as soon as can be, within its phase.

use std::time::Duration;

use crate::time::Frames;
use crate::timeline::draft::Draft;
use crate::timeline::model::{CueId, PlacedCue};
use crate::timeline::place::Ground;

/// Of what comes again and again, a time that passed is not made up for where another one is so near.
const NEAR: Duration = Duration::from_secs(60);

/// Cues that were to come, and did not.
#[derive(Debug, Default)]
pub struct Late {
    /// Each where it was to come, and where its phase ends.
    cues: Vec<(PlacedCue, Frames)>,
}

impl Late {
    /// Adds a cue at the frame at which it was to come; it comes no later than its phase ends.
    pub fn add(&mut self, cue: PlacedCue, phase_ends: Frames) {
        self.cues.push((cue, phase_ends));
    }

    /// Brings them among those that come: one after the other, since nobody follows two voices.
    pub fn make_up(mut self, draft: &Draft, ground: &Ground, cues: &mut Vec<PlacedCue>) {
        let near = draft.rate.frames(NEAR);
        let mut from = draft.soonest();
        self.cues.sort_by_key(|(cue, _)| cue.at);
        for (cue, phase_ends) in self.cues {
            let Some(soon) = alone(ground, cue.id, from, cues) else {
                continue;
            };
            let written = |id: CueId| (id.phase, id.cue);
            let is_near = |other: &PlacedCue| {
                written(other.id) == written(cue.id)
                    && other.at + near > soon.at
                    && soon.at + near > other.at
            };
            if soon.end() <= phase_ends && !cues.iter().any(is_near) {
                from = soon.end();
                cues.push(soon);
            }
        }
    }
}

/// The cue from a frame on, behind whatever else speaks to somebody who hears it.
pub fn alone(ground: &Ground, id: CueId, from: Frames, cues: &[PlacedCue]) -> Option<PlacedCue> {
    let mut put = ground.put(id, from)?;
    while let Some(other) = cues.iter().find(|other| speaks_over(other, &put)) {
        put = ground.put(id, other.end())?;
    }
    Some(put)
}

/// Whether two voices would speak to somebody at once.
fn speaks_over(other: &PlacedCue, put: &PlacedCue) -> bool {
    let both_speak = put.ducks && other.ducks && other.sound.is_some() && other.id != put.id;
    let at_once = other.at < put.end() && put.at < other.end();
    both_speak && at_once && put.zones.iter().any(|zone| other.zones.contains(zone))
}
