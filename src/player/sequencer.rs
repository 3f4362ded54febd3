//! Timeline to engine commands, each a while before it is due; and what changes of what was sent.

mod on_its_way;
mod revising;

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use on_its_way::OnItsWay;

use crate::engine::{Command, Deck, Handle, Id};
use crate::frame::Frame;
use crate::library::Library;
use crate::player::decks::{Decks, OnDeck, guarded};
use crate::player::faders::Faders;
use crate::player::gate::{Gate, Permit};
use crate::player::part::{Key, Part, Source, What, parts};
use crate::player::sounds::{InMemory, Sounds};
use crate::stream::{BRIDGE, Recipe, Report, StreamError, Streams};
use crate::time::{Frames, Rate};
use crate::timeline::{CueId, Timeline};

/// So much of a long cue is read before it starts.
const BEGIN: Duration = Duration::from_secs(1);

/// A cue that waits for leave to start.
#[derive(Debug)]
struct Held {
    id: Id,
    cue: CueId,
    from: Frames,
    command: Command,
}

/// Hands the parts of a session to the engine in time.
#[derive(Debug)]
pub struct Sequencer {
    parts: VecDeque<Part>,
    decks: Decks,
    sounds: Sounds,
    faders: Faders,
    /// Cues that wait for leave to start.
    held: Vec<Held>,
    /// Cues that do not sound any more, whatever a timeline says.
    heard: HashSet<CueId>,
    /// Cues that were waited for no longer, and nobody was told yet.
    given_up: Vec<CueId>,
    /// What the engine had no room for, tried again.
    unsent: VecDeque<Command>,
    /// A change that the engine has not made.
    change: Option<Box<OnItsWay>>,
    next: Id,
    rate: Rate,
    /// Streams are opened and sounds loaded this long before they are due: longer than a disk may stall unheard.
    ahead: Frames,
}

/// What went wrong with a file while it was played.
#[derive(Debug)]
pub struct Trouble {
    /// The file; the first of those that are joined without a seam.
    pub file: Arc<Path>,
    /// What happened to its file.
    pub error: StreamError,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.error)
    }
}

impl Sequencer {
    /// A sequencer that begins at `start`.
    #[must_use]
    pub fn new(timeline: &Timeline, library: &Library, start: Frames) -> Self {
        let all = parts(timeline, library);
        let standing = Faders::standing(&all, start);
        // What is over is left out, but for the ramp that each fader stands at.
        let parts = all
            .into_iter()
            .enumerate()
            .filter(|(at, part)| part.end > start || standing.contains(&Some(*at)))
            .map(|(_, part)| part)
            .collect();
        Self {
            parts,
            decks: Decks::default(),
            sounds: Sounds::default(),
            faders: Faders::default(),
            held: Vec::new(),
            heard: HashSet::new(),
            given_up: Vec::new(),
            unsent: VecDeque::new(),
            change: None,
            next: Id(0),
            rate: timeline.rate,
            ahead: timeline.rate.frames(BRIDGE),
        }
    }

    /// Leaves cues out that were heard before: those that are named, and those that began before `start`.
    #[must_use]
    pub fn without(mut self, heard: HashSet<CueId>, start: Frames) -> Self {
        self.parts.retain(|part| match part.cue() {
            Some(cue) => part.from >= start && !heard.contains(&cue),
            None => true,
        });
        self.heard = heard;
        self
    }

    /// Sends what falls due soon after `now`, cues only with leave; tells what failed, and which cues do not come: they got
    /// no leave, or would come after `reachable`, which is the first frame that can still be changed. Does not block.
    pub fn advance(
        &mut self,
        now: Frames,
        reachable: Frames,
        handle: &mut Handle,
        streams: &Streams,
        gate: &mut dyn Gate,
    ) -> (Vec<Trouble>, Vec<CueId>) {
        let troubles = self.collect(streams);
        self.sounds.pass(now);
        self.faders.pass(now);
        while let Some(part) = self.parts.front()
            && part.from <= now + self.ahead
            && self.has_room(part)
        {
            if let Some(part) = self.parts.pop_front() {
                self.begin(part, now, streams);
            }
        }
        let missed = self.let_cues_go(now, reachable, gate);
        while let Some(command) = self.unsent.pop_front() {
            if let Err(command) = handle.send(command) {
                self.unsent.push_front(command);
                break;
            }
        }
        handle.attend(self.attended());
        (troubles, missed)
    }

    /// All music that begins before this frame is in the engine's hands.
    fn attended(&self) -> Frames {
        let waiting = self.change.iter().flat_map(|change| &change.waiting);
        let decks = self.unsent.iter().chain(waiting);
        let decks = decks.filter_map(|command| match command {
            Command::Deck(deck) if deck.is_music() => Some(deck.from()),
            _ => None,
        });
        let next = self.parts.iter().find(|part| part.is_music());
        let first = decks.chain(next.map(|part| part.from)).min();
        first.unwrap_or(Frames(u64::MAX))
    }

    fn hand_over(&mut self, command: Command) {
        if matches!(command, Command::Deck(_)) {
            self.decks.hand_over();
        }
        self.unsent.push_back(command);
    }

    /// What comes with a change that is not made yet is handed over when it is.
    fn hand_over_in_time(&mut self, command: Command) {
        match &mut self.change {
            Some(change) => change.waiting.push_back(command),
            None => self.hand_over(command),
        }
    }

    /// The engine gave a deck back.
    pub fn deck_came_back(&mut self, id: Id) {
        self.decks.came_back(id);
        if let Some(change) = &mut self.change {
            change.decks.retain(|deck| deck.id != id);
        }
    }

    /// The first of what comes with a change that is not made yet; without one, of what is not begun.
    fn first_to_wait(&self) -> Id {
        self.change
            .as_ref()
            .map_or(self.next, |change| change.first)
    }

    fn let_cues_go(&mut self, now: Frames, reachable: Frames, gate: &mut dyn Gate) -> Vec<CueId> {
        let mut missed = std::mem::take(&mut self.given_up);
        missed.extend(self.sounds.give_up(reachable));
        self.heard.extend(&missed);
        let first = self.first_to_wait();
        for held in std::mem::take(&mut self.held) {
            if held.id >= first {
                self.held.push(held);
                continue;
            }
            let permit = if held.from < reachable {
                Permit::Refused
            } else if !self.is_there(&held) {
                Permit::Wait
            } else {
                gate.ask(held.cue, held.from - now)
            };
            match permit {
                Permit::Given => self.hand_over(held.command),
                Permit::Wait => self.held.push(held),
                Permit::Refused => {
                    self.sounds.remove(held.id);
                    self.decks.remove(held.id);
                    self.heard.insert(held.cue);
                    missed.push(held.cue);
                }
            }
        }
        missed
    }

    /// Whether a cue would begin with its begin.
    fn is_there(&self, held: &Held) -> bool {
        let begin = held.from + self.rate.frames(BEGIN);
        matches!(held.command, Command::Voice(_)) || self.decks.is_ready(held.id, begin)
    }

    fn has_room(&self, part: &Part) -> bool {
        match &part.what {
            What::Heard { source, .. } => match source {
                Source::Stream(..) => {
                    let held = self.held.iter();
                    let held = held.map(|held| &held.command);
                    let waiting = self.change.iter().flat_map(|change| &change.waiting);
                    let to_come = held.chain(waiting);
                    let to_come = to_come.filter(|command| matches!(command, Command::Deck(_)));
                    self.decks.has_room(to_come.count())
                }
                Source::Memory(_) => self.sounds.has_room(),
            },
            What::Ramp(fader, _) => self.faders.has_room(*fader),
        }
    }

    fn begin(&mut self, part: Part, now: Frames, streams: &Streams) {
        let (from, end) = (part.from, part.end);
        match part.what {
            What::Heard {
                key,
                envelope,
                zones,
                source,
            } => {
                let id = self.next;
                self.next = Id(id.0 + 1);
                match (source, key) {
                    (Source::Stream(bus, recipe), key) => {
                        let skipped = now - from;
                        let recipe = Recipe {
                            offset: recipe.offset + skipped,
                            length: recipe.length - skipped,
                            ..recipe
                        };
                        let first = recipe.pieces.first();
                        let file =
                            first.map_or_else(|| Path::new("").into(), |p| Arc::clone(&p.path));
                        let stream = streams.open(id, recipe);
                        let cue = match &key {
                            Key::Cue(cue) => Some(*cue),
                            Key::Run(_) => None,
                        };
                        self.decks.add(OnDeck {
                            id,
                            key,
                            file,
                            from,
                            end,
                            skipped,
                            progress: stream.progress,
                        });
                        let deck = Deck::new(id, envelope, zones, bus, stream.frames, skipped);
                        let command = Command::Deck(Box::new(deck));
                        match cue {
                            Some(cue) => self.held.push(Held {
                                id,
                                cue,
                                from,
                                command,
                            }),
                            None => self.hand_over_in_time(command),
                        }
                    }
                    (Source::Memory(file), Key::Cue(cue)) => {
                        self.sounds.add(InMemory {
                            id,
                            cue,
                            file: Arc::clone(&file),
                            envelope,
                            zones,
                            awaited: true,
                        });
                        streams.load(id, file, self.rate, envelope.length);
                    }
                    // Music is never held in memory.
                    (Source::Memory(_), Key::Run(_)) => {}
                }
            }
            What::Ramp(fader, ramp) => {
                self.faders.send(fader, &ramp);
                self.hand_over_in_time(Command::Ramp(fader, ramp));
            }
        }
    }

    fn collect(&mut self, streams: &Streams) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        while let Some(report) = streams.report() {
            match report {
                Report::Loaded(id, sound) => self.loaded(id, sound),
                Report::Failed(id, error) => {
                    if let Some((_, file)) = self
                        .sounds
                        .files()
                        .chain(self.decks.files())
                        .find(|(of, _)| *of == id)
                    {
                        let file = Arc::clone(file);
                        troubles.push(Trouble { file, error });
                    }
                    // What a late change asked for twice may be there already.
                    if !self.sounds.is_there(id) {
                        self.leave_out(id);
                    }
                }
            }
        }
        troubles
    }

    /// A cue that has not begun does not come.
    fn leave_out(&mut self, id: Id) {
        for held in self.held.extract_if(.., |held| held.id == id) {
            self.decks.remove(id);
            self.given_up.push(held.cue);
        }
        self.given_up.extend(self.sounds.remove(id));
    }

    fn loaded(&mut self, id: Id, frames: Arc<[Frame]>) {
        if let Some((cue, voice)) = self.sounds.loaded(id, frames) {
            self.held.push(Held {
                id,
                cue,
                from: voice.from(),
                command: Command::Voice(Box::new(voice)),
            });
        }
    }

    /// Whether a cue that is due soon is held back, until its record is safe.
    #[must_use]
    pub fn holds_cues(&self) -> bool {
        !self.held.is_empty()
    }

    /// The least that any stream that sounds at `now` holds ready; `None` where none sounds, or all is there to its end.
    #[must_use]
    pub fn read_ahead(&self, now: Frames) -> Option<Frames> {
        self.decks.read_ahead(now)
    }

    /// Waits no longer for what sounds before `until` and is not there: the bed stands in, and such a cue is left out.
    pub fn give_up(&mut self, until: Frames) {
        let until = guarded(until);
        let first = self.first_to_wait();
        let due = |held: &&Held| held.from < until && held.id < first;
        let late = self.held.iter().filter(due);
        let late = late.filter(|held| !self.is_there(held)).map(|held| held.id);
        for id in late.collect::<Vec<_>>() {
            self.leave_out(id);
        }
        self.decks.give_up(until, first);
        self.given_up.extend(self.sounds.give_up(until));
    }

    /// Whether everything that sounds before `until` is in the engine's hands, and the rings hold it.
    #[must_use]
    pub fn is_ready(&self, until: Frames) -> bool {
        let until = guarded(until);
        let first = self.first_to_wait();
        let handed_over = self.unsent.is_empty()
            && self
                .held
                .iter()
                .all(|held| held.from >= until || held.id >= first)
            && self.parts.front().is_none_or(|part| part.from >= until)
            && self.sounds.are_ready(until);
        handed_over && self.decks.are_ready(until, first)
    }
}
