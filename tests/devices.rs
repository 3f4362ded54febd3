//! The daemon on a sound card that is none, and fails in every way that cards do: judged by what the card was given.
#![cfg(target_os = "linux")]

mod common;

use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use common::card::Card;
use common::files::{Wav, wav};
use common::place::{Reference, Stretch};
use common::program::Desk;
use common::room::Room;
use common::rot::go_unseen;
use common::sounds::noise;

/// Channels of the card; the session has four, and its listeners are crossed over on it.
const WIDTH: usize = 6;
const ZONES: &str = "device: alsa:card\nperiod: 1024\nzones: { a: [3, 4], b: [1, 2] }\n";
const RATE: f64 = 48_000.0;
/// How exactly a place in the session can be told from outside, in seconds: blocks, looks, and a busy machine.
const NEAR: f64 = 0.9;
/// The sound is back within this.
const BACK: Duration = Duration::from_secs(3);

/// A daemon on a card, with another card beside it that must not be used.
struct Stage {
    room: Room,
    card: Card,
    other: Card,
    reference: Reference,
    _folder: tempfile::TempDir,
}

/// A session of one long piece of noise with cues for one listener from the second `first` on, so that no frame and no
/// channel is like another.
fn furnish(desk: &Desk, seconds: usize, first: usize) {
    let music = noise(11, 0.2, (seconds + 1) * 48_000);
    wav(&desk.path("long.wav"), &music, 48_000, 2, Wav::Float);
    let cues: Vec<String> = (first..seconds - 4)
        .step_by(4)
        .map(|at| {
            let to = if at % 8 < 4 { "a" } else { "b" };
            format!("      - {{ name: at {at}, at: {at}s, voice: words.wav, to: {to} }}\n")
        })
        .collect();
    let cues = cues.concat();
    let script = format!(
        "undersong: 1\ntitle: On a card\nmusic: {{ loudness: as-is, fade-in: 0s }}\nphases:\n  \
         - name: all\n    length: {seconds}s\n    playlist: {{ tracks: [long.wav] }}\n    cues:\n{cues}"
    );
    desk.write("session.yaml", &script);
    // Somebody has heard both on the right ears.
    std::fs::create_dir_all(desk.path("journal")).unwrap();
    desk.write(
        "journal/.ears.json",
        r#"{"device":"alsa:card","heard":[{"listener":"a","channels":[3,4],"wall":0,"boot":""},{"listener":"b","channels":[1,2],"wall":0,"boot":""}]}"#,
    );
}

impl Stage {
    fn new(seconds: usize) -> Self {
        Self::with_cues(seconds, 1)
    }

    fn with_cues(seconds: usize, first: usize) -> Self {
        // The folder is there before its cards are.
        let mut cards = None;
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("asound.conf");
        let dressed = vec![("ALSA_CONFIG_PATH", config.clone().into_os_string())];
        let room = Room::dressed(ZONES, dressed, |desk| {
            let (card, other) = (
                Card::new(folder.path(), "card"),
                Card::new(folder.path(), "other"),
            );
            let fields = format!("channels {WIDTH}");
            Card::config(&[&card, &other], &fields, &config);
            cards = Some((card, other));
            furnish(desk, seconds, first);
        });
        let (card, other) = cards.unwrap();
        let mut render = room.desk.command(&["render", "session.yaml", "-o", "-"]);
        let rendered = render.output().unwrap().stdout;
        let rendered: Vec<f32> = rendered
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect();
        assert!(rendered.len() > seconds * 4 * 48_000 - 4_800);
        Self {
            reference: Reference::new(&rendered, 4),
            room,
            card,
            other,
            _folder: folder,
        }
    }

    /// What the card was given so far, in the session's own order of channels; what belongs to nobody is silent.
    fn heard(&self) -> Vec<Vec<f32>> {
        let captured = self.card.captured();
        let frames = captured.chunks_exact(WIDTH);
        frames
            .map(|frame| {
                assert_eq!(frame[4..], [0.0; 2], "nobody has these channels");
                vec![frame[2], frame[3], frame[0], frame[1]]
            })
            .collect()
    }

    fn stretches(&self) -> Vec<Stretch> {
        let others = self.other.captured();
        assert!(others.is_empty(), "another device was used");
        let placed = self.reference.place(&self.heard());
        placed.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Waits until something but silence comes after so many samples, and says how long that took.
    #[track_caller]
    fn sounds_after(&self, samples: usize) -> Duration {
        let begun = Instant::now();
        loop {
            let captured = self.card.captured_from(samples);
            if captured.iter().any(|sample| *sample != 0.0) {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no sound");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn samples(&self) -> usize {
        self.card.captured().len() / WIDTH * WIDTH
    }

    fn output(&self, what: &str) -> u64 {
        self.room.status()["output"][what].as_u64().unwrap()
    }

    fn is_lost(&self) -> bool {
        self.room.status()["output"]["state"] == "lost"
    }

    /// One fault that lasts so long after the card is given up; how long the sound took to come back.
    #[track_caller]
    fn lose(&self, fault: &str, lasts: Duration) -> Duration {
        let losses = self.output("losses");
        self.card.fault(fault);
        self.room.until("the card is given up", Self::is_lost_in);
        std::thread::sleep(lasts);
        let given = self.samples();
        self.card.fault("ok");
        let back = self.sounds_after(given);
        assert_eq!(self.output("losses"), losses + 1, "{fault}: lost once");
        back
    }

    fn is_lost_in(room: &Room) -> bool {
        room.status()["output"]["state"] == "lost"
    }
}

fn sleep(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn whatever_happens_to_the_card_the_session_goes_on_and_the_sound_comes_back_at_its_place() {
    let stage = Stage::new(58);
    stage.room.done(&["start", "session.yaml"]);
    stage.sounds_after(0);
    let mut times = Vec::new();
    for (fault, lasts) in [("gone", 700), ("eio", 500), ("freeze", 900), ("hang", 600)] {
        sleep(1_300);
        let (begun, from) = (Instant::now(), stage.room.position());
        let back = stage.lose(fault, Duration::from_millis(lasts));
        assert!(back < BACK, "{fault}: back after {back:?}");
        // What happened to the card is nothing to the session's clock.
        let (passed, moved) = (begun.elapsed(), stage.room.position() - from);
        let late = passed.as_secs_f64() - moved;
        assert!(late.abs() < NEAR, "{fault}: {late} s late");
        println!("{fault}: back after {back:?}, {late:.3} s late");
        times.push(passed.as_secs_f64());
    }
    let alarms = stage.room.status()["alarms"].to_string();
    assert!(alarms.contains("was not heard to its end"), "{alarms}");
    sleep(1_300);
    let losses = stage.output("losses");
    // A card that gives errors may call some of them so.
    let xruns = stage.output("xruns");
    stage.card.fault("xrun");
    stage.room.until("it ran dry", |room| {
        room.status()["output"]["xruns"].as_u64().unwrap() > xruns
    });
    stage.card.fault("drift 1.01");
    sleep(2_000);
    assert_eq!(stage.output("xruns"), xruns + 1);
    assert_eq!(stage.output("losses"), losses, "an xrun is no loss");
    let stretches = stage.stretches();
    // What ran dry comes from silence where it was, and is there at once.
    let (dry, stretches) = stretches.split_last().unwrap();
    let silent = dry.from - stretches.last().unwrap().end();
    assert!(silent <= 2 * 1_024, "{silent} frames are missing");
    assert!((2_000..=2_400).contains(&dry.ramp), "{dry:?}");
    assert_eq!(stage.room.count("came-back"), times.len() + 1);
    assert_eq!(stretches.len(), times.len() + 1, "{stretches:?}");
    for (two, passed) in stretches.windows(2).zip(times) {
        let gap = (two[1].from as f64 - two[0].end() as f64) / RATE;
        assert!(gap > 0.0 && gap < passed + NEAR, "{gap} s of {passed} s");
        assert!(two[1].ramp > 20_000, "from silence: {:?}", two[1]);
    }
    let mut started: Vec<String> = stage
        .room
        .journal()
        .iter()
        .map(|r| r["cue"].to_string())
        .collect();
    started.retain(|cue| cue != "null");
    let all = started.len();
    started.sort();
    started.dedup();
    assert_eq!(started.len(), all, "no cue starts twice");
    assert_eq!(stage.room.count("device"), 8);
}

#[test]
fn lost_and_back_many_times_nothing_is_at_a_wrong_place() {
    let losses = std::env::var("UNDERSONG_LOSSES").map_or(3, |losses| losses.parse().unwrap());
    let stage = Stage::new(12 + losses * 3);
    stage.room.done(&["start", "session.yaml"]);
    stage.sounds_after(0);
    let (begun, from) = (Instant::now(), stage.room.position());
    let mut worst = Duration::ZERO;
    for loss in 0..losses as u64 {
        // Odd times, so that the losses fall everywhere in a block and in a cue.
        sleep(700 + loss * 211 % 400);
        let back = stage.lose("gone", Duration::from_millis(loss * 137 % 500));
        assert!(back < BACK, "loss {loss}: back after {back:?}");
        worst = worst.max(back);
    }
    let late = begun.elapsed().as_secs_f64() - (stage.room.position() - from);
    println!("{losses} losses: back after {worst:?} at worst, and {late:.3} s late at the end");
    let near = NEAR + losses as f64 * 0.008;
    assert!(late.abs() < near, "{late} s late after {losses} losses");
    sleep(700);
    let stretches = stage.stretches();
    assert_eq!(stretches.len(), losses + 1, "{stretches:?}");
    let places = stretches.windows(2).map(|two| two[1].from > two[0].end());
    assert!(places.into_iter().all(|later| later), "{stretches:?}");
}

#[test]
fn without_its_card_a_session_does_not_begin_and_one_that_was_cut_off_waits() {
    // Cues that were cut off do not come again, so what follows would not be as it was rendered.
    let mut stage = Stage::with_cues(40, 30);
    stage.card.fault("gone");
    let (code, said) = stage.room.run(&["start", "session.yaml"]);
    assert_ne!(code, 0, "{said}");
    assert!(
        said.contains("`alsa:card` is not there; plug it in"),
        "{said}"
    );
    stage.card.fault("ok");
    // The same words at once would be the same press.
    sleep(500);
    stage.room.done(&["start", "session.yaml"]);
    stage.sounds_after(0);
    sleep(2_500);
    stage.room.kill();
    stage.card.fault("gone");
    stage.room.serve();
    stage.room.until("it waits", |room| {
        room.state() == "playing" && Stage::is_lost_in(room)
    });
    stage.room.until("somebody is told", |room| {
        room.status()["alarms"].to_string().contains("device-lost")
    });
    let (begun, from) = (Instant::now(), stage.room.position());
    sleep(1_500);
    let late = begun.elapsed().as_secs_f64() - (stage.room.position() - from);
    assert!(late.abs() < NEAR, "{late} s late");
    let given = stage.samples();
    stage.card.fault("ok");
    let back = stage.sounds_after(given);
    assert!(back < BACK, "back after {back:?}");
    sleep(1_000);
    let alarms = stage.room.status()["alarms"].to_string();
    assert!(!alarms.contains("device-lost"), "{alarms}");
    let stretches = stage.stretches();
    assert_eq!(stretches.len(), 2, "{stretches:?}");
    assert!(stretches[1].from > stretches[0].end() + 48_000);
}

#[test]
fn devices_are_listed_without_what_is_none_and_without_chatter() {
    let desk = Desk::new();
    let config = desk.path("asound.conf");
    Card::config(&[&Card::new(desk.folder(), "card")], "channels 6", &config);
    let list = |more: &str, args: &[&str]| {
        let written = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, written + more).unwrap();
        let mut command = desk.command(&[&["devices"], args].concat());
        command
            .env("ALSA_CONFIG_PATH", &config)
            .env("CAPTURE_CHATTERS", "1");
        let said = common::program::said(&command.output().unwrap());
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        said.out
    };
    let plugin = "pcm.converts { type hw card 77 hint { show on description \"Converts\" } }\n";
    let said = list(plugin, &[]);
    assert!(said.starts_with("No sound card was found."), "{said}");
    assert!(
        said.contains("alsa:card") && said.contains("6 channels at"),
        "{said}"
    );
    assert!(
        !said.contains("alsa:converts") && said.contains("`--all` shows"),
        "{said}"
    );
    let said = list("", &["--all"]);
    assert!(
        said.contains("alsa:converts") && !said.contains("--all"),
        "{said}"
    );
    let listed: Vec<serde_json::Value> = serde_json::from_str(&list("", &["--json"])).unwrap();
    assert!(
        listed.iter().all(|device| device["card"] == false),
        "{listed:?}"
    );
}

#[test]
fn a_stop_while_the_card_is_lost_is_not_heard_when_it_is_back() {
    let stage = Stage::new(40);
    stage.room.done(&["start", "session.yaml"]);
    stage.sounds_after(0);
    sleep(800);
    stage.card.fault("gone");
    stage.room.until("the card is given up", Stage::is_lost_in);
    let given = stage.samples();
    stage.room.done(&["stop"]);
    stage.card.fault("ok");
    stage
        .room
        .until("it is over", |room| room.state() == "idle");
    let later = stage.card.captured_from(given);
    assert!(later.iter().all(|sample| *sample == 0.0));
    assert_eq!(stage.stretches().len(), 1);
}

#[test]
fn open_healthy_and_silent_is_told() {
    let stage = Stage::new(40);
    // A file that rotted in a way that no date shows, so that it counts as looked at.
    let desk = &stage.room.desk;
    let path = desk.path("long.wav");
    let mut long = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let about = long.metadata().unwrap();
    long.seek(SeekFrom::Start(4_096)).unwrap();
    long.write_all(&vec![0; about.len() as usize - 4_096])
        .unwrap();
    go_unseen(desk.cache(), &path);
    stage.room.done(&["start", "session.yaml"]);
    stage.room.until("somebody is told", |room| {
        room.status()["alarms"].to_string().contains("silent")
    });
    assert!(!stage.is_lost());
    assert_eq!(stage.output("losses"), 0);
}
