//! Timeline to engine commands, each a while before it is due; and what changes of what was sent.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use crate::engine::{
    Command, Deck, Envelope, Fader, GUARD, Handle, Id, LANE, MAX_DECKS, Revision, Voice,
};
use crate::frame::Frame;
use crate::library::Library;
use crate::player::gate::{Gate, Permit};
use crate::player::part::{Key, Part, Source, What, parts, ramps, stream};
use crate::stream::{BRIDGE, Progress, Recipe, Report, StreamError, Streams};
use crate::time::{Frames, Rate};
use crate::timeline::{Clip, CueId, MOST_AT_ONCE, Timeline};
use crate::zone::{MAX_ZONES, Zones};

/// So many ramps of a fader are sent ahead: the engine forgets one when the next comes, and half of its lane is kept
/// free for that.
const RAMPS: usize = LANE / 2;

/// A stream that was opened and is not over.
#[derive(Debug)]
struct OnDeck {
    id: Id,
    key: Key,
    file: Arc<Path>,
    from: Frames,
    end: Frames,
    /// Frames of the part that were skipped when it was opened.
    skipped: Frames,
    progress: Arc<Progress>,
}

impl OnDeck {
    /// Whether its ring held everything up to `until`, or nothing more is waited for.
    fn is_ready(&self, until: Frames) -> bool {
        let needed = until.min(self.end) - self.from - self.skipped;
        self.from >= until || self.progress.is_over() || self.progress.delivered() >= needed
    }
}

impl OnDeck {
    /// Whether it plays the first of these clips.
    fn plays(&self, run: &[Clip]) -> bool {
        match (&self.key, run.first()) {
            (Key::Run(sent), Some(first)) => sent.first().is_some_and(|own| own.is_same(first)),
            _ => false,
        }
    }

    /// Whether it plays this cue at this frame.
    fn is_cue(&self, cue: CueId, from: Frames) -> bool {
        matches!(self.key, Key::Cue(own) if own == cue) && self.from == from
    }
}

/// A cue that was asked for, and plays from memory.
#[derive(Debug)]
struct InMemory {
    id: Id,
    cue: CueId,
    file: Arc<Path>,
    envelope: Envelope,
    zones: Zones,
    /// It is not in memory yet.
    awaited: bool,
}

/// A cue that is ready, and waits for leave to start.
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
    decks: Vec<OnDeck>,
    sounds: Vec<InMemory>,
    /// Where the ramps that were sent end, fader by fader.
    ramps: [VecDeque<Frames>; MAX_ZONES + 1],
    /// Cues that wait for leave to start.
    held: Vec<Held>,
    /// Cues that do not sound any more, whatever a timeline says.
    heard: HashSet<CueId>,
    /// Cues that were waited for no longer, and nobody was told yet.
    given_up: Vec<CueId>,
    /// What the engine had no room for, tried again.
    unsent: VecDeque<Command>,
    /// What was to be taken out by a change that came too late.
    not_dropped: Vec<Id>,
    /// How many decks the engine was given and has not given back. One more than it holds would keep all that comes behind
    /// it from the engine, and with it the change that makes room.
    in_engine: usize,
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

/// A fader's place among all.
fn place(fader: Fader) -> usize {
    match fader {
        Fader::Music(zone) => zone.index(),
        Fader::Master => MAX_ZONES,
    }
}

impl Sequencer {
    /// A sequencer that begins at `start`.
    #[must_use]
    pub fn new(timeline: &Timeline, library: &Library, start: Frames) -> Self {
        let all = parts(timeline, library);
        let mut standing = [None; MAX_ZONES + 1];
        for (at, part) in all.iter().enumerate() {
            if let What::Ramp(fader, _) = part.what
                && part.from <= start
                && let Some(last) = standing.get_mut(place(fader))
            {
                *last = Some(at);
            }
        }
        // What is over is left out, but for the ramp that each fader stands at.
        let parts = all
            .into_iter()
            .enumerate()
            .filter(|(at, part)| part.end > start || standing.contains(&Some(*at)))
            .map(|(_, part)| part)
            .collect();
        Self {
            parts,
            decks: Vec::new(),
            sounds: Vec::new(),
            ramps: Default::default(),
            held: Vec::new(),
            heard: HashSet::new(),
            given_up: Vec::new(),
            unsent: VecDeque::new(),
            not_dropped: Vec::new(),
            in_engine: 0,
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
        self.decks.retain(|deck| deck.end > now);
        self.sounds.retain(|sound| sound.envelope.end() > now);
        for ramps in &mut self.ramps {
            while ramps.front().is_some_and(|end| *end <= now) {
                ramps.pop_front();
            }
        }
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
        (troubles, missed)
    }

    fn hand_over(&mut self, command: Command) {
        if matches!(command, Command::Deck(_)) {
            self.in_engine += 1;
        }
        self.unsent.push_back(command);
    }

    /// The engine gave a deck back.
    pub fn deck_came_back(&mut self) {
        self.in_engine = self.in_engine.saturating_sub(1);
    }

    fn let_cues_go(&mut self, now: Frames, reachable: Frames, gate: &mut dyn Gate) -> Vec<CueId> {
        let mut missed = std::mem::take(&mut self.given_up);
        self.sounds.retain(|sound| {
            let late = sound.awaited && sound.envelope.from < reachable;
            if late {
                missed.push(sound.cue);
            }
            !late
        });
        self.heard.extend(&missed);
        for held in std::mem::take(&mut self.held) {
            let permit = if held.from < reachable {
                Permit::Refused
            } else {
                gate.ask(held.cue, held.from - now)
            };
            match permit {
                Permit::Given => self.hand_over(held.command),
                Permit::Wait => self.held.push(held),
                Permit::Refused => {
                    self.sounds.retain(|sound| sound.id != held.id);
                    self.decks.retain(|deck| deck.id != held.id);
                    self.heard.insert(held.cue);
                    missed.push(held.cue);
                }
            }
        }
        missed
    }

    fn has_room(&self, part: &Part) -> bool {
        match &part.what {
            What::Heard { source, .. } => match source {
                Source::Stream(..) => {
                    let held = self.held.iter();
                    let held = held.filter(|held| matches!(held.command, Command::Deck(_)));
                    self.in_engine + held.count() < MAX_DECKS
                }
                // Twice what can sound at once: the next ones are loaded while the last ones ring.
                Source::Memory(_) => self.sounds.len() < 2 * MOST_AT_ONCE,
            },
            What::Ramp(fader, _) => {
                let sent = self.ramps.get(place(*fader));
                sent.is_some_and(|sent| sent.len() < RAMPS)
            }
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
                        self.decks.push(OnDeck {
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
                            None => self.hand_over(command),
                        }
                    }
                    (Source::Memory(file), Key::Cue(cue)) => {
                        self.sounds.push(InMemory {
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
                if let Some(sent) = self.ramps.get_mut(place(fader)) {
                    sent.push_back(ramp.end());
                }
                self.unsent.push_back(Command::Ramp(fader, ramp));
            }
        }
    }

    /// Goes on with a timeline that differs from frame `at` on: what was sent goes another way or is taken out, what was
    /// not is what the new one has.
    pub fn revise(&mut self, timeline: &Timeline, library: &Library, at: Frames) {
        let mut revision = Revision {
            at,
            shapes: Vec::new(),
            dropped: std::mem::take(&mut self.not_dropped),
            faders: Vec::new(),
        };
        let mut left = Vec::new();
        for part in parts(timeline, library) {
            left.extend(self.reconcile(part, library, at, &mut revision));
        }
        self.drop_what_is_gone(timeline, at, &mut revision);
        left.extend(self.steer(timeline, at, &mut revision));
        left.sort_by_key(|part| part.from);
        self.parts = left.into();
        self.unsent.push_back(Command::Revise(Box::new(revision)));
    }

    /// What of a part is yet to be sent.
    fn reconcile(
        &mut self,
        part: Part,
        library: &Library,
        at: Frames,
        revision: &mut Revision,
    ) -> Option<Part> {
        let What::Heard { key, envelope, .. } = &part.what else {
            return None;
        };
        match key {
            Key::Run(run) => {
                let deck = self.decks.iter_mut().find(|deck| deck.plays(run));
                let Some(deck) = deck else {
                    return (part.end > at).then_some(part);
                };
                let Key::Run(sent) = &deck.key else {
                    return None;
                };
                let same = run.iter().zip(sent);
                let same = same.take_while(|(new, old)| new.is_same(old)).count();
                let (kept, rest) = run.split_at(same);
                let kept = super::part::envelope(kept)?;
                deck.end = kept.end();
                revision.shapes.push((deck.id, kept));
                stream(rest.to_vec(), library, self.rate)
            }
            Key::Cue(cue) => {
                let sound = self.sounds.iter().find(|sound| sound.cue == *cue);
                let begun = sound.is_some_and(|sound| sound.envelope == *envelope);
                let deck = self.decks.iter().any(|deck| deck.is_cue(*cue, part.from));
                let heard = self.heard.contains(cue);
                (!begun && !deck && !heard && part.from >= at).then_some(part)
            }
        }
    }

    fn drop_what_is_gone(&mut self, timeline: &Timeline, at: Frames, revision: &mut Revision) {
        let stays = |cue: CueId, from: Frames| {
            let mut cues = timeline.cues.iter();
            from < at || cues.any(|placed| placed.id == cue && placed.at == from)
        };
        self.sounds.retain(|sound| {
            let stays = stays(sound.cue, sound.envelope.from);
            if !stays {
                revision.dropped.push(sound.id);
            }
            stays
        });
        self.decks.retain(|deck| {
            let stays = match &deck.key {
                Key::Cue(cue) => stays(*cue, deck.from),
                Key::Run(_) => {
                    let shaped = revision.shapes.iter().any(|(id, _)| *id == deck.id);
                    shaped || deck.from < at
                }
            };
            if !stays {
                revision.dropped.push(deck.id);
            }
            stays
        });
        let dropped = &revision.dropped;
        self.held.retain(|held| !dropped.contains(&held.id));
    }

    /// The faders' ramps from `at` on: the next ones with the change, the others later.
    fn steer(&mut self, timeline: &Timeline, at: Frames, revision: &mut Revision) -> Vec<Part> {
        let faders = timeline.layout.zones().map(Fader::Music);
        let mut later = Vec::new();
        for fader in faders.chain([Fader::Master]) {
            let own = ramps(timeline).filter(|(of, _)| *of == fader);
            let (begun, coming): (Vec<_>, Vec<_>) =
                own.map(|(_, ramp)| ramp).partition(|ramp| ramp.from < at);
            let sent = coming.len().min(RAMPS / 2);
            let (now, rest) = coming.split_at(sent);
            if let Some(ends) = self.ramps.get_mut(place(fader)) {
                let ending = begun.iter().chain(now).map(crate::fade::Ramp::end);
                *ends = ending.filter(|end| *end > at).collect();
            }
            later.extend(rest.iter().map(|ramp| Part {
                from: ramp.from,
                end: ramp.end(),
                what: What::Ramp(fader, *ramp),
            }));
            revision.faders.push((fader, now.to_vec()));
        }
        later
    }

    /// A change that was sent came too late, and nothing of it was made; the next one makes up for it.
    pub fn not_made(&mut self, revision: &Revision) {
        self.not_dropped.extend(&revision.dropped);
    }

    fn collect(&mut self, streams: &Streams) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        while let Some(report) = streams.report() {
            match report {
                Report::Loaded(id, sound) => self.loaded(id, sound),
                Report::Failed(id, error) => {
                    let sounds = self.sounds.iter().map(|sound| (sound.id, &sound.file));
                    let decks = self.decks.iter().map(|deck| (deck.id, &deck.file));
                    if let Some((_, file)) = sounds.chain(decks).find(|(of, _)| *of == id) {
                        let file = Arc::clone(file);
                        troubles.push(Trouble { file, error });
                    }
                    self.sounds.retain(|sound| sound.id != id);
                }
            }
        }
        troubles
    }

    fn loaded(&mut self, id: Id, frames: Arc<[Frame]>) {
        let Some(sound) = self.sounds.iter_mut().find(|sound| sound.id == id) else {
            return;
        };
        sound.awaited = false;
        let voice = Voice::new(id, sound.envelope, sound.zones, frames);
        self.held.push(Held {
            id,
            cue: sound.cue,
            from: sound.envelope.from,
            command: Command::Voice(Box::new(voice)),
        });
    }

    /// Whether a cue that is due soon is held back, until its record is safe.
    #[must_use]
    pub fn holds_cues(&self) -> bool {
        !self.held.is_empty()
    }

    /// The least that any stream that sounds at `now` holds ready; `None` where none sounds, or all is there to its end.
    #[must_use]
    pub fn read_ahead(&self, now: Frames) -> Option<Frames> {
        let sounding = self.decks.iter();
        let sounding = sounding.filter(|deck| deck.from <= now && now < deck.end);
        let waiting = sounding.filter(|deck| !deck.progress.is_over());
        let ahead = waiting.map(|deck| deck.from + deck.skipped + deck.progress.delivered() - now);
        ahead.min()
    }

    /// Waits no longer for what sounds before `until` and is not there: the bed stands in, and such a cue is left out.
    pub fn give_up(&mut self, until: Frames) {
        let until = until + Frames::from(2 * GUARD);
        for deck in self.decks.iter().filter(|deck| !deck.is_ready(until)) {
            deck.progress.end();
        }
        self.sounds.retain(|sound| {
            let stays = !sound.awaited || sound.envelope.from >= until;
            if !stays {
                self.given_up.push(sound.cue);
            }
            stays
        });
    }

    /// Whether everything that sounds before `until` is in the engine's hands, and the rings hold it.
    #[must_use]
    pub fn is_ready(&self, until: Frames) -> bool {
        let until = until + Frames::from(2 * GUARD);
        let handed_over = self.unsent.is_empty()
            && self.held.iter().all(|held| held.from >= until)
            && self.parts.front().is_none_or(|part| part.from >= until)
            && self
                .sounds
                .iter()
                .all(|sound| !sound.awaited || sound.envelope.from >= until);
        handed_over && self.decks.iter().all(|deck| deck.is_ready(until))
    }
}
