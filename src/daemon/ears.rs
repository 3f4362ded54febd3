//! The check of the ears: a soft chime on each listener's left and right channel in turn, for people to say whether they
//! heard it there; and what a session needs of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use crate::daemon::desk::{Call, Told};
use crate::daemon::order::{Reason, Refused};
use crate::daemon::playing::{Look, plain};
use crate::daemon::preparation::Means;
use crate::decode::Decoder;
use crate::doctor::{patched, stale};
use crate::engine::{Command, Engine, Envelope, Event, Handle, Id, Loop, Setup, Stop, Voice};
use crate::fade::Fade;
use crate::frame::Frame;
use crate::journal::{boot, now};
use crate::level::{Decibels, Gain};
use crate::output::{Device, Live, aside};
use crate::room::{Channels, Heard, Output, Room, Verified};
use crate::stream::load;
use crate::time::{Frames, Rate};
use crate::zone::{Layout, Listener, Zones};

const CHIME: &[u8] = include_bytes!("../../cues/chime.flac");
/// Silence before the first one.
const LEAD: Duration = Duration::from_millis(400);
/// A chime sounds so long, and the next one begins after the step.
const LENGTH: Duration = Duration::from_millis(1_900);
const STEP: Duration = Duration::from_millis(2_400);
/// Nobody is frightened.
const ATTACK: Duration = Duration::from_millis(250);
const RELEASE: Duration = Duration::from_millis(600);
/// The chime's loudest sample; the limiter stands above it, and has nothing to do.
const PEAK: Decibels = Decibels(-28.0);
const CEILING: Decibels = Decibels(-26.0);
/// A device that is being closed is waited for so long.
const PATIENCE: Duration = Duration::from_secs(6);

/// One chime: whom it is for, on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chime {
    listener: Listener,
    right: bool,
    at: Frames,
}

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
                        let _ = call.answer.send(Ok(plain(sentence)));
                    }
                    Stage::Sounding(sounding)
                }
                failed => {
                    let lost = || Refused::new(Reason::Failed, "the ears could not be checked");
                    let refused = failed.ok().and_then(Result::err).unwrap_or_else(lost);
                    if let Some(call) = call {
                        let _ = call.answer.send(Err(refused));
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
                aside(move || {
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
        self.end = now + self.rate.frames(LEAD + STEP * 2);
        for voice in self.bell.voices(&self.chimes) {
            // A handful finds room in a ring of a thousand.
            let _ = self.handle.send(Command::Voice(Box::new(voice)));
        }
    }
}

fn told(chime: &Chime, rate: Rate) -> Told {
    let side = if chime.right { "right" } else { "left" };
    Told {
        number: 0,
        at: rate.seconds(chime.at),
        what: "ear".to_owned(),
        text: format!("{} {side}", chime.listener),
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
    let (engine, handle) = Engine::new(&Setup {
        rate,
        layout: layout.clone(),
        start: Frames::ZERO,
        ramp_in: Frames::ZERO,
        ceiling: CEILING,
        caps: room.loudest.clone(),
        bed: Loop::default(),
        bed_gain: Gain::SILENCE,
        brake: means.brake.clone(),
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

/// The left and the right one of a listener, one after the other.
fn chimes(listener: Listener, now: Frames, rate: Rate) -> Vec<Chime> {
    let chime = |number: u32| Chime {
        listener,
        right: number == 1,
        at: now + rate.frames(LEAD + STEP * number),
    };
    vec![chime(0), chime(1)]
}

/// What rings: on one channel of one zone at a time.
#[derive(Debug)]
struct Bell {
    /// On the left and on the right; what is not multiplied with anything but zero elsewhere is exactly zero there.
    sides: [Arc<[Frame]>; 2],
    layout: Layout,
    gain: Gain,
    rise: Fade,
    fall: Fade,
    /// How often it rang.
    rung: u64,
}

impl Bell {
    fn new(sound: &[Frame], layout: Layout, rate: Rate) -> Self {
        let middle = sound.iter().map(|[left, right]| (left + right) / 2.0);
        let middle: Vec<f32> = middle.collect();
        let peak = middle
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let left = middle.iter().map(|sample| [*sample, 0.0]);
        let right = middle.iter().map(|sample| [0.0, *sample]);
        Self {
            sides: [left.collect(), right.collect()],
            layout,
            gain: Gain(PEAK.gain().0 / peak.max(f32::MIN_POSITIVE)),
            rise: Fade::equal_gain(rate.frames(ATTACK)),
            fall: Fade::equal_gain(rate.frames(RELEASE)),
            rung: 0,
        }
    }

    fn voices(&mut self, chimes: &[Chime]) -> Vec<Voice> {
        let mut voices = Vec::new();
        for chime in chimes {
            let Some(zone) = self.layout.zone(chime.listener) else {
                continue;
            };
            let [left, right] = &self.sides;
            let sound = if chime.right { right } else { left };
            let envelope = Envelope {
                from: chime.at,
                length: Frames(sound.len() as u64),
                gain: self.gain,
                rise: self.rise,
                fall: self.fall,
                turn: None,
            };
            let zones = Zones::NONE.with(zone);
            voices.push(Voice::new(
                Id(self.rung),
                envelope,
                zones,
                Arc::clone(sound),
            ));
            self.rung += 1;
        }
        voices
    }
}

/// Keeps what somebody confirmed, and answers. On a thread of its own: a disk may hang.
pub fn keep(room: Arc<Room>, played: Played, call: Call) {
    let work = move || {
        let heard = played.wiring.iter().map(|(listener, channels)| Heard {
            listener: *listener,
            channels: [channels.left + 1, channels.right + 1],
            wall: now(),
            boot: boot(),
        });
        let verified = Verified::read(&room.journal).with(&played.device, heard.collect());
        let answer = match verified.keep(&room.journal) {
            Ok(()) => Ok(plain(format!(
                "It is kept that {} is heard on the right ears.",
                played.device
            ))),
            Err(error) => {
                let folder = room.journal.display();
                let sentence = format!(
                    "it could not be kept in {folder}: {error}; see whose folder it is, and run `undersong ears` again"
                );
                Err(Refused::new(Reason::Failed, sentence))
            }
        };
        let _ = call.answer.send(answer);
    };
    if let Err(error) = std::thread::Builder::new()
        .name("ears".to_owned())
        .spawn(work)
    {
        tracing::warn!("the system gives no thread to keep a check of the ears in: {error}");
    }
}

/// Whether a session with these zones may begin: what its therapist should know of the ears. A session that speaks to one
/// listener alone needs them checked. Blocking.
///
/// # Errors
/// A sentence where nobody ever heard that its listeners' channels are on the right ears.
pub fn checked(room: &Room, layout: &Layout) -> Result<Vec<String>, String> {
    let Output::Device(id) = &room.output else {
        return Ok(Vec::new());
    };
    if layout.len() < 2 {
        return Ok(Vec::new());
    }
    let verified = Verified::read(&room.journal);
    let wiring = room.wiring(layout.channels());
    let (now, boot) = (now(), boot());
    let mut remarks = Vec::new();
    for listener in layout.listeners(layout.all()) {
        let own = wiring.iter().find(|(of, _)| *of == listener);
        let heard = own.and_then(|(_, channels)| verified.of(id, listener, *channels));
        let Some(heard) = heard else {
            return Err(format!(
                "nobody has heard yet that what is said to {listener} alone comes out on the ears of {listener}; \
                 put the headphones on and run `undersong ears`"
            ));
        };
        remarks.extend(
            stale(heard, now, &boot).map(|why| {
                format!("{why}; run `undersong ears` again if anything was plugged since")
            }),
        );
    }
    Ok(remarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chimes_are_quiet_and_come_one_after_the_other() {
        let begun = Frames(1_000);
        let of = |listener| chimes(listener, begun, Rate::DEFAULT);
        let chimes = of(Listener::B);
        assert!(chimes[0].at > begun);
        let length = Rate::DEFAULT.frames(LENGTH);
        assert!(chimes.windows(2).all(|two| two[0].at + length < two[1].at));
        let told: Vec<String> = chimes
            .iter()
            .map(|chime| told(chime, Rate::DEFAULT).text)
            .collect();
        assert_eq!(told, ["b left", "b right"]);
    }
}
