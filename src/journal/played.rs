//! A session as it was played, made of its records alone: neither its script nor its music need be there any more.

use std::time::Duration;

use super::account::Account;
use super::last_heard::LastHeard;
use super::moment::{Deed, Moment};
use super::pieces::{Piece, Pieces};
use super::record::{Entry, OutputState, Record, Sounding};
use crate::fade::Fade;
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};
use crate::timeline::picture::Measured;
use crate::timeline::{BedChoice, CueId, CueSort, PhaseSpan, PlacedCue, Timeline, Wish};
use crate::zone::{Layout, Zones};

/// No crossfade is longer.
const LONGEST_CROSSFADE: Duration = Duration::from_secs(60);

/// No session is longer: what a damaged or a made-up record says beyond this is not believed.
const LONGEST_SESSION: Duration = Duration::from_secs(7 * 86_400);

/// A session as it was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// Where phases, pieces and cues were heard, as a timeline. What a record does not tell is left empty: what a file
    /// is like, and what the script says.
    pub timeline: Timeline,
    /// How loud it was.
    pub measured: Measured,
    /// All that happened, in the order of time.
    pub moments: Vec<Moment>,
}

impl Played {
    /// What an account tells. Pure.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        let mut fold = Fold::new(account);
        for record in &account.records {
            fold.take(record);
        }
        fold.finish(account)
    }

    /// How long it was heard.
    #[must_use]
    pub const fn length(&self) -> Frames {
        self.timeline.length
    }

    /// The pieces as they were heard: each with when it began by the wall, in milliseconds since 1970.
    pub fn tracks(&self) -> impl Iterator<Item = &Moment> {
        let is_track = |moment: &&Moment| matches!(moment.deed, Deed::Track { .. });
        self.moments.iter().filter(is_track)
    }
}

/// A cue whose start was recorded.
struct Start {
    id: CueId,
    at: Frames,
    name: String,
    how: Option<Sounding>,
}

/// What is known so far.
struct Fold {
    rate: Rate,
    layout: Layout,
    /// Positions, and when they were reached.
    clock: Vec<(Frames, u64)>,
    position: Frames,
    next_number: u64,
    last_wall: u64,
    phases: Vec<(Frames, String, bool)>,
    pieces: Pieces,
    cues: Vec<Start>,
    moments: Vec<Moment>,
    measured: Measured,
    xruns: u64,
    last_heard: LastHeard,
}

impl Fold {
    fn new(account: &Account) -> Self {
        Self {
            rate: account.started.rate,
            layout: Layout::of(account.started.zones.clone()),
            clock: Vec::new(),
            position: Frames::ZERO,
            next_number: 0,
            last_wall: 0,
            phases: Vec::new(),
            pieces: Pieces::default(),
            cues: Vec::new(),
            moments: Vec::new(),
            measured: Measured::default(),
            xruns: 0,
            last_heard: LastHeard::default(),
        }
    }

    fn tell(&mut self, at: Frames, wall: u64, deed: Deed) {
        self.moments.push(Moment { at, wall, deed });
    }

    fn reach(&mut self, at: Frames, wall: u64) {
        self.position = self.position.max(at);
        self.clock.push((at, wall));
    }

    fn take(&mut self, record: &Record) {
        let wall = record.wall;
        let most = self.rate.frames(LONGEST_SESSION);
        let at = record.at.unwrap_or(self.position).min(most);
        if record.number > self.next_number {
            let records = record.number - self.next_number;
            self.tell(self.position, self.last_wall, Deed::Lost { records });
        }
        self.next_number = self.next_number.max(record.number.saturating_add(1));
        match &record.entry {
            Entry::Started(_) => {
                self.reach(at, wall);
                self.tell(at, wall, Deed::Began);
            }
            Entry::Resumed { from, .. } => {
                let from = (*from).min(most);
                self.interrupted(from);
                if self.last_heard.was_taken_up() {
                    self.forget_interruption();
                }
                let away = wall.saturating_sub(self.last_heard.wall());
                let away = Duration::from_millis(away);
                self.reach(from, wall);
                let asked = self.last_heard.was_left();
                self.tell(from, wall, Deed::Interrupted { away, asked });
            }
            Entry::Phase { name, silent } => {
                self.phases.push((at, name.clone(), *silent));
                let (name, silent) = (name.clone(), *silent);
                self.tell(at, wall, Deed::Phase { name, silent });
            }
            Entry::Clip { title, file, .. } => self.pieces.begin(Piece {
                from: at,
                end: None,
                wall,
                title: title.clone(),
                file: file.clone(),
            }),
            Entry::ClipEnds { from } => self.pieces.end(*from, at),
            Entry::CueStarts { cue, name, how } => {
                // Left out in its old place, or recorded twice.
                self.cues.retain(|it| it.id != *cue);
                self.cues.push(Start {
                    id: *cue,
                    at,
                    name: name.clone(),
                    how: how.clone(),
                });
            }
            Entry::CueLeftOut { cue, name, why } => {
                self.cues.retain(|it| it.id != *cue);
                self.left_out(at, wall, name, why);
            }
            Entry::Position { loudness } => {
                self.reach(at, wall);
                self.measured.values.push((at, loudness.clone()));
            }
            Entry::Pausing => self.tell(at, wall, Deed::Rested { length: None }),
            Entry::Paused => {
                self.reach(at, wall);
                if !matches!(self.rest(), Some(None)) {
                    self.tell(at, wall, Deed::Rested { length: None });
                }
            }
            Entry::WentOn { rested } => {
                self.reach(at, wall);
                let rested = self.rate.duration(*rested);
                if let Some(length @ None) = self.rest() {
                    *length = Some(rested);
                }
            }
            entry => self.take_plain(entry, at, wall),
        }
        self.last_wall = wall;
        self.last_heard.take(record);
    }

    /// What is told as it was recorded.
    fn take_plain(&mut self, entry: &Entry, at: Frames, wall: u64) {
        let deed = match entry {
            Entry::Changed { change } => Deed::Changed(change.clone()),
            Entry::Refused { why, asked } => Deed::Refused {
                why: why.clone(),
                asked: asked.clone(),
            },
            Entry::Mark { name } => Deed::Marked { name: name.clone() },
            Entry::Device { state, detail } => {
                let detail = detail.clone();
                match state {
                    OutputState::Lost => Deed::OutputLost { detail },
                    OutputState::Back => Deed::OutputBack { detail },
                    OutputState::Playing | OutputState::Other => return,
                }
            }
            Entry::Starved => Deed::Starved,
            Entry::Slept { milliseconds } => Deed::Slept {
                length: Duration::from_millis(*milliseconds),
            },
            Entry::Trouble { file, why } => Deed::Trouble {
                file: file.clone(),
                why: why.clone(),
            },
            Entry::Xruns { count } => {
                // The count begins anew when the session is taken up.
                let before = if *count < self.xruns { 0 } else { self.xruns };
                self.xruns = *count;
                Deed::Xruns {
                    count: *count - before,
                }
            }
            Entry::Stopping { how, .. } => Deed::Stopping { how: *how },
            Entry::Ended { how } => {
                self.position = self.position.max(at);
                Deed::Ended { how: *how }
            }
            Entry::Unknown { what, .. } => Deed::Unknown { what: what.clone() },
            _ => return,
        };
        self.tell(at, wall, deed);
    }

    /// The last rest, and for how long it was.
    fn rest(&mut self) -> Option<&mut Option<Duration>> {
        let deeds = self.moments.iter_mut().rev().map(|moment| &mut moment.deed);
        // What came after an interruption is another rest.
        let deeds = deeds.take_while(|deed| !matches!(deed, Deed::Interrupted { .. }));
        deeds.into_iter().find_map(|deed| match deed {
            Deed::Rested { length } => Some(length),
            _ => None,
        })
    }

    /// What was taken up in vain is one interruption with the next.
    fn forget_interruption(&mut self) {
        let is_one = |moment: &Moment| matches!(moment.deed, Deed::Interrupted { .. });
        if let Some(last) = self.moments.iter().rposition(is_one) {
            self.moments.remove(last);
        }
    }

    /// Cues that were recorded ahead and did not come before the session was cut off do not come after it.
    fn interrupted(&mut self, from: Frames) {
        let (begun, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut self.cues)
            .into_iter()
            .partition(|it| it.at < from);
        self.cues = begun;
        for cue in lost {
            let why = "the session was interrupted as it was due";
            self.left_out(cue.at, 0, &cue.name, why);
        }
    }

    fn left_out(&mut self, at: Frames, wall: u64, name: &str, why: &str) {
        let (name, why) = (name.to_owned(), why.to_owned());
        self.tell(at, wall, Deed::LeftOut { name, why });
    }

    /// When a position was reached, by the wall.
    fn wall_at(&self, at: Frames) -> u64 {
        let passed = self.clock.partition_point(|(position, _)| *position <= at);
        let before = passed.checked_sub(1).and_then(|n| self.clock.get(n));
        before.map_or(0, |(position, wall)| {
            wall.saturating_add(self.rate.duration(at - *position).as_millis() as u64)
        })
    }

    fn finish(mut self, account: &Account) -> Played {
        let most = self.rate.frames(LONGEST_SESSION);
        let end = self.position.max(account.position).min(most);
        self.clock.sort_by_key(|(at, _)| *at);
        self.pieces.finish(end, self.rate.frames(LONGEST_CROSSFADE));
        // What was recorded ahead of its time and never came.
        self.cues.retain(|cue| cue.at < end);
        self.cues.sort_by_key(|cue| cue.at);
        let mut moments = std::mem::take(&mut self.moments);
        moments.extend(self.pieces.moments(&moments, end));
        moments.extend(self.cues.iter().map(|cue| Moment {
            at: cue.at,
            wall: self.wall_at(cue.at),
            deed: Deed::Cue {
                name: cue.name.clone(),
                how: cue.how.clone(),
            },
        }));
        for moment in moments.iter_mut().filter(|moment| moment.wall == 0) {
            moment.wall = self.wall_at(moment.at);
        }
        moments.sort_by_key(|moment| (moment.at, rank(&moment.deed)));
        Played {
            timeline: self.timeline(account, end),
            measured: self.measured,
            moments,
        }
    }

    fn timeline(&self, account: &Account, end: Frames) -> Timeline {
        let started = &account.started;
        let everyone = self.layout.all();
        Timeline {
            title: started.title.clone(),
            script: started.hash.clone(),
            rate: self.rate,
            length: end,
            phases: self.spans(end),
            clips: self.pieces.clips(end, everyone),
            cues: self.cues.iter().map(|cue| self.placed(cue, end)).collect(),
            ducks: Vec::new(),
            levels: Vec::new(),
            speaking: None,
            bed: BedChoice {
                file: None,
                gain: Gain::UNITY,
            },
            layout: self.layout.clone(),
        }
    }

    fn spans(&self, end: Frames) -> Vec<PhaseSpan> {
        let mut begun: Vec<_> = self.phases.iter().filter(|it| it.0 < end).collect();
        begun.sort_by_key(|(from, ..)| *from);
        let ends = begun.iter().skip(1).map(|(from, ..)| *from).chain([end]);
        let spans = begun.iter().zip(ends).enumerate();
        spans
            .map(|(number, ((from, name, silent), to))| PhaseSpan {
                number,
                name: name.clone(),
                from: *from,
                length: to - *from,
                hold: false,
                wish: Wish {
                    lengths: [to - *from; 3],
                    open: false,
                    intensity: None,
                },
                silent: *silent,
                level: Decibels::ZERO,
            })
            .collect()
    }

    fn placed(&self, cue: &Start, end: Frames) -> PlacedCue {
        let kind = cue.how.as_ref().map_or(CueSort::Chime, |how| how.kind);
        let length = cue.how.as_ref().map_or(Frames::ZERO, |how| how.length);
        let to = cue.how.as_ref().map(|how| how.to.iter());
        let zones = to.map(|to| to.filter_map(|listener| self.layout.zone(*listener)));
        PlacedCue {
            id: cue.id,
            name: cue.name.clone(),
            sort: kind,
            at: cue.at,
            length: length.min(end - cue.at),
            zones: zones.map_or(self.layout.all(), |to| to.fold(Zones::NONE, Zones::with)),
            sound: None,
            text: None,
            gain: Gain::UNITY,
            fade_in: Fade::NONE,
            fade_out: Fade::NONE,
            ducks: false,
            asked: cue.at,
            by_hand: false,
        }
    }
}

/// What is told first of what happened at one position.
const fn rank(deed: &Deed) -> u8 {
    match deed {
        Deed::Began => 0,
        Deed::Changed(_) => 1,
        Deed::Phase { .. } => 2,
        Deed::Track { .. } => 3,
        Deed::Stopping { .. } => 5,
        Deed::Ended { .. } => 6,
        _ => 4,
    }
}
