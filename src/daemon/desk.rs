//! Where a daemon takes its orders, and shows how it is: the one door that every way in uses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::{broadcast, oneshot, watch};

use crate::daemon::order::{Answer, Order, Reason, Refused};
use crate::daemon::status::Status;
use crate::engine::Brake;
use crate::timeline::Timeline;

/// An order, and where its answer goes.
#[derive(Debug)]
pub struct Call {
    /// What is asked.
    pub order: Order,
    /// Only show what it would do.
    pub forecast: bool,
    /// Who asks, for the journal.
    pub client: String,
    /// Where the answer goes.
    pub answer: Reply,
}

impl Call {
    /// Answers. Whoever asked may be gone.
    pub fn reply(self, answer: Result<Answer, Refused>) {
        self.answer.send(answer);
    }

    /// Tells whoever asked for a session that it does not begin.
    pub fn call_off(self) {
        let sentence = "the session was stopped before it began";
        self.reply(Err(Refused::new(Reason::NotNow, sentence)));
    }
}

/// Where an answer goes: to whoever asked, once it is shown how things are then, so that nobody who has an answer finds them as
/// they were before.
#[derive(Debug)]
pub struct Reply {
    to: oneshot::Sender<Result<Answer, Refused>>,
    out: Sender<Answered>,
}

impl Reply {
    /// Answers. Whoever asked may be gone.
    pub fn send(self, answer: Result<Answer, Refused>) {
        let Self { to, out } = self;
        let _ = out.send(Answered { to, answer });
    }

    /// Whether whoever asked is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.to.is_closed()
    }
}

/// An answer on its way.
#[derive(Debug)]
pub struct Answered {
    to: oneshot::Sender<Result<Answer, Refused>>,
    answer: Result<Answer, Refused>,
}

impl Answered {
    /// Hands it over.
    pub fn hand_over(self) {
        let _ = self.to.send(self.answer);
    }
}

/// Something that happened, for whoever follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Counts up from 1.
    pub number: u64,
    /// The session's frame in seconds.
    pub at: f64,
    /// `phase`, `track`, `cue`, `changed`, `paused`, `went-on`, `alarm`, `over`, ...
    pub what: String,
    /// In a few words.
    pub text: String,
}

/// The door to a daemon. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    calls: SyncSender<Call>,
    answers: Sender<Answered>,
    status: watch::Receiver<Arc<Status>>,
    timeline: watch::Receiver<Option<Arc<Timeline>>>,
    told: broadcast::Sender<Arc<Told>>,
    brake: Brake,
    going_down: Arc<AtomicBool>,
    since: Instant,
}

/// The daemon's side of a desk.
#[derive(Debug)]
pub struct Counter {
    /// What is asked.
    pub calls: Receiver<Call>,
    /// What was answered, to be handed over once it is shown how things are.
    pub answers: Receiver<Answered>,
    /// How things are.
    pub status: watch::Sender<Arc<Status>>,
    /// What will sound.
    pub timeline: watch::Sender<Option<Arc<Timeline>>>,
    /// What happened.
    pub told: broadcast::Sender<Arc<Told>>,
    /// What ends the session that plays.
    pub brake: Brake,
    /// Somebody wants the daemon to end.
    pub going_down: Arc<AtomicBool>,
    /// When the daemon's clock began.
    pub since: Instant,
}

/// A door and what is behind it.
#[must_use]
pub fn desk() -> (Desk, Counter) {
    let (calls, calls_out) = sync_channel(64);
    let (answers, answers_out) = channel();
    let (brake, going_down) = (Brake::default(), Arc::new(AtomicBool::new(false)));
    let (status, status_out) = watch::channel(Arc::default());
    let (timeline, timeline_out) = watch::channel(None);
    let (told, _) = broadcast::channel(256);
    let since = Instant::now();
    let desk = Desk {
        calls,
        answers,
        status: status_out,
        timeline: timeline_out,
        told: told.clone(),
        brake: brake.clone(),
        going_down: Arc::clone(&going_down),
        since,
    };
    let counter = Counter {
        calls: calls_out,
        answers: answers_out,
        status,
        timeline,
        told,
        brake,
        going_down,
        since,
    };
    (desk, counter)
}

impl Desk {
    /// Gives an order and waits for its answer.
    ///
    /// # Errors
    /// Why it was not carried out.
    pub async fn order(
        &self,
        order: Order,
        forecast: bool,
        client: String,
    ) -> Result<Answer, Refused> {
        if let (Order::Stop { how }, false) = (&order, forecast) {
            // At once, whatever the daemon does: a session is always stoppable.
            self.brake.pull(how.stop());
        }
        let busy = |message: &str| Refused::new(Reason::Failed, message);
        let (to, answered) = oneshot::channel();
        let out = self.answers.clone();
        let call = Call {
            order,
            forecast,
            client,
            answer: Reply { to, out },
        };
        self.calls
            .try_send(call)
            .map_err(|_| busy("the daemon has too much to do; ask again"))?;
        answered
            .await
            .unwrap_or_else(|_| Err(busy("the daemon is going down")))
    }

    /// Asks the daemon to end: the sound fades, and the session can be taken up again.
    pub fn go_down(&self) {
        self.going_down.store(true, Ordering::Relaxed);
    }

    /// How things are now.
    #[must_use]
    pub fn status(&self) -> Arc<Status> {
        Arc::clone(&self.status.borrow())
    }

    /// How things are, whenever that changes.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Arc<Status>> {
        self.status.clone()
    }

    /// What will sound, where there is a session.
    #[must_use]
    pub fn timeline(&self) -> Option<Arc<Timeline>> {
        self.timeline.borrow().clone()
    }

    /// What happens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Told>> {
        self.told.subscribe()
    }

    /// The daemon's own clock.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.since.elapsed()
    }
}
