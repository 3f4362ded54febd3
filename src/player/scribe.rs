//! What a session does, written into its journal.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::Stop;
use crate::journal::{Ending, Entry, Journal, Sounding, Ticket};
use crate::level::Loudness;
use crate::player::gate::{Gate, Permit};
use crate::player::happening::{Happening, What};
use crate::time::Frames;
use crate::timeline::{CueId, CueSort, PhaseSpan, PlacedCue, Timeline};
use crate::zone::Zone;

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
    /// The cues whose starts were recorded, and where; those that still can be moved.
    asked: HashMap<(CueId, Frames), (Ticket, String)>,
    /// The phase that was last told of, by its place in the script.
    phase: Option<usize>,
    /// Nothing was heard before this frame.
    start: Frames,
    /// What ended before this frame was told of.
    told: Frames,
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
            phase: None,
            start,
            told: start,
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

    /// Records what happened, and how far the session is and how loud.
    pub fn record(
        &mut self,
        timeline: &Timeline,
        happenings: &[Happening],
        now: Frames,
        loudness: impl Fn(Zone) -> Loudness,
    ) {
        let phase_at = |at| timeline.phase_at(at).map(|span| span.number);
        self.phase = self.phase.or(phase_at(self.start));
        for happening in happenings {
            if let Some(entry) = entry(happening, timeline) {
                self.write(happening.at, entry);
            }
            match &happening.what {
                What::Phase(span) => self.phase = Some(span.number),
                What::Changed(_) => self.follow(timeline, happening.at),
                _ => {}
            }
        }
        for clip in &timeline.clips {
            let end = clip.end();
            if self.told < end && end <= now {
                self.write(end, Entry::ClipEnds { from: clip.from });
            }
        }
        self.told = self.told.max(now);
        // While it is prepared nothing is heard.
        if now > self.start && now >= self.next {
            let loudness = loudness_of_all(timeline, loudness);
            self.write(now, Entry::Position { loudness });
            self.next = now + timeline.rate.frames(POSITION);
        }
    }

    /// A change may lead back to a phase that was left, and take a cue out, or elsewhere, whose start is recorded.
    fn follow(&mut self, timeline: &Timeline, at: Frames) {
        if let Some(span) = timeline
            .phase_at(at)
            .filter(|s| Some(s.number) != self.phase)
        {
            self.write(at, phase(span));
            self.phase = Some(span.number);
        }
        let journal = &self.journal;
        self.asked.retain(|(cue, due), (_, name)| {
            let mut placed = timeline.cues.iter();
            let stays = *due < at || placed.any(|placed| placed.id == *cue && placed.at == *due);
            if !stays {
                let left_out = Entry::CueLeftOut {
                    cue: *cue,
                    name: name.clone(),
                    why: "a change took it from its place".to_owned(),
                };
                journal.append(Some(*due), left_out);
            }
            stays
        });
    }
}

/// Nothing where all zones are silent.
fn loudness_of_all(
    timeline: &Timeline,
    loudness: impl Fn(Zone) -> Loudness,
) -> Vec<Option<Loudness>> {
    let zones = timeline.layout.zones().map(loudness);
    let heard = zones.map(|it| Some(it).filter(|it| *it > Loudness::GATE));
    let heard: Vec<_> = heard.collect();
    if heard.iter().all(Option::is_none) {
        Vec::new()
    } else {
        heard
    }
}

/// What is recorded of a happening.
fn entry(happening: &Happening, timeline: &Timeline) -> Option<Entry> {
    Some(match &happening.what {
        What::Phase(span) => phase(span),
        What::Clip(clip) => Entry::Clip {
            title: clip.title.clone(),
            file: clip.track.display().to_string(),
            gain: Some(clip.gain.decibels()).filter(|gain| gain.0.is_finite()),
        },
        // What sounds was recorded before it did; how a session ended is its owner's to tell.
        What::Cue(cue) if cue.sort == CueSort::Remind => starts(cue, timeline),
        What::Missed(cue) => Entry::CueLeftOut {
            cue: cue.id,
            name: cue.name.clone(),
            why: "it was not ready in time".to_owned(),
        },
        What::Starved(_) => Entry::Starved,
        What::Trouble(trouble) => Entry::Trouble {
            file: trouble.file.display().to_string(),
            why: trouble.error.to_string(),
        },
        What::Changed(change) => Entry::Changed {
            change: change.clone(),
        },
        What::Refused(change, _) => Entry::Refused {
            why: "too late".to_owned(),
            // It was possible when it was asked for, so its name is one of the script's.
            asked: Some(change.clone()),
        },
        What::Pausing => Entry::Pausing,
        What::Paused => Entry::Paused,
        What::WentOn { rested } => Entry::WentOn { rested: *rested },
        What::CameBack { ramp } => Entry::CameBack { ramp: *ramp },
        What::Stopping { stop, rested } => Entry::Stopping {
            how: ending(*stop),
            fade: stop.length(timeline.rate),
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

fn phase(span: &PhaseSpan) -> Entry {
    Entry::Phase {
        name: span.name.clone(),
        silent: span.silent,
    }
}

fn starts(cue: &PlacedCue, timeline: &Timeline) -> Entry {
    let to = if cue.sort == CueSort::Remind {
        Vec::new()
    } else {
        timeline.layout.listeners(cue.zones)
    };
    Entry::CueStarts {
        cue: cue.id,
        name: cue.name.clone(),
        how: Some(Sounding {
            kind: cue.sort,
            length: cue.length,
            to,
        }),
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
        let asked = self.scribe.asked.entry((cue, placed.at));
        let (ticket, _) = asked.or_insert_with(|| {
            let ticket = journal.append(Some(placed.at), starts(placed, self.timeline));
            (ticket, placed.name.clone())
        });
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
