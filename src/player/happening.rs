//! What happens in a session, as a person in the room would tell it.

use crate::engine::{Id, Stop};
use crate::player::sequencer::Trouble;
use crate::time::Frames;
use crate::timeline::{Change, Clip, PhaseSpan, PlacedCue, Refusal, Timeline};

/// Something that happened, and the session's frame it happened at.
#[derive(Debug)]
pub struct Happening<'a> {
    /// When.
    pub at: Frames,
    /// What.
    pub what: What<'a>,
}

/// What happened.
#[derive(Debug)]
pub enum What<'a> {
    /// A phase begins.
    Phase(&'a PhaseSpan),
    /// A track begins.
    Clip(&'a Clip),
    /// A cue is due.
    Cue(&'a PlacedCue),
    /// A cue was left out: its start could not be recorded, or its sound was not there in time.
    Missed(PlacedCue),
    /// A stream ran dry; where it is music, the bed stands in.
    Starved(Id),
    /// A file failed while it was played.
    Trouble(Trouble),
    /// What is to come was changed; it holds from this frame on.
    Changed(Change),
    /// What was asked for could not be made any more when its frame came.
    Refused(Change, Refusal),
    /// The sound begins to go.
    Pausing,
    /// The session rests at this frame.
    Paused,
    /// The session goes on.
    WentOn {
        /// For how long it stood still.
        rested: Frames,
    },
    /// What was heard had been cut off, and comes from silence.
    CameBack {
        /// How long it takes to full.
        ramp: Frames,
    },
    /// The sound begins to go for good.
    Stopping {
        /// How fast.
        stop: Stop,
        /// For how long it stood still before, where it rested.
        rested: Frames,
    },
    /// The session is over, because it ended or was stopped.
    Over,
}

/// Everything of a timeline that happens in `from..until`, in the order of time.
#[must_use]
pub fn between(timeline: &Timeline, from: Frames, until: Frames) -> Vec<Happening<'_>> {
    let within = |at: Frames| from <= at && at < until;
    let phases = timeline.phases.iter();
    let mut happenings: Vec<Happening> = phases
        .filter(|phase| within(phase.from))
        .map(|phase| Happening {
            at: phase.from,
            what: What::Phase(phase),
        })
        .collect();
    let clips = timeline.clips.iter().filter(|clip| within(clip.from));
    happenings.extend(clips.map(|clip| Happening {
        at: clip.from,
        what: What::Clip(clip),
    }));
    let cues = timeline.cues.iter().filter(|cue| within(cue.at));
    happenings.extend(cues.map(|cue| Happening {
        at: cue.at,
        what: What::Cue(cue),
    }));
    happenings.sort_by_key(|happening| happening.at);
    happenings
}
