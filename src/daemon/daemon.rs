//! The daemon itself: from orders to a session, and from a session to what is shown of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::daemon::alarms::{Alarms, NOT_RESUMED};
use crate::daemon::desk::{Call, Counter, Told};
use crate::daemon::ears::{self, Ears, Played};
use crate::daemon::order::{Order, Reason, Refused, Remark};
use crate::daemon::playing::{Look, Playing, plain};
use crate::daemon::preparation::{Means, Preparation, Ready, Said, Wanted};
use crate::daemon::resume::{Interrupted, Verdict, verdict};
use crate::daemon::status::{JournalStatus, OutputStatus, SessionStatus, State, Status};
use crate::level::Decibels;
use crate::library::Cache;
use crate::room::{Output, Room};
use crate::time::clock;
use crate::timeline::{Change, CueSort, PlacedCue, Timeline};

/// How often is looked whether something goes on.
const TICK: Duration = Duration::from_millis(100);
/// So many letters of a script's hash tell it from others.
const HASH: usize = 8;
/// How often at most it is shown how things are, where nothing happens.
const SHOW: Duration = TICK;

/// The daemon.
#[derive(Debug)]
pub struct Daemon {
    means: Means,
    counter: Counter,
    stage: Stage,
    waiting: VecDeque<Call>,
    epoch: u64,
    /// What was heard in the last check of the ears, for somebody to confirm.
    played: Option<Played>,
    alarms: Alarms,
    /// What was said of the session's script while nobody asked.
    remarks: Vec<String>,
    told: u64,
    shown: Option<Instant>,
}

/// What the daemon is about.
#[derive(Debug)]
enum Stage {
    Idle,
    /// A session was cut off, and somebody has to say whether it goes on.
    Offered(Box<Interrupted>),
    /// With whoever asked for it.
    Preparing(Preparation, Option<Call>),
    Playing(Box<Playing>),
    /// The ears are checked; with a session that was cut off and may need it to go on.
    Ears(Box<Ears>, Option<Box<Interrupted>>),
}

impl Daemon {
    /// A daemon for a room. A session that was cut off as the program crashed or was restarted goes on by itself, one that
    /// ended with the machine is offered. Blocking: reads the newest journal.
    #[must_use]
    pub fn new(room: Room, cache: Cache, counter: Counter) -> Self {
        let means = Means {
            room: Arc::new(room),
            cache: Arc::new(cache),
            brake: counter.brake.clone(),
        };
        let mut daemon = Self {
            means,
            counter,
            stage: Stage::Idle,
            waiting: VecDeque::new(),
            // Another number in each run, so that orders for an earlier one are known.
            epoch: crate::journal::now() * 1000,
            played: None,
            alarms: Alarms::default(),
            remarks: Vec::new(),
            told: 0,
            shown: None,
        };
        match verdict(&daemon.means.room.journal) {
            Verdict::Nothing => {}
            Verdict::GoOn(interrupted) => daemon.prepare(Wanted::Interrupted(interrupted), None),
            Verdict::Ask(interrupted) => daemon.stage = Stage::Offered(interrupted),
        }
        daemon.show();
        daemon
    }

    /// Runs until somebody wants it to end. Blocking.
    pub fn run(mut self) {
        while self.step() {}
        if let Stage::Playing(playing) = self.stage {
            playing.close();
        }
    }

    /// Waits for an order, shortly, and looks after everything; false when the daemon is to end.
    pub fn step(&mut self) -> bool {
        let patience = match &self.stage {
            Stage::Playing(playing) => playing.patience(),
            _ => TICK,
        };
        if let Ok(call) = self.counter.calls.recv_timeout(patience) {
            self.waiting.push_back(call);
        }
        while let Ok(call) = self.counter.calls.try_recv() {
            self.waiting.push_back(call);
        }
        self.look();
        self.alarms.age(self.now());
        self.serve();
        if self.shown.is_none_or(|shown| shown.elapsed() >= SHOW) {
            self.show();
        }
        self.goes_on()
    }

    fn goes_on(&mut self) -> bool {
        if !self.counter.going_down.load(Ordering::Relaxed) {
            return true;
        }
        match &mut self.stage {
            Stage::Playing(playing) => {
                playing.leave();
                true
            }
            Stage::Ears(ears, _) => {
                ears.stop();
                true
            }
            _ => false,
        }
    }

    fn now(&self) -> Duration {
        self.counter.since.elapsed()
    }

    fn look(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Preparing(preparation, call) => match preparation.result() {
                Some(result) => self.begin(result, call, preparation.resumes()),
                None => self.stage = Stage::Preparing(preparation, call),
            },
            Stage::Playing(mut playing) => {
                let look = playing.look();
                let is_over = look.is_over;
                self.tell(look);
                if is_over {
                    playing.close();
                    self.remarks.clear();
                    self.next_epoch();
                } else {
                    self.stage = Stage::Playing(playing);
                }
            }
            Stage::Ears(mut ears, offered) => {
                let look = ears.look();
                let is_over = look.is_over;
                self.tell(look);
                if is_over {
                    self.played = ears.played();
                    self.shown = None;
                    self.stage = offered.map_or(Stage::Idle, Stage::Offered);
                } else {
                    self.stage = Stage::Ears(ears, offered);
                }
            }
            stage => self.stage = stage,
        }
    }

    fn tell(&mut self, look: Look) {
        let now = self.now();
        let happened = !look.told.is_empty();
        for told in look.told {
            self.told += 1;
            let number = self.told;
            // Nobody may follow.
            let _ = self.counter.told.send(Arc::new(Told { number, ..told }));
        }
        for kind in look.cleared {
            self.alarms.clear(kind);
        }
        for (kind, message) in look.alarms {
            self.alarms.raise(now, kind, message);
        }
        if happened {
            self.shown = None;
        }
    }

    fn prepare(&mut self, wanted: Wanted, call: Option<Call>) {
        self.means.brake.release();
        self.alarms.clear_all();
        self.remarks.clear();
        self.played = None;
        self.next_epoch();
        let preparation = Preparation::begin(self.means.clone(), wanted);
        self.stage = Stage::Preparing(preparation, call);
    }

    fn next_epoch(&mut self) {
        self.epoch += 1;
        self.shown = None;
    }

    fn begin(&mut self, result: Result<Box<Ready>, Refused>, call: Option<Call>, resumes: bool) {
        let begun = result.and_then(|mut ready| {
            let said = std::mem::take(&mut ready.said);
            let cut = ready.cut;
            let playing = Playing::begin(&self.means.room, self.means.brake.clone(), *ready)?;
            Ok((playing, said, cut))
        });
        self.shown = None;
        let now = self.now();
        let answer = match begun {
            Ok((playing, said, cut)) => {
                let Said {
                    mut alarms,
                    warnings,
                    remarks,
                } = said;
                if let Some(cut) = cut {
                    alarms.push(cut.told(crate::journal::now()));
                }
                if call.is_none() {
                    // Whoever looks later is told what nobody was there to read.
                    self.remarks.clone_from(&remarks);
                }
                let sentences = alarms.iter().map(|(_, sentence)| sentence.clone());
                let of_room = sentences.chain(warnings).map(Remark::Room);
                let remarks = of_room.chain(remarks.into_iter().map(Remark::Script));
                let remarks = remarks.collect();
                let answer = begun_answer(&playing, remarks, cut.is_some());
                for (kind, sentence) in alarms {
                    self.alarms.raise(now, kind, sentence);
                }
                self.stage = Stage::Playing(Box::new(playing));
                Ok(answer)
            }
            Err(refused) => {
                if call.is_none() {
                    let why = refused.details.first().unwrap_or(&refused.message);
                    let sentence = format!(
                        "the session could not go on: {why}; once that is mended, `undersong resume` takes it up"
                    );
                    self.alarms.raise(now, NOT_RESUMED, sentence);
                }
                // What was cut off is not lost because it cannot be taken up yet.
                if resumes
                    && let Verdict::GoOn(interrupted) | Verdict::Ask(interrupted) =
                        verdict(&self.means.room.journal)
                {
                    self.stage = Stage::Offered(interrupted);
                }
                Err(refused)
            }
        };
        if let Some(call) = call {
            let _ = call.answer.send(answer);
        }
    }

    fn serve(&mut self) {
        while let Some(call) = self.waiting.pop_front() {
            if let Stage::Playing(playing) = &self.stage
                && playing.is_busy()
            {
                self.waiting.push_front(call);
                return;
            }
            self.obey(call);
            self.shown = None;
        }
    }

    fn obey(&mut self, call: Call) {
        if let Stage::Playing(playing) = &mut self.stage {
            playing.obey(call);
            return;
        }
        if call.forecast && !matches!(call.order, Order::Change(_)) {
            let answer = "There is nothing to forecast: no session plays.";
            let _ = call.answer.send(Ok(plain(answer.to_owned())));
            return;
        }
        match (&call.order, std::mem::replace(&mut self.stage, Stage::Idle)) {
            (Order::Start { script }, Stage::Idle) => {
                let wanted = Wanted::Script(script.clone());
                self.prepare(wanted, Some(call));
            }
            (Order::Ears { zone, pause }, stage @ (Stage::Idle | Stage::Offered(_))) => {
                self.played = None;
                // Who confirms means this check and no other.
                self.next_epoch();
                let ears = Ears::begin(self.means.clone(), *zone, *pause, call);
                let offered = match stage {
                    Stage::Offered(offered) => Some(offered),
                    _ => None,
                };
                self.stage = Stage::Ears(Box::new(ears), offered);
            }
            (Order::ConfirmEars, stage @ (Stage::Idle | Stage::Offered(_))) => {
                self.stage = stage;
                if let Some(played) = self.played.take() {
                    ears::keep(Arc::clone(&self.means.room), played, call);
                } else {
                    let sentence =
                        "no check of the ears was heard to its end; run `undersong ears`";
                    let refused = Refused::new(Reason::NotNow, sentence);
                    let _ = call.answer.send(Err(refused));
                }
            }
            (Order::Change(Change::Continue), Stage::Ears(mut ears, offered)) if ears.waits() => {
                let sentence = "The chimes of the next listener come.";
                let answer = if call.forecast {
                    format!("Would: {sentence}")
                } else {
                    ears.go_on();
                    sentence.to_owned()
                };
                self.stage = Stage::Ears(ears, offered);
                let _ = call.answer.send(Ok(plain(answer)));
            }
            (Order::Stop { .. }, Stage::Ears(ears, offered)) => {
                ears.stop();
                self.stage = Stage::Ears(ears, offered);
                let sentence = "The check of the ears ends within 30 ms.";
                let _ = call.answer.send(Ok(plain(sentence.to_owned())));
            }
            (Order::Resume, Stage::Offered(interrupted)) => {
                self.prepare(Wanted::Interrupted(interrupted), Some(call));
            }
            (Order::Stop { .. }, Stage::Offered(interrupted)) => {
                interrupted.give_up();
                self.next_epoch();
                let sentence = "The session that was cut off is given up.";
                let _ = call.answer.send(Ok(plain(sentence.to_owned())));
            }
            (Order::Stop { .. }, Stage::Preparing(_, asked)) => {
                self.next_epoch();
                if let Some(asked) = asked {
                    let refused =
                        Refused::new(Reason::NotNow, "the session was stopped before it began");
                    let _ = asked.answer.send(Err(refused));
                }
                let sentence = "The session does not begin.";
                let _ = call.answer.send(Ok(plain(sentence.to_owned())));
            }
            (_, stage) => {
                let sentence = match (&call.order, &stage) {
                    (_, Stage::Preparing(..)) => "the session is being prepared; wait a moment",
                    (_, Stage::Ears(..)) => {
                        "the ears are being checked; wait until that is over, or end it with `undersong stop`"
                    }
                    (Order::Start { .. }, Stage::Offered(_)) => {
                        "a session was cut off: `undersong resume` takes it up, `undersong stop` gives it up"
                    }
                    (_, Stage::Offered(_)) => {
                        "no session plays; one was cut off: `undersong resume` takes it up, `undersong stop` gives it up"
                    }
                    _ => "no session plays; `undersong start SCRIPT` begins one",
                };
                let _ = call
                    .answer
                    .send(Err(Refused::new(Reason::NotNow, sentence)));
                self.stage = stage;
            }
        }
    }

    fn show(&mut self) {
        self.shown = Some(Instant::now());
        let room = &self.means.room;
        let idle = OutputStatus {
            device: match &room.output {
                Output::Device(id) => id.clone(),
                Output::Paced => "paced".to_owned(),
            },
            state: "closed".to_owned(),
            period: room.period,
            ..OutputStatus::default()
        };
        let off = JournalStatus {
            state: "off".to_owned(),
            ..JournalStatus::default()
        };
        let (state, session, output, journal) = match &self.stage {
            Stage::Idle => (State::Idle, None, idle, off),
            Stage::Offered(interrupted) => {
                let account = &interrupted.account;
                let session = SessionStatus {
                    title: account.started.title.clone(),
                    script: account.started.script.clone(),
                    hash: account.started.hash.clone(),
                    position: account.started.rate.seconds(account.position),
                    ..SessionStatus::default()
                };
                (State::Offered, Some(session), idle, off)
            }
            Stage::Preparing(..) => (State::Preparing, None, idle, off),
            Stage::Ears(..) => (State::Ears, None, idle, off),
            Stage::Playing(playing) => (
                playing.state(),
                Some(playing.status()),
                playing.output(),
                playing.journal(),
            ),
        };
        let status = Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: self.epoch,
            now_ms: self.now().as_millis() as u64,
            state,
            room: room.name.clone(),
            room_file: room.file.display().to_string(),
            prepared: match &self.stage {
                Stage::Preparing(preparation, _) => Some(preparation.progress()),
                _ => None,
            },
            session,
            output,
            journal,
            alarms: self.alarms.all(),
            remarks: self.remarks.clone(),
        };
        self.counter.status.send_replace(Arc::new(status));
        let timeline = match &self.stage {
            Stage::Playing(playing) => Some(Arc::clone(playing.timeline())),
            _ => None,
        };
        self.counter.timeline.send_if_modified(|shown| {
            let same = match (&*shown, &timeline) {
                (Some(shown), Some(timeline)) => Arc::ptr_eq(shown, timeline),
                (None, None) => true,
                _ => false,
            };
            if !same {
                *shown = timeline;
            }
            !same
        });
    }
}

fn begun_answer(
    playing: &Playing,
    remarks: Vec<Remark>,
    resumed: bool,
) -> crate::daemon::order::Answer {
    let timeline = playing.timeline();
    let status = playing.status();
    let title = status.title;
    let end = timeline.end().map_or_else(
        || "it waits where a phase is held".to_owned(),
        |end| format!("it ends at {}", clock(timeline.rate.duration(end))),
    );
    let verb = if resumed { "goes on" } else { "plays" };
    let cues = match timeline.end() {
        Some(_) => cues_of(timeline),
        None => first_cue_of(timeline),
    };
    // So that a wrong script is noticed before it is heard.
    let script: String = status.hash.chars().take(HASH).collect();
    crate::daemon::order::Answer {
        remarks,
        ..plain(format!(
            "“{title}” {verb}; {end}. {cues} {}Script {script}.",
            softer(playing)
        ))
    }
}

/// That the room is softer than the script, and for whom.
fn softer(playing: &Playing) -> String {
    let (layout, caps) = (&playing.timeline().layout, playing.caps());
    let listeners = layout.listeners(layout.all()).into_iter();
    let softer = listeners.filter(|listener| caps.loudest(*listener) < Decibels::ZERO);
    let softer = softer.map(|listener| match layout.len() {
        1 => caps.loudest(listener).to_string(),
        _ => format!("{} for {listener}", caps.loudest(listener)),
    });
    let softer: Vec<String> = softer.collect();
    if softer.is_empty() {
        return String::new();
    }
    format!(
        "The room's `loudest` keeps the level at {}. ",
        softer.join(", ")
    )
}

/// The first cue that somebody hears; while a phase is held nobody knows the last one.
fn first_cue_of(timeline: &Timeline) -> String {
    let heard = timeline.cues.iter();
    let first = heard
        .filter(|cue| cue.sort != CueSort::Remind)
        .min_by_key(|cue| cue.at);
    first.map_or_else(
        || "No cue comes in the phase that is held.".to_owned(),
        |cue| {
            let at = clock(timeline.rate.duration(cue.at));
            format!("First cue `{}` at {at}.", cue.name)
        },
    )
}

/// The first and the last cue that somebody hears.
fn cues_of(timeline: &Timeline) -> String {
    let heard = timeline
        .cues
        .iter()
        .filter(|cue| cue.sort != CueSort::Remind);
    let told = |cue: &PlacedCue| {
        let at = clock(timeline.rate.duration(cue.at));
        format!("`{}` at {at}", cue.name)
    };
    let first = heard.clone().min_by_key(|cue| cue.at).map(told);
    let last = heard.max_by_key(|cue| cue.at).map(told);
    match (first, last) {
        (Some(first), Some(last)) if first != last => {
            format!("First cue {first}, last cue {last}.")
        }
        (Some(only), _) => format!("Its only cue is {only}."),
        _ => "It has no cues.".to_owned(),
    }
}
