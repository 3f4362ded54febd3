//! What a journal tells: enough to go on with its session, or to report it.

use std::collections::HashSet;
use std::ops::Range;

use super::last_heard::LastHeard;
use super::reader::Scroll;
use super::record::{Ending, Entry, Record, Started};
use crate::time::Frames;
use crate::timeline::{Change, CueId};

/// What a journal tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What began the session.
    pub started: Started,
    /// What was changed, and from which frame on; in the order in which it was.
    pub changes: Vec<(Frames, Change)>,
    /// The cues that were started and not left out after all, and the frames they were due at.
    pub cues: Vec<(CueId, Frames)>,
    /// How far the session is known to have been heard, before any crash.
    pub position: Frames,
    /// Whether it rested when the journal ends, or was on the way to it.
    pub is_paused: bool,
    /// When it was heard last, and whether the program was asked to end then.
    pub last_heard: LastHeard,
    /// How it ended; `None` where it was cut off. Who asked for the end got it, whether or not it was reached.
    pub ending: Option<Ending>,
    /// Which start of the machine wrote last.
    pub boot: String,
    /// When the last record was written, in milliseconds since 1970.
    pub last_wall: u64,
    /// Every record that is whole.
    pub records: Vec<Record>,
    /// Lines that were torn or damaged.
    pub damaged: usize,
    /// When the first record was written.
    begun: u64,
    /// Where it ended.
    end: Frames,
}

impl Account {
    /// `None` where there is no start.
    pub(super) fn of(scroll: Scroll) -> Option<Self> {
        let started = scroll
            .records
            .iter()
            .find_map(|record| match &record.entry {
                Entry::Started(started) => Some(started.clone()),
                _ => None,
            })?;
        let mut account = Self {
            boot: started.boot.clone(),
            started,
            changes: Vec::new(),
            cues: Vec::new(),
            position: Frames::ZERO,
            is_paused: false,
            last_heard: LastHeard::default(),
            ending: None,
            last_wall: 0,
            records: Vec::new(),
            damaged: scroll.damaged,
            begun: scroll.records.first().map_or(0, |record| record.wall),
            end: Frames::ZERO,
        };
        for record in &scroll.records {
            account.take(record);
        }
        account.records = scroll.records;
        Some(account)
    }

    fn take(&mut self, record: &Record) {
        self.last_wall = record.wall;
        self.last_heard.take(record);
        let at = record.at.unwrap_or_default();
        match &record.entry {
            Entry::Position { .. } | Entry::Phase { .. } | Entry::Clip { .. } => self.heard(at),
            Entry::Changed { change } => self.changes.push((at, change.clone())),
            Entry::CueStarts { cue, .. } => self.cues.push((*cue, at)),
            // It did not sound, and may come yet.
            Entry::CueLeftOut { cue, .. } => self.cues.retain(|(started, _)| started != cue),
            Entry::Pausing => self.is_paused = true,
            Entry::Paused => {
                self.heard(at);
                self.is_paused = true;
            }
            Entry::WentOn { .. } => {
                self.heard(at);
                self.is_paused = false;
            }
            Entry::Resumed { from, boot, .. } => {
                self.position = self.position.max(*from);
                self.boot.clone_from(boot);
                // A session that rested rests until it goes on, however often it is taken up.
                self.ending = None;
            }
            Entry::Stopping { how, .. } => self.ending = Some(*how),
            Entry::Ended { how } => {
                self.ending = Some(*how);
                self.end = at;
            }
            _ => {}
        }
    }

    fn heard(&mut self, at: Frames) {
        self.position = self.position.max(at);
    }

    /// The cues that were started.
    #[must_use]
    pub fn started_cues(&self) -> HashSet<CueId> {
        self.cues.iter().map(|(cue, _)| *cue).collect()
    }

    /// How far it was heard: to its end, where it was not cut off.
    #[must_use]
    pub fn heard_until(&self) -> Frames {
        self.position.max(self.end)
    }

    /// When the session began, in milliseconds since 1970.
    #[must_use]
    pub const fn begun_wall(&self) -> u64 {
        self.begun
    }

    /// How many records are lost: dropped, or damaged. A torn last line counts as one.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let missing = self.missing().into_iter();
        let missing = missing.fold(0_u64, |sum, it| sum.saturating_add(it.end - it.start));
        missing.max(self.damaged as u64)
    }

    /// The numbers of records that were dropped or damaged, up to the last one that is whole.
    #[must_use]
    pub fn missing(&self) -> Vec<Range<u64>> {
        let mut next = 0;
        let mut missing = Vec::new();
        for record in &self.records {
            if record.number > next {
                missing.push(next..record.number);
            }
            next = next.max(record.number.saturating_add(1));
        }
        missing
    }
}
