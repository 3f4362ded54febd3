//! Keeps an output alive through a session: when its device is lost the session's clock goes on without it, and the sound
//! comes back when the same device does.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::output::clock::{Clock, RealTime};
use crate::output::device::{Device, RAMP};
use crate::output::device_error::DeviceError;
use crate::output::live::Live;
use crate::output::paced::paced;
use crate::output::patch::Patch;
use crate::output::search::{Open, Search};
use crate::time::Rate;
use crate::zone::Layout;

/// A device that is closed or started gets this long to give the engine back.
const PATIENCE: Duration = Duration::from_millis(1_500);

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
    /// The device hangs and keeps the engine: the session must be taken up with another ([`Keeper::adopt`]).
    EngineLost,
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

type Started = Result<Live, (DeviceError, Option<Box<Engine>>)>;

enum State {
    /// As it should be.
    Playing(Live),
    /// The device is being closed, which may hang; the engine comes from there.
    Closing(Receiver<Option<Box<Engine>>>, Instant),
    /// The clock stands in.
    StandIn(Live, Search),
    /// The device was found and is being started, which may hang.
    Starting(Receiver<Started>, Instant),
    /// The engine is lost.
    Bereft,
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
            Place::Paced { period } => Ok(stand_in(channels, *period, RealTime::new(rate))),
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
            state: State::Bereft,
            lost_at: Instant::now(),
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
        match (self.open)() {
            Ok(live) => {
                self.ask(&live);
                match live.play(engine) {
                    Ok(live) => self.state = State::Playing(live),
                    Err((error, _)) => return Err(error),
                }
            }
            Err(error) if !wait => return Err(error),
            Err(error) => {
                tracing::warn!("{error}; the session goes on in silence until it is there");
                self.earlier.losses += 1;
                self.lost_at = Instant::now();
                self.stand_in(engine);
            }
        }
        Ok(())
    }

    fn ask(&self, live: &Live) {
        if self.real_time {
            live.health().want_real_time();
        }
    }

    /// Looks after the output, and tells what happened to it. Call it every 50 ms or oftener. Waits for a block of the
    /// stand-in at most.
    pub fn tick(&mut self) -> Vec<Turn> {
        let mut turns = Vec::new();
        self.state = match std::mem::replace(&mut self.state, State::Bereft) {
            State::Playing(mut live) => {
                if self.has_device && live.is_dead() {
                    self.lose(live, &mut turns)
                } else {
                    State::Playing(live)
                }
            }
            State::Closing(back, since) => match back.try_recv() {
                Ok(Some(engine)) => {
                    self.stand_in(engine);
                    return turns;
                }
                Err(TryRecvError::Empty) if since.elapsed() < PATIENCE => {
                    State::Closing(back, since)
                }
                _ => Self::bereft(&mut turns),
            },
            State::StandIn(clock, search) => match search.found() {
                Some(device) => self.change_over(clock, device, &mut turns),
                None => State::StandIn(clock, search),
            },
            State::Starting(started, since) => match started.try_recv() {
                Ok(Ok(live)) => {
                    let after = self.lost_at.elapsed();
                    turns.push(Turn::Back { after });
                    State::Playing(live)
                }
                Ok(Err((_, Some(engine)))) => {
                    self.stand_in(engine);
                    return turns;
                }
                Err(TryRecvError::Empty) if since.elapsed() < PATIENCE => {
                    State::Starting(started, since)
                }
                _ => Self::bereft(&mut turns),
            },
            State::Bereft => State::Bereft,
        };
        turns
    }

    fn bereft(turns: &mut Vec<Turn>) -> State {
        turns.push(Turn::EngineLost);
        State::Bereft
    }

    fn lose(&mut self, live: Live, turns: &mut Vec<Turn>) -> State {
        self.earlier = self.add(&live);
        self.earlier.losses += 1;
        self.lost_at = Instant::now();
        turns.push(Turn::Lost);
        aside(move || live.close())
            .map_or(State::Bereft, |back| State::Closing(back, Instant::now()))
    }

    /// The clock goes on without the device, which is looked for.
    fn stand_in(&mut self, engine: Box<Engine>) {
        let clock = stand_in(self.channels, self.period, RealTime::new(self.rate));
        self.state = match clock.play(engine) {
            Ok(clock) => State::StandIn(clock, Search::begin(Arc::clone(&self.open))),
            Err((error, _)) => {
                tracing::error!("the session's clock cannot go on: {error}");
                State::Bereft
            }
        };
    }

    fn change_over(&mut self, clock: Live, device: Live, turns: &mut Vec<Turn>) -> State {
        self.ask(&device);
        let Some(mut engine) = clock.close() else {
            return Self::bereft(turns);
        };
        engine.come_back(self.rate.frames(RAMP));
        aside(move || device.play(engine)).map_or_else(
            || Self::bereft(turns),
            |started| State::Starting(started, Instant::now()),
        )
    }

    /// Takes another engine in after [`Turn::EngineLost`]; the clock stands in until the device is back.
    pub fn adopt(&mut self, mut engine: Box<Engine>) {
        engine.come_back(self.rate.frames(RAMP));
        self.stand_in(engine);
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
        match self.state {
            State::Playing(live) | State::StandIn(live, _) => drop(aside(move || live.close())),
            _ => {}
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

fn stand_in(channels: usize, period: u32, clock: impl Clock + 'static) -> Live {
    paced(channels, period as usize, clock, Box::new(|_| ()))
}

/// Does work that may hang on a thread that nobody waits for.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<Receiver<T>> {
    let (done, result) = sync_channel(1);
    let thread = thread::Builder::new().name("device".to_owned());
    let begun = thread.spawn(move || {
        let _ = done.send(work());
    });
    begun.ok().map(|_| result)
}
