//! Keeps an output alive through a session: when its device is lost the session's clock goes on without it, and the sound
//! comes back when the same device does.
//!
//! The engine is taken from the lost device at once, whether or not that can be closed. A clock stands in, and makes up for
//! the time in which the device took no frames, so that the session's phases keep their times. The device is looked for,
//! opened and started with silence, and is lent the engine once it has shown that it takes frames: many can be opened and
//! do not play.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::aside::aside;
use crate::engine::Engine;
use crate::output::clock::{MakingUp, RealTime};
use crate::output::device::{Device, RAMP};
use crate::output::device_error::DeviceError;
use crate::output::live::Live;
use crate::output::paced::paced;
use crate::output::patch::Patch;
use crate::output::search::{Gone, Open, Search};
use crate::output::trial::Trial;
use crate::time::{Frames, Rate};
use crate::zone::Layout;

/// No more than this is rendered and thrown away at a change-over.
const MOST_SKIPPED: Duration = Duration::from_millis(250);

/// What the sound goes to, and how.
#[derive(Debug, Clone)]
pub enum Place {
    /// One device, and never another.
    Device {
        /// Its identity.
        id: String,
        /// Which of its channels.
        patch: Patch,
        /// Frames that it takes in one go.
        period: u32,
    },
    /// No device: real time in blocks of so many frames.
    Paced {
        /// Frames that are made in one go.
        period: u32,
    },
}

/// What happened to an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The device does not play any more. The session goes on without it.
    Lost,
    /// It plays again.
    Back {
        /// After so long.
        after: Duration,
    },
}

/// How an output is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whether the device plays, rather than the clock that stands in for it.
    pub plays: bool,
    /// How often the device ran dry.
    pub xruns: u64,
    /// How often it was lost.
    pub losses: u64,
    /// The longest that one block took to make.
    pub worst: Duration,
    /// Whether the audio thread has real-time priority; `None` where that is not known.
    pub real_time: Option<bool>,
}

enum State {
    /// As it should be.
    Playing(Live),
    /// The clock stands in.
    StandIn(Box<StandIn>),
    /// The system gave no thread for the clock; it is asked again.
    Still(Option<Box<Engine>>),
}

/// What goes on while the device is lost.
struct StandIn {
    clock: Live,
    /// Since when the clock's frames are counted.
    begin: Instant,
    /// It has made up for what was missed.
    even: Arc<AtomicBool>,
    quest: Quest,
}

/// How far the device is on its way back.
enum Quest {
    /// It is not there, or cannot be opened.
    Search(Search),
    /// It is started, and has to show that it plays.
    Trial(Live, Trial),
}

/// Keeps an output alive.
pub struct Keeper {
    open: Open,
    has_device: bool,
    rate: Rate,
    channels: usize,
    period: u32,
    real_time: bool,
    state: State,
    lost_at: Instant,
    /// What nobody was told of yet.
    untold: Vec<Turn>,
    /// What earlier streams of the same device counted.
    earlier: Facts,
}

impl Keeper {
    /// An output that plays. Where the device is not there and `wait`, the clock stands in until it is. With
    /// `real_time` the audio thread asks for real-time priority. Blocking, some seconds at most.
    ///
    /// # Errors
    /// Where the device cannot be used.
    pub fn start(
        place: Place,
        layout: &Layout,
        rate: Rate,
        engine: Box<Engine>,
        wait: bool,
        real_time: bool,
    ) -> Result<Self, DeviceError> {
        let channels = layout.channels();
        let (has_device, period) = match &place {
            Place::Device { period, .. } => (true, *period),
            Place::Paced { period } => (false, *period),
        };
        let layout = layout.clone();
        let open: Open = Arc::new(move || match &place {
            Place::Device { id, patch, period } => {
                Device::exactly(id)?.open_with(&layout, *patch, rate, *period)
            }
            Place::Paced { period } => {
                let clock = RealTime::new(rate);
                Ok(paced(channels, *period as usize, clock, Box::new(|_| ())))
            }
        });
        let mut keeper = Self::of(open, has_device, rate, channels, period);
        keeper.real_time = real_time;
        keeper.begin(engine, wait)?;
        Ok(keeper)
    }

    fn of(open: Open, has_device: bool, rate: Rate, channels: usize, period: u32) -> Self {
        Self {
            open,
            has_device,
            rate,
            channels,
            period,
            real_time: false,
            state: State::Still(None),
            lost_at: Instant::now(),
            untold: Vec::new(),
            earlier: Facts {
                plays: false,
                xruns: 0,
                losses: 0,
                worst: Duration::ZERO,
                real_time: None,
            },
        }
    }

    fn begin(&mut self, engine: Box<Engine>, wait: bool) -> Result<(), DeviceError> {
        let begun = match (self.open)() {
            Ok(live) => {
                self.ask(&live);
                live.play(engine)
            }
            Err(error) => Err((error, Some(engine))),
        };
        match begun {
            Ok(live) => self.state = State::Playing(live),
            Err((error, Some(engine))) if wait => {
                tracing::warn!("{error}; the session goes on in silence until it is there");
                self.earlier.losses += 1;
                self.lost_at = Instant::now();
                self.untold.push(Turn::Lost);
                self.state = self.stand_in(engine, self.lost_at);
            }
            Err((error, _)) => return Err(error),
        }
        Ok(())
    }

    fn ask(&self, live: &Live) {
        if self.real_time {
            live.health().want_real_time();
        }
    }

    /// Looks after the output, and tells what happened to it. Call it several times a second. Waits for a block that is being
    /// made at most.
    pub fn tick(&mut self) -> Vec<Turn> {
        let mut turns = std::mem::take(&mut self.untold);
        self.state = match std::mem::replace(&mut self.state, State::Still(None)) {
            State::Playing(live) => self.watch(live, &mut turns),
            State::StandIn(stand_in) => self.seek(*stand_in, &mut turns),
            State::Still(Some(engine)) => self.stand_in(engine, Instant::now()),
            State::Still(None) => State::Still(None),
        };
        turns
    }

    fn watch(&mut self, mut live: Live, turns: &mut Vec<Turn>) -> State {
        if !self.has_device || !live.is_dead() {
            return State::Playing(live);
        }
        let Some(engine) = live.take() else {
            // A block is being made right now, so it is not dead after all.
            return State::Playing(live);
        };
        self.earlier = self.add(&live);
        self.earlier.losses += 1;
        let due = live.health().due(self.rate).unwrap_or_else(Instant::now);
        self.lost_at = due;
        turns.push(Turn::Lost);
        aside("device", move || drop(live.close()));
        self.stand_in(engine, due)
    }

    /// The clock goes on without the device, from when the next frame was due, and the device is looked for.
    fn stand_in(&self, engine: Box<Engine>, due: Instant) -> State {
        let (clock, even) = MakingUp::since(due, self.rate);
        let clock = paced(self.channels, self.period as usize, clock, Box::new(|_| ()));
        match clock.play(engine) {
            Ok(clock) => State::StandIn(Box::new(StandIn {
                clock,
                begin: due,
                even,
                quest: self.search(),
            })),
            Err((error, engine)) => {
                tracing::error!("the session's clock cannot go on: {error}");
                State::Still(engine)
            }
        }
    }

    fn search(&self) -> Quest {
        Quest::Search(Search::begin(Arc::clone(&self.open)))
    }

    fn seek(&mut self, mut stand_in: StandIn, turns: &mut Vec<Turn>) -> State {
        let now = Instant::now();
        stand_in.quest = match stand_in.quest {
            Quest::Search(search) => match search.found() {
                Ok(Some(live)) => {
                    self.ask(&live);
                    Quest::Trial(live, Trial::new(now))
                }
                Ok(None) => Quest::Search(search),
                Err(Gone) => self.search(),
            },
            Quest::Trial(mut live, mut trial) => {
                let passed = trial.is_passed(live.health().frames(), now);
                if live.is_dead() {
                    aside("device", move || drop(live.close()));
                    self.search()
                } else if passed
                    && stand_in.even.load(Ordering::Relaxed)
                    && let Some(engine) = stand_in.clock.take()
                {
                    // The device asks for its next block half a period from now, on the mean.
                    let half = self.rate.duration(Frames::from(self.period as usize / 2));
                    let passed = now.duration_since(stand_in.begin) + half;
                    let owed = self.rate.frames(passed) - stand_in.clock.health().played();
                    aside("device", move || drop(stand_in.clock.close()));
                    return self.change_over(engine, owed, live, turns);
                } else {
                    Quest::Trial(live, trial)
                }
            }
        };
        State::StandIn(Box::new(stand_in))
    }

    /// The device plays on. `owed` frames of the session's time will have passed until then, and are not heard.
    fn change_over(
        &mut self,
        mut engine: Box<Engine>,
        owed: Frames,
        mut device: Live,
        turns: &mut Vec<Turn>,
    ) -> State {
        if owed <= self.rate.frames(MOST_SKIPPED) {
            engine.render(&mut vec![0.0; owed.index() * self.channels]);
        }
        engine.come_back(self.rate.frames(RAMP));
        match device.lend(engine) {
            Ok(()) => {
                let after = self.lost_at.elapsed();
                turns.push(Turn::Back { after });
                State::Playing(device)
            }
            Err(engine) => {
                aside("device", move || drop(device.close()));
                self.stand_in(engine, Instant::now())
            }
        }
    }

    fn add(&self, live: &Live) -> Facts {
        let health = live.health();
        Facts {
            plays: true,
            xruns: self.earlier.xruns + u64::from(health.xruns()),
            losses: self.earlier.losses,
            worst: self.earlier.worst.max(health.worst()),
            real_time: health.real_time().or(self.earlier.real_time),
        }
    }

    /// How the output is.
    #[must_use]
    pub fn facts(&self) -> Facts {
        match &self.state {
            State::Playing(live) => self.add(live),
            _ => Facts {
                plays: false,
                ..self.earlier.clone()
            },
        }
    }

    /// How long after the last block the output may be closed without cutting what is still to be heard.
    #[must_use]
    pub fn tail(&self) -> Duration {
        match &self.state {
            State::Playing(live) => live.tail(),
            _ => Duration::ZERO,
        }
    }

    /// Closes the output. Does not wait for it.
    pub fn close(self) {
        let open: Vec<Live> = match self.state {
            State::Playing(live) => vec![live],
            State::StandIn(stand_in) => match stand_in.quest {
                Quest::Search(_) => vec![stand_in.clock],
                Quest::Trial(device, _) => vec![stand_in.clock, device],
            },
            State::Still(_) => Vec::new(),
        };
        for live in open {
            aside("device", move || drop(live.close()));
        }
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.facts();
        f.debug_struct("Keeper")
            .field("facts", &facts)
            .finish_non_exhaustive()
    }
}
