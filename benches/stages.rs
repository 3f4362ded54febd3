//! What each stage of a session costs, so that the next person sees where the time is: nanoseconds for each stereo frame of
//! the session, and against a bare decode of the same music in the same run.
//!
//! `cargo bench --bench stages`

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use undersong::decode::Decoder;
use undersong::engine::{
    Command, Engine, Envelope, Handle, Id, Limiter, Meter, Setup, StartleGuard, Voice,
};
use undersong::fade::Fade;
use undersong::frame::Frame;
use undersong::level::{Decibels, Gain, Loudness};
use undersong::library::{Cache, Library};
use undersong::stream::Resampler;
use undersong::time::{Frames, Rate};
use undersong::zone::Layout;

mod floor;

/// Frames in a block, as a room's device takes them.
const BLOCK: usize = 256;
/// The best of so many runs counts.
const ROUNDS: usize = 9;

fn main() {
    let path = piece();
    let (decoded, rate) = decoded(&path);
    let music = resampled(&decoded, rate);
    let stages = Stages {
        frames: music.len() as f64,
        bare: best(ROUNDS, || floor::decode(&path)),
    };
    println!(
        "Each stage over {:.0} s of {}, {rate} to 48000 Hz",
        music.len() as f64 / 48_000.0,
        path.file_name().unwrap_or_default().display()
    );
    println!("{:>34} {:>9} {:>10}", "", "ns/frame", "x decode");
    stages.row("bare decode", stages.bare);
    stages.time("decode, in its place and tamed", || {
        read(&path, Vec::clear);
    });
    stages.time("resample", || {
        convert(&decoded, rate, Vec::clear);
    });
    stages.time("look at a file (check)", || {
        black_box(Library::scan([path.clone()], &Cache::none(), &|_| ()));
    });
    stages.through("guard against startles", &music, || {
        let mut guard = StartleGuard::new(Rate::DEFAULT, Loudness::USUAL);
        move |block: &mut [Frame]| guard.watch(block)
    });
    stages.through("limiter, idle", &music, || {
        let mut limiter = Limiter::new(Rate::DEFAULT, Decibels(-6.0).gain());
        move |block: &mut [Frame]| limiter.process(block)
    });
    stages.through("limiter, at work", &music, || {
        let mut limiter = Limiter::new(Rate::DEFAULT, Decibels(-40.0).gain());
        move |block: &mut [Frame]| limiter.process(block)
    });
    stages.through("meter", &music, || {
        let mut meter = Meter::new(Rate::DEFAULT);
        move |block: &mut [Frame]| meter.measure(block)
    });
    let sound: Arc<[Frame]> = music.as_slice().into();
    let faint: Arc<[Frame]> = music.iter().map(|f| f.map(|s| s * 1e-38)).collect();
    for (name, sound, voices, metered) in [
        ("engine, one piece, no meter", &sound, 1, false),
        ("engine, one piece", &sound, 1, true),
        ("engine, two that cross and a duck", &sound, 3, true),
        ("engine, one piece of denormals", &faint, 1, true),
    ] {
        let seconds = best(ROUNDS, || play(sound, voices, metered));
        stages.row(name, seconds);
    }
}

/// What a run is measured by.
struct Stages {
    frames: f64,
    bare: f64,
}

impl Stages {
    fn row(&self, name: &str, seconds: f64) {
        let each = seconds * 1e9 / self.frames;
        println!("{name:>34} {each:>9.2} {:>10.2}", seconds / self.bare);
    }

    fn time(&self, name: &str, work: impl FnMut()) {
        self.row(name, best(ROUNDS, work));
    }

    /// A stage that changes blocks, without the copying of what goes through it.
    fn through<S: FnMut(&mut [Frame])>(&self, name: &str, music: &[Frame], stage: impl Fn() -> S) {
        let copying = best(ROUNDS, || pass(music, |_| ()));
        let all = best(ROUNDS, || pass(music, stage()));
        self.row(name, all - copying);
    }
}

fn pass(music: &[Frame], mut stage: impl FnMut(&mut [Frame])) {
    let mut block = [[0.0; 2]; BLOCK];
    for frames in music.chunks_exact(BLOCK) {
        block.copy_from_slice(frames);
        stage(&mut block);
        black_box(&mut block);
    }
}

/// A bundled piece at 44.1 kHz.
fn piece() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists/far-shore.ogg")
}

fn decoded(path: &Path) -> (Vec<Frame>, Rate) {
    let mut all = Vec::new();
    let rate = read(path, |frames| all.append(frames));
    (all, rate)
}

fn read(path: &Path, mut take: impl FnMut(&mut Vec<Frame>)) -> Rate {
    let mut decoder = Decoder::open(path).expect("a bundled piece");
    let mut frames = Vec::new();
    while decoder.read(&mut frames).expect("a bundled piece") > 0 {
        take(black_box(&mut frames));
    }
    decoder.rate()
}

fn resampled(decoded: &[Frame], rate: Rate) -> Vec<Frame> {
    let mut all = Vec::new();
    convert(decoded, rate, |frames| all.append(frames));
    all
}

fn convert(decoded: &[Frame], rate: Rate, mut take: impl FnMut(&mut Vec<Frame>)) {
    let mut resampler = Resampler::new(rate, Rate::DEFAULT).expect("usual rates");
    let mut frames = Vec::new();
    for piece in decoded.chunks(16_384) {
        resampler.push(piece, &mut frames);
        take(black_box(&mut frames));
    }
    resampler.finish(&mut frames);
    take(black_box(&mut frames));
}

/// The whole engine; of three voices two have running fades, as pieces that cross.
fn play(sound: &Arc<[Frame]>, voices: usize, metered: bool) {
    let (mut engine, mut handle) = stage(metered);
    let length = Frames::from(sound.len());
    for number in 0..voices {
        let fade = if number == 0 { Frames::ZERO } else { length };
        let envelope = Envelope {
            from: Frames::ZERO,
            length,
            gain: Gain(0.3),
            rise: Fade::equal_power(fade),
            fall: Fade::NONE,
            turn: None,
        };
        let all = Layout::single().all();
        let voice = Voice::new(Id(number as u64), envelope, all, Arc::clone(sound));
        let sent = handle.send(Command::Voice(Box::new(voice)));
        sent.expect("room in the queue");
    }
    let mut out = [0.0; BLOCK * 2];
    for _ in 0..sound.len() / BLOCK {
        engine.render(&mut out);
        black_box(&mut out);
    }
    while handle.event().is_some() {}
}

fn stage(metered: bool) -> (Engine, Handle) {
    Engine::new(&Setup {
        metered,
        ..Setup::default()
    })
}

/// The least of several runs, in seconds: a noisy machine only ever adds.
fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
    let runs = (0..rounds).map(|_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    });
    runs.fold(f64::INFINITY, f64::min)
}
