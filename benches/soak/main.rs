//! `make soak HOURS=2`: the daemon plays and is steered by chance for hours, and must not grow.
//!
//! Short sessions first, then a long one for most of the time, then short ones again. At the end: memory by least squares
//! after the first half hour (or quarter), handles and threads, alarms, the journal. It fails where memory grows by more
//! than 1 MiB an hour, or handles or threads grow.

#[path = "../room/mod.rs"]
mod room;

mod ledger;
mod plan;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use ledger::Ledger;
use plan::{Plan, Playing};
use room::daemon::{Daemon, Folder};
use room::process;
use room::setting::{seed, setting};
use room::therapist::{Act, Therapist};
use room::watchers::Watchers;
use undersong::daemon::{Order, Speed, State};

/// Commands come so often, on average.
const MEAN: Duration = Duration::from_secs(2);
/// What ends with a session is gone after this.
const REST: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let (hours, seed) = (setting("HOURS", 2.0), seed());
    println!("{hours} h, SEED={seed}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system's timers");
    let length = Duration::from_secs_f64(hours * 3600.0);
    let ledger = runtime.block_on(soak(Plan::new(length), seed));
    ledger.report(seed)
}

async fn soak(plan: Plan, seed: u64) -> Ledger {
    let folder = Folder::new();
    folder.bring("playlists");
    folder.bring("cues");
    folder.write("media/long.yaml", &plan::long());
    folder.write("media/short.yaml", &plan::short());
    let daemon = Daemon::start(&folder, "device: paced\nperiod: 1024\n", &[]).await;
    println!("process {}", daemon.process());
    let mut soak = Soak {
        therapist: Therapist::new(seed, plan::CUES),
        watchers: Watchers::new(folder.path("run/control.sock")),
        ledger: Ledger::new(plan.settled()),
        begun: Instant::now(),
        now_playing: None,
        daemon,
        plan,
    };
    soak.run().await;
    let Soak { mut ledger, .. } = soak;
    ledger.journal = folder.size("journal");
    ledger
}

struct Soak {
    daemon: Daemon,
    therapist: Therapist,
    watchers: Watchers,
    ledger: Ledger,
    plan: Plan,
    begun: Instant,
    /// Which kind of session plays.
    now_playing: Option<Playing>,
}

impl Soak {
    async fn run(&mut self) {
        let (mut sample, mut act, mut line) = (self.begun, self.begun, self.begun);
        while self.begun.elapsed() < self.plan.length {
            let now = Instant::now();
            if now >= sample {
                sample = now + self.plan.every;
                self.sample();
            }
            if now >= line {
                line = now + Duration::from_secs(60);
                self.ledger.progress(self.begun.elapsed());
            }
            if now >= act {
                act = now + self.therapist.patience(MEAN);
                self.act().await;
            }
            let next = sample.min(act).min(line);
            tokio::time::sleep(next.saturating_duration_since(Instant::now())).await;
        }
        self.stop().await;
        self.idle().await;
    }

    fn sample(&mut self) {
        let reading = process::read(self.daemon.process());
        let reading = reading.unwrap_or_else(|| panic!("it is gone\n{}", self.daemon.said()));
        let playing = self.now_playing;
        self.ledger.sample(self.begun.elapsed(), reading, playing);
    }

    async fn act(&mut self) {
        let status = self.daemon.status().await;
        self.ledger.look(&status);
        if status.state == State::Idle {
            self.idle().await;
            return self.start().await;
        }
        let due = self.plan.at(self.begun.elapsed());
        let is_stopping = status.state == State::Stopping;
        let (order, forecast) = if self.now_playing != Some(due) && !is_stopping {
            let how = Speed::Soft;
            // What is seen from now on is no more of the session.
            self.now_playing = None;
            (Order::Stop { how }, false)
        } else {
            let is_short = due == Playing::Short;
            let end = is_short && self.therapist.dice().unit() < 0.02;
            let act = if end {
                self.therapist.stop()
            } else {
                self.therapist.next(&status)
            };
            match act {
                Act::Order { order, forecast } => (order, forecast),
                Act::Look => return,
                Act::Watch => return self.watchers.come(self.therapist.dice()),
            }
        };
        let answer = self.daemon.order(order.clone(), forecast, &status).await;
        self.ledger.answered(&order, forecast, &answer);
    }

    /// Between two sessions: nobody watches, and what is left is what the daemon is made of.
    async fn idle(&mut self) {
        self.now_playing = None;
        self.watchers.leave().await;
        tokio::time::sleep(REST).await;
        if let Some(reading) = process::read(self.daemon.process()) {
            self.ledger.between(reading);
        }
    }

    async fn start(&mut self) {
        let due = self.plan.at(self.begun.elapsed());
        let script = due.script().into();
        let status = self.daemon.status().await;
        let begun = self
            .daemon
            .order(Order::Start { script }, false, &status)
            .await;
        if let Err(refused) = begun {
            panic!("no session begins: {refused} {:?}", refused.details);
        }
        self.now_playing = Some(due);
        self.ledger.sessions += 1;
    }

    async fn stop(&mut self) {
        let status = self.daemon.status().await;
        let how = Speed::Soft;
        let _ = self.daemon.order(Order::Stop { how }, false, &status).await;
        let asked = Instant::now();
        while self.daemon.status().await.state != State::Idle {
            assert!(
                asked.elapsed() < Duration::from_secs(20),
                "it does not stop"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
