//! The end of the engine that stays with the player.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rtrb::{Consumer, Producer};

use crate::engine::brake::{Brake, Stop};
use crate::engine::message::{Command, Event};
use crate::engine::zone_bus::Reading;
use crate::level::{Decibels, Gain, Loudness};
use crate::time::Frames;
use crate::zone::{MAX_ZONES, Zone};

/// The latest values, written by the audio thread and read by anyone; but for one.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) position: AtomicU64,
    pub(super) soonest: AtomicU64,
    pub(super) lost_events: AtomicU32,
    /// Written by the player: all music that begins before this frame was handed over.
    pub(super) attended: AtomicU64,
    zones: [ZoneBoard; MAX_ZONES],
}

impl Default for Board {
    fn default() -> Self {
        Self {
            position: AtomicU64::default(),
            soonest: AtomicU64::default(),
            lost_events: AtomicU32::default(),
            attended: AtomicU64::new(u64::MAX),
            zones: Default::default(),
        }
    }
}

#[derive(Debug)]
struct ZoneBoard {
    peak: AtomicU32,
    momentary: AtomicU32,
    limiter: AtomicU32,
    startle: AtomicU32,
}

impl Default for ZoneBoard {
    fn default() -> Self {
        Self {
            peak: AtomicU32::new(0),
            momentary: AtomicU32::new(f32::NEG_INFINITY.to_bits()),
            limiter: AtomicU32::new(0),
            startle: AtomicU32::new(0),
        }
    }
}

impl Board {
    pub(super) fn show(&self, zone: Zone, reading: Reading) {
        if let Some(board) = self.zones.get(zone.index()) {
            // Peaks, limiter and guard keep their worst until somebody looks. All are positive, so bits compare as values do.
            board
                .peak
                .fetch_max(reading.peak.to_bits(), Ordering::Relaxed);
            for (work, gain) in [
                (&board.limiter, reading.limiter),
                (&board.startle, reading.startle),
            ] {
                let away = (1.0 - gain).max(0.0);
                work.fetch_max(away.to_bits(), Ordering::Relaxed);
            }
            board
                .momentary
                .store(reading.momentary.to_bits(), Ordering::Relaxed);
        }
    }
}

/// What a zone's meters showed since they were last read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meters {
    /// The largest sample.
    pub peak: Gain,
    /// Momentary loudness.
    pub momentary: Loudness,
    /// How far the limiter went down; 0 dB while it was idle.
    pub limiter: Decibels,
    /// How far the startle guard held the music back; 0 dB while it was idle.
    pub startle: Decibels,
}

/// Steers an engine from outside the audio thread. No method waits.
#[derive(Debug)]
pub struct Handle {
    pub(super) commands: Producer<Command>,
    pub(super) events: Consumer<Event>,
    pub(super) board: Arc<Board>,
    pub(super) brake: Brake,
}

impl Handle {
    /// Hands a command to the engine.
    ///
    /// # Errors
    /// The command itself, where the engine has not taken the earlier ones yet. Try again later.
    pub fn send(&mut self, command: Command) -> Result<(), Command> {
        self.commands
            .push(command)
            .map_err(|rtrb::PushError::Full(command)| command)
    }

    /// All music that begins before this frame was handed over. Where it passes, nobody looks after the session any more, and
    /// the bed stands in for what would be silence. Until this is told, nothing is missing.
    pub fn attend(&self, until: Frames) {
        self.board.attended.store(until.0, Ordering::Release);
    }

    /// What the engine told, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop().ok()
    }

    /// Ends the session. Needs no queue: the engine looks at one word in each block.
    pub fn stop(&self, stop: Stop) {
        self.brake.pull(stop);
    }

    /// The session's frame that leaves the engine next.
    #[must_use]
    pub fn position(&self) -> Frames {
        Frames(self.board.position.load(Ordering::Acquire))
    }

    /// The first frame at which a change that is sent at once comes in time.
    #[must_use]
    pub fn soonest(&self) -> Frames {
        Frames(self.board.soonest.load(Ordering::Acquire))
    }

    /// How many notices were lost because nobody fetched them. Nothing that sounds depends on them.
    #[must_use]
    pub fn lost_events(&self) -> u32 {
        self.board.lost_events.load(Ordering::Relaxed)
    }

    /// A zone's loudness of the last 400 ms. Resets nothing.
    #[must_use]
    pub fn momentary(&self, zone: Zone) -> Loudness {
        let board = self.board.zones.get(zone.index());
        Loudness(board.map_or(f32::NEG_INFINITY, |board| {
            f32::from_bits(board.momentary.load(Ordering::Relaxed))
        }))
    }

    /// Reads and resets a zone's meters.
    #[must_use]
    pub fn meters(&self, zone: Zone) -> Meters {
        let take = |value: &AtomicU32| f32::from_bits(value.swap(0, Ordering::Relaxed));
        let board = self.board.zones.get(zone.index());
        let left = |work: Option<&AtomicU32>| Gain(1.0 - work.map_or(0.0, take)).decibels();
        Meters {
            peak: Gain(board.map_or(0.0, |b| take(&b.peak))),
            momentary: self.momentary(zone),
            limiter: left(board.map(|b| &b.limiter)),
            startle: left(board.map(|b| &b.startle)),
        }
    }
}
