//! What a journal tells, as it has to be played again: the session cut where it was cut off.

use std::collections::HashSet;

use super::account::Account;
use super::record::{Ending, Entry};
use crate::time::Frames;
use crate::timeline::{Change, CueId};
use crate::zone::Caps;

/// A stretch of a session that was played without a break of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Whether it was taken up after the program was cut off.
    pub resumed: bool,
    /// How far up the level went in each zone, and where it was limited.
    pub caps: Caps,
    /// The first frame that was heard.
    pub from: Frames,
    /// The frame at which the next leg begins, or at which the session ended; `None` where it was played to its end.
    pub until: Option<Frames>,
    /// What was changed before it began, in order.
    pub changes: Vec<(Frames, Change)>,
    /// The cues that did not sound in it: they were heard before, or left out.
    pub left_out: HashSet<CueId>,
    /// What was done while it was heard, in order.
    pub acts: Vec<(Frames, Act)>,
}

/// Something that was done while a session was heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// What was to come was changed, from this frame on.
    Change(Change),
    /// The sound began to go.
    Pause,
    /// It came again, after so many frames at rest.
    GoOn(Frames),
    /// It was cut off, and came from silence within so many frames.
    ComeBack(Frames),
    /// It began to go for good.
    Stop {
        /// Within so many frames.
        fade: Frames,
        /// After so many at rest.
        rested: Frames,
    },
}

impl Act {
    /// How long the session had stood still before it.
    #[must_use]
    pub fn rested(&self) -> Frames {
        match self {
            Self::GoOn(rested) | Self::Stop { rested, .. } => *rested,
            _ => Frames::ZERO,
        }
    }
}

impl Account {
    /// The session's legs; the first one begins at its start.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        let mut started = HashSet::new();
        let mut changes = Vec::new();
        let mut ended = false;
        let mut legs = vec![Leg {
            resumed: false,
            caps: self.started.caps.clone(),
            from: Frames::ZERO,
            until: None,
            changes: Vec::new(),
            left_out: HashSet::new(),
            acts: Vec::new(),
        }];
        for record in &self.records {
            let at = record.at.unwrap_or_default();
            let Some(leg) = legs.last_mut() else { break };
            let act = match &record.entry {
                Entry::Changed { change } => {
                    changes.push((at, change.clone()));
                    // Before the first frame only a session's own level is set.
                    if at <= leg.from {
                        leg.changes.push((at, change.clone()));
                        continue;
                    }
                    Act::Change(change.clone())
                }
                Entry::Pausing => Act::Pause,
                Entry::WentOn { rested } => Act::GoOn(*rested),
                Entry::CameBack { ramp } => Act::ComeBack(*ramp),
                Entry::Stopping { fade, rested, .. } => Act::Stop {
                    fade: *fade,
                    rested: *rested,
                },
                // The last word holds: a change may take a cue from its place, and bring it later.
                Entry::CueStarts { cue, .. } => {
                    started.insert(*cue);
                    leg.left_out.remove(cue);
                    continue;
                }
                Entry::CueLeftOut { cue, .. } => {
                    started.remove(cue);
                    leg.left_out.insert(*cue);
                    continue;
                }
                Entry::Ended { how } => {
                    ended = true;
                    leg.until = (*how != Ending::Played).then_some(at);
                    continue;
                }
                Entry::Resumed { from, caps, .. } => {
                    let caps = if caps.is_empty() { &leg.caps } else { caps };
                    let caps = caps.clone();
                    ended = false;
                    leg.until = Some(*from);
                    legs.push(Leg {
                        resumed: true,
                        caps,
                        from: *from,
                        until: None,
                        changes: changes.clone(),
                        left_out: started.clone(),
                        acts: Vec::new(),
                    });
                    continue;
                }
                _ => continue,
            };
            leg.acts.push((at, act));
        }
        if !ended && let Some(last) = legs.last_mut() {
            last.until = Some(self.position);
        }
        legs
    }
}
