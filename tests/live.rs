//! What is played live is what is rendered, sample for sample, whatever takes the blocks; and it never clicks.

mod common;

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use common::files::{Wav, wav};
use common::sounds::{noise, sine};
use common::stage::{Stage, cast, play, power};
use undersong::engine::{Engine, Stop};
use undersong::level::Decibels;
use undersong::output::{Crank, Live, RealTime, Turned, paced};
use undersong::player::Player;
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};
use undersong::timeline::Change;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;
const PATIENCE: Duration = Duration::from_secs(60);

/// A session for two listeners: files of several rates, crossfades, cues for one and for both, ducks.
const COUPLE: &str = "
undersong: 1
title: Live
music: { loudness: -23 LUFS, crossfade: 3s, fade-in: 0s, fade-out: 2s }
phases:
  - { name: one, length: 12s, playlist: [short.wav, long.wav], cues: [
      { at: 1.5s, voice: word.wav, to: a }, { at: 3s, voice: word.wav, to: b }, { at: 6s, chime: word.wav } ] }
  - { name: two, length: 11s, playlist: [long.wav], cues: [ { at: 5.4321s, voice: word.wav } ] }
";

fn stage() -> Stage {
    let stage = Stage::new();
    let save = |name: &str, sound: &[[f32; 2]], rate, channels| {
        wav(&stage.path(name), sound, rate, channels, Wav::Float);
    };
    save("short.wav", &noise(1, 0.3, 8 * 44_100 + 13), 44_100, 2);
    save("long.wav", &noise(2, 0.2, 20 * 48_000 + 7), 48_000, 2);
    save("word.wav", &sine(310.0, -12.0, 22_050, 30_001), 22_050, 1);
    stage
}

/// A session that plays on a clock turned by hand: the player is always ready before the next block is due.
struct Performance {
    player: Player,
    blocks: Receiver<Vec<f32>>,
    crank: Crank,
    output: Live,
    block: usize,
    heard: Vec<f32>,
}

impl Performance {
    fn of(prepared: &Prepared, block: usize) -> Self {
        let (player, engine) = cast(prepared, Frames::ZERO);
        Self::go_on(player, Box::new(engine), block)
    }

    /// On an output of its own. The first block is due at once.
    fn go_on(mut player: Player, engine: Box<Engine>, block: usize) -> Self {
        let (clock, crank) = Turned::new();
        let (send, blocks) = sync_channel(1);
        let capture = move |block: &[f32]| drop(send.send(block.to_vec()));
        assert!(player.wait_ready(Frames::from(block), PATIENCE));
        let output = paced(engine.channels(), block, clock, Box::new(capture));
        let Ok(output) = output.play(engine) else {
            panic!("the output does not start");
        };
        let mut performance = Self {
            player,
            blocks,
            crank,
            output,
            block,
            heard: Vec::new(),
        };
        performance.hear();
        performance
    }

    fn hear(&mut self) {
        self.heard
            .extend(self.blocks.recv_timeout(PATIENCE).unwrap());
    }

    fn channels(&self) -> usize {
        self.player.timeline().layout.channels()
    }

    /// The frames that were heard.
    fn frames(&self) -> usize {
        self.heard.len() / self.channels()
    }

    /// Plays until this many frames were heard; whole blocks.
    fn until(&mut self, frames: usize) {
        while self.frames() < frames {
            self.player.tick();
            let next = Frames::from(self.block);
            assert!(self.player.is_over() || self.player.wait_ready(next, PATIENCE));
            self.crank.turn(next);
            self.hear();
        }
    }

    /// Closes the output, as if it had died.
    fn close(self) -> (Player, Box<Engine>, Vec<f32>) {
        drop(self.crank);
        (self.player, self.output.close().unwrap(), self.heard)
    }
}

/// What is heard begins with what was rendered, and after that there is silence.
#[track_caller]
fn assert_same(heard: &[f32], rendered: &[f32]) {
    let power = power(rendered.as_chunks::<2>().0);
    assert!(power > -40.0, "nothing is heard: {power} dB");
    let differ = |(a, b): (&f32, &f32)| a.to_bits() != b.to_bits() && a != b;
    assert_eq!(heard.iter().zip(rendered).position(differ), None);
    assert!(heard.len() >= rendered.len());
    assert!(heard[rendered.len()..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_session_in_real_time_is_the_rendered_one_whatever_the_block() {
    let stage = stage();
    let prepared = stage.prepare(COUPLE, RATE);
    let rendered = play(&prepared, Frames::ZERO);
    assert_eq!(prepared.timeline.cues.len(), 4);
    for block in [64, 241, 1024] {
        let mut performance = Performance::of(&prepared, block);
        performance.until(prepared.timeline.length.index() + 3_000);
        assert!(performance.player.is_over());
        assert_same(&performance.heard, rendered.samples());
    }
}

#[test]
fn an_engine_that_comes_back_from_a_dead_output_loses_no_frame() {
    let stage = stage();
    let prepared = stage.prepare(COUPLE, RATE);
    let rendered = play(&prepared, Frames::ZERO);
    let mut performance = Performance::of(&prepared, 241);
    let mut heard = Vec::new();
    for (until, block) in [(3 * 48_000 + 11, 1024), (10_000, 64), (10 * 48_000, 731)] {
        performance.until(until);
        let (player, engine, part) = performance.close();
        heard.extend(part);
        performance = Performance::go_on(player, engine, block);
    }
    let rest = prepared.timeline.length.index() - heard.len() / 4;
    performance.until(rest);
    heard.extend(&performance.heard);
    assert_same(&heard, rendered.samples());
}

/// A session of one sine, on which every step of ours shows.
fn smooth() -> (Stage, Prepared) {
    let stage = Stage::new();
    let tone = sine(200.0, -12.0, 48_000, 70 * 48_000);
    wav(&stage.path("tone.wav"), &tone, 48_000, 2, Wav::Float);
    let prepared = stage.prepare(
        "undersong: 1\ntitle: Smooth\nmusic: { loudness: as-is }\nphases: [{ name: all, length: 60s, playlist: [tone.wav] }]\n",
        RATE,
    );
    (stage, prepared)
}

/// The largest bend of the left channel, in dBFS: a step of height h bends by h.
fn largest_bend(heard: &[f32]) -> f32 {
    let left: Vec<f32> = heard.chunks_exact(2).map(|frame| frame[0]).collect();
    let bends = left.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs());
    20.0 * bends.fold(0.0, f32::max).log10()
}

/// The level of each tenth of a second, in decibels.
fn levels(heard: &[f32]) -> Vec<f64> {
    let tenths = heard.chunks_exact(9_600);
    tenths
        .map(|tenth| {
            let power: f64 = tenth.iter().map(|s| f64::from(*s).powi(2)).sum();
            10.0 * (power / tenth.len() as f64).log10()
        })
        .collect()
}

#[test]
fn pausing_going_on_and_stopping_make_no_step_and_end_in_silence() {
    let (_stage, prepared) = smooth();
    for (stop, milliseconds) in [(Stop::Soft, 6_000), (Stop::Quick, 1_500), (Stop::Hard, 30)] {
        let mut performance = Performance::of(&prepared, 241);
        performance.until(6 * 48_000);
        performance.player.pause(true);
        performance.until(8 * 48_000);
        let paused = performance.heard.len();
        assert!(
            performance.heard[paused - 48_000..]
                .iter()
                .all(|s| *s == 0.0)
        );
        performance.player.pause(false);
        performance.until(12 * 48_000);
        let stopped = performance.heard.len();
        performance.player.stop(stop);
        performance.until(20 * 48_000);
        assert!(performance.player.is_over());
        let silence = stopped + milliseconds * 96;
        assert!(performance.heard[silence..].iter().all(|s| *s == 0.0));
        assert!(
            performance.heard[silence - 960..silence]
                .iter()
                .any(|s| *s != 0.0)
        );
        let bend = largest_bend(&performance.heard);
        assert!(bend < -60.0, "{stop:?}: {bend} dBFS");
    }
}

fn set_level(player: &mut Player, level: f32) {
    let to = Decibels(level);
    player.steer(&Change::Level { to }).unwrap();
}

#[test]
fn the_level_goes_down_at_once_and_up_slowly_without_a_step() {
    let (_stage, prepared) = smooth();
    let mut performance = Performance::of(&prepared, 1024);
    performance.until(6 * 48_000);
    set_level(&mut performance.player, -18.0);
    performance.until(8 * 48_000);
    let down = levels(&performance.heard[6 * 96_000..]);
    assert!(down[10] < down[0] - 15.0, "{down:?}");
    set_level(&mut performance.player, 0.0);
    performance.until(14 * 48_000);
    let up = levels(&performance.heard[8 * 96_000..]);
    // No more than 10 dB within a second, and it takes three for the whole.
    assert!(up.windows(11).all(|w| w[10] - w[0] < 10.0), "{up:?}");
    assert!(up[20] < up[0] + 15.0 && up[50] > up[0] + 17.0, "{up:?}");
    let bend = largest_bend(&performance.heard);
    assert!(bend < -60.0, "{bend} dBFS");
}

/// Each turn upwards that is broken off would have taken seconds more.
#[test]
fn a_key_that_is_held_for_long_is_obeyed_to_the_last_press() {
    let (_stage, prepared) = smooth();
    let mut performance = Performance::of(&prepared, 241);
    set_level(&mut performance.player, -30.0);
    performance.until(2 * 48_000);
    let (up, down) = (-29..=6, (-34..6).rev());
    for press in up.chain(down) {
        set_level(&mut performance.player, press as f32);
        let next = performance.frames() + 1_600;
        performance.until(next);
        assert!(!performance.player.is_changing());
    }
    assert_eq!(performance.player.level(), Decibels(-34.0));
    let asked = performance.heard.len();
    performance.until(asked / 2 + 2 * 48_000);
    let heard = levels(&performance.heard[asked..]);
    // A sine of -12 dBFS.
    assert!((heard[15] + 34.0 + 15.0).abs() < 0.2, "{heard:?}");
    assert!(largest_bend(&performance.heard) < -60.0);
}

#[test]
fn a_command_is_heard_within_ten_milliseconds_of_its_block() {
    let (_stage, prepared) = smooth();
    let unchanged = play(&prepared, Frames::ZERO);
    let commands: [fn(&mut Player); 3] = [
        |player| assert!(player.pause(true)),
        |player| set_level(player, -6.0),
        |player| player.stop(Stop::Hard),
    ];
    for command in commands {
        let mut performance = Performance::of(&prepared, 64);
        performance.until(6 * 48_000);
        let asked = performance.frames();
        command(&mut performance.player);
        performance.until(7 * 48_000);
        let heard = performance.heard.chunks_exact(2);
        let mut pairs = heard.zip(unchanged.samples().chunks_exact(2));
        let changed = pairs.position(|(a, b)| a != b).unwrap();
        assert!(changed - asked <= 480, "{} frames", changed - asked);
    }
}

/// A phase that is held is laid out for a day; with many cues that is long to think about.
fn thoughtful() -> (Stage, Prepared) {
    let stage = Stage::new();
    for (name, hertz) in [("low.wav", 150.0), ("high.wav", 200.0)] {
        let tone = sine(hertz, -20.0, 48_000, 31 * 48_000);
        wav(&stage.path(name), &tone, 48_000, 2, Wav::Float);
    }
    let word = noise(5, 0.1, 2 * 48_000);
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    let prepared = stage.prepare(
        "undersong: 1\nmusic: { loudness: as-is, crossfade: 10s }\nphases: [{ name: all, length: 60s, end: hold, \
         playlist: { tracks: [low.wav, high.wav] }, cues: [{ every: 1m, voice: word.wav, within: 25s }] }]\n",
        RATE,
    );
    (stage, prepared)
}

#[test]
fn a_change_that_takes_longer_to_think_about_than_a_block_is_made_all_the_same() {
    let (_stage, prepared) = thoughtful();
    let (mut player, engine) = Player::new(prepared.steered(), Frames::ZERO).unwrap();
    assert!(player.wait_ready(Frames(48_000), PATIENCE));
    // Blocks of a third of a millisecond.
    let output = paced(2, 16, RealTime::new(RATE), Box::new(|_| ()));
    let Ok(_output) = output.play(Box::new(engine)) else {
        panic!("the output does not start");
    };
    for change in [Change::Skip, Change::Skip, Change::Hold] {
        let begun = Instant::now();
        let _ = player.steer(&change);
        while player.is_changing() {
            assert!(begun.elapsed() < PATIENCE, "{change:?} is never made");
            std::thread::sleep(Duration::from_millis(1));
            player.tick();
        }
    }
}
