//! A disk that stalls is not heard: half a minute is bridged by what was read ahead, more by the bed.

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use common::files::{Wav, flac, wav};
use common::sounds::noise;
use common::stage::{Stage, play, power};
use common::stalling::{Mood, Stalling};
use undersong::decode::{Ahead, Decoder, OwnDisk};
use undersong::engine::Engine;
use undersong::frame::Frame;
use undersong::player::{Beginning, Player, What};
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};
use undersong::timeline::Change;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;
const SECOND: usize = 48_000;
const BLOCK: usize = 4_800;
const PATIENCE: Duration = Duration::from_secs(10);

/// Three pieces of odd lengths, the second one out of two files without a seam, and a cue between.
const SCRIPT: &str = "
undersong: 1
title: Stalls
music: { crossfade: 4s, fade-in: 0s, fade-out: 0s }
phases:
  - { name: one, length: 46s, playlist: [first.wav], cues: [ { at: 44s, chime: cue.wav } ] }
  - { name: two, length: 60s, crossfade: 0s, playlist: [second.flac, third.wav] }
  - { name: three, length: 50s, playlist: [fourth.wav] }
";

struct Stalled {
    /// Keeps the files.
    _stage: Stage,
    prepared: Prepared,
    disk: Stalling,
    player: Player,
    engine: Engine,
    heard: Vec<Frame>,
    starved: usize,
    missed: usize,
    files: Vec<PathBuf>,
}

impl Stalled {
    fn new() -> Self {
        Self::of(SCRIPT)
    }

    fn of(script: &str) -> Self {
        let stage = Stage::new();
        let sound = |seed, seconds: usize| noise(seed, 0.2, seconds * 44_100 + 17);
        let save = |name: &str, seed, seconds| {
            let sound = sound(seed, seconds);
            wav(&stage.path(name), &sound, 44_100, 1, Wav::Bits(16))
        };
        let files = vec![
            save("first.wav", 1, 55),
            flac(&stage.path("second.flac"), &sound(2, 31), 44_100, 1, 16),
            save("third.wav", 3, 40),
            save("cue.wav", 5, 3),
        ];
        save("fourth.wav", 4, 60);
        let prepared = stage.prepare(script, RATE);
        let disk = Stalling::default();
        let beginning = Beginning {
            disk: Arc::new(disk.clone()),
            ..Beginning::new(prepared.steered(), Frames::ZERO)
        };
        let (player, engine) = Player::live(beginning).unwrap();
        Self {
            _stage: stage,
            prepared,
            disk,
            player,
            engine,
            heard: Vec::new(),
            starved: 0,
            missed: 0,
            files,
        }
    }

    /// Plays to this second; while the disk is well all is ready in time.
    fn until(&mut self, second: usize, waits: bool) {
        while self.heard.len() < second * SECOND {
            let happenings = self.player.tick();
            let starved = happenings
                .iter()
                .filter(|h| matches!(h.what, What::Starved(_)));
            self.starved += starved.count();
            let missed = happenings
                .iter()
                .filter(|h| matches!(h.what, What::Missed(_)));
            self.missed += missed.count();
            let frames = Frames::from(BLOCK);
            assert!(!waits || self.player.wait_ready(frames, PATIENCE));
            let mut block = vec![0.0; BLOCK * 2];
            self.engine.render(&mut block);
            self.heard.extend(block.as_chunks::<2>().0);
        }
    }

    /// Waits until everything that sounds within the next minute is in memory: it has been playing for a while.
    fn settle(&self) {
        let size = |file: &PathBuf| file.metadata().unwrap().len();
        self.disk.wait_read(self.files.iter().map(size).sum());
    }
}

#[test]
fn half_a_minute_without_a_disk_changes_no_sample() {
    let mut session = Stalled::new();
    let rendered = play(&session.prepared, Frames::ZERO).frames();
    session.until(20, true);
    session.settle();
    session.disk.be(Mood::Hangs);
    // The rings hold four seconds; the rest comes out of what was read ahead, two new files and a cue too.
    session.until(50, true);
    session.disk.be(Mood::Well);
    session.until(150, true);
    assert_eq!(session.starved, 0);
    assert!(session.heard == rendered[..session.heard.len()]);
}

#[test]
fn where_it_takes_longer_the_bed_stands_in() {
    let mut session = Stalled::new();
    session.until(20, true);
    session.settle();
    session.disk.be(Mood::Hangs);
    session.until(50, true);
    session.until(130, false);
    assert!(session.starved > 0);
    session.disk.be(Mood::Well);
    session.until(150, false);
    for (at, window) in session.heard[BLOCK..].chunks_exact(2_400).enumerate() {
        let level = power(window);
        assert!(level > -70.0, "{level} dB at {} s", at as f64 / 20.0);
    }
}

#[test]
fn a_disk_that_fails_for_a_moment_is_tried_again_before_it_matters() {
    let mut session = Stalled::new();
    let rendered = play(&session.prepared, Frames::ZERO).frames();
    session.until(20, true);
    session.settle();
    session.disk.be(Mood::Fails);
    session.until(45, true);
    session.disk.be(Mood::Well);
    session.until(150, true);
    assert!(session.heard == rendered[..session.heard.len()]);
}

/// It is opened long before it is due.
#[test]
fn a_file_that_cannot_be_opened_for_a_moment_is_heard_from_its_beginning() {
    let mut session = Stalled::new();
    let rendered = play(&session.prepared, Frames::ZERO).frames();
    session.until(1, true);
    session
        .disk
        .wait_read(session.files[0].metadata().unwrap().len());
    session.disk.be(Mood::Fails);
    // The next one is opened, 45 s ahead.
    session.until(20, true);
    session.disk.be(Mood::Well);
    session.until(150, true);
    assert_eq!(session.starved, 0);
    assert!(session.heard == rendered[..session.heard.len()]);
}

/// A voice of more than twenty seconds is read while it plays.
#[test]
fn a_long_voice_begins_with_its_first_word_or_not_at_all() {
    let late = "three, length: 50s, cues: [ { name: words, at: 40s, voice: fourth.wav } ],";
    let mut session = Stalled::of(&SCRIPT.replace("three, length: 50s,", late));
    let silent = play(&session.prepared, Frames::ZERO).frames();
    session.until(20, true);
    session.settle();
    session.disk.be(Mood::Hangs);
    let words = Change::Cue {
        name: "words".into(),
    };
    session.player.steer(&words).unwrap();
    session.until(26, false);
    session.disk.be(Mood::Well);
    session.until(40, true);
    assert_eq!(session.missed, 1);
    // The music went down for it, and comes back.
    let [heard, alone] =
        [&session.heard, &silent].map(|sound| power(&sound[25 * SECOND..35 * SECOND]));
    assert!(heard < alone, "{heard} {alone}");
}

#[test]
fn what_is_read_ahead_is_what_is_in_the_file_wherever_it_is_sought() {
    let stage = Stage::new();
    let sound = noise(9, 0.5, 90 * 44_100 + 5);
    let path = wav(&stage.path("long.wav"), &sound, 44_100, 2, Wav::Float);
    let ahead = || Ahead {
        disk: Arc::new(OwnDisk),
        path: path.clone(),
        frames: Frames(10),
        whole: Frames(90 * 44_100),
    };
    let mut decoder = Decoder::open_ahead(ahead()).unwrap();
    let mut all = Vec::new();
    while decoder.read(&mut all).unwrap() > 0 {}
    assert!(all == sound);
    let mut decoder = Decoder::open_ahead(ahead()).unwrap();
    for to in [3_000_000, 17, 2_000_001, 2_000_500, 3_969_004, 0] {
        let mut part = Vec::new();
        decoder.seek(Frames(to)).unwrap();
        decoder.read(&mut part).unwrap();
        assert!(part[..] == sound[to as usize..][..part.len()] && !part.is_empty());
    }
}
