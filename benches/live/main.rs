//! `make live MINUTES=10`: what it costs to play in real time, beside mpd at the same time on the same files, both to
//! nothing. Half of mpd's processor time and no more memory is what is aimed at; it fails where that is missed.
//!
//! mpd plays once as it comes (each file at its own rate) and once as a device at one rate needs it, which is what ours
//! always does. `MUSIC=folder` takes your own files.

#[path = "../room/mod.rs"]
mod room;

mod rival;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use rival::{MISSING, Rival};
use room::daemon::{Daemon, Folder};
use room::process::{Reading, cpu_seconds, read};
use room::setting::setting;
use serde_json::{Value, json};
use undersong::daemon::Order;

/// Until all play, and what is done once is done.
const WARM: Duration = Duration::from_secs(20);
/// What both play.
const ENDINGS: [&str; 6] = ["ogg", "flac", "mp3", "wav", "aiff", "m4a"];
/// So much of mpd's processor time.
const HALF: f64 = 0.5;

fn main() -> ExitCode {
    let minutes = setting("MINUTES", 10.0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system's timers");
    runtime.block_on(live(Duration::from_secs_f64(minutes * 60.0)))
}

/// What one cost.
struct Cost {
    name: &'static str,
    /// Processor time, as a part of real time.
    cpu: f64,
    reading: Reading,
}

async fn live(length: Duration) -> ExitCode {
    let folder = Folder::new();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists");
    let music = setting("MUSIC", bundled);
    folder.bring_from(&music, "music", |file| {
        let ending = file.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
    });
    let phase = 60 + (length + WARM).as_secs();
    let script = format!(
        "undersong: 1\ntitle: Live\nmusic: {{ crossfade: 10s }}\nphases:\n  \
         - {{ name: all, length: {phase}s, playlist: music }}\n"
    );
    folder.write("media/live.yaml", &script);
    let (Some(plain), Some(device)) = (
        Rival::start(&folder, "plain", None),
        Rival::start(&folder, "device", Some("48000:f:2")),
    ) else {
        println!("{MISSING}");
        return ExitCode::FAILURE;
    };
    let daemon = Daemon::start(&folder, "device: paced\nperiod: 1024\n", &[]).await;
    let status = daemon.status().await;
    let script = "live.yaml".into();
    let begun = daemon.order(Order::Start { script }, false, &status).await;
    begun.unwrap_or_else(|refused| panic!("no session begins: {refused} {:?}", refused.details));
    println!("{:.1} min, at the same time", length.as_secs_f64() / 60.0);
    tokio::time::sleep(WARM).await;
    let all = [
        ("undersong", daemon.process()),
        ("mpd", plain.process()),
        ("mpd at 48 kHz", device.process()),
    ];
    let cpu = |process| cpu_seconds(process).expect("a process that plays");
    let before = all.map(|(_, process)| cpu(process));
    tokio::time::sleep(length).await;
    let mut costs = Vec::new();
    for ((name, process), before) in all.into_iter().zip(before) {
        costs.push(Cost {
            name,
            cpu: (cpu(process) - before) / length.as_secs_f64(),
            reading: read(process).expect("a process that plays"),
        });
    }
    let status = daemon.status().await;
    assert!(status.alarms.is_empty(), "{:?}", status.alarms);
    report(&costs)
}

fn report(costs: &[Cost]) -> ExitCode {
    println!("                  CPU %   memory MiB   at most MiB   threads");
    for Cost { name, cpu, reading } in costs {
        println!(
            "{name:>14} {:>8.3} {:>12.1} {:>13.1} {:>9}",
            cpu * 100.0,
            reading.memory,
            reading.peak,
            reading.threads
        );
    }
    let Some((own, others)) = costs.split_first() else {
        return ExitCode::FAILURE;
    };
    let mut good = true;
    let mut values = Vec::<Value>::new();
    for other in others {
        let cpu = own.cpu / other.cpu;
        let (memory, peak) = (
            own.reading.memory / other.reading.memory,
            own.reading.peak / other.reading.peak,
        );
        println!(
            "to {:<14} CPU {cpu:.2}   memory {memory:.2}   at most {peak:.2}",
            other.name
        );
        good &= cpu <= HALF && memory <= 1.0;
        values.push(json!({ "to": other.name, "cpu": cpu, "memory": memory, "peak": peak }));
    }
    if !good {
        println!("WRONG        more than half of its processor time, or more memory");
    }
    let own = json!({ "cpu": own.cpu, "memory": own.reading.memory, "peak": own.reading.peak });
    println!("{}", json!({ "good": good, "own": own, "ratios": values }));
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
