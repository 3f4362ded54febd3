//! Timeline to engine commands, each a while before it is due.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use crate::engine::{Command, Deck, Envelope, GUARD, Handle, Id, LANE, MAX_DECKS, Voice};
use crate::frame::Frame;
use crate::library::Library;
use crate::player::part::{Part, What, parts};
use crate::stream::{Progress, Recipe, Report, StreamError, Streams};
use crate::time::{Frames, Rate};
use crate::timeline::{MOST_AT_ONCE, Timeline};
use crate::zone::{MAX_ZONES, Zones};

/// Streams are opened and sounds loaded this long before they are due, in seconds.
const AHEAD: u64 = 20;

/// A stream that was opened and is not over.
#[derive(Debug)]
struct OnDeck {
    id: Id,
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

/// A sound that was asked for and is not in memory yet.
#[derive(Debug)]
struct Awaited {
    id: Id,
    file: Arc<Path>,
    envelope: Envelope,
    zones: Zones,
}

/// Hands the parts of a session to the engine in time.
#[derive(Debug)]
pub struct Sequencer {
    parts: VecDeque<Part>,
    decks: Vec<OnDeck>,
    awaited: Vec<Awaited>,
    /// Where the sounds that were asked for end.
    sounds: Vec<Frames>,
    /// Where the duck ramps that were sent end, zone by zone.
    ducks: [VecDeque<Frames>; MAX_ZONES],
    /// What the engine had no room for, tried again.
    unsent: VecDeque<Command>,
    rate: Rate,
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

impl Sequencer {
    /// A sequencer that begins at `start`.
    #[must_use]
    pub fn new(timeline: &Timeline, library: &Library, start: Frames) -> Self {
        let all = parts(timeline, library);
        let mut ducked = [None; MAX_ZONES];
        for (at, part) in all.iter().enumerate() {
            if let What::Duck(zone, _) = part.what
                && part.from <= start
                && let Some(last) = ducked.get_mut(zone.index())
            {
                *last = Some(at);
            }
        }
        // What is over is left out, but for the ramp that each zone's music stands at.
        let parts = all
            .into_iter()
            .enumerate()
            .filter(|(at, part)| part.end > start || ducked.contains(&Some(*at)))
            .map(|(_, part)| part)
            .collect();
        Self {
            parts,
            decks: Vec::new(),
            awaited: Vec::new(),
            sounds: Vec::new(),
            ducks: Default::default(),
            unsent: VecDeque::new(),
            rate: timeline.rate,
            ahead: Frames(AHEAD * u64::from(timeline.rate.hertz())),
        }
    }

    /// Sends what falls due soon after `now`. Does not block.
    pub fn advance(&mut self, now: Frames, handle: &mut Handle, streams: &Streams) -> Vec<Trouble> {
        let troubles = self.collect(streams);
        self.decks.retain(|deck| deck.end > now);
        self.sounds.retain(|end| *end > now);
        for ducks in &mut self.ducks {
            while ducks.front().is_some_and(|end| *end <= now) {
                ducks.pop_front();
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
        while let Some(command) = self.unsent.pop_front() {
            if let Err(command) = handle.send(command) {
                self.unsent.push_front(command);
                break;
            }
        }
        troubles
    }

    fn has_room(&self, part: &Part) -> bool {
        match &part.what {
            What::Stream { .. } => self.decks.len() < MAX_DECKS,
            // Twice what can sound at once: the next ones are loaded while the last ones ring.
            What::Sound { .. } => self.sounds.len() < 2 * MOST_AT_ONCE,
            // The engine forgets a ramp when the next one comes; half the lane is kept free for that.
            What::Duck(zone, _) => self
                .ducks
                .get(zone.index())
                .is_some_and(|ducks| ducks.len() < LANE / 2),
        }
    }

    fn begin(&mut self, part: Part, now: Frames, streams: &Streams) {
        let (id, from, end) = (part.id, part.from, part.end);
        match part.what {
            What::Stream {
                envelope,
                zones,
                bus,
                recipe,
            } => {
                let skipped = now - from;
                let recipe = Recipe {
                    offset: recipe.offset + skipped,
                    length: recipe.length - skipped,
                    ..recipe
                };
                let first = recipe.pieces.first();
                let file = first.map_or_else(|| Path::new("").into(), |p| Arc::clone(&p.path));
                let stream = streams.open(id, recipe);
                self.decks.push(OnDeck {
                    id,
                    file,
                    from,
                    end,
                    skipped,
                    progress: stream.progress,
                });
                let deck = Deck::new(id, envelope, zones, bus, stream.frames, skipped);
                self.unsent.push_back(Command::Deck(Box::new(deck)));
            }
            What::Sound {
                envelope,
                zones,
                path,
            } => {
                self.sounds.push(end);
                self.awaited.push(Awaited {
                    id,
                    file: Arc::clone(&path),
                    envelope,
                    zones,
                });
                streams.load(id, path, self.rate, envelope.length);
            }
            What::Duck(zone, ramp) => {
                if let Some(ducks) = self.ducks.get_mut(zone.index()) {
                    ducks.push_back(ramp.end());
                }
                self.unsent.push_back(Command::Duck(zone, ramp));
            }
        }
    }

    fn collect(&mut self, streams: &Streams) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        while let Some(report) = streams.report() {
            match report {
                Report::Loaded(id, sound) => self.loaded(id, sound),
                Report::Failed(id, error) => {
                    let sounds = self.awaited.iter().map(|sound| (sound.id, &sound.file));
                    let decks = self.decks.iter().map(|deck| (deck.id, &deck.file));
                    if let Some((_, file)) = sounds.chain(decks).find(|(of, _)| *of == id) {
                        let file = Arc::clone(file);
                        troubles.push(Trouble { file, error });
                    }
                    self.awaited.retain(|awaited| awaited.id != id);
                }
            }
        }
        troubles
    }

    fn loaded(&mut self, id: Id, sound: Arc<[Frame]>) {
        let Some(at) = self.awaited.iter().position(|awaited| awaited.id == id) else {
            return;
        };
        let Awaited {
            id,
            envelope,
            zones,
            ..
        } = self.awaited.swap_remove(at);
        let voice = Voice::new(id, envelope, zones, sound);
        self.unsent.push_back(Command::Voice(Box::new(voice)));
    }

    /// Waits no longer for what sounds before `until` and is not there: the bed stands in, and such a cue is left out.
    pub fn give_up(&mut self, until: Frames) {
        let until = until + Frames::from(2 * GUARD);
        for deck in self.decks.iter().filter(|deck| !deck.is_ready(until)) {
            deck.progress.end();
        }
        self.awaited.retain(|sound| sound.envelope.from >= until);
    }

    /// Whether everything that sounds before `until` is in the engine's hands, and the rings hold it.
    #[must_use]
    pub fn is_ready(&self, until: Frames) -> bool {
        let until = until + Frames::from(2 * GUARD);
        let handed_over = self.unsent.is_empty()
            && self.parts.front().is_none_or(|part| part.from >= until)
            && self
                .awaited
                .iter()
                .all(|sound| sound.envelope.from >= until);
        handed_over && self.decks.iter().all(|deck| deck.is_ready(until))
    }
}
