//! `make hour`: an hour in real time on a busy machine, on the ALSA card of the tests, steered by chance; and all that the
//! card is given is judged as it comes, by what `docs/design.md` says must always hold.
//!
//! `MINUTES=60`, `SEED=`, `LOAD=` busy loops (as many as there are cores), `FAULT=step|silence|loud|ear` spoils what was
//! recorded, and must be found.

#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../room/mod.rs"]
mod room;

mod alone;
mod fault;
mod listener;
mod mood;
mod records;
mod script;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::card::Card;
use fault::Fault;
use listener::{Account, Listener};
use mood::Mood;
use records::Records;
use room::daemon::{Daemon, Folder};
use room::load::Load;
use room::setting::{seed, setting};
use room::therapist::{Act, Therapist};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;
use undersong::daemon::{Order, State, Status};
use undersong::timeline::Change;

/// Commands come so often, on average.
const MEAN: Duration = Duration::from_secs(4);
/// How often it is looked what is to be heard.
const LOOK: Duration = Duration::from_millis(200);
/// A cut is heard and recorded within this of each other, in milliseconds.
const RECORDED: u64 = 3_000;
/// A phase is held for so long at most.
const HELD: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let (minutes, seed) = (setting("MINUTES", 60.0), seed());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let loops = setting("LOAD", cores);
    let fault = Fault::named(&setting("FAULT", String::new()));
    println!("{minutes} min, {loops} busy loops, SEED={seed}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system's timers");
    let folder = Folder::new();
    let length = Duration::from_secs_f64(minutes * 60.0);
    let (account, tally) = runtime.block_on(hour(&folder, length, seed, loops, fault));
    report(folder, account, &tally, seed)
}

/// What was done.
#[derive(Debug, Default)]
struct Tally {
    sessions: u32,
    done: u32,
    refused: u32,
    alarms: Vec<String>,
    xruns: u64,
}

async fn hour(
    folder: &Folder,
    length: Duration,
    seed: u64,
    loops: usize,
    fault: Option<Fault>,
) -> (Account, Tally) {
    script::furnish(folder);
    let card = Card::new(&folder.path(""), "card");
    let pipe = folder.path("card.captured");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &pipe, FileType::Fifo, mode, 0).expect("a pipe");
    let config = folder.path("asound.conf");
    Card::config(&[&card], "channels 4", &config);
    let mood = Arc::new(Mood::default());
    let listener = Listener::at(&pipe, Arc::clone(&mood), fault);
    let device = "device: alsa:card\nrate: 48000\nperiod: 256\nzones: { a: [1, 2], b: [3, 4] }\n";
    let daemon = Daemon::start(folder, device, &[("ALSA_CONFIG_PATH", &config)]).await;
    // Whoever speaks to one alone must have heard that it is the right one.
    daemon.run(&["ears", "--yes"]);
    mood.begin();
    let load = Load::of(loops);
    let mut hour = Hour {
        therapist: Therapist::new(seed, script::CUES),
        daemon,
        mood,
        rested: Instant::now(),
        held: None,
        tally: Tally::default(),
    };
    hour.run(length).await;
    drop(load);
    let account = listener.end();
    (account, hour.tally)
}

struct Hour {
    daemon: Daemon,
    therapist: Therapist,
    mood: Arc<Mood>,
    /// When sound last came back from a rest, or a change was taken back.
    rested: Instant,
    /// Since when the phase is held.
    held: Option<Instant>,
    tally: Tally,
}

impl Hour {
    async fn run(&mut self, length: Duration) {
        let begun = Instant::now();
        let (mut act, mut line) = (begun, begun);
        while begun.elapsed() < length {
            let status = self.daemon.status().await;
            self.see(&status);
            let now = Instant::now();
            if now >= line {
                line = now + Duration::from_secs(60);
                self.progress(begun.elapsed());
            }
            if status.state == State::Idle {
                self.start(&status).await;
            } else if now >= act {
                act = now + self.therapist.patience(MEAN);
                self.act(&status).await;
            }
            tokio::time::sleep(LOOK).await;
        }
        // The listener waits for one block more, which comes as long as a session plays.
        self.mood.unsure();
    }

    fn see(&mut self, status: &Status) {
        if status.state != State::Playing {
            self.rested = Instant::now();
        }
        self.mood.see(status, self.rested);
        let session = status.session.as_ref();
        let is_held = session.is_some_and(|session| session.phase_end.is_none());
        self.held = is_held.then(|| self.held.unwrap_or_else(Instant::now));
        self.tally.xruns = self.tally.xruns.max(status.output.xruns);
        for alarm in &status.alarms {
            if !self.tally.alarms.contains(&alarm.message) {
                self.tally.alarms.push(alarm.message.clone());
            }
        }
    }

    async fn start(&mut self, status: &Status) {
        let script = "session.yaml".into();
        let order = Order::Start { script };
        let begun = self.daemon.order(order, false, status).await;
        if let Err(refused) = begun {
            panic!("no session begins: {refused} {:?}", refused.details);
        }
        self.tally.sessions += 1;
    }

    async fn act(&mut self, status: &Status) {
        let chance = self.therapist.dice().unit();
        let is_still = status
            .session
            .as_ref()
            .is_some_and(|session| session.phase.starts_with(script::STILLNESS));
        let act = if self.held.is_some_and(|held| held.elapsed() > HELD) {
            change(Change::Continue)
        } else if chance < 0.01 {
            self.therapist.stop()
        } else if chance < 0.02 {
            change(Change::BringBack { to: None })
        } else {
            self.therapist.next(status)
        };
        let Act::Order { order, forecast } = act else {
            return;
        };
        // What sounds there is judged by who hears it, so nobody asks for more.
        if is_still && matches!(order, Order::Change(Change::Cue { .. })) {
            return;
        }
        if !forecast
            && matches!(
                order,
                Order::Pause | Order::Stop { .. } | Order::Change(Change::Undo)
            )
        {
            self.mood.unsure();
            // What is taken back may have begun a phase: music comes, or goes, in the middle of the one before.
            self.rested = Instant::now();
        }
        match self.daemon.order(order, forecast, status).await {
            Ok(_) => self.tally.done += 1,
            Err(_) => self.tally.refused += 1,
        }
    }

    fn progress(&self, elapsed: Duration) {
        let Tally {
            sessions,
            done,
            refused,
            alarms,
            ..
        } = &self.tally;
        println!(
            "{:>6.1} min  {sessions:>3} sessions  {done:>5} commands done, {refused} refused  {} alarms",
            elapsed.as_secs_f64() / 60.0,
            alarms.len()
        );
        // Somebody may follow a file.
        let _ = std::io::stdout().flush();
    }
}

fn change(change: Change) -> Act {
    Act::Order {
        order: Order::Change(change),
        forecast: false,
    }
}

fn report(folder: Folder, account: Account, tally: &Tally, seed: u64) -> ExitCode {
    let Records {
        cues,
        returns,
        faults: twice,
    } = records::judge(&folder.path("journal"));
    let Account {
        mut faults,
        frames,
        cuts,
        music,
        stillness,
        alone,
    } = account;
    faults.extend(twice);
    // Sound that stood still for long is brought from silence, and that is recorded at the time.
    let near = |cut: &u64| returns.iter().any(|back| back.abs_diff(*cut) < RECORDED);
    let unknown = cuts.iter().filter(|cut| !near(cut)).count();
    if unknown > 0 {
        faults.push(format!(
            "the sound was cut off {unknown} times, and nothing recorded why"
        ));
    }
    let heard = frames as f64 / 48_000.0;
    if music < heard / 4.0 || alone.contains(&0) {
        faults.push("too little was judged to say anything".to_owned());
    }
    println!(
        "heard        {heard:.0} s; judged: {music:.0} s of music, {stillness:.0} s of stillness"
    );
    println!("words alone  {alone:?} for a and b; {cues} cues began");
    println!(
        "dropouts     {}; came back from silence {} times",
        tally.xruns,
        cuts.len()
    );
    for alarm in &tally.alarms {
        println!("alarm        {alarm}");
    }
    for fault in &faults {
        println!("WRONG        {fault}");
    }
    let good = faults.is_empty();
    if !good {
        println!("journals     {}", folder.keep().join("journal").display());
    }
    let line = json!({
        "seed": seed, "good": good, "heard": heard, "music": music, "stillness": stillness, "alone": alone,
        "cues": cues, "sessions": tally.sessions, "done": tally.done, "refused": tally.refused,
        "alarms": tally.alarms.len(), "came_back": cuts.len(), "xruns": tally.xruns, "faults": faults.len(),
    });
    println!("{line}");
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
