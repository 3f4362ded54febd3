//! From commands to blocks.

mod revising;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use assert_no_alloc::assert_no_alloc;
use rtrb::{Consumer, Producer, RingBuffer};

use crate::engine::bed::Bed;
use crate::engine::brake::Brake;
use crate::engine::curve::Tracer;
use crate::engine::deck::Deck;
use crate::engine::handle::{Board, Handle};
use crate::engine::id::Id;
use crate::engine::lane::Lane;
use crate::engine::limiter::{Limiter, MAX_BLOCK};
use crate::engine::message::{Command, Event};
use crate::engine::revision::Revision;
use crate::engine::setup::Setup;
use crate::engine::transport::{Motion, Transport};
use crate::engine::voice::Voice;
use crate::engine::zone_bus::ZoneBus;
use crate::frame::{Frame, SILENCE};
use crate::level::Gain;
use crate::time::{Frames, Rate};
use crate::zone::{MAX_ZONES, Zone};

/// The most clips that may be on decks at once: those of a minute, and what leaves when somebody goes to the next piece again
/// and again.
pub const MAX_DECKS: usize = 32;
/// The most cues that may be on voices at once.
pub const MAX_VOICES: usize = 256;
/// The most changes that may wait for their frame.
const MAX_REVISIONS: usize = 16;

/// Renders a session's blocks. Lives on the audio thread; only [`Engine::new`] and dropping it are not real-time safe.
#[derive(Debug)]
#[expect(
    clippy::vec_box,
    reason = "what crosses the boundary stays boxed, so that it can go back as it came, unfreed"
)]
pub struct Engine {
    zones: Box<[ZoneBus]>,
    decks: Vec<Box<Deck>>,
    voices: Vec<Box<Voice>>,
    /// Changes that wait for their frame, the earliest first.
    revisions: Vec<Box<Revision>>,
    /// Changes that could not be handed back yet.
    made: Vec<Event>,
    bed: Bed,
    level: Tracer<Lane>,
    transport: Transport,
    /// The frame that is mixed next; ahead of what leaves by the limiter's latency.
    mixed: Frames,
    latency: Frames,
    primed: bool,
    /// How long the session has stood still in this pause.
    rested: Frames,
    commands: Consumer<Command>,
    events: Producer<Event>,
    board: Arc<Board>,
    brake: Brake,
}

impl Engine {
    /// An engine that waits at its start, and the handle that steers it. Allocates.
    #[must_use]
    pub fn new(setup: &Setup) -> (Self, Handle) {
        let (commands_in, commands) = RingBuffer::new(1024);
        let (events, events_out) = RingBuffer::new(1024);
        let board = Arc::new(Board::default());
        board.position.store(setup.start.0, Ordering::Release);
        let latency = Frames::from(Limiter::latency(setup.rate));
        let first = setup.start + latency;
        board.soonest.store(first.0, Ordering::Release);
        let zones = setup.layout.zones();
        let engine = Self {
            zones: zones.map(|zone| ZoneBus::new(setup, zone)).collect(),
            decks: Vec::with_capacity(MAX_DECKS),
            voices: Vec::with_capacity(MAX_VOICES),
            revisions: Vec::with_capacity(MAX_REVISIONS),
            made: Vec::with_capacity(MAX_REVISIONS),
            bed: Bed::new(setup.bed.clone(), setup.bed_gain),
            level: Tracer::new(Lane::at(Gain::UNITY)),
            transport: Transport::new(setup.rate, setup.ramp_in),
            mixed: setup.start,
            latency,
            primed: false,
            rested: Frames::ZERO,
            commands,
            events,
            board: Arc::clone(&board),
            brake: setup.brake.clone(),
        };
        let handle = Handle {
            commands: commands_in,
            events: events_out,
            board,
            brake: setup.brake.clone(),
        };
        (engine, handle)
    }

    /// Comes from silence within `ramp`, where it plays: what was heard was cut off, and goes on. Real-time safe.
    pub fn come_back(&mut self, ramp: Frames) {
        if self.transport.come_back(ramp) {
            let at = self.leaving();
            self.tell(Event::CameBack { at, ramp });
        }
    }

    /// The session's rate.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.transport.rate()
    }

    /// How many channels a rendered frame has: two for each zone.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.zones.len() * 2
    }

    /// Renders the next block: interleaved, [`Engine::channels`] samples a frame, as many frames as `out` holds.
    /// Real-time safe; in a program whose global allocator is `assert_no_alloc`'s, an allocation here aborts.
    pub fn render(&mut self, out: &mut [f32]) {
        assert_no_alloc(|| self.render_unwatched(out));
    }

    fn render_unwatched(&mut self, out: &mut [f32]) {
        self.obey();
        if !self.primed {
            self.primed = true;
            self.prime();
        }
        let channels = self.channels();
        let block = out.len() / channels;
        let mut rest = out;
        while rest.len() >= channels {
            let most = self.until_revised((rest.len() / channels).min(MAX_BLOCK));
            let frames = match self.transport.motion(most) {
                Motion::Moving(frames) => {
                    self.move_on(&mut rest[..frames * channels], frames);
                    frames
                }
                Motion::CameToRest { for_good } => {
                    let at = self.leaving();
                    self.tell(if for_good {
                        Event::Stopped(at)
                    } else {
                        Event::Paused(at)
                    });
                    0
                }
                Motion::Resting => {
                    // Nothing moves, so nothing has to be waited for; what comes behind a change must not wait either.
                    self.revise_all();
                    self.give_back();
                    rest[..most * channels].fill(0.0);
                    self.rested += Frames::from(most);
                    most
                }
            };
            rest = &mut rest[frames * channels..];
        }
        rest.fill(0.0);
        self.publish(Frames::from(block));
    }

    /// The session's frame that leaves next.
    fn leaving(&self) -> Frames {
        self.mixed - self.latency
    }

    fn obey(&mut self) {
        if let Some(stop) = self.brake.pulled()
            && self.transport.stop(stop)
        {
            let rested = std::mem::take(&mut self.rested);
            let at = self.leaving();
            self.tell(Event::Stopping { at, stop, rested });
        }
        // What finds no room waits in the ring, and what is behind it with it.
        while self.has_room()
            && let Ok(command) = self.commands.pop()
        {
            match command {
                Command::Deck(mut deck) => {
                    if self.primed && deck.from() < self.mixed {
                        deck.come_late();
                    }
                    let place = self.decks.partition_point(|d| order(d) <= order(&deck));
                    self.decks.insert(place, deck);
                }
                Command::Voice(mut voice) => {
                    if self.primed && voice.from() < self.mixed {
                        voice.come_late(self.mixed);
                    }
                    let key = |v: &Voice| (v.from(), v.id);
                    let place = self.voices.partition_point(|v| key(v) <= key(&voice));
                    self.voices.insert(place, voice);
                }
                Command::Ramp(fader, ramp) => self.steer(fader, |lane| {
                    // There is room, or it waits.
                    let _ = lane.push(ramp);
                }),
                Command::Revise(revision) => {
                    let place = self.revisions.partition_point(|r| r.at <= revision.at);
                    self.revisions.insert(place, revision);
                }
                Command::Pause => {
                    if self.transport.pause() {
                        self.tell(Event::Pausing(self.leaving()));
                    }
                }
                Command::Resume => {
                    if self.transport.resume() {
                        let rested = std::mem::take(&mut self.rested);
                        let at = self.leaving();
                        self.tell(Event::WentOn { at, rested });
                    }
                }
            }
        }
    }

    fn has_room(&self) -> bool {
        match self.commands.peek() {
            Ok(Command::Deck(_)) => self.decks.len() < MAX_DECKS,
            Ok(Command::Voice(_)) => self.voices.len() < MAX_VOICES,
            Ok(Command::Revise(_)) => self.revisions.len() + self.made.len() < MAX_REVISIONS,
            // A ramp that was sent after a change belongs to what holds after it.
            Ok(Command::Ramp(fader, _)) => {
                self.revisions.is_empty() && self.has_way(*fader, Frames(u64::MAX), 1)
            }
            _ => true,
        }
    }

    /// Mixes what the limiters look ahead at before the first frame leaves.
    fn prime(&mut self) {
        let mut ahead = self.latency.index();
        while ahead > 0 {
            let frames = self.until_revised(ahead.min(MAX_BLOCK));
            self.mix(frames);
            ahead -= frames;
        }
    }

    fn move_on(&mut self, out: &mut [f32], frames: usize) {
        self.mix(frames);
        let channels = self.channels();
        for (at, bus) in self.zones.iter_mut().enumerate() {
            self.transport.shape(&mut bus.block[..frames]);
            bus.measure(frames);
            let block = &bus.block[..frames];
            if channels == 2 {
                out.copy_from_slice(block.as_flattened());
            } else {
                let places = out.chunks_exact_mut(channels);
                for (place, frame) in places.zip(block) {
                    place[at * 2..at * 2 + 2].copy_from_slice(frame);
                }
            }
        }
        self.transport.advance(frames);
    }

    /// Fills each zone's block with the next `frames` frames, through the limiter.
    fn mix(&mut self, frames: usize) {
        let at = self.mixed;
        let end = at + Frames::from(frames);
        let count = self.zones.len();
        let (mut starved, mut sounds) = (false, false);
        let mut buses = buses(&mut self.zones, frames);
        let music = &mut buses[..count];
        for bus in &mut *music {
            bus.fill(SILENCE);
        }
        for deck in self.decks.iter_mut().filter(|deck| deck.is_music()) {
            deck.mix(at, music);
            let is_due = deck.from() < end && at < deck.end();
            starved |= is_due && deck.is_starved();
            sounds |= is_due;
        }
        let forsaken = !sounds && self.board.attended.load(Ordering::Acquire) < end.0;
        self.bed.mix(at, starved || forsaken, music);
        for (bus, zone) in self.zones.iter_mut().zip(Zone::all()) {
            let decks = self.decks.iter().filter(|deck| deck.zones.contains(zone));
            bus.soften(at, frames, decks.filter_map(|deck| deck.piece()));
        }
        let mut buses = self::buses(&mut self.zones, frames);
        let speech = &mut buses[..count];
        for deck in self.decks.iter_mut().filter(|deck| !deck.is_music()) {
            deck.mix(at, speech);
        }
        for voice in &mut self.voices {
            voice.mix(at, speech);
        }
        for zone in &mut self.zones {
            zone.finish(at, frames, &mut self.level);
        }
        self.mixed = end;
        self.give_back();
    }

    /// Tells whose stream ran dry, and hands back what is over.
    fn give_back(&mut self) {
        self.hand_back_revisions();
        for at in 0..self.decks.len() {
            if self.decks[at].take_alarm() {
                self.tell(Event::Starved(self.decks[at].id));
            }
        }
        let over = self.mixed;
        hand_back(
            &mut self.decks,
            &mut self.events,
            over,
            Deck::end,
            Event::ClipEnded,
        );
        hand_back(
            &mut self.voices,
            &mut self.events,
            over,
            Voice::end,
            Event::CueEnded,
        );
    }

    fn tell(&mut self, event: Event) {
        if self.events.push(event).is_err() {
            self.board.lost_events.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn publish(&mut self, block: Frames) {
        self.hand_back_revisions();
        let zones = self.zones.iter_mut().zip(Zone::all());
        for (bus, zone) in zones {
            self.board.show(zone, bus.take_reading());
        }
        self.board
            .position
            .store(self.leaving().0, Ordering::Release);
        // The next block may be under way before a change arrives; the one after it is not.
        let soonest = self.mixed + block;
        self.board.soonest.store(soonest.0, Ordering::Release);
    }
}

/// The zones' blocks, for everything that is mixed into several at once.
fn buses(zones: &mut [ZoneBus], frames: usize) -> [&mut [Frame]; MAX_ZONES] {
    let mut buses: [&mut [Frame]; MAX_ZONES] = Default::default();
    for (bus, zone) in buses.iter_mut().zip(zones) {
        *bus = &mut zone.block[..frames];
    }
    buses
}

/// The order of mixing: sums of floats depend on it, and it must not depend on when a command arrived.
fn order(deck: &Deck) -> (Frames, Id) {
    (deck.from(), deck.id)
}

/// Moves what ended by `over` to the events; what finds no room there stays and is tried again.
fn hand_back<T>(
    things: &mut Vec<Box<T>>,
    events: &mut Producer<Event>,
    over: Frames,
    end: impl Fn(&T) -> Frames,
    event: impl Fn(Box<T>) -> Event,
) {
    let mut at = 0;
    while at < things.len() {
        if end(&things[at]) <= over && events.slots() > 0 {
            let _ = events.push(event(things.remove(at)));
        } else {
            at += 1;
        }
    }
}
