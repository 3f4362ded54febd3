//! A reminder comes once, and in its own phase, whatever is changed and taken back; and words that are late, one after the other.

mod common;

use std::time::Duration;

use common::files::{Wav, wav};
use common::sounds::noise;
use common::stage::Stage;
use undersong::engine::Engine;
use undersong::player::{Player, What};
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, CueSort};

const RATE: Rate = Rate::DEFAULT;
const PATIENCE: Duration = Duration::from_secs(60);

const SESSION: &str = "
undersong: 1
music: { loudness: as-is, crossfade: 2s, fade-in: 1s, fade-out: 2s }
phases:
  - { name: calm, length: 40s, playlist: [music.wav], cues: [
      { at: 16s, remind: look at both }, { every: 10s, remind: breathe }, { at: end, remind: it ends } ] }
  - { name: rest, length: 60s, music: silence, cues: [ { at: 0s, remind: be still } ] }
  - { name: return, length: 30s, playlist: [music.wav] }
";

/// A session of which the reminders are told; the test turns its clock.
struct Told {
    player: Player,
    engine: Engine,
    heard: usize,
    reminders: Vec<(f64, String)>,
}

impl Told {
    fn new(stage: &Stage) -> Self {
        let prepared = stage.prepare(SESSION, RATE);
        let (player, engine) = Player::new(prepared.steered(), Frames::ZERO).unwrap();
        Self {
            player,
            engine,
            heard: 0,
            reminders: Vec::new(),
        }
    }

    fn until(&mut self, second: f64) {
        let frame = (second * f64::from(RATE.hertz())) as usize;
        while self.heard < frame {
            let frames = (frame - self.heard).min(1021);
            for happening in self.player.tick() {
                if let What::Cue(cue) = happening.what
                    && cue.sort == CueSort::Remind
                {
                    let text = cue.text.clone().unwrap();
                    self.reminders.push((RATE.seconds(happening.at), text));
                }
            }
            assert!(self.player.wait_ready(Frames::from(frames), PATIENCE));
            self.engine.render(&mut vec![0.0; frames * 2]);
            self.heard += frames;
        }
    }

    fn steer(&mut self, change: &Change) {
        self.player.steer(change).unwrap();
    }

    fn when(&self, text: &str) -> Vec<f64> {
        let told = self.reminders.iter().filter(|(_, told)| told == text);
        told.map(|(at, _)| (at * 10.0).round() / 10.0).collect()
    }
}

fn stage() -> Stage {
    let stage = Stage::new();
    let music = noise(3, 0.1, 50 * 44_100 + 17);
    wav(&stage.path("music.wav"), &music, 44_100, 2, Wav::Float);
    stage
}

#[test]
fn a_skip_into_silence_that_is_taken_back_at_once_shows_nobody_what_belongs_to_the_silence() {
    let mut told = Told::new(&stage());
    told.until(14.9);
    told.steer(&Change::Skip);
    told.until(15.2);
    told.steer(&Change::Undo);
    told.until(45.0);
    assert_eq!(told.when("look at both"), [16.0], "{:?}", told.reminders);
    assert_eq!(told.when("breathe"), [10.0, 20.0, 30.0]);
    assert_eq!(told.when("it ends"), [40.0]);
    assert_eq!(told.when("be still"), [40.0]);
}

#[test]
fn what_comes_again_by_itself_is_not_made_up_for_a_moment_before() {
    let mut told = Told::new(&stage());
    told.until(14.9);
    told.steer(&Change::Skip);
    told.until(25.3);
    told.steer(&Change::Undo);
    told.until(45.0);
    // It was due at 16 s and at 20 s, while the silence was there.
    assert_eq!(told.when("look at both"), [29.3], "{:?}", told.reminders);
    assert_eq!(told.when("breathe"), [10.0, 30.0]);
    assert_eq!(told.when("be still"), [15.9]);
}

#[test]
fn two_voices_whose_time_passed_in_the_silence_do_not_speak_at_once() {
    let stage = stage();
    let word = noise(5, 0.1, 3 * 48_000 + 11);
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    let voices = "{ name: one, at: 17s, voice: word.wav, within: 0s }, { name: two, at: 22s, voice: word.wav, within: 0s }, {";
    let course = stage
        .prepare(
            &SESSION.replace("{ at: 16s", &format!("{voices} at: 16s")),
            RATE,
        )
        .steered();
    let at = |second: f64| RATE.frames(Duration::from_secs_f64(second));
    let skipped = course.revise(at(14.9), &Change::Skip).unwrap();
    let back = skipped.revise(at(25.3), &Change::Undo).unwrap();
    let cues = &back.timeline().cues;
    let [one, two] = ["one", "two"].map(|name| cues.iter().find(|cue| cue.name == name).unwrap());
    assert!(one.at > at(25.3) && two.at >= one.end(), "{one:?} {two:?}");
    assert!(two.end() <= at(40.0));
}
