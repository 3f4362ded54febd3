//! From its journal and the same files a session is rendered as it was played, to the sample.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use common::files::{Wav, wav};
use common::sounds::noise;
use common::stage::Stage;
use undersong::engine::{Brake, Engine, Stop};
use undersong::fade::Correlation;
use undersong::frame::Frame;
use undersong::journal::{Ending, Entry, Journal, Started, read};
use undersong::level::Decibels;
use undersong::player::{Beginning, Player, Replay, StartError, What};
use undersong::prepare::Prepared;
use undersong::time::{Frames, Rate};
use undersong::timeline::Change;
use undersong::zone::{Caps, Listener};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const PATIENCE: Duration = Duration::from_secs(60);
/// Small and odd, so that thousands of seconds pass quickly.
const HERTZ: u32 = 8_000;

const SCRIPT: &str = "
undersong: 1
title: Again
seed: 3
music: { crossfade: 3s, fade-in: 1s, fade-out: 3s }
phases:
  - { name: onset, length: 40s, max: 80s, playlist: { tracks: [one.wav, two.wav] }, cues: [
      { name: word, at: 20s, voice: word.wav }, { name: bell, at: 32s, chime: word.wav } ] }
  - { name: peak, length: 40s, end: hold, playlist: { file: all.m3u8, order: shuffle }, cues: [ { at: 9s, voice: word.wav, to: a } ] }
  - { name: return, length: 40s, playlist: { tracks: [three.wav] }, cues: [ { name: back, at: 20s, voice: word.wav } ] }
";

fn stage() -> (Stage, Prepared) {
    let stage = Stage::new();
    for (seed, name, rate) in [(1, "one", 8_000), (2, "two", 11_025), (3, "three", 8_000)] {
        let mut sound = noise(seed, 0.2, 23 * rate as usize + 77);
        // They have something in common: none swings around nought.
        let raised = |sample: &mut f32| *sample += 0.1;
        sound.iter_mut().flatten().for_each(raised);
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            rate,
            2,
            Wav::Float,
        );
    }
    wav(
        &stage.path("word.wav"),
        &noise(5, 0.1, 20_011),
        8_000,
        1,
        Wav::Float,
    );
    std::fs::write(stage.path("all.m3u8"), "one.wav\ntwo.wav\nthree.wav\n").unwrap();
    let prepared = stage.prepare(SCRIPT, Rate::new(HERTZ).unwrap());
    let mut crossing = prepared.steered().timeline().clips.clone();
    crossing.retain(|clip| clip.fade_in.alike() > Correlation::NONE);
    assert!(crossing.len() > 2, "{crossing:?}");
    (stage, prepared)
}

fn caps() -> Caps {
    let caps = [(Listener::A, Decibels(-5.0)), (Listener::B, Decibels(-9.0))];
    // Low enough to be at work.
    Caps::new(caps.into(), vec![(Listener::B, Decibels(-29.0))])
}

/// Numbers that look random; the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides
    }
}

/// A session that is played, recorded and steered.
struct Played {
    player: Player,
    engine: Engine,
    journal: Arc<Journal>,
    heard: Vec<Frame>,
    over: Option<Frames>,
    dice: Dice,
}

impl Played {
    fn begin(prepared: &Prepared, folder: &Path, seed: u64) -> Self {
        let started = Started {
            title: "Again".into(),
            script: "session.yaml".into(),
            hash: prepared.session.hash.clone(),
            rate: prepared.timeline.rate,
            zones: vec![Listener::A, Listener::B],
            caps: caps(),
            seed: 3,
            undersong: "test".into(),
            boot: String::new(),
        };
        let journal = Journal::create(folder, started).unwrap();
        // As in a room that is never as loud as a session would be.
        let change = Change::Level {
            to: caps().loudest(Listener::A),
        };
        let course = prepared.steered().revise(Frames::ZERO, &change).unwrap();
        journal.append(Some(Frames::ZERO), Entry::Changed { change });
        let beginning = Beginning::new(course, Frames::ZERO);
        Self::go_on(beginning, journal, seed)
    }

    fn go_on(beginning: Beginning, journal: Journal, seed: u64) -> Self {
        let journal = Arc::new(journal);
        let beginning = Beginning {
            journal: Some(Arc::clone(&journal)),
            brake: Brake::default(),
            caps: caps(),
            ..beginning
        };
        let (player, engine) = Player::live(beginning).unwrap();
        Self {
            player,
            engine,
            journal,
            heard: Vec::new(),
            over: None,
            dice: Dice(seed * 0x9E37_79B9 + 7),
        }
    }

    /// Plays one block of an odd length.
    fn block(&mut self) {
        let frames = 64 + self.dice.roll(700) as usize;
        for happening in self.player.tick() {
            if matches!(happening.what, What::Over) {
                self.over = Some(happening.at);
            }
        }
        assert!(self.journal.flush(PATIENCE));
        assert!(self.player.wait_ready(Frames::from(frames), PATIENCE));
        let channels = self.engine.channels();
        let mut block = vec![0.0; frames * channels];
        self.engine.render(&mut block);
        let frames = block.chunks_exact(channels);
        self.heard.extend(frames.map(|frame| [frame[0], frame[1]]));
    }

    /// Does something, most of the time nothing.
    fn whatever(&mut self) {
        let change = match self.dice.roll(120) {
            0 => Change::Skip,
            1 => Change::Hold,
            2 => Change::Continue,
            3 => Change::Extend {
                by: Duration::from_secs(7),
            },
            4 => Change::Level {
                to: Decibels(-3.0 - self.dice.roll(9) as f32),
            },
            5 => Change::Cue {
                name: "bell".into(),
            },
            6 => Change::Speak {
                on: self.dice.roll(2) == 0,
            },
            7 => Change::Undo,
            it @ 8..=10 => {
                assert!(self.player.pause(it == 8));
                return;
            }
            11 => {
                let ramp = Frames(self.dice.roll(9_000));
                return self.engine.come_back(ramp);
            }
            _ => return,
        };
        if !self.player.is_changing() {
            // What makes no sense as things stand is refused.
            let _ = self.player.steer(&change);
        }
    }

    fn play(&mut self, frames: usize) {
        while self.heard.len() < frames && self.over.is_none() {
            self.whatever();
            self.block();
        }
    }

    /// Until it is over; whatever was asked is done first.
    fn end(mut self) -> (PathBuf, Vec<Frame>) {
        while self.over.is_none() {
            self.block();
        }
        let how = Ending::Faded;
        self.journal.append(self.over, Entry::Ended { how });
        self.leave()
    }

    fn leave(self) -> (PathBuf, Vec<Frame>) {
        assert!(self.journal.flush(PATIENCE));
        (self.journal.path().to_owned(), self.heard)
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The first zone of a session as its journal tells it.
fn again(prepared: &Prepared, journal: &Path) -> Vec<Frame> {
    let replay = Replay::new(&prepared.steered(), &read(journal).unwrap()).unwrap();
    let channels = prepared.timeline.layout.channels();
    let mut frames = Vec::new();
    let troubles = replay.render::<Failure>(|block| {
        let block = block.chunks_exact(channels);
        frames.extend(block.map(|frame| [frame[0], frame[1]]));
        Ok(())
    });
    assert!(troubles.unwrap().is_empty());
    assert_eq!(frames.len(), replay.length().index());
    frames
}

#[track_caller]
fn assert_same(seed: u64, heard: &[Frame], again: &[Frame]) {
    let sounds = again.iter().filter(|frame| **frame != [0.0, 0.0]).count();
    assert!(
        sounds > again.len() / 3,
        "seed {seed}: hardly anything is heard"
    );
    let place = heard.iter().zip(again).position(|(a, b)| a != b);
    let seconds = place.map(|place| place as f64 / f64::from(HERTZ));
    assert_eq!(
        seconds, None,
        "seed {seed}: other samples from this second on"
    );
    let rest = heard.get(again.len()..).unwrap_or_default();
    assert!(
        rest.iter().all(|frame| *frame == [0.0, 0.0]),
        "seed {seed}: more was heard"
    );
}

#[test]
fn whatever_was_done_the_journal_gives_the_same_samples() {
    let (stage, prepared) = stage();
    for seed in 1..=6 {
        let folder = stage.path(&format!("journal {seed}"));
        let mut played = Played::begin(&prepared, &folder, seed);
        played.play(170 * HERTZ as usize);
        while played.player.is_changing() {
            played.block();
        }
        let stop = [Stop::Soft, Stop::Quick, Stop::Hard][seed as usize % 3];
        played.player.stop(stop);
        let (journal, heard) = played.end();
        assert_same(seed, &heard, &again(&prepared, &journal));
    }
}

#[test]
fn what_was_cut_off_and_taken_up_again_is_heard_leg_by_leg() {
    let (stage, prepared) = stage();
    for seed in 1..=3 {
        let folder = stage.path(&format!("journal {seed}"));
        let mut played = Played::begin(&prepared, &folder, seed);
        played.play((31 + 7 * seed as usize) * HERTZ as usize);
        while played.player.is_changing() {
            played.block();
        }
        let (journal, first) = played.leave();
        let account = read(&journal).unwrap();
        let reopened = loop {
            // The thread of the program that died here has to let go of it.
            match Journal::reopen(&journal) {
                Ok(reopened) => break reopened,
                Err(_) => std::thread::yield_now(),
            }
        };
        let from = account.position;
        let boot = String::new();
        reopened.append(
            Some(from),
            Entry::Resumed {
                from,
                boot,
                caps: caps(),
            },
        );
        let (course, refused) = prepared.steered().after(&account.changes);
        assert!(refused.is_empty());
        let beginning = Beginning::again(course, from, account.started_cues());
        let mut played = Played::go_on(beginning, reopened, seed + 100);
        played.play(60 * HERTZ as usize);
        while played.player.is_changing() {
            played.block();
        }
        played.player.stop(Stop::Quick);
        let (journal, second) = played.end();
        let again = again(&prepared, &journal);
        let legs = read(&journal).unwrap().legs();
        let rests = legs[0].acts.iter().map(|(_, act)| act.rested().index());
        let cut = from.index() + rests.sum::<usize>();
        assert!(cut <= first.len());
        assert_same(seed, &first[..cut], &again[..cut]);
        assert_same(seed, &second, &again[cut..]);
    }
}

#[test]
fn a_rest_that_nobody_kept_is_not_waited_for() {
    let (stage, prepared) = stage();
    let mut played = Played::begin(&prepared, &stage.path("journal"), 9);
    played.play(HERTZ as usize);
    let at = Some(played.player.position());
    for rested in [Frames(1 << 40), Frames(u64::MAX)] {
        played.journal.append(at, Entry::Pausing);
        played.journal.append(at, Entry::WentOn { rested });
    }
    played.player.stop(Stop::Hard);
    let (journal, _) = played.end();
    let refused = Replay::new(&prepared.steered(), &read(&journal).unwrap()).unwrap_err();
    assert!(
        refused.to_string().contains("more than a week"),
        "{refused}"
    );
}

#[test]
fn another_script_is_not_taken_for_it() {
    let (stage, prepared) = stage();
    let mut played = Played::begin(&prepared, &stage.path("journal"), 9);
    played.play(HERTZ as usize);
    played.player.stop(Stop::Hard);
    let (journal, _) = played.end();
    let other = SCRIPT.replace("length: 40s", "length: 41s");
    let other = stage.prepare(&other, Rate::new(HERTZ).unwrap());
    let refused = Replay::new(&other.steered(), &read(&journal).unwrap()).unwrap_err();
    assert!(refused.to_string().contains("the script was changed"));
}
