//! A session is steered while it plays: what is heard is only ever faded, goes where it was told to go, and is the same
//! sound whenever the same changes are made at the same frames.

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use common::files::{Wav, wav};
use common::sounds::{noise, sine};
use common::stage::{Stage, power};
use undersong::engine::Engine;
use undersong::frame::Frame;
use undersong::level::{Decibels, Gain};
use undersong::library::Cache;
use undersong::player::{Beginning, Player, What};
use undersong::prepare::{Prepared, prepare};
use undersong::script::Content;
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, Course, Refusal};
use undersong::zone::{Caps, Listener};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;
const SECOND: usize = 48_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// Three phases of tones that are told apart by their pitch, and cues.
const EVENING: &str = "
undersong: 1
title: Evening
music: { loudness: as-is, crossfade: 4s, fade-in: 1s, fade-out: 4s }
phases:
  - { name: onset, length: 40s, max: 60s, playlist: { tracks: [100.wav, 150.wav] }, cues: [
      { name: word, at: 30s, voice: word.wav }, { name: chime, at: 35s, chime: word.wav } ] }
  - { name: peak, length: 30s, end: hold, playlist: { tracks: [200.wav, 250.wav] } }
  - { name: return, length: 40s, playlist: { tracks: [300.wav] }, cues: [ { name: back, at: 20s, voice: word.wav } ] }
";

fn stage() -> (Stage, Prepared) {
    let stage = Stage::new();
    for (hertz, seconds) in [(100, 25), (150, 90), (200, 25), (250, 25), (300, 90)] {
        let tone = sine(f64::from(hertz), -20.0, 44_100, seconds * 44_100 + 17);
        wav(
            &stage.path(&format!("{hertz}.wav")),
            &tone,
            44_100,
            2,
            Wav::Float,
        );
    }
    let word = noise(5, 0.1, 2 * SECOND + 11);
    wav(&stage.path("word.wav"), &word, 48_000, 2, Wav::Float);
    let prepared = stage.prepare(EVENING, RATE);
    (stage, prepared)
}

/// A session that is steered: a loop turns the clock, as far and in blocks as long as the test says.
struct Steered {
    player: Player,
    engine: Engine,
    block: usize,
    heard: Vec<Frame>,
    /// What was changed, and from which frame on.
    made: Vec<(Frames, Change)>,
}

impl Steered {
    fn new(prepared: &Prepared, block: usize) -> Self {
        let (player, engine) = Player::new(prepared.steered(), Frames::ZERO).unwrap();
        Self {
            player,
            engine,
            block,
            heard: Vec::new(),
            made: Vec::new(),
        }
    }

    fn step(&mut self, frames: usize) {
        for happening in self.player.tick() {
            if let What::Changed(change) = happening.what {
                self.made.push((happening.at, change));
            }
        }
        self.render(frames);
    }

    fn render(&mut self, frames: usize) {
        assert!(self.player.wait_ready(Frames::from(frames), PATIENCE));
        let mut block = vec![0.0; frames * 2];
        self.engine.render(&mut block);
        self.heard.extend(block.as_chunks::<2>().0);
    }

    /// Plays on while nobody looks after what the engine tells.
    fn sleep(&mut self, frames: usize) {
        for _ in 0..frames / 512 {
            self.render(512);
        }
    }

    /// Plays to this frame.
    fn until(&mut self, frame: usize) {
        while self.heard.len() < frame {
            self.step(self.block.min(frame - self.heard.len()));
        }
    }

    fn seconds(&mut self, seconds: f64) {
        self.until((seconds * SECOND as f64) as usize);
    }

    #[track_caller]
    fn steer(&mut self, change: &Change) -> usize {
        let at = self.player.steer(change).unwrap();
        self.step(self.block);
        self.step(self.block);
        self.player.tick();
        at.index()
    }

    /// How loud a pitch is in the second from `at` on, in decibels.
    fn tone(&self, hertz: f64, at: f64) -> f64 {
        let from = (at * SECOND as f64) as usize;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, frame) in self.heard[from..from + SECOND].iter().enumerate() {
            let angle = std::f64::consts::TAU * hertz * n as f64 / SECOND as f64;
            re += f64::from(frame[0]) * angle.cos();
            im += f64::from(frame[0]) * angle.sin();
        }
        20.0 * (re.hypot(im) * 2.0 / SECOND as f64).log10()
    }

    /// Never silent after the fade-in, and no step: tones of at most 300 Hz bend by little; so does no ramp of ours.
    #[track_caller]
    fn assert_smooth(&self, from: f64, to: f64) {
        let heard = &self.heard[(from * SECOND as f64) as usize..(to * SECOND as f64) as usize];
        for (at, window) in heard.chunks_exact(2_400).enumerate() {
            let level = power(window);
            assert!(level > -60.0, "{level} dB at {}", from + at as f64 / 20.0);
        }
        for (at, w) in heard.windows(3).enumerate() {
            let bend = (w[0][0] - 2.0 * w[1][0] + w[2][0]).abs();
            assert!(
                bend < 0.001,
                "a step at {}",
                from + at as f64 / SECOND as f64
            );
        }
    }
}

#[test]
fn a_phase_that_holds_goes_on_until_it_is_told_to_go_on() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 1024);
    assert_eq!(session.player.timeline().end(), None);
    session.seconds(200.0);
    assert!(session.tone(200.0, 198.0).max(session.tone(250.0, 198.0)) > -24.0);
    session.steer(&Change::Continue);
    session.seconds(232.0);
    assert!(
        session.tone(300.0, 230.0) > -21.0,
        "the return does not sound"
    );
    let peak = session.tone(200.0, 230.0).max(session.tone(250.0, 230.0));
    assert!(peak < -60.0, "the peak goes on at {peak} dB");
    assert!(session.player.timeline().end().is_some());
    session.assert_smooth(42.0, 218.0);
}

#[test]
fn who_holds_a_phase_and_lets_it_go_before_its_length_is_over_has_changed_nothing() {
    let (stage, _) = stage();
    let script = EVENING
        .replace("crossfade: 4s", "crossfade: 20s")
        .replace("length: 40s, max: 60s", "length: 1m, min: 58s, max: 70s")
        .replace("at: 35s", "at: end - 12s");
    let course = stage.prepare(&script, RATE).steered();
    let ends = |course: &Course| course.timeline().phases[0].end();
    let chimes = |course: &Course| course.timeline().cues.iter().any(|cue| cue.name == "chime");
    assert!(chimes(&course));
    for at in [3, 30, 41, 48, 52, 56] {
        let at = Frames::from(at * SECOND + 77);
        let held = course.revise(at, &Change::Hold).unwrap();
        let gone_on = held.revise(at + Frames(20_011), &Change::Continue).unwrap();
        assert_eq!(ends(&gone_on), ends(&course), "held at {at:?}");
        assert!(chimes(&gone_on), "held at {at:?}");
    }
}

#[test]
fn the_next_piece_comes_within_six_seconds_and_without_a_step() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 441);
    session.seconds(8.0);
    session.steer(&Change::Skip);
    session.seconds(20.0);
    assert!(session.tone(150.0, 14.1) > -21.0);
    assert!(session.tone(100.0, 14.1) < -70.0);
    session.assert_smooth(1.5, 19.0);
}

#[test]
fn skipping_twice_at_once_and_within_a_crossfade_makes_no_step() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 333);
    session.seconds(22.5);
    session.steer(&Change::Skip);
    session.seconds(22.6);
    session.steer(&Change::Skip);
    session.seconds(29.0);
    session.assert_smooth(1.5, 29.0);
}

#[test]
fn whoever_skips_on_and_on_is_asked_to_wait_until_the_pieces_before_are_gone() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 333);
    let mut refused = Vec::new();
    for time in 0..12 {
        session.seconds(22.0 + f64::from(time) / 2.0);
        refused.push(session.player.steer(&Change::Skip).err());
    }
    // Two pieces sound at the first; each takes five seconds to go.
    let wait = Some(Refusal::StillLeaving);
    let (done, waited) = refused.split_at(3);
    assert!(done.iter().all(Option::is_none), "{refused:?}");
    assert!(waited[..3].iter().all(|answer| *answer == wait));
    assert_eq!(refused[11], None, "{refused:?}");
    let back = Change::BringBack { to: None };
    session.steer(&back);
    session.seconds(46.0);
    session.assert_smooth(1.5, 46.0);
}

#[test]
fn what_leaves_slowly_is_gone_when_silence_is_asked_for() {
    let (stage, _) = stage();
    let by = Duration::from_secs(600);
    for (first, change) in [
        ("10s, end: hold", Change::Continue),
        ("80s", Change::Shorten { by }),
    ] {
        let script = format!(
            "undersong: 1\ntitle: Still\nmusic: {{ loudness: as-is, phase-crossfade: 4s, fade-in: 0s }}\nphases:\n  \
             - {{ name: first, length: {first}, playlist: {{ tracks: [\
             {{ file: 150.wav, intensity: 1 }}, {{ file: 300.wav, intensity: 3 }}] }} }}\n  \
             - {{ name: still, length: 60s, music: silence }}\n"
        );
        let prepared = stage.prepare(&script, RATE);
        let mut session = Steered::new(&prepared, 333);
        session.seconds(10.0);
        session.steer(&Change::Intensity {
            by: 1,
            at_once: true,
        });
        session.seconds(13.0);
        session.steer(&change);
        session.seconds(80.0);
        let phases = &session.player.timeline().phases;
        let still = phases[1].from.index() as f64 / SECOND as f64;
        let sound = session.heard.iter().rposition(|frame| *frame != [0.0; 2]);
        let gone = sound.unwrap() as f64 / SECOND as f64 - still;
        assert!(
            (3.0..6.1).contains(&gone),
            "{gone} s into silence, {change:?}"
        );
        session.assert_smooth(1.0, still);
    }
}

#[test]
fn what_was_hurried_out_and_is_taken_back_makes_no_step() {
    let (stage, _) = stage();
    let script = "undersong: 1\ntitle: Hurried\nmusic: { loudness: as-is, fade-in: 0s }\nphases:\n  \
                  - { name: all, length: 90s, playlist: { tracks: [\
                  { file: 150.wav, intensity: 1 }, { file: 300.wav, intensity: 3 }] } }\n";
    let prepared = stage.prepare(script, RATE);
    let mut session = Steered::new(&prepared, 333);
    session.seconds(10.0);
    session.steer(&Change::Intensity {
        by: 1,
        at_once: true,
    });
    // What has five and a half of its twenty seconds left is to go within five, and then not.
    session.seconds(24.5);
    session.steer(&Change::Skip);
    session.seconds(26.0);
    session.steer(&Change::Undo);
    session.seconds(50.0);
    session.assert_smooth(1.0, 50.0);
}

/// Pieces whose joins are heard as little as the tone in them.
fn joined_pieces() -> Stage {
    let stage = Stage::new();
    let tone = sine(200.0, -20.0, 48_000, 20 * SECOND);
    for name in ["one", "two", "three"] {
        wav(
            &stage.path(&format!("{name}.wav")),
            &tone,
            48_000,
            2,
            Wav::Float,
        );
    }
    stage
}

#[test]
fn what_is_joined_without_a_seam_stays_so_after_a_change_was_taken_back() {
    let stage = joined_pieces();
    let script = "undersong: 1\ntitle: Joined\nmusic: { loudness: as-is, crossfade: 0s, fade-in: 0s }\nphases:\n  \
                  - { name: all, length: 100s, playlist: [one.wav, two.wav, three.wav] }\n";
    let prepared = stage.prepare(script, RATE);
    let softer = Change::Level { to: Decibels(-1.0) };
    // The second one is nearly a second before the join.
    for (skip, undo) in [(8.0, 10.0), (17.0, 19.1)] {
        let mut session = Steered::new(&prepared, 777);
        session.seconds(skip);
        session.steer(&Change::Skip);
        session.seconds(undo);
        session.steer(&Change::Undo);
        session.seconds(19.5);
        session.steer(&softer);
        session.seconds(26.0);
        session.steer(&Change::Level { to: Decibels(0.0) });
        session.seconds(30.0);
        session.steer(&Change::Skip);
        session.seconds(55.0);
        session.assert_smooth(1.0, 55.0);
    }
}

#[test]
fn what_is_joined_later_without_a_seam_is_heard_once_whatever_is_changed() {
    let stage = joined_pieces();
    let script = "undersong: 1\ntitle: Joined\nmusic: { loudness: as-is, crossfade: 0s, fade-in: 0s }\nphases:\n  \
                  - { name: all, length: 30s, playlist: [one.wav, two.wav] }\n  \
                  - { name: return, length: 30s, playlist: [two.wav] }\n";
    let prepared = stage.prepare(script, RATE);
    let softer = Change::Level { to: Decibels(-1.0) };
    for change in [
        softer,
        Change::Speak { on: true },
        Change::Continue,
        Change::Undo,
    ] {
        let mut session = Steered::new(&prepared, 777);
        session.seconds(10.0);
        session.steer(&Change::Hold);
        // The third piece was joined to what was on its way, and the fifth will be.
        for place in [40.0, 80.0] {
            session.seconds(place - 3.0);
            session.steer(&Change::Level { to: Decibels(0.0) });
            session.seconds(place + 3.0);
            session.steer(&Change::Level { to: Decibels(0.0) });
        }
        session.player.steer(&change).ok();
        session.seconds(86.0);
        let level = session.tone(200.0, 84.0);
        assert!((-36.0..-17.0).contains(&level), "{change:?}: {level}");
        session.assert_smooth(1.0, 86.0);
        assert!((session.tone(200.0, 45.0) + 20.0).abs() < 0.1);
    }
}

#[test]
fn people_are_brought_back_within_twenty_seconds_from_anywhere() {
    let (_stage, prepared) = stage();
    for (at, block) in [(5.0, 1024), (22.0, 97), (39.5, 480), (60.0, 4096)] {
        let mut session = Steered::new(&prepared, block);
        session.seconds(at);
        session.steer(&Change::BringBack { to: None });
        session.seconds(at + 24.0);
        // For the word to come, the music is on its way down.
        assert!(session.tone(300.0, at + 20.0) > -34.0, "from {at} s");
        for other in [100.0, 150.0, 200.0, 250.0] {
            assert!(
                session.tone(other, at + 20.0) < -70.0,
                "{other} Hz from {at} s"
            );
        }
        let word = if at < 30.0 { at + 20.5 } else { 29.5 };
        session.assert_smooth(1.5, word);
    }
}

#[test]
fn whoever_brings_people_back_is_told_all_that_will_not_come() {
    let (stage, _) = stage();
    // Silence lies behind the phase that is held: it is on no timeline yet.
    let script = EVENING.replace(
        "  - { name: return",
        "  - { name: still, length: 20s, music: silence, cues: [ { name: bell, at: end - 9s, chime: word.wav },
      { at: 1s, remind: Look at both } ] }\n  - { name: return",
    );
    let script = script.replace(
        "{ name: chime, at: 35s",
        "{ at: 36s, remind: Lozenges }, { name: chime, at: 35s",
    );
    let course = stage.prepare(&script, RATE).steered();
    let forecast = |change| course.forecast(Frames(31 * 48_000), &change).unwrap();
    let back = forecast(Change::BringBack { to: None });
    // The word was heard, and what comes in the return comes.
    assert_eq!(back.left_out, ["chime", "Lozenges", "Look at both", "bell"]);
    let still = forecast(Change::BringBack {
        to: Some("still".into()),
    });
    assert_eq!(still.left_out, ["chime", "Lozenges"]);
    assert_eq!(forecast(Change::Hold).left_out, ["chime"; 0]);
}

#[test]
fn the_bundled_sessions_can_be_made_more_intense_and_calmer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
    for name in ["demo", "solo", "evening"] {
        let reading = undersong::script::read(&folder.join(format!("{name}.yaml")));
        for phase in &reading.session.unwrap().phases {
            let Content::Playlist(playlist) = &phase.content else {
                continue;
            };
            let ratings: Option<BTreeSet<u8>> = playlist
                .tracks
                .iter()
                .map(|track| track.intensity)
                .collect();
            let ratings = ratings.unwrap_or_default();
            assert!(ratings.len() > 1, "{name}, {}: {ratings:?}", phase.name);
        }
    }
    // To the piece that comes: the session begins with the calm one of its two.
    let path = folder.join("solo.yaml");
    let prepared = prepare(&path, RATE, &Cache::none(), &|_| ());
    let course = prepared.unwrap().steered();
    let at = Frames(10 * 48_000);
    let more = |by| Change::Intensity { by, at_once: true };
    let refused = course.revise(at, &more(-1)).unwrap_err().to_string();
    assert_eq!(
        refused,
        "what the phase `settling` plays is the calmest of its music"
    );
    let intense = course.revise(at, &more(1)).unwrap();
    let mut next = intense
        .timeline()
        .clips
        .iter()
        .filter(|clip| clip.from > at);
    assert!(next.next().unwrap().track.ends_with("warm-stones.ogg"));
}

#[test]
fn a_change_that_is_taken_back_leaves_what_was_planned() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 1024);
    session.seconds(6.0);
    let before = session.player.timeline().clone();
    session.steer(&Change::BringBack { to: None });
    session.seconds(9.0);
    session.steer(&Change::Undo);
    session.seconds(20.0);
    assert!(session.tone(100.0, 16.0) > -21.0);
    assert!(session.tone(300.0, 16.0) < -70.0);
    session.assert_smooth(1.5, 20.0);
    let after = session.player.timeline();
    assert_eq!(after.phases, before.phases);
    let refused = session.player.steer(&Change::Undo);
    assert_eq!(refused.err(), Some(Refusal::UndoneAlready));
}

#[test]
fn a_cue_that_is_asked_for_comes_once_and_the_music_makes_room() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 1024);
    session.seconds(5.0);
    let name = "word".to_owned();
    session.steer(&Change::Cue { name: name.clone() });
    let again = session.player.steer(&Change::Cue { name });
    assert!(matches!(again, Err(Refusal::Sounds(_))));
    session.seconds(40.0);
    // Noise is not in the tone: what is heard beside it.
    let beside = |at: f64| {
        let from = (at * SECOND as f64) as usize;
        let window = &session.heard[from..from + SECOND / 2];
        let tones = [100.0, 150.0].map(|hertz| session.tone(hertz, at));
        (power(window), tones[0].max(tones[1]))
    };
    let (_, music) = beside(9.6);
    assert!(
        music < -26.0,
        "the music stands at {music} dB under the word"
    );
    let cues = &session.player.timeline().cues;
    assert_eq!(cues.iter().filter(|cue| cue.name == "word").count(), 1);
    let (_, later) = beside(30.5);
    assert!(later > -22.0, "the word comes twice");
}

/// Nobody follows two voices, whoever asks for the second.
#[test]
fn a_word_that_is_asked_for_waits_for_the_voice_that_speaks() {
    let (stage, _) = stage();
    for (name, seconds) in [("tale", 25), ("novel", 40)] {
        let voice = noise(6, 0.1, seconds * SECOND + 11);
        let path = stage.path(&format!("{name}.wav"));
        wav(&path, &voice, 48_000, 2, Wav::Float);
    }
    let script = |cues: &str| EVENING.replace("{ name: word, at: 30s, voice: word.wav },", cues);
    let word = Change::Cue {
        name: "word".into(),
    };
    let later = "{ name: word, at: 39s, voice: word.wav },";
    let tale = stage.prepare(
        &script(&format!(
            "{{ name: tale, at: 2s, voice: tale.wav }}, {later}"
        )),
        RATE,
    );
    let mut session = Steered::new(&tale, 1024);
    session.seconds(5.0);
    session.steer(&word);
    let cues = &session.player.timeline().cues;
    let [tale, word_] =
        ["tale", "word"].map(|name| cues.iter().find(|cue| cue.name == name).unwrap());
    assert_eq!(word_.at, tale.end());
    // It does not wait for ever.
    let novel = stage.prepare(
        &script(&format!(
            "{{ name: novel, at: 2s, voice: novel.wav }}, {later}"
        )),
        RATE,
    );
    let mut session = Steered::new(&novel, 1024);
    session.seconds(5.0);
    let refused = session.player.steer(&word).unwrap_err();
    assert!(matches!(refused, Refusal::OthersSpeak(_)), "{refused}");
    assert_eq!(
        refused.to_string(),
        "other voices speak until 0:42, and nobody follows two at once; ask for it again then"
    );
}

/// However near they were.
#[test]
fn the_words_of_a_phase_that_is_left_are_not_heard() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 1024);
    session.seconds(28.6);
    session.steer(&Change::BringBack { to: None });
    let cues = &session.player.timeline().cues;
    let names: Vec<_> = cues.iter().map(|cue| &*cue.name).collect();
    assert_eq!(names, ["back"]);
}

/// What comes behind a held phase is on no timeline yet.
#[test]
fn a_cue_of_a_later_phase_is_brought_forward_and_not_heard_twice() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 1024);
    session.seconds(45.0);
    session.steer(&Change::Cue {
        name: "back".into(),
    });
    session.seconds(60.0);
    session.steer(&Change::BringBack { to: None });
    session.seconds(100.0);
    let cues = &session.player.timeline().cues;
    let times: Vec<_> = cues
        .iter()
        .filter(|cue| cue.name == "back")
        .map(|cue| cue.at)
        .collect();
    assert_eq!(times.len(), 1, "{times:?}");
    assert!(times[0] < Frames::from(60 * SECOND));
}

/// A tone of a level for two listeners, of whom one hears a word in the last second.
fn two_zones(level: f64, seconds: usize) -> (Stage, Prepared) {
    let stage = Stage::new();
    let tone = sine(200.0, level, 48_000, seconds * SECOND);
    wav(&stage.path("tone.wav"), &tone, 48_000, 2, Wav::Float);
    wav(&stage.path("word.wav"), &tone[..500], 48_000, 2, Wav::Float);
    let last = seconds - 1;
    let script = format!(
        "undersong: 1\ntitle: Two\nmusic: {{ loudness: as-is, fade-in: 0s }}\nphases:\n  \
         - {{ name: all, length: {seconds}s, playlist: [tone.wav], cues: [{{ at: {last}s, chime: word.wav, to: a }}] }}\n"
    );
    let prepared = stage.prepare(&script, RATE);
    (stage, prepared)
}

#[test]
fn no_zone_is_louder_than_its_room_lets_it_be() {
    let (_stage, prepared) = two_zones(-30.0, 40);
    let caps = [(Listener::A, Decibels(-4.0)), (Listener::B, Decibels(2.0))];
    let (mut player, mut engine) = Player::live(Beginning {
        caps: Caps::new(caps.into(), Vec::new()),
        ..Beginning::new(prepared.steered(), Frames::ZERO)
    })
    .unwrap();
    let mut hear = |level: Option<f32>, seconds: usize| {
        let change = level.map(|level| Change::Level {
            to: Decibels(level),
        });
        if let Some(change) = change {
            player.steer(&change).unwrap();
        }
        let mut last = Vec::new();
        for _ in 0..seconds * 100 {
            player.tick();
            assert!(player.wait_ready(Frames(480), PATIENCE));
            let mut block = vec![0.0; 480 * 4];
            engine.render(&mut block);
            last = block;
        }
        [0, 2].map(|zone| {
            let pairs = last
                .chunks_exact(4)
                .map(|frame| [frame[zone], frame[zone + 1]]);
            power(&pairs.collect::<Vec<Frame>>()).round() as i32
        })
    };
    // From the first second on, and however it is turned.
    assert_eq!(hear(None, 1), [-37, -33]);
    assert_eq!(hear(Some(6.0), 6), [-37, -31]);
    assert_eq!(hear(Some(-2.0), 4), [-37, -35]);
    assert_eq!(hear(Some(-10.0), 4), [-43, -43]);
}

#[test]
fn each_zone_has_a_ceiling_of_its_own() {
    let (_stage, prepared) = two_zones(-1.0, 12);
    let ceilings = [
        (Listener::A, Decibels(-12.0)),
        (Listener::B, Decibels(-3.0)),
    ];
    let (mut player, mut engine) = Player::live(Beginning {
        caps: Caps::new(Vec::new(), ceilings.into()),
        ..Beginning::new(prepared.steered(), Frames::ZERO)
    })
    .unwrap();
    let mut peaks = [0.0_f32; 4];
    for _ in 0..600 {
        player.tick();
        assert!(player.wait_ready(Frames(480), PATIENCE));
        let mut block = vec![0.0; 480 * 4];
        engine.render(&mut block);
        for frame in block.chunks_exact(4) {
            for (peak, sample) in peaks.iter_mut().zip(frame) {
                *peak = peak.max(sample.abs());
            }
        }
    }
    let reached = [0, 2].map(|zone| Gain(peaks[zone].max(peaks[zone + 1])).decibels().0);
    for (reached, (_, ceiling)) in reached.into_iter().zip(ceilings) {
        let below = ceiling.0 - reached;
        assert!((0.0..1.2).contains(&below), "{reached} under {ceiling}");
    }
}

#[test]
fn speaking_brings_the_music_down_until_it_is_over() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 256);
    session.seconds(5.0);
    session.steer(&Change::Speak { on: true });
    session.seconds(14.0);
    let down = session.tone(100.0, 10.0);
    assert!((down + 35.0).abs() < 1.0, "{down} dB");
    session.steer(&Change::Speak { on: false });
    session.seconds(24.0);
    assert!(session.tone(100.0, 19.0) > -23.5);
    session.assert_smooth(1.5, 23.0);
}

/// A change that comes after its frame was mixed is made at a later one.
#[test]
fn a_change_that_comes_too_late_is_made_all_the_same() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 512);
    session.seconds(8.0);
    let late = Frames::from(session.heard.len() - 3_000);
    session.player.steer_at(late, &Change::Skip).unwrap();
    session.seconds(20.0);
    assert!(session.tone(150.0, 15.0) > -21.0);
    session.assert_smooth(1.5, 20.0);
    assert_eq!(session.made.len(), 1);
    assert!(session.made[0].0 > late);
}

/// Even if what it was to end would have been over by then.
#[test]
fn what_a_change_that_came_too_late_was_to_end_ends_all_the_same() {
    let (_stage, prepared) = stage();
    let mut session = Steered::new(&prepared, 512);
    session.seconds(2.0);
    let late = session.player.position();
    session.player.steer_at(late, &Change::Skip).unwrap();
    session.sleep(5 * SECOND + 24_000);
    session.seconds(22.0);
    let gone = session.tone(100.0, 20.0);
    assert!(gone < -60.0, "{gone}");
    // And what was to begin begins once.
    let heard = [6.0, 20.0].map(|at| session.tone(150.0, at));
    assert!(
        heard[0] < -60.0 && (heard[1] + 20.0).abs() < 0.1,
        "{heard:?}"
    );
    session.assert_smooth(1.5, 22.0);
}

#[test]
fn the_same_changes_at_the_same_frames_give_the_same_samples() {
    let (_stage, prepared) = stage();
    let changes = [
        (7.0, Change::Skip),
        (12.0, Change::Level { to: Decibels(-3.0) }),
        (
            13.1,
            Change::Cue {
                name: "chime".into(),
            },
        ),
        (
            20.0,
            Change::Extend {
                by: Duration::from_secs(10),
            },
        ),
        (
            26.0,
            Change::BringBack {
                to: Some("peak".into()),
            },
        ),
        (31.0, Change::Undo),
        (45.0, Change::BringBack { to: None }),
    ];
    let mut first = Steered::new(&prepared, 241);
    for (at, change) in &changes {
        first.seconds(*at);
        first.steer(change);
    }
    first.seconds(70.0);
    assert_eq!(first.made.len(), changes.len());
    let mut again = Steered::new(&prepared, 8192);
    for (at, change) in &first.made {
        again.until(at.index() - 1_000);
        again.player.steer_at(*at, change).unwrap();
        again.step(1_500);
        again.player.tick();
    }
    again.seconds(70.0);
    let heard = |session: &Steered| session.heard[..70 * SECOND].to_vec();
    let (first, again) = (heard(&first), heard(&again));
    let differ = first.iter().zip(&again).position(|(a, b)| a != b);
    assert_eq!(differ.map(|at| at as f64 / SECOND as f64), None);
}

#[test]
fn a_change_that_comes_too_late_is_made_soon_however_many_pieces_are_on_their_way() {
    let stage = Stage::new();
    let mut tracks = Vec::new();
    for number in 0..40 {
        let tone = sine(80.0 + f64::from(number), -20.0, 48_000, 58_000);
        wav(
            &stage.path(&format!("{number}.wav")),
            &tone,
            48_000,
            1,
            Wav::Float,
        );
        tracks.push(format!("{number}.wav"));
    }
    let script = format!(
        "undersong: 1\ntitle: Short\nmusic: {{ loudness: as-is, crossfade: 100ms, fade-in: 0s }}\nphases:\n  \
         - {{ name: all, length: 9m, playlist: [{}] }}\n",
        tracks.join(", ")
    );
    let prepared = stage.prepare(&script, RATE);
    let mut session = Steered::new(&prepared, 4_096);
    session.seconds(10.0);
    for time in 1..4 {
        let past = session.player.position();
        session.player.steer_at(past, &Change::Skip).unwrap();
        for _ in 0..24 {
            session.step(4_096);
        }
        session.player.tick();
        assert!(!session.player.is_changing(), "the change hangs");
        assert_eq!(session.made.len(), time);
    }
    session.seconds(30.0);
    session.assert_smooth(1.0, 30.0);
}
