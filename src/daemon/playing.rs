//! A session that plays in the room.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::daemon::desk::{Call, Told};
use crate::daemon::order::{Answer, Order, Reason, Refused};
use crate::daemon::outlook::{coming, outlook, sentence};
use crate::daemon::preparation::Ready;
use crate::daemon::resume::Cut;
use crate::daemon::sleep::Sleep;
use crate::daemon::status::{JournalStatus, OutputStatus, SessionStatus, State, ZoneStatus};
use crate::daemon::telling::told;
use crate::engine::{Brake, Stop};
use crate::journal::{Ending, Entry, Journal, LONGEST_NOTE, Notes, OutputState};
use crate::level::{Decibels, Loudness};
use crate::output::{Keeper, Place, Turn};
use crate::player::{Player, What, ending};
use crate::room::{Output, Room};
use crate::time::{Frames, clock};
use crate::timeline::{Change, CueSort, Forecast, PlacedCue, music_over};

/// How often a session is looked after that plays as it should: each look costs more than what it looks at.
const CALM: Duration = Duration::from_millis(200);
/// While its device is lost.
const ALERT: Duration = Duration::from_millis(100);
/// While an order waits for another.
const SOON: Duration = Duration::from_millis(1);
/// The music came in time for so long: what was wrong with the disk is over.
const WELL: Duration = Duration::from_secs(60);
/// A change that the engine has not confirmed after so long is waited for no more: it is made when the sound is back.
const CONFIRM: Duration = Duration::from_secs(2);
/// When the daemon ends, the sound is given so long to go.
const FADE: Duration = Duration::from_millis(700);

/// It is looked so often whether anything is heard.
const LISTEN: Duration = Duration::from_millis(500);
/// Music that is not heard for so long is missing.
const DEAF: Duration = Duration::from_secs(5);
/// Speech brings music down by this at most.
const LOWEST_DUCK: Decibels = Decibels(-20.0);
/// What is louder than this cannot be taken for silence.
const AUDIBLE: Loudness = Loudness(-60.0);

/// Where an answer goes.
type Reply = oneshot::Sender<Result<Answer, Refused>>;

/// A session that plays.
#[derive(Debug)]
pub struct Playing {
    player: Player,
    keeper: Keeper,
    journal: Arc<Journal>,
    notes: Notes,
    room: Arc<Room>,
    brake: Brake,
    script: PathBuf,
    /// A change that is on its way, what it does, and who waits for it.
    asked: Option<(Reply, Change, Forecast, Instant)>,
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
            notes: Notes::beside(journal.path()),
            player,
            keeper,
            journal,
            room: Arc::clone(room),
            brake,
            script,
            asked: None,
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
    pub fn is_busy(&self) -> bool {
        self.asked.is_some() || self.player.is_changing()
    }

    /// It can be left alone for so long, where nobody orders anything.
    #[must_use]
    pub fn patience(&self) -> Duration {
        if self.is_busy() {
            SOON
        } else if self.keeper.facts().plays {
            CALM
        } else {
            ALERT
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
        let mut made = None;
        let mut refused = None;
        for happening in self.player.tick() {
            look.told.push(told(&happening, rate));
            match &happening.what {
                What::Over => over = Some(happening.at),
                What::Changed(_) => made = Some(happening.at),
                What::Refused(_, refusal) => refused = Some(refusal.to_string()),
                What::Missed(cue) => look.alarms.push((
                    "cue-missed",
                    format!(
                        "the disk did not answer in time, so the cue `{0}` was not played; \
                         `undersong cue {0}` plays it now",
                        cue.name
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
        self.answer(made, refused);
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
        let device = match &self.room.output {
            Output::Device(id) => id.clone(),
            Output::Paced => "paced".to_owned(),
        };
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

    /// The cues that came while nothing was heard, or were cut off.
    fn unheard(&self) -> Vec<(&'static str, String)> {
        let Some(lost) = self.lost else {
            return Vec::new();
        };
        let back = self.player.position();
        let cues = self.player.timeline().cues.iter();
        let cues = cues.filter(|cue| {
            let sounds = cue.sort != CueSort::Remind;
            sounds && cue.at < back && cue.at + cue.length > lost
        });
        let sentence = |cue: &PlacedCue| {
            format!(
                "the cue `{0}` was not heard to its end, since the sound device did not play; \
                 `undersong cue {0}` plays it now",
                cue.name
            )
        };
        cues.map(|cue| ("cue-missed", sentence(cue))).collect()
    }

    /// Where nothing is heard for a while though music should be, somebody is told, and nothing is done: what is heard next
    /// could only be worse.
    fn watch_sound(&mut self, look: &mut Look) {
        let now = Instant::now();
        if now.duration_since(self.listened) < LISTEN {
            return;
        }
        self.listened = now;
        if self.starved.is_some() && self.player.read_ahead() == Some(Frames::ZERO) {
            self.starved = Some(now);
        }
        if self.starved.is_some_and(|at| now.duration_since(at) > WELL) {
            self.starved = None;
            look.cleared.push("starved");
        }
        if self.state() != State::Playing || !self.keeper.facts().plays || !self.is_deaf() {
            self.deaf_since = None;
            look.cleared.push("silent");
        } else if now.duration_since(*self.deaf_since.get_or_insert(now)) > DEAF {
            look.alarms.push((
                "silent",
                "nothing is heard, though music should be; look at the music's files, and at the log"
                    .to_owned(),
            ));
        }
    }

    /// Whether a zone hears nothing that should hear music, even where that is as far down as speech can bring it.
    fn is_deaf(&self) -> bool {
        let (timeline, at) = (self.player.timeline(), self.player.position());
        let library = self.player.course().library();
        let mut zones = timeline.layout.zones();
        zones.any(|zone| {
            let music = music_over(&timeline.clips, library, timeline.rate, zone, at..at);
            let cap = timeline
                .layout
                .listener(zone)
                .map(|it| self.room.loudest.of(it));
            let level = cap.map_or(self.player.level(), |cap| self.player.level().min(cap));
            let least = music.map(|music| music.0 + level.0 + LOWEST_DUCK.0);
            least.is_some_and(|least| least > AUDIBLE.0)
                && self.player.momentary(zone) <= Loudness::GATE
        })
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

    fn answer(&mut self, made: Option<Frames>, refused: Option<String>) {
        let waits = self.asked.as_ref();
        let too_long = waits.is_some_and(|(.., since)| since.elapsed() > CONFIRM);
        if made.is_none() && refused.is_none() && !too_long {
            return;
        }
        let Some((reply, change, forecast, _)) = self.asked.take() else {
            return;
        };
        let rate = self.player.timeline().rate;
        let answer = match (made, refused) {
            (None, Some(refusal)) => Err(Refused::new(Reason::NotNow, refusal)),
            (made, _) => Ok(Answer {
                message: sentence(&change, &forecast, rate),
                at: made.map(|at| rate.seconds(at)),
                forecast: Some(outlook(forecast, rate)),
                remarks: Vec::new(),
            }),
        };
        // Whoever asked may be gone.
        let _ = reply.send(answer);
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
            let at = Some(self.player.position());
            self.journal.append(at, Entry::Left);
            self.player.record_no_more();
            self.player.pause(true);
        }
    }

    /// Closes what is open. Does not wait for a device that hangs.
    pub fn close(self) {
        self.keeper.close();
        // The journal's own thread writes what is left of it; most of the time there is nothing.
        let _ = self.journal.flush(Duration::from_millis(500));
    }

    /// Carries an order out, or shows what it would do.
    pub fn obey(&mut self, call: Call) {
        let Call {
            order,
            forecast,
            answer,
            ..
        } = call;
        let done = match order {
            Order::Change(change) if forecast => self.forecast(&change),
            Order::Change(change) => match self.steer(&change) {
                Ok(forecast) => {
                    self.asked = Some((answer, change, forecast, Instant::now()));
                    return;
                }
                Err(refused) => {
                    let why = format!("{:?}", refused.reason).to_lowercase();
                    let at = Some(self.player.position());
                    let asked = Some(change);
                    self.journal.append(at, Entry::Refused { why, asked });
                    Err(refused)
                }
            },
            Order::Pause => self.pause(true, forecast),
            Order::Resume => self.pause(false, forecast),
            Order::Note { text } => self.note(&text, forecast),
            Order::Stop { how } => {
                let sentence = match how.stop() {
                    Stop::Soft => "The session fades out within 6 s and is over.",
                    Stop::Quick => "The session fades out within 1.5 s and is over.",
                    Stop::Hard => {
                        "The sound is gone at once, within 30 ms, and the session is over."
                    }
                };
                if !forecast {
                    self.brake.pull(how.stop());
                }
                Ok(plain(sentence.to_owned()))
            }
            Order::Start { .. } | Order::Ears { .. } | Order::ConfirmEars => Err(Refused::new(
                Reason::NotNow,
                "a session plays already; `undersong stop` ends it",
            )),
        };
        let _ = answer.send(done);
    }

    fn loudest(&self) -> Decibels {
        let layout = &self.player.timeline().layout;
        self.room.loudest.highest(layout)
    }

    fn check(&self, change: &Change) -> Result<(), Refused> {
        if let Change::Level { to } = change
            && *to > self.loudest()
        {
            let loudest = self.loudest();
            let sentence = if loudest < Decibels::LOUDEST {
                format!("this room is never louder than {loudest}; its room file says so")
            } else {
                format!("the level goes up to {loudest}, no higher")
            };
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if matches!(change, Change::Level { to } if *to < Decibels::SOFTEST) {
            let sentence = format!(
                "the softest level is {}; `undersong pause` is silent",
                Decibels::SOFTEST
            );
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if self.brake.pulled().is_some() {
            return Err(Refused::new(Reason::NotNow, "the session is being stopped"));
        }
        Ok(())
    }

    fn forecast(&self, change: &Change) -> Result<Answer, Refused> {
        self.check(change)?;
        let rate = self.player.timeline().rate;
        let forecast = self.player.forecast(change);
        let forecast = forecast.map_err(|r| Refused::new(Reason::NotNow, r.to_string()))?;
        Ok(Answer {
            message: format!("Would: {}", sentence(change, &forecast, rate)),
            at: None,
            forecast: Some(outlook(forecast, rate)),
            remarks: Vec::new(),
        })
    }

    fn steer(&mut self, change: &Change) -> Result<Forecast, Refused> {
        self.check(change)?;
        let refused =
            |refusal: crate::timeline::Refusal| Refused::new(Reason::NotNow, refusal.to_string());
        let before = Arc::clone(self.player.timeline());
        let at = self.player.steer(change).map_err(refused)?;
        let after = self.player.course();
        Ok(Forecast::of(after.session(), &before, after.timeline(), at))
    }

    fn pause(&mut self, pause: bool, forecast: bool) -> Result<Answer, Refused> {
        if self.brake.pulled().is_some() {
            return Err(Refused::new(Reason::NotNow, "the session is being stopped"));
        }
        let sentence = match (pause, self.player.is_paused()) {
            (true, true) => return Err(Refused::new(Reason::NotNow, "the session rests already")),
            (false, false) => {
                let sentence = "the session does not rest; it plays";
                return Err(Refused::new(Reason::NotNow, sentence));
            }
            (true, false) => "The sound goes within half a second; `undersong resume` goes on.",
            (false, true) => "The session goes on; the sound comes within 3 s.",
        };
        if forecast {
            return Ok(plain(format!("Would: {sentence}")));
        }
        self.player.pause(pause);
        Ok(plain(sentence.to_owned()))
    }

    fn note(&self, text: &str, forecast: bool) -> Result<Answer, Refused> {
        if text.trim().is_empty() {
            return Err(Refused::new(Reason::Wrong, "the note is empty"));
        }
        if text.len() > LONGEST_NOTE {
            let sentence = format!("a note has at most {LONGEST_NOTE} bytes; write two");
            return Err(Refused::new(Reason::Wrong, sentence));
        }
        if !forecast {
            let at = Some(self.player.position());
            let kept = self.notes.keep(at, text);
            kept.map_err(|error| Refused::new(Reason::Failed, error.to_string()))?;
            // Only when: so that the moment is found again by who is not to read the note.
            self.journal.append(at, Entry::Mark { name: None });
        }
        Ok(plain("The note is kept.".to_owned()))
    }

    /// What goes on.
    #[must_use]
    pub fn state(&self) -> State {
        if self.brake.pulled().is_some() {
            State::Stopping
        } else if self.player.is_paused() {
            State::Paused
        } else {
            State::Playing
        }
    }

    /// How the session is.
    #[must_use]
    pub fn status(&self) -> SessionStatus {
        let timeline = self.player.timeline();
        let seconds = |frames| timeline.rate.seconds(frames);
        let position = self.player.position();
        let session = self.player.course().session();
        let phase = timeline.phase_at(position);
        let undo_until = self.player.course().undo_until();
        SessionStatus {
            title: session.title.clone(),
            script: self.script.display().to_string(),
            hash: session.hash.clone(),
            position: seconds(position),
            end: timeline.end().map(seconds),
            phase: phase.map_or_else(String::new, |span| span.name.clone()),
            phase_number: phase.map_or(0, |span| span.number + 1),
            phases: session.phases.len(),
            phase_from: phase.map_or(0.0, |span| seconds(span.from)),
            phase_end: phase
                .filter(|span| !span.wish.open)
                .map(|span| seconds(span.end())),
            playing: timeline
                .clips_at(position)
                .map(|clip| clip.title.clone())
                .collect(),
            next: coming(timeline.next(position), timeline.rate),
            // As fine as anybody steers it.
            level: (self.player.level().0 * 100.0).round() / 100.0,
            speaking: timeline.speaking.is_some(),
            undo_until: undo_until.filter(|until| *until >= position).map(seconds),
            zones: self.zones(),
            read_ahead: self.player.read_ahead().map(seconds),
        }
    }

    fn zones(&self) -> Vec<ZoneStatus> {
        let layout = &self.player.timeline().layout;
        let zones = layout.zones().map(|zone| {
            let meters = self.player.meters(zone);
            let name = layout.listener(zone).map(|listener| listener.to_string());
            let peak = meters.peak.decibels().0;
            ZoneStatus {
                name: name.unwrap_or_default(),
                loudness: Some(meters.momentary.0).filter(|_| meters.momentary > Loudness::GATE),
                peak: Some(peak).filter(|peak| peak.is_finite()),
                limiter: meters.limiter.0,
            }
        });
        zones.collect()
    }

    /// How the output is.
    #[must_use]
    pub fn output(&self) -> OutputStatus {
        let facts = self.keeper.facts();
        OutputStatus {
            device: match &self.room.output {
                Output::Device(id) => id.clone(),
                Output::Paced => "paced".to_owned(),
            },
            state: if facts.plays { "playing" } else { "lost" }.to_owned(),
            rate: self.player.timeline().rate.hertz(),
            period: self.room.period,
            xruns: facts.xruns,
            losses: facts.losses,
            worst_callback_ms: facts.worst.as_secs_f64() * 1000.0,
            real_time: facts.real_time.unwrap_or(false),
        }
    }

    /// How the journal is.
    #[must_use]
    pub fn journal(&self) -> JournalStatus {
        let health = self.journal.health();
        let state = match &health.failing {
            Some(_) => "failing",
            None if health.oldest_waiting > Duration::from_secs(2) => "stalled",
            None => "ok",
        };
        JournalStatus {
            state: state.to_owned(),
            waiting: health.behind,
            dropped: health.dropped,
        }
    }

    /// What will sound.
    #[must_use]
    pub fn timeline(&self) -> &Arc<crate::timeline::Timeline> {
        self.player.timeline()
    }
}

/// An answer that is a sentence.
pub fn plain(message: String) -> Answer {
    Answer {
        message,
        at: None,
        forecast: None,
        remarks: Vec::new(),
    }
}
