//! The daemon itself: from orders to a session, and from a session to what is shown of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::daemon::alarms::{Alarms, NOT_RESUMED};
use crate::daemon::announcement::announcement;
use crate::daemon::desk::{Answered, Call, Counter, Told};
use crate::daemon::ears::{self, Ears, Played};
use crate::daemon::order::{Order, Reason, Refused, Remark};
use crate::daemon::playing::{Look, Playing, plain};
use crate::daemon::preparation::{Means, Preparation, Ready, Said, Wanted};
use crate::daemon::resume::{Verdict, verdict};
use crate::daemon::stage::{Shown, Stage};
use crate::daemon::status::Status;
use crate::library::Cache;
use crate::room::Room;
use crate::timeline::Change;

/// How often is looked whether something goes on.
const TICK: Duration = Duration::from_millis(100);
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
        let answers: Vec<Answered> = self.counter.answers.try_iter().collect();
        if !answers.is_empty() || self.shown.is_none_or(|shown| shown.elapsed() >= SHOW) {
            self.show();
        }
        answers.into_iter().for_each(Answered::hand_over);
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
                    self.alarms.end_session(self.now());
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
                let answer = announcement(&playing, remarks, cut.is_some());
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
            call.reply(answer);
        }
    }

    fn serve(&mut self) {
        // Whoever begins a session while another one ends waits for that.
        let mut later = VecDeque::new();
        while let Some(call) = self.waiting.pop_front() {
            if let Stage::Playing(playing) = &self.stage
                && playing.keeps_waiting(&call.order)
            {
                self.waiting.push_front(call);
                // Whoever stops a session waits for nothing.
                let Some(stop) = self.next_stop() else { break };
                later.drain(..).for_each(Call::call_off);
                self.obey(stop);
                continue;
            }
            match (&call.order, call.forecast) {
                // Who gave up while another session ended does not expect one to begin.
                (Order::Start { .. }, _) if call.answer.is_closed() => continue,
                (Order::Start { .. }, false) if self.stage.ends() => {
                    later.push_back(call);
                    continue;
                }
                (Order::Stop { .. }, false) => later.drain(..).for_each(Call::call_off),
                _ => {}
            }
            self.obey(call);
            self.shown = None;
        }
        later.append(&mut self.waiting);
        self.waiting = later;
    }

    /// The stop among what waits, if no other session is to begin before it.
    fn next_stop(&mut self) -> Option<Call> {
        let is = |kind: fn(&Order) -> bool| move |call: &Call| kind(&call.order) && !call.forecast;
        let mut here = self.waiting.iter();
        let stop = here.position(is(|order| matches!(order, Order::Stop { .. })))?;
        let begins = is(|order| matches!(order, Order::Start { .. }));
        if self.waiting.iter().take(stop).any(begins) {
            return None;
        }
        self.waiting.remove(stop)
    }

    fn obey(&mut self, call: Call) {
        if let Stage::Playing(playing) = &mut self.stage {
            playing.obey(call);
            return;
        }
        if call.forecast && !matches!(call.order, Order::Change(_)) {
            let answer = "There is nothing to forecast: no session plays.";
            call.reply(Ok(plain(answer.to_owned())));
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
                    call.reply(Err(refused));
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
                call.reply(Ok(plain(answer)));
            }
            (Order::Stop { .. }, Stage::Ears(ears, offered)) => {
                ears.stop();
                self.stage = Stage::Ears(ears, offered);
                let sentence = "The check of the ears ends within 30 ms.";
                call.reply(Ok(plain(sentence.to_owned())));
            }
            (Order::Resume, Stage::Offered(interrupted)) => {
                self.prepare(Wanted::Interrupted(interrupted), Some(call));
            }
            (Order::Stop { .. }, Stage::Offered(interrupted)) => {
                interrupted.give_up();
                self.next_epoch();
                let sentence = "The session that was cut off is given up.";
                call.reply(Ok(plain(sentence.to_owned())));
            }
            (Order::Stop { .. }, Stage::Preparing(_, asked)) => {
                self.next_epoch();
                asked.into_iter().for_each(Call::call_off);
                let sentence = "The session does not begin.";
                call.reply(Ok(plain(sentence.to_owned())));
            }
            (_, stage) => {
                let sentence = stage.not_now(&call.order);
                call.reply(Err(Refused::new(Reason::NotNow, sentence)));
                self.stage = stage;
            }
        }
    }

    fn show(&mut self) {
        self.shown = Some(Instant::now());
        let room = &self.means.room;
        let Shown {
            state,
            session,
            output,
            journal,
        } = self.stage.shown(room);
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
