//! Whether any block takes much longer than the others: an hour of a real session, with its crossfades, cues and ducks, block
//! by block as a device asks for them.
//!
//! `cargo bench --bench blocks`. The same hour is rendered several times and each block counts with its shortest time, since
//! what else the machine does hits another block each time.

use std::path::Path;
use std::time::{Duration, Instant};

use undersong::library::Cache;
use undersong::player::{Beginning, Player};
use undersong::prepare::{Prepared, prepare};
use undersong::time::{Frames, Rate};

/// Frames in a block.
const BLOCK: usize = 256;
const ROUNDS: usize = 7;
const HOUR: Duration = Duration::from_secs(3600);
/// A file is waited for as long as that.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() {
    println!(
        "An hour of each session in blocks of {BLOCK} frames; the shortest of {ROUNDS} runs, block by block"
    );
    println!(
        "{:>10} {:>8} {:>10} {:>10} {:>10} {:>14}",
        "session", "blocks", "median", "99.9 %", "worst", "worst/median"
    );
    for name in ["evening", "solo"] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sessions/{name}.yaml"));
        let prepared = prepare(&script, Rate::DEFAULT, &Cache::of_user(), &|_| ());
        let prepared = prepared.expect("a bundled session");
        let mut shortest = times(&prepared);
        for _ in 1..ROUNDS {
            for (shortest, time) in shortest.iter_mut().zip(times(&prepared)) {
                *shortest = time.min(*shortest);
            }
        }
        let mut order: Vec<usize> = (0..shortest.len()).collect();
        order.sort_by_key(|at| shortest[*at]);
        let micros = |place: usize| shortest[order[place]].as_secs_f64() * 1e6;
        let count = order.len();
        let (median, worst) = (micros(count / 2), micros(count - 1));
        let longest = order.iter().rev().take(5).map(|at| {
            let place = Rate::DEFAULT.duration(Frames((at * BLOCK) as u64));
            let time = shortest[*at].as_secs_f64() * 1e6;
            format!("{:.3} s ({time:.1} µs)", place.as_secs_f64())
        });
        println!(
            "{name:>10} {count:>8} {median:>7.2} µs {:>7.2} µs {worst:>7.2} µs {:>14.2}",
            micros(count - 1 - count / 1000),
            worst / median,
        );
        println!(
            "{:>10} the longest: {}",
            "",
            longest.collect::<Vec<_>>().join(", ")
        );
    }
}

/// How long each block of the first hour took to render.
fn times(prepared: &Prepared) -> Vec<Duration> {
    let beginning = Beginning::new(prepared.steered(), Frames::ZERO);
    let (mut player, mut engine) = Player::offline(beginning).expect("a player");
    let mut out = vec![0.0; BLOCK * engine.channels()];
    let blocks = Rate::DEFAULT.frames(HOUR).min(prepared.timeline.length).0 / BLOCK as u64;
    let mut times = Vec::with_capacity(blocks as usize);
    for block in 0..blocks {
        if block.is_multiple_of(16) {
            player.tick();
            let ahead = Frames::from(16 * BLOCK);
            assert!(player.wait_ready(ahead, PATIENCE), "a file does not come");
        }
        let begin = Instant::now();
        engine.render(&mut out);
        times.push(begin.elapsed());
        std::hint::black_box(&mut out);
    }
    times
}
