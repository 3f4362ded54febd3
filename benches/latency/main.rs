//! `make latency`: from a command to the first sample that is not as it would have been.
//!
//! Sessions of tones play in real time at 256 frames a block, and are steered at random moments as the daemon steers its
//! own. Each sample is compared with the one a wave earlier, which is the same, bit for bit, until something changes. A
//! time runs from the command to the moment at which its first changed sample leaves: its block, and its place in it.
//! Fails where the p99 is above 20 ms, or where nothing is heard of a command.

#[path = "../room/mod.rs"]
mod room;

mod choice;
mod ear;
mod performance;
mod tally;

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use performance::Performance;
use room::daemon::Folder;
use room::setting::{seed, setting};
use room::tones::tone;
use serde_json::json;
use tally::Tally;
use undersong::library::Cache;
use undersong::prepare::{Prepared, prepare};
use undersong::time::Rate;

/// So many milliseconds, at most, for 99 of 100.
const MOST: f64 = 20.0;
/// So many sessions at once: each rests until its sound is steady again.
const SESSIONS: usize = 10;

/// As at the peak of an evening: a phase that is held, which is laid out for a day, with cues that look for their place. None
/// of them comes as long as this lasts.
const SCRIPT: &str = "undersong: 1\ntitle: Tones\nmusic: { loudness: as-is, fade-in: 0s, crossfade: 4s }\nphases:\n  \
    - name: all\n    length: 1h\n    end: hold\n    playlist: { tracks: [low.wav, high.wav] }\n    cues:\n      \
    - { every: 40m, voice: cues/soften.flac, place: quiet, within: 90s }\n";

fn main() -> ExitCode {
    let (commands, seed) = (setting("COMMANDS", 10_000), seed());
    println!("{commands} commands, {SESSIONS} sessions, SEED={seed}");
    let folder = Folder::new();
    let prepared = prepared(&folder);
    let begun = Instant::now();
    let each = commands / SESSIONS;
    let performances: Vec<_> = (0..SESSIONS as u64)
        .map(|number| {
            let performance = Performance::begin(&prepared, seed * 1000 + number);
            thread::spawn(move || performance.measure(each))
        })
        .collect();
    let mut tally = Tally::default();
    for performance in performances {
        tally.add(performance.join().expect("a measurement"));
    }
    println!("in {:.0} s", begun.elapsed().as_secs_f64());
    let (p99, values) = tally.report();
    let good = p99 <= MOST && tally.unheard == 0;
    if !good {
        println!(
            "WRONG        p99 {p99:.2} ms is above {MOST} ms, or {} were unheard",
            tally.unheard
        );
    }
    println!(
        "{}",
        json!({ "seed": seed, "good": good, "unheard": tally.unheard, "refused": tally.refused, "latency": values })
    );
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A session of two tones, an octave apart.
fn prepared(folder: &Folder) -> Prepared {
    folder.bring("cues");
    tone(&folder.path("media/low.wav"), ear::WAVE, -18.0, 300);
    tone(&folder.path("media/high.wav"), ear::WAVE / 2, -18.0, 300);
    folder.write("media/tones.yaml", SCRIPT);
    let script = folder.path("media/tones.yaml");
    prepare(&script, Rate::DEFAULT, &Cache::none(), &|_| ())
        .unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}
