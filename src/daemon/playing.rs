//! A session that plays in the room.

mod answers;
mod heard;
mod levels;
mod noting;
mod orders;
mod shown;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::daemon::desk::{Reply, Told};
use crate::daemon::order::{Answer, Order, Reason, Refused};
use crate::daemon::preparation::Ready;
use crate::daemon::resume::Cut;
use crate::daemon::sleep::Sleep;
use crate::daemon::telling::told;
use crate::engine::Brake;
use crate::journal::{Ending, Entry, Journal, OutputState};
use crate::output::{Keeper, Place, Turn};
use crate::player::{Player, What, ending};
use crate::room::Room;
use crate::time::{Frames, clock};
use crate::zone::Caps;

use answers::{Asked, Confirmed};
use noting::Noting;
pub use orders::plain;
use orders::{leaving, stopped};

/// How often a session is looked after that plays as it should: so late a loss is found, and so late what happened is told.
const CALM: Duration = Duration::from_millis(200);
/// While its device is lost, a cue waits for its record, or it ends.
const ALERT: Duration = Duration::from_millis(100);
/// While an order waits for another.
const SOON: Duration = Duration::from_millis(1);
/// At the end the disk is given so long for what is left of the notes, and of the journal.
const DISK: Duration = Duration::from_millis(500);
/// When the daemon ends, the sound is given so long to go.
const FADE: Duration = Duration::from_millis(700);

/// A session that plays.
#[derive(Debug)]
pub struct Playing {
    player: Player,
    keeper: Keeper,
    journal: Arc<Journal>,
    notes: Noting,
    room: Arc<Room>,
    caps: Caps,
    brake: Brake,
    script: PathBuf,
    /// An order that the engine has not confirmed, and who waits for it.
    asked: Option<Asked>,
    /// What was made and is on its way to the disk: who waits for its answer, and since when.
    made: Vec<(Reply, Result<Answer, Refused>, Instant)>,
    xruns: u64,
    sleep: Sleep,
    /// Where the session was when its device was lost.
    lost: Option<Frames>,
    /// When it was last looked whether anything is heard, and since when nothing is that should be.
    listened: Instant,
    deaf_since: Option<Instant>,
    /// When the bed stood in last.
    starved: Option<Instant>,
    /// The daemon ends; the session goes on another time.
    leaves: Option<Instant>,
    /// When the output can be closed without cutting what is still to be heard.
    closes: Option<Instant>,
}

/// What a look at a session brings.
#[derive(Debug, Default)]
pub struct Look {
    /// What happened.
    pub told: Vec<Told>,
    /// What somebody should see to: a kind and a sentence.
    pub alarms: Vec<(&'static str, String)>,
    /// Kinds of alarms that are over.
    pub cleared: Vec<&'static str>,
    /// It is over.
    pub is_over: bool,
}

impl Playing {
    /// Opens the output and begins. Blocking, some seconds at most.
    ///
    /// # Errors
    /// Where the device cannot be used.
    pub fn begin(room: &Arc<Room>, brake: Brake, ready: Ready) -> Result<Self, Refused> {
        let Ready {
            mut player,
            engine,
            journal,
            caps,
            place,
            script,
            cut,
            ..
        } = ready;
        let timeline = Arc::clone(player.timeline());
        let real_time = matches!(place, Place::Device { .. });
        let resumed = cut.is_some();
        if cut.is_some_and(Cut::rested) {
            player.pause(true);
        }
        let layout = &timeline.layout;
        let keeper = Keeper::start(place, layout, timeline.rate, engine, resumed, real_time);
        let keeper = keeper.map_err(|error| {
            let at = Some(player.position());
            let how = Ending::Failed;
            if !resumed {
                journal.append(at, Entry::Ended { how });
            }
            Refused::new(Reason::Failed, error.to_string())
        })?;
        Ok(Self {
            notes: Noting::begin(&journal),
            player,
            keeper,
            journal,
            room: Arc::clone(room),
            caps,
            brake,
            script,
            asked: None,
            made: Vec::new(),
            xruns: 0,
            sleep: Sleep::watch(),
            lost: None,
            listened: Instant::now(),
            starved: None,
            deaf_since: None,
            leaves: None,
            closes: None,
        })
    }

    /// Whether an order has to wait for an earlier one, some milliseconds.
    #[must_use]
    pub fn keeps_waiting(&self, order: &Order) -> bool {
        match order {
            Order::Stop { .. } => false,
            // It is refused.
            _ if self.ends() => false,
            Order::Change(_) => self.is_busy(),
            _ => self.asked.is_some(),
        }
    }

    fn is_busy(&self) -> bool {
        self.asked.is_some() || self.player.is_changing()
    }

    /// Whether it was told to end, or has been played to its end, and is over in a moment.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.brake.pulled().is_some() || self.closes.is_some()
    }

    /// It can be left alone for so long, where nobody orders anything.
    #[must_use]
    pub fn patience(&self) -> Duration {
        let ends = self.leaves.is_some() || self.closes.is_some();
        if self.is_busy() || !self.made.is_empty() {
            SOON
        } else if ends || self.player.holds_cues() || !self.keeper.facts().plays {
            ALERT
        } else {
            CALM
        }
    }

    /// Looks after everything. Does not block.
    pub fn look(&mut self) -> Look {
        let mut look = Look::default();
        for turn in self.keeper.tick() {
            self.turned(&turn, &mut look);
        }
        self.count_xruns();
        self.watch_sleep(&mut look);
        let rate = self.player.timeline().rate;
        let mut over = None;
        let mut confirmed = Vec::new();
        for happening in self.player.tick() {
            look.told.push(told(&happening, rate));
            match &happening.what {
                What::Over => {
                    over = Some(happening.at);
                    confirmed.push(Confirmed::Over);
                }
                What::Stopping { .. } => confirmed.push(Confirmed::Over),
                What::Changed(_) => confirmed.push(Confirmed::Change(happening.at)),
                What::Refused(_, refusal) => {
                    confirmed.push(Confirmed::Refused(refusal.clone()));
                }
                What::Pausing | What::WentOn { .. } => confirmed.push(Confirmed::Rest),
                What::Missed(cue) => look.alarms.push((
                    "cue-missed",
                    format!(
                        "the disk did not answer in time, so the cue `{}` was not played; {}",
                        cue.name,
                        heard::once_more(cue, happening.at, rate)
                    ),
                )),
                What::Starved(_) => {
                    self.starved = Some(Instant::now());
                    look.alarms.push((
                        "starved",
                        "the music came too late from the disk, and the bed stands in; look at the disk"
                            .to_owned(),
                    ));
                }
                What::Trouble(trouble) => look.alarms.push(("file", trouble.to_string())),
                _ => {}
            }
        }
        // What was made before the session was stopped was made.
        confirmed.sort_by_key(|it| matches!(it, Confirmed::Over));
        for confirmed in confirmed {
            self.confirm(confirmed);
        }
        self.answer();
        self.watch_journal(&mut look);
        self.watch_sound(&mut look);
        if let Some(at) = over {
            self.end(at);
        }
        let now = Instant::now();
        look.is_over =
            self.closes.is_some_and(|at| now >= at) || self.leaves.is_some_and(|at| now >= at);
        look
    }

    fn turned(&mut self, turn: &Turn, look: &mut Look) {
        let at = Some(self.player.position());
        let device = self.room.output.name().to_owned();
        let journal = Arc::clone(&self.journal);
        let record = |state, detail| {
            journal.append(at, Entry::Device { state, detail });
        };
        match turn {
            Turn::Lost => {
                self.lost = at;
                record(OutputState::Lost, device.clone());
                look.alarms.push((
                    "device-lost",
                    format!(
                        "the sound device `{device}` does not play; the session goes on without sound until it is back"
                    ),
                ));
            }
            Turn::Back { after } => {
                record(
                    OutputState::Back,
                    format!("{device}, after {}", clock(*after)),
                );
                look.cleared.push("device-lost");
                look.alarms.extend(self.unheard());
                self.lost = None;
            }
        }
    }

    fn count_xruns(&mut self) {
        let xruns = self.keeper.facts().xruns;
        if xruns != self.xruns {
            self.xruns = xruns;
            let at = Some(self.player.position());
            self.journal.append(at, Entry::Xruns { count: xruns });
        }
    }

    fn watch_sleep(&mut self, look: &mut Look) {
        let Some(slept) = self.sleep.since() else {
            return;
        };
        let milliseconds = slept.as_millis() as u64;
        let at = Some(self.player.position());
        self.journal.append(at, Entry::Slept { milliseconds });
        let slept = clock(slept);
        look.alarms.push((
            "slept",
            format!(
                "the machine slept for {slept}, and the session stood still; keep it awake: `undersong doctor` says how"
            ),
        ));
    }

    fn watch_journal(&self, look: &mut Look) {
        let health = self.journal.health();
        if health.failing.is_some() || health.oldest_waiting > Duration::from_secs(2) {
            look.alarms.push((
                "journal",
                "the disk does not take the journal; the session goes on, look at the disk"
                    .to_owned(),
            ));
        } else {
            look.cleared.push("journal");
        }
    }

    fn end(&mut self, at: Frames) {
        let how = match self.brake.pulled() {
            Some(stop) if at < self.player.timeline().length => ending(stop),
            _ => Ending::Played,
        };
        self.journal.append(Some(at), Entry::Ended { how });
        self.closes = Some(Instant::now() + self.keeper.tail());
    }

    /// The daemon ends: the sound goes, and the journal stays open, so that the session can be taken up again.
    pub fn leave(&mut self) {
        if self.leaves.is_none() {
            self.leaves = Some(Instant::now() + FADE);
            self.answer_all(leaving());
            let at = Some(self.player.position());
            self.journal.append(at, Entry::Left);
            self.player.record_no_more();
            self.player.pause(true);
        }
    }

    /// Closes what is open. Does not wait for a device that hangs.
    pub fn close(mut self) {
        self.answer_all(stopped());
        self.keeper.close();
        // Threads of their own write what is left; most of the time there is nothing.
        self.notes.close(DISK);
        let _ = self.journal.flush(DISK);
    }

    /// What will sound.
    #[must_use]
    pub fn timeline(&self) -> &Arc<crate::timeline::Timeline> {
        self.player.timeline()
    }
}
