//! What a session does, written into its journal.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::Stop;
use crate::journal::{Ending, Entry, Journal, Ticket};
use crate::player::gate::{Gate, Permit};
use crate::player::happening::{Happening, What};
use crate::time::{Frames, Rate};
use crate::timeline::{CueId, CueSort, PlacedCue, Timeline};

/// A cue's start is recorded this long before it is due: time for a slow disk, and little that a crash could take along.
const EARLY: Duration = Duration::from_secs(3);
/// A cue whose start is not on the disk this long before it is due is left out.
const LAST: Duration = Duration::from_millis(250);
/// The position is recorded this often.
const POSITION: Duration = Duration::from_secs(1);

/// Writes a session's journal.
#[derive(Debug)]
pub struct Scribe {
    journal: Arc<Journal>,
    asked: HashMap<CueId, Ticket>,
    /// Nothing was heard before this frame.
    start: Frames,
    /// The next position to be recorded.
    next: Frames,
}

impl Scribe {
    /// Writes from the frame `start` on.
    #[must_use]
    pub fn new(journal: Arc<Journal>, start: Frames) -> Self {
        Self {
            journal,
            asked: HashMap::new(),
            start,
            next: start,
        }
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// For as long as a timeline holds, at frame `now`.
    pub fn gate<'a>(&'a mut self, timeline: &'a Timeline, now: Frames) -> impl Gate + 'a {
        ScribesGate {
            begun: now > self.start,
            scribe: self,
            timeline,
        }
    }

    fn write(&self, at: Frames, entry: Entry) {
        self.journal.append(Some(at), entry);
    }

    /// Records what happened, and how far the session is.
    pub fn record(&mut self, timeline: &Timeline, happenings: &[Happening], now: Frames) {
        for happening in happenings {
            if let Some(entry) = entry(happening, timeline.rate) {
                self.write(happening.at, entry);
            }
        }
        if now >= self.next {
            self.write(now, Entry::Position);
            self.next = now + timeline.rate.frames(POSITION);
        }
    }
}

/// What is recorded of a happening.
fn entry(happening: &Happening, rate: Rate) -> Option<Entry> {
    Some(match &happening.what {
        What::Phase(span) => Entry::Phase {
            name: span.name.clone(),
        },
        What::Clip(clip) => Entry::Clip {
            title: clip.title.clone(),
            file: clip.track.display().to_string(),
            gain: Some(clip.gain.decibels()).filter(|gain| gain.0.is_finite()),
        },
        // What sounds was recorded before it did; how a session ended is its owner's to tell.
        What::Cue(cue) if cue.sort == CueSort::Remind => starts(cue),
        What::Missed(cue) => Entry::CueLeftOut {
            cue: cue.id,
            name: cue.name.clone(),
            why: "the disk did not answer in time".to_owned(),
        },
        What::Starved(_) => Entry::Starved,
        What::Trouble(trouble) => Entry::Trouble {
            file: trouble.file.display().to_string(),
            why: trouble.error.to_string(),
        },
        What::Changed(change) => Entry::Changed {
            change: change.clone(),
        },
        What::Refused(..) => Entry::Refused {
            why: "too late".to_owned(),
        },
        What::Pausing => Entry::Pausing,
        What::Paused => Entry::Paused,
        What::WentOn { rested } => Entry::WentOn { rested: *rested },
        What::CameBack { ramp } => Entry::CameBack { ramp: *ramp },
        What::Stopping { stop, rested } => Entry::Stopping {
            how: ending(*stop),
            fade: stop.length(rate),
            rested: *rested,
        },
        What::Cue(_) | What::Over => return None,
    })
}

/// How a session ends that is stopped so.
#[must_use]
pub const fn ending(stop: Stop) -> Ending {
    match stop {
        Stop::Soft | Stop::Quick => Ending::Faded,
        Stop::Hard => Ending::AtOnce,
    }
}

fn starts(cue: &PlacedCue) -> Entry {
    Entry::CueStarts {
        cue: cue.id,
        name: cue.name.clone(),
    }
}

struct ScribesGate<'a> {
    scribe: &'a mut Scribe,
    timeline: &'a Timeline,
    begun: bool,
}

impl Gate for ScribesGate<'_> {
    fn ask(&mut self, cue: CueId, left: Frames) -> Permit {
        let rate = self.timeline.rate;
        if left > rate.frames(EARLY) {
            return Permit::Wait;
        }
        let Some(placed) = self.timeline.cues.iter().find(|placed| placed.id == cue) else {
            return Permit::Wait;
        };
        let journal = &self.scribe.journal;
        let ticket = self.scribe.asked.entry(cue);
        let ticket = ticket.or_insert_with(|| journal.append(Some(placed.at), starts(placed)));
        if ticket.is_synced() {
            Permit::Given
        } else if left > rate.frames(LAST) || !self.begun {
            // The session does not begin before what is heard first is recorded.
            Permit::Wait
        } else if placed.by_hand {
            // Somebody asked for it just now, and is there to hear whether it comes.
            Permit::Given
        } else {
            Permit::Refused
        }
    }
}
