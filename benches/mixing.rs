//! What mixing costs: the engine with many voices, each with its own sound and a running ramp, against a plain loop that
//! does the same sums. Ratios of one run hold; absolute times are the machine's.
//!
//! `cargo bench --bench mixing`

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use undersong::engine::{Brake, Command, Engine, Envelope, Handle, Id, Loop, Setup, Voice};
use undersong::fade::Fade;
use undersong::frame::Frame;
use undersong::level::{Gain, Loudness};
use undersong::time::{Frames, Rate};
use undersong::zone::{Caps, Layout};

/// Frames in a block.
const BLOCK: usize = 128;
/// Frames of each voice's own sound.
const LENGTH: usize = 48_000 * 5;
/// Each is measured this often, in turn; the best counts, since a noisy machine only ever adds.
const ROUNDS: usize = 9;

fn main() {
    println!(
        "Mixing, blocks of {BLOCK} frames, a running ramp on every voice; ns a voice and frame"
    );
    println!(
        "{:>7} {:>10} {:>10} {:>7} {:>17}",
        "voices", "plain loop", "engine", "ratio", "worst/median"
    );
    for voices in [1, 16, 64, 256] {
        let sounds: Vec<Arc<[Frame]>> = (0..voices).map(sound).collect();
        let (mut plain, mut engine) = (f64::INFINITY, f64::INFINITY);
        let mut spread = f64::INFINITY;
        for _ in 0..ROUNDS {
            plain = plain.min(time_plain(&sounds));
            let (mean, worst) = time_engine(&sounds);
            engine = engine.min(mean);
            spread = spread.min(worst);
        }
        let each = 1.0 / voices as f64;
        println!(
            "{voices:>7} {:>10.2} {:>10.2} {:>7.2} {:>17.1}",
            plain * each,
            engine * each,
            engine / plain,
            spread
        );
    }
}

fn sound(seed: usize) -> Arc<[Frame]> {
    let mut state = 0x9E37_79B9_u32.wrapping_mul(seed as u32 + 1) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32 * 0.002 - 0.001
    };
    (0..LENGTH).map(|_| [next(), next()]).collect()
}

/// Nanoseconds a frame of the loop that everything is measured by.
fn time_plain(sounds: &[Arc<[Frame]>]) -> f64 {
    let mut bus = [[0.0; 2]; BLOCK];
    let slope = 1.0 / LENGTH as f32;
    let begin = Instant::now();
    for block in 0..LENGTH / BLOCK {
        bus.fill([0.0; 2]);
        let at = block * BLOCK;
        for sound in sounds {
            add(&mut bus, &sound[at..at + BLOCK], at as f32 * slope, slope);
        }
        black_box(&mut bus);
    }
    nanoseconds(begin.elapsed(), LENGTH / BLOCK * BLOCK)
}

/// `bus += source * (gain + i * slope)`, laid out so that the compiler vectorises it.
#[inline(never)]
fn add(bus: &mut [Frame], source: &[Frame], gain: f32, slope: f32) {
    const LANES: usize = 16;
    let (bus, source) = (bus.as_flattened_mut(), source.as_flattened());
    let mut gains = [0.0; LANES];
    for (at, lane) in gains.iter_mut().enumerate() {
        *lane = gain + slope * (at / 2) as f32;
    }
    let step = slope * (LANES / 2) as f32;
    for (sums, samples) in bus.chunks_exact_mut(LANES).zip(source.chunks_exact(LANES)) {
        for ((sum, sample), gain) in sums.iter_mut().zip(samples).zip(&mut gains) {
            *sum += sample * *gain;
            *gain += step;
        }
    }
}

/// Nanoseconds a frame of the engine, and its worst block against its median one.
fn time_engine(sounds: &[Arc<[Frame]>]) -> (f64, f64) {
    let (mut engine, mut handle) = stage(sounds);
    let mut out = [0.0; BLOCK * 2];
    // What happens once: taking the voices in, filling the limiter.
    engine.render(&mut out);
    let blocks = LENGTH / BLOCK - 8;
    let mut times = Vec::with_capacity(blocks);
    let begin = Instant::now();
    for _ in 0..blocks {
        let block = Instant::now();
        engine.render(&mut out);
        black_box(&mut out);
        times.push(block.elapsed());
    }
    let mean = nanoseconds(begin.elapsed(), blocks * BLOCK);
    while handle.event().is_some() {}
    times.sort_unstable();
    // One block in a thousand is the machine's, not ours.
    let worst = times[times.len() - 1 - times.len() / 1000].as_secs_f64();
    (mean, worst / times[times.len() / 2].as_secs_f64())
}

fn stage(sounds: &[Arc<[Frame]>]) -> (Engine, Handle) {
    let (engine, mut handle) = Engine::new(&Setup {
        rate: Rate::DEFAULT,
        layout: Layout::single(),
        start: Frames::ZERO,
        ramp_in: Frames::ZERO,
        calm: Loudness(-33.0),
        metered: true,
        caps: Caps::default(),
        bed: Loop::default(),
        bed_gain: Gain::SILENCE,
        brake: Brake::default(),
    });
    for (number, sound) in sounds.iter().enumerate() {
        let envelope = Envelope {
            from: Frames::ZERO,
            length: Frames::from(LENGTH),
            gain: Gain(0.9),
            rise: Fade::equal_power(Frames::from(LENGTH)),
            fall: Fade::NONE,
            turn: None,
        };
        let voice = Voice::new(
            Id(number as u64),
            envelope,
            Layout::single().all(),
            Arc::clone(sound),
        );
        handle
            .send(Command::Voice(Box::new(voice)))
            .expect("room in the queue");
    }
    (engine, handle)
}

fn nanoseconds(time: Duration, frames: usize) -> f64 {
    time.as_secs_f64() * 1e9 / frames as f64
}
