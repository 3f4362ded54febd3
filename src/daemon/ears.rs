//! The check of the ears: a soft chime on each listener's left and right channel in turn, for people to say whether they
//! heard it there; and what a session needs of it.

mod bell;
mod kept;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use crate::aside::aside;
use crate::daemon::desk::{Call, Told};
use crate::daemon::order::{Reason, Refused};
use crate::daemon::playing::{Look, plain};
use crate::daemon::preparation::Means;
use crate::decode::Decoder;
use crate::doctor::patched;
use crate::engine::{Command, Engine, Event, Handle, Setup, Stop};
use crate::level::Decibels;
use crate::output::{Device, Live};
use crate::room::{Channels, Output};
use crate::stream::load;
use crate::time::{Frames, Rate};
use crate::zone::{Caps, Listener};

use bell::{Bell, Chime, LENGTH, chimes, over, told};
pub use kept::{checked, keep};

const CHIME: &[u8] = include_bytes!("../../cues/chime.flac");
/// The limiter stands above the chimes, and has nothing to do.
const CEILING: Decibels = Decibels(-26.0);
/// A device that is being closed is waited for so long.
const PATIENCE: Duration = Duration::from_secs(6);

/// Whose channels were heard to the end, on which device: what somebody can confirm.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    device: String,
    wiring: Vec<(Listener, Channels)>,
}

/// A check that goes on.
#[derive(Debug)]
pub struct Ears {
    means: Means,
    stage: Stage,
    played: Option<Played>,
}

#[derive(Debug)]
enum Stage {
    /// The device is opened, which may hang; with whoever asked.
    Opening(Receiver<Result<Box<Sounding>, Refused>>, Option<Call>),
    Sounding(Box<Sounding>),
    /// It is closed, which may hang; what is told when it is.
    Closing(Receiver<()>, Instant, Option<Told>),
}

#[derive(Debug)]
struct Sounding {
    live: Live,
    handle: Handle,
    rate: Rate,
    bell: Bell,
    /// Who comes after the one that hears it now.
    next: VecDeque<Listener>,
    /// The two of the one that hears it now, and how many of them were told.
    chimes: Vec<Chime>,
    told: usize,
    /// Where these are over.
    end: Frames,
    /// How long it is waited then, and whether somebody was told so, and is ready.
    pause: Frames,
    waits: bool,
    ready: bool,
    /// When the output can be closed without cutting what is still to be heard, and how it ended.
    closes: Option<(Instant, &'static str)>,
    played: Played,
}

impl Ears {
    /// Begins: opens the room's device on a thread of its own, and plays for all listeners or for one. Does not block.
    #[must_use]
    pub fn begin(means: Means, only: Option<Listener>, pause: Duration, call: Call) -> Self {
        means.brake.release();
        let (done, opened) = sync_channel(1);
        let own = means.clone();
        let work = move || {
            let _ = done.send(open(&own, only, pause).map(Box::new));
        };
        let thread = std::thread::Builder::new().name("ears".to_owned());
        if let Err(error) = thread.spawn(work) {
            tracing::warn!("the system gives no thread to check the ears in: {error}");
        }
        Self {
            means,
            stage: Stage::Opening(opened, Some(call)),
            played: None,
        }
    }

    /// Ends it within 30 ms. Does not block.
    pub fn stop(&self) {
        self.means.brake.pull(Stop::Hard);
    }

    /// Whether it was told to end, and does.
    #[must_use]
    pub fn ends(&self) -> bool {
        let sounds = !matches!(self.stage, Stage::Opening(..));
        sounds && self.means.brake.pulled().is_some()
    }

    /// Whether it waits for the next listener.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(&self.stage, Stage::Sounding(sounding) if sounding.waits)
    }

    /// The next listener is ready. Does not block.
    pub fn go_on(&mut self) {
        if let Stage::Sounding(sounding) = &mut self.stage {
            sounding.ready = true;
        }
    }

    /// What was heard to the end, once it is over.
    #[must_use]
    pub fn played(self) -> Option<Played> {
        self.played
    }

    /// Looks after it, and tells which ear it is about. Does not block.
    pub fn look(&mut self) -> Look {
        let mut look = Look::default();
        let closed = sync_channel(1).1;
        let stage = std::mem::replace(
            &mut self.stage,
            Stage::Closing(closed, Instant::now(), None),
        );
        self.stage = match stage {
            Stage::Opening(opened, call) => match opened.try_recv() {
                Err(TryRecvError::Empty) => Stage::Opening(opened, call),
                Ok(Ok(sounding)) => {
                    let sentence = format!(
                        "A soft chime comes on each side in turn, {} in all.",
                        2 * (1 + sounding.next.len())
                    );
                    if let Some(call) = call {
                        call.reply(Ok(plain(sentence)));
                    }
                    Stage::Sounding(sounding)
                }
                failed => {
                    let lost = || Refused::new(Reason::Failed, "the ears could not be checked");
                    let refused = failed.ok().and_then(Result::err).unwrap_or_else(lost);
                    if let Some(call) = call {
                        call.reply(Err(refused));
                    }
                    look.is_over = true;
                    return look;
                }
            },
            Stage::Sounding(sounding) => self.listen(sounding, &mut look),
            Stage::Closing(closed, since, mut over) => {
                let hangs = since.elapsed() > PATIENCE;
                look.is_over = hangs || closed.try_recv() != Err(TryRecvError::Empty);
                if look.is_over {
                    // Not before, so that who hears of it finds the device and the daemon free.
                    look.told.extend(over.take());
                }
                Stage::Closing(closed, since, over)
            }
        };
        look
    }

    fn listen(&mut self, mut sounding: Box<Sounding>, look: &mut Look) -> Stage {
        let now = sounding.handle.position();
        let mut stopped = false;
        while let Some(event) = sounding.handle.event() {
            stopped |= matches!(event, Event::Stopped(_));
        }
        let stops = self.means.brake.pulled().is_some();
        while let Some(chime) = sounding.chimes.get(sounding.told)
            && chime.at <= now
            && !stops
        {
            look.told.push(told(chime, sounding.rate));
            sounding.told += 1;
        }
        if sounding.closes.is_none() {
            let over = now >= sounding.end && sounding.next.is_empty();
            if now >= sounding.end && !over && !stops {
                sounding.wait(now, look);
            }
            let how = match (stopped, over, sounding.live.is_dead()) {
                (true, ..) => Some("stopped"),
                (_, true, _) => Some("heard"),
                (_, _, true) => Some("lost"),
                _ => None,
            };
            sounding.closes = how.map(|how| (Instant::now() + sounding.live.tail(), how));
        }
        match sounding.closes {
            Some((when, how)) if Instant::now() >= when => {
                let over = Told {
                    number: 0,
                    at: sounding.rate.seconds(now),
                    what: "ears-over".to_owned(),
                    text: how.to_owned(),
                };
                let Sounding { live, played, .. } = *sounding;
                self.played = (how == "heard").then_some(played);
                let (done, closed) = sync_channel(1);
                aside("device", move || {
                    drop(live.close());
                    let _ = done.send(());
                });
                Stage::Closing(closed, Instant::now(), Some(over))
            }
            _ => Stage::Sounding(sounding),
        }
    }
}

impl Sounding {
    /// It is time for the next listener, or nearly so.
    fn wait(&mut self, now: Frames, look: &mut Look) {
        let Some(next) = self.next.front().copied() else {
            return;
        };
        if !self.waits {
            self.waits = true;
            look.told.push(Told {
                number: 0,
                at: self.rate.seconds(now),
                what: "ears-next".to_owned(),
                text: next.to_string(),
            });
        }
        if self.ready || now >= self.end + self.pause {
            self.next.pop_front();
            self.sound(next, now);
        }
    }

    /// The chimes of a listener come.
    fn sound(&mut self, listener: Listener, now: Frames) {
        (self.waits, self.ready, self.told) = (false, false, 0);
        self.chimes = chimes(listener, now, self.rate);
        self.end = over(now, self.rate);
        for voice in self.bell.voices(&self.chimes) {
            // A handful finds room in a ring of a thousand.
            let _ = self.handle.send(Command::Voice(Box::new(voice)));
        }
    }
}

/// Opens the device and begins. Blocking.
fn open(means: &Means, only: Option<Listener>, pause: Duration) -> Result<Sounding, Refused> {
    let room = &means.room;
    let Output::Device(id) = &room.output else {
        let sentence = "this room plays on no device (`paced`), so there is nothing to hear";
        return Err(Refused::new(Reason::NotNow, sentence));
    };
    let failed = |error: &dyn std::error::Error| Refused::new(Reason::Failed, error.to_string());
    let device = Device::exactly(id).map_err(|error| failed(&error))?;
    let rate = room.rate.unwrap_or_else(|| device.rate());
    let all = room.wiring(device.channels());
    let (layout, patch) = patched(&all);
    let wanted = |(listener, _): &(Listener, Channels)| only.is_none_or(|only| only == *listener);
    let wiring: Vec<_> = all.into_iter().filter(wanted).collect();
    if let (Some(only), true) = (only, wiring.is_empty()) {
        let sentence =
            format!("the room file names no channels for `{only}`; add them under `zones`");
        return Err(Refused::new(Reason::Wrong, sentence));
    }
    let decoder = Decoder::of_bytes(CHIME).map_err(|error| failed(&error))?;
    let sound = load(decoder, rate, rate.frames(LENGTH)).map_err(|error| failed(&error))?;
    let ceiling = Caps::new(Vec::new(), Listener::ALL.map(|all| (all, CEILING)).into());
    let (engine, handle) = Engine::new(&Setup {
        rate,
        layout: layout.clone(),
        caps: room.caps.lower(&ceiling),
        brake: means.brake.clone(),
        ..Setup::default()
    });
    let live = device
        .open_with(&layout, patch, rate, room.period)
        .map_err(|error| failed(&error))?;
    live.health().want_real_time();
    let live = live
        .play(Box::new(engine))
        .map_err(|(error, _)| failed(&error))?;
    let mut next: VecDeque<Listener> = wiring.iter().map(|(listener, _)| *listener).collect();
    let first = next.pop_front();
    let mut sounding = Sounding {
        live,
        handle,
        rate,
        bell: Bell::new(&sound, layout, rate),
        next,
        chimes: Vec::new(),
        told: 0,
        end: Frames::ZERO,
        pause: rate.frames(pause),
        waits: false,
        ready: false,
        closes: None,
        played: Played {
            device: id.clone(),
            wiring,
        },
    };
    if let Some(first) = first {
        let now = sounding.handle.position();
        sounding.sound(first, now);
    }
    Ok(sounding)
}
