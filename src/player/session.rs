//! The one owner of a running session.

mod steering;

use std::sync::Arc;
use std::time::{Duration, Instant};

use steering::Asked;

use crate::decode::Decoder;
use crate::engine::{Command, Engine, Event, GUARD, Handle, Loop, Meters, Setup, Stop};
use crate::level::{Decibels, Loudness};
use crate::player::beginning::Beginning;
use crate::player::gate::Open;
use crate::player::happening::{Happening, What, between};
use crate::player::offline::BLOCK;
use crate::player::scribe::Scribe;
use crate::player::sequencer::{Sequencer, Trouble};
use crate::stream::{Reading, StreamError, Streams, load_loop};
use crate::time::Frames;
use crate::timeline::{Course, LONGEST_BED, PlacedCue, Timeline};
use crate::zone::Zone;

/// So much of the session is ready before it starts.
const READY: Duration = Duration::from_secs(2);
/// A file that does not answer for this long does not keep the session from starting; the bed stands in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Live, a ring holds this much at most, and is filled again from two thirds of it on.
const RING: Duration = Duration::from_secs(6);

/// In a rendering a ring holds what many blocks need, whatever the rate, so that threads seldom wake each other.
const RING_OF_RENDERING: Frames = Frames(1 << 18);

const _: () = assert!(
    RING_OF_RENDERING.0 as usize > 3 * BLOCK + 2 * GUARD,
    "or a block is waited for that finds no room"
);

/// The bed is part of the program: what stands in when a file fails must not be a file.
const BUNDLED_BED: &[u8] = include_bytes!("../../cues/bed.flac");

/// Why a session could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The bed cannot be loaded.
    #[error("the bed {0}")]
    Bed(StreamError),
    /// The system gives no thread.
    #[error("the system gives no thread to decode in: {0}")]
    Thread(std::io::Error),
}

/// Plays one timeline: hands it to the engine part by part, and tells what happens. Whoever turns the clock calls
/// [`Player::tick`] often enough: live a timer, offline the rendering loop.
#[derive(Debug)]
pub struct Player {
    course: Course,
    asked: Option<Asked>,
    /// How often that change came too late.
    late: u32,
    sequencer: Sequencer,
    streams: Streams,
    handle: Handle,
    start: Frames,
    /// What happened before this was told.
    told: Frames,
    troubles: Vec<Trouble>,
    missed: Vec<PlacedCue>,
    scribe: Option<Scribe>,
    paused: bool,
    /// The engine came to rest.
    rests: bool,
    over: bool,
}

impl Player {
    /// A player at frame `start`, and the engine for an output that plays in real time. Blocking: loads the bed.
    ///
    /// # Errors
    /// What keeps the session from beginning.
    pub fn new(course: Course, start: Frames) -> Result<(Self, Engine), StartError> {
        Self::live(Beginning::new(course, start))
    }

    /// The same for [`render`](crate::player::render): files are decoded ahead, on all cores. The samples are the same.
    ///
    /// # Errors
    /// What keeps the session from beginning.
    pub fn offline(beginning: Beginning) -> Result<(Self, Engine), StartError> {
        Self::begin(beginning, Reading::Ahead)
    }

    /// The same for the room: what happens is recorded, and a session that was cut off is taken up.
    ///
    /// # Errors
    /// What keeps the session from beginning.
    pub fn live(beginning: Beginning) -> Result<(Self, Engine), StartError> {
        let disk = Arc::clone(&beginning.disk);
        Self::begin(beginning, Reading::OnDemand(disk))
    }

    fn begin(beginning: Beginning, reading: Reading) -> Result<(Self, Engine), StartError> {
        let Beginning {
            course,
            start,
            ramp_in,
            caps,
            brake,
            journal,
            heard,
            ..
        } = beginning;
        let timeline = Arc::clone(course.timeline());
        let rate = timeline.rate;
        let ramp_in = rate.frames(ramp_in);
        let (engine, handle) = Engine::new(&Setup {
            rate,
            layout: timeline.layout.clone(),
            start,
            ramp_in,
            caps,
            music: course.session().music.loudness.unwrap_or(Loudness::USUAL),
            // A rendering that writes no record shows nobody how loud it is.
            metered: journal.is_some() || matches!(reading, Reading::OnDemand(_)),
            bed: bed(&timeline)?,
            bed_gain: timeline.bed.gain,
            brake,
        });
        let ring = match reading {
            Reading::OnDemand(_) => rate.frames(RING),
            Reading::Ahead => RING_OF_RENDERING,
        };
        let streams = Streams::start(ring, reading).map_err(StartError::Thread)?;
        tracing::info!(
            script = timeline.script,
            rate = rate.hertz(),
            zones = timeline.layout.len(),
            frames = timeline.length.0,
            start = start.0,
            "a session begins"
        );
        let sequencer = Sequencer::new(&timeline, course.library(), start);
        let sequencer = match heard {
            Some(heard) => sequencer.without(heard, start),
            None => sequencer,
        };
        let mut player = Self {
            sequencer,
            scribe: journal.map(|journal| Scribe::new(journal, start)),
            course,
            asked: None,
            late: 0,
            streams,
            handle,
            start,
            told: start,
            troubles: Vec::new(),
            missed: Vec::new(),
            paused: false,
            rests: false,
            over: false,
        };
        player.tick();
        Ok((player, engine))
    }

    /// Sends what falls due, and tells what happened since the last time. Does not block; call it several times a second.
    pub fn tick(&mut self) -> Vec<Happening<'_>> {
        let now = self.handle.position();
        let mut happenings = Vec::new();
        let mut late = false;
        while let Some(event) = self.handle.event() {
            match event {
                Event::Starved(id) => {
                    tracing::info!(frame = now.0, "a stream ran dry; the bed rises");
                    happenings.push((now, What::Starved(id)));
                }
                Event::Paused(at) => {
                    self.rests = true;
                    happenings.push((at, What::Paused));
                }
                Event::Stopped(at) => {
                    self.over = true;
                    happenings.push((at, What::Over));
                }
                // What is over is freed here, off the audio thread.
                Event::ClipEnded(deck) => self.sequencer.deck_came_back(deck.id),
                Event::CueEnded(_) => {}
                Event::Revised(revision) => {
                    self.sequencer.made();
                    if let Some(change) = self.asked.take().and_then(|asked| asked.change) {
                        happenings.push((revision.at, What::Changed(change)));
                    }
                }
                Event::TooLate(_) => late = true,
                Event::Pausing(at) => happenings.push((at, What::Pausing)),
                Event::WentOn { at, rested } => {
                    self.rests = false;
                    happenings.push((at, What::WentOn { rested }));
                }
                Event::CameBack { at, ramp } => happenings.push((at, What::CameBack { ramp })),
                Event::Stopping { at, stop, rested } => {
                    happenings.push((at, What::Stopping { stop, rested }));
                }
            }
        }
        if !self.over && now >= self.course.timeline().length {
            self.over = true;
            let lost = self.handle.lost_events();
            tracing::info!(frame = now.0, lost_events = lost, "the session is over");
            happenings.push((now, What::Over));
        }
        if late {
            happenings.extend(self.try_again());
        }
        self.advance(now);
        let troubles = self.troubles.drain(..);
        happenings.extend(troubles.map(|trouble| (now, What::Trouble(trouble))));
        let missed = self.missed.drain(..);
        happenings.extend(missed.map(|cue| (now, What::Missed(cue))));
        // What comes of a change that is not confirmed may come elsewhere yet.
        let sure = self.asked.as_ref().map_or(now, |asked| asked.at.min(now));
        let mut told = between(self.course.timeline(), self.told, sure);
        self.told = self.told.max(sure);
        told.extend(
            happenings
                .into_iter()
                .map(|(at, what)| Happening { at, what }),
        );
        if let Some(scribe) = &mut self.scribe {
            let loudness = |zone| self.handle.momentary(zone);
            scribe.record(self.course.timeline(), &told, now, loudness);
        }
        told
    }

    fn advance(&mut self, now: Frames) {
        let timeline = Arc::clone(self.course.timeline());
        // Before the first block everything can still be reached.
        let begun = now > self.start;
        let reachable = if begun {
            self.handle.soonest()
        } else {
            Frames::ZERO
        };
        let (handle, streams) = (&mut self.handle, &self.streams);
        let (troubles, missed) = match &mut self.scribe {
            Some(scribe) => {
                let mut gate = scribe.gate(&timeline, now);
                self.sequencer
                    .advance(now, reachable, handle, streams, &mut gate)
            }
            None => self
                .sequencer
                .advance(now, reachable, handle, streams, &mut Open),
        };
        let cues = timeline.cues.iter();
        self.missed
            .extend(cues.filter(|cue| missed.contains(&cue.id)).cloned());
        for trouble in &troubles {
            tracing::info!(frame = now.0, error = %trouble.error, "a file failed");
        }
        self.troubles.extend(troubles);
    }

    /// Whether the next `frames` frames can be rendered without a fault.
    #[must_use]
    pub fn is_ready(&self, frames: Frames) -> bool {
        self.sequencer.is_ready(self.handle.position() + frames)
    }

    /// Waits until the next `frames` frames can be rendered, for `patience` at most. Blocking. False where it ended.
    #[must_use]
    pub fn wait_ready(&mut self, frames: Frames, patience: Duration) -> bool {
        const STEP: Duration = Duration::from_millis(50);
        let begin = Instant::now();
        while !self.is_ready(frames) {
            if begin.elapsed() >= patience {
                return false;
            }
            self.streams.hurry();
            self.streams.wait(STEP);
            self.advance(self.handle.position());
        }
        true
    }

    /// Waits until the session can begin: better late than with a hole, the first tracks are there before the device asks for
    /// them. Blocking.
    pub fn wait_to_begin(&mut self) {
        let ready = self.timeline().rate.frames(READY);
        let _ = self.wait_ready(ready, PATIENCE);
    }

    /// Waits no longer for what is not there for the next `frames` frames: the bed stands in for it.
    pub fn give_up(&mut self, frames: Frames) {
        self.sequencer.give_up(self.handle.position() + frames);
    }

    /// The timeline that is played.
    #[must_use]
    pub fn timeline(&self) -> &Arc<Timeline> {
        self.course.timeline()
    }

    /// What is played, and what it was made from.
    #[must_use]
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The session's frame that is heard next.
    #[must_use]
    pub fn position(&self) -> Frames {
        self.handle.position()
    }

    /// The least that any stream that sounds holds ready; `None` where none sounds, or all is there to its end.
    #[must_use]
    pub fn read_ahead(&self) -> Option<Frames> {
        self.sequencer.read_ahead(self.position())
    }

    /// Whether a cue that is due soon waits for its record to be safe.
    #[must_use]
    pub fn holds_cues(&self) -> bool {
        self.sequencer.holds_cues()
    }

    /// Whether the session ended or was stopped.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether the session rests, or is about to.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether it rests and nothing is heard, the last fade neither. The meters stay where they were then.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.rests
    }

    /// Rests, or goes on. False where the engine takes no order; nothing was changed.
    pub fn pause(&mut self, paused: bool) -> bool {
        let command = if paused {
            Command::Pause
        } else {
            Command::Resume
        };
        let goes = self.paused == paused || self.handle.send(command).is_ok();
        if goes {
            self.paused = paused;
        }
        goes
    }

    /// The level of everything, or where it is on its way to.
    #[must_use]
    pub fn level(&self) -> Decibels {
        self.course.timeline().level()
    }

    /// Goes on without the record: so that it ends as it would where the program is killed.
    pub fn record_no_more(&mut self) {
        self.scribe = None;
    }

    /// Ends the session.
    pub fn stop(&self, stop: Stop) {
        self.handle.stop(stop);
    }

    /// A zone's momentary loudness. Leaves the meters as they are.
    #[must_use]
    pub fn momentary(&self, zone: Zone) -> Loudness {
        self.handle.momentary(zone)
    }

    /// A zone's meters since they were last read.
    #[must_use]
    pub fn meters(&self, zone: Zone) -> Meters {
        self.handle.meters(zone)
    }
}

fn bed(timeline: &Timeline) -> Result<Loop, StartError> {
    let decoder = match &timeline.bed.file {
        Some(file) => Decoder::open(file),
        None => Decoder::of_bytes(BUNDLED_BED),
    };
    let decoder = decoder.map_err(|error| StartError::Bed(error.into()))?;
    let most = decoder.rate().frames(LONGEST_BED);
    let sound = load_loop(decoder, timeline.rate, most).map_err(StartError::Bed)?;
    Ok(Loop::of(&sound))
}
