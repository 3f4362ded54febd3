//! What was seen, and whether it is good.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use undersong::daemon::{Answer, Order, Reason, Refused, Status};

use super::plan::Playing;
use super::room::process::Reading;
use super::room::trend::{grew, slope, span};

/// So much may memory grow, in MiB an hour.
const MOST: f64 = 1.0;
/// In less than this, what goes up and down says nothing of hours.
const LEAST: Duration = Duration::from_secs(1800);

/// All that was seen.
pub struct Ledger {
    settled: Duration,
    samples: Vec<(Duration, Reading, Option<Playing>)>,
    between: Vec<Reading>,
    /// How often each was carried out, and how often it was refused.
    orders: BTreeMap<String, (u32, u32)>,
    failures: Vec<String>,
    alarms: BTreeMap<String, u32>,
    last_alarms: Vec<String>,
    worst_block: f64,
    xruns: u64,
    /// Sessions that were begun.
    pub sessions: u32,
    /// The journal's bytes and files.
    pub journal: (u64, usize),
}

impl Ledger {
    /// Nothing yet; from `settled` on nothing is to grow.
    pub const fn new(settled: Duration) -> Self {
        Self {
            settled,
            samples: Vec::new(),
            between: Vec::new(),
            orders: BTreeMap::new(),
            failures: Vec::new(),
            alarms: BTreeMap::new(),
            last_alarms: Vec::new(),
            worst_block: 0.0,
            xruns: 0,
            sessions: 0,
            journal: (0, 0),
        }
    }

    /// How the daemon is.
    pub fn sample(&mut self, at: Duration, reading: Reading, playing: Option<Playing>) {
        self.samples.push((at, reading, playing));
    }

    /// How it is between two sessions.
    pub fn between(&mut self, reading: Reading) {
        self.between.push(reading);
    }

    /// What its status says.
    pub fn look(&mut self, status: &Status) {
        let alarms: Vec<String> = status.alarms.iter().map(|a| a.message.clone()).collect();
        for alarm in &alarms {
            if !self.last_alarms.contains(alarm) {
                *self.alarms.entry(alarm.clone()).or_default() += 1;
            }
        }
        self.last_alarms = alarms;
        self.worst_block = self.worst_block.max(status.output.worst_callback_ms);
        self.xruns = self.xruns.max(status.output.xruns);
    }

    /// What became of an order.
    pub fn answered(&mut self, order: &Order, forecast: bool, answer: &Result<Answer, Refused>) {
        let told = json!(order);
        let word = told["do"].as_str().unwrap_or("?");
        let word = if forecast { "forecast" } else { word };
        let count = self.orders.entry(word.to_owned()).or_default();
        match answer {
            Ok(_) => count.0 += 1,
            Err(refused) => {
                count.1 += 1;
                if matches!(refused.reason, Reason::Failed | Reason::Wrong) {
                    self.failures.push(format!("{word}: {refused}"));
                }
            }
        }
    }

    /// A line for whoever waits.
    pub fn progress(&self, elapsed: Duration) {
        let Some((_, now, _)) = self.samples.last() else {
            return;
        };
        let given: u32 = self.orders.values().map(|(done, no)| done + no).sum();
        println!(
            "{:>6.1} min  {:>6.2} MiB  {:>3} threads  {:>3} handles  {:>3} sessions  {given:>6} commands  {} alarms",
            elapsed.as_secs_f64() / 60.0,
            now.memory,
            now.threads,
            now.handles,
            self.sessions,
            self.alarms.values().sum::<u32>(),
        );
        // Somebody may follow a file.
        let _ = std::io::stdout().flush();
    }

    /// Memory over hours, of the settled samples.
    fn memory(&self, of: impl Fn(Option<Playing>) -> bool) -> Vec<(f64, f64)> {
        let samples = self.samples.iter();
        let settled = samples.filter(|(at, _, playing)| *at >= self.settled && of(*playing));
        settled
            .map(|(at, reading, _)| (at.as_secs_f64() / 3600.0, reading.memory))
            .collect()
    }

    fn long(&self, of: fn(&Reading) -> u32) -> Vec<u32> {
        let samples = self.samples.iter();
        let settled = samples.filter(|(at, _, playing)| {
            *at >= self.settled && matches!(playing, Some(Playing::Long))
        });
        settled.map(|(_, reading, _)| of(reading)).collect()
    }

    /// Prints it all; whether it is good.
    pub fn report(&self, seed: u64) -> ExitCode {
        let all = slope(&self.memory(|_| true));
        let long = slope(&self.memory(|playing| playing == Some(Playing::Long)));
        let peak = self.samples.iter().map(|(_, r, _)| r.peak);
        let peak = peak.fold(0.0, f64::max);
        let (handles, threads) = (self.long(|r| r.handles), self.long(|r| r.threads));
        let between = |of: fn(&Reading) -> u32| self.between.iter().map(of).collect::<Vec<u32>>();
        let (idle_handles, idle_threads) = (between(|r| r.handles), between(|r| r.threads));
        println!("\ncommand      done  refused");
        for (word, (done, refused)) in &self.orders {
            println!("{word:>10} {done:>6} {refused:>8}");
        }
        println!(
            "memory       {all:+.3} MiB/h, in the long session {long:+.3} MiB/h, at most {peak:.1} MiB"
        );
        println!(
            "handles      {:?} in the long session, {:?} between sessions",
            span(&handles),
            span(&idle_handles)
        );
        println!(
            "threads      {:?} in the long session, {:?} between sessions",
            span(&threads),
            span(&idle_threads)
        );
        println!(
            "journal      {} bytes in {} files",
            self.journal.0, self.journal.1
        );
        println!(
            "worst block  {:.3} ms, {} times run dry",
            self.worst_block, self.xruns
        );
        for (alarm, times) in &self.alarms {
            println!("alarm        {times} x {alarm}");
        }
        let mut wrong = self.failures.clone();
        let last = self.samples.last().map_or(Duration::ZERO, |(at, ..)| *at);
        if last.saturating_sub(self.settled) < LEAST {
            println!("             too short a run to judge growth within a session by");
        } else {
            if all > MOST {
                wrong.push(format!("memory grows by {all:.2} MiB an hour"));
            }
            for (what, values) in [("handles", &handles), ("threads", &threads)] {
                if grew(values) {
                    wrong.push(format!("{what} grow: {values:?}"));
                }
            }
        }
        let idle = [("handles", &idle_handles), ("threads", &idle_threads)];
        for (what, values) in idle {
            // The first session brings what stays, such as the C library's own.
            if values.len() > 2 && grew(&values[1..]) {
                wrong.push(format!("{what} grow from session to session: {values:?}"));
            }
        }
        for sentence in &wrong {
            println!("WRONG        {sentence}");
        }
        let line = json!({
            "seed": seed, "sessions": self.sessions, "good": wrong.is_empty(),
            "memory_slope": all, "memory_slope_long": long, "memory_peak": peak,
            "handles": span(&handles), "threads": span(&threads),
            "handles_between": span(&idle_handles), "threads_between": span(&idle_threads),
            "alarms": self.alarms.values().sum::<u32>(), "journal_bytes": self.journal.0,
            "worst_block_ms": self.worst_block, "xruns": self.xruns,
        });
        println!("{line}");
        if wrong.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
