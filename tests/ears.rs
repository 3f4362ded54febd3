//! The check of the ears, and what a session needs of it: judged by what an ALSA card was given.
#![cfg(target_os = "linux")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::card::Card;
use common::files::{Wav, wav};
use common::room::Room;
use common::sounds::noise;

/// Channels of the card; the listeners are crossed over on it, and two channels are nobody's.
const WIDTH: usize = 6;
const CROSSED: &str = "device: alsa:card\nperiod: 256\nzones: { a: [4, 3], b: [1, 2] }\n";
/// A chime is never louder.
const LOUDEST: f32 = 0.050_12;

const COUPLE: &str = "undersong: 1\ntitle: For two\nmusic: { fade-in: 0s }\nphases:\n  \
    - name: all\n    length: 20s\n    playlist: { tracks: [music.wav] }\n    cues:\n      \
    - { name: hello, at: 2s, voice: words.wav, to: a }\n      - { name: look, at: 4s, remind: Look }\n      \
    - { name: farewell, at: 14s, voice: words.wav, to: b }\n";
const ONE: &str = "undersong: 1\ntitle: For all\nmusic: { fade-in: 0s }\nphases:\n  \
    - { name: all, length: 20s, playlist: { tracks: [music.wav] } }\n";

struct Stage {
    room: Room,
    card: Card,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new(device: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("asound.conf");
        let card = Card::new(folder.path(), "card");
        Card::config(&[&card], &format!("channels {WIDTH}"), &config);
        let dressed = vec![("ALSA_CONFIG_PATH", config.into_os_string())];
        let room = Room::dressed(device, dressed, |desk| {
            wav(
                &desk.path("quiet.wav"),
                &noise(1, 0.1, 48_000),
                48_000,
                2,
                Wav::Float,
            );
            desk.write("couple.yaml", COUPLE);
            desk.write("one.yaml", ONE);
        });
        Self {
            room,
            card,
            _folder: folder,
        }
    }

    /// Where each channel sounds: its first and last frame, and its loudest sample; `None` where all of it is exactly zero.
    fn sounding(&self) -> Vec<Option<(usize, usize, f32)>> {
        let samples = self.card.captured();
        let frames: Vec<&[f32]> = samples.chunks_exact(WIDTH).collect();
        let channel = |number: usize| {
            let sounds = |frame: &&[f32]| frame[number] != 0.0;
            let first = frames.iter().position(sounds)?;
            let last = frames.iter().rposition(sounds)?;
            let loudest = frames.iter().map(|frame| frame[number].abs());
            Some((first, last, loudest.fold(0.0, f32::max)))
        };
        (0..WIDTH).map(channel).collect()
    }

    fn stop(&self) {
        self.room.done(&["stop", "--now"]);
        self.room.until("it is over", |room| room.state() == "idle");
    }
}

/// Says `text` to a command that asks.
fn answering(room: &Room, args: &[&str], text: &str) -> (i32, String) {
    let mut command = room.command(args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), said)
}

/// A check that waits for as long as it takes, and goes on once somebody says so; what it said after that.
fn confirmed_by_continue(room: &Room) -> String {
    let mut check = room.command(&["ears", "--yes", "--pause", "10m"]);
    let mut check = check.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(check.stdout.take().unwrap()).lines();
    let waits = lines.by_ref().map(Result::unwrap);
    assert_eq!(
        waits.take_while(|line| !line.starts_with("Next:")).count(),
        3
    );
    let said = room.done(&["continue", "--forecast"]);
    assert!(said.contains("Would: The chimes"), "{said}");
    // It went nowhere: long enough for the daemon to look again, and it still waits.
    std::thread::sleep(Duration::from_millis(500));
    let said = room.done(&["continue"]);
    assert!(said.starts_with("The chimes of the next"), "{said}");
    let said: String = lines.map(Result::unwrap).collect();
    assert!(check.wait().unwrap().success(), "{said}");
    said
}

/// A session that plays is cut off by a restart, and its listeners' channels are changed over meanwhile: nobody heard those,
/// and nobody hears it on them unasked.
fn waits_for_ears_on_other_channels(stage: &mut Stage) {
    stage.room.ask_to_end();
    let file = stage.room.desk.path("room.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("a: [4, 3], b: [1, 2]", "a: [3, 4], b: [1, 2]"),
    )
    .unwrap();
    let before = stage.card.captured().len();
    stage.room.serve();
    stage
        .room
        .until("it is offered", |room| room.state() == "offered");
    let said = stage.room.done(&["status"]);
    assert!(
        said.contains("! the session could not go on: nobody has heard yet")
            && said.contains("run `undersong ears`"),
        "{said}"
    );
    let (code, said) = stage.room.run(&["resume"]);
    assert!(code == 1 && said.contains("run `undersong ears`"), "{said}");
    assert_eq!(stage.card.captured().len(), before);
    // It waits for as long as that takes.
    let said = stage.room.done(&["ears", "--yes", "--pause", "1s"]);
    assert!(said.contains("is heard on the right ears"), "{said}");
    assert_eq!(stage.room.state(), "offered");
    let said = stage.room.done(&["resume"]);
    assert!(said.starts_with("“For two” goes on"), "{said}");
    stage.stop();
    stage.room.kill();
}

#[test]
fn each_chime_is_on_its_one_channel_in_its_turn_and_a_couple_is_played_only_then() {
    let mut stage = Stage::new(CROSSED);
    let (code, said) = stage.room.run(&["start", "couple.yaml"]);
    assert!(code == 1 && said.contains("run `undersong ears`"), "{said}");
    assert_eq!(
        stage.room.run(&["start", "one.yaml"]).0,
        0,
        "one zone needs no ears"
    );
    let (code, said) = stage.room.run(&["ears", "--yes"]);
    assert!(
        code == 1 && said.contains("a session plays already"),
        "{said}"
    );
    stage.stop();
    let before = stage.card.captured().len();

    let (code, said) = answering(&stage.room, &["ears", "--pause", "2s"], "no\n");
    assert!(code == 1 && said.contains("nothing is kept"), "{said}");
    let announced: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("Now:"))
        .collect();
    assert_eq!(
        announced,
        [
            "Now: listener a, left ear",
            "Now: listener a, right ear",
            "Now: listener b, left ear",
            "Now: listener b, right ear"
        ]
    );
    let captured = stage.card.captured_from(before);
    assert!(captured.iter().all(|sample| sample.abs() <= LOUDEST));
    let turns = turns(&captured);
    // a is on 4 and 3, b on 1 and 2; nothing else ever sounds.
    assert_eq!(
        turns.iter().map(|turn| turn.channel).collect::<Vec<_>>(),
        [4, 3, 1, 2]
    );
    for turn in &turns {
        assert!(turn.loudest > LOUDEST / 2.0, "it is to be heard: {turn:?}");
        assert!(turn.after_50_ms < turn.loudest / 4.0, "softly: {turn:?}");
    }
    assert!(turns.windows(2).all(|two| two[1].from > two[0].to + 4_800));
    // One pair of headphones goes from one to the other meanwhile.
    assert!(
        said.contains("Next: listener b, in 2 s. Put those headphones on"),
        "{said}"
    );
    let pause = turns[2].from - turns[1].to;
    assert!((96_000..192_000).contains(&pause), "{pause} frames");
    let (code, said) = stage.room.run(&["start", "couple.yaml"]);
    assert_eq!(code, 1, "nobody confirmed: {said}");

    let said = confirmed_by_continue(&stage.room);
    assert!(
        said.contains("alsa:card is heard on the right ears"),
        "{said}"
    );
    let said = stage.room.done(&["start", "couple.yaml"]);
    for words in [
        "“For two” plays; it ends at 0:20",
        "First cue `hello` at 0:02, last cue `farewell` at 0:14",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(
        !said.contains("the ears of"),
        "fresh and of this start: {said}"
    );
    stage.room.until("it sounds", |room| room.position() > 0.5);

    waits_for_ears_on_other_channels(&mut stage);
    // Of an earlier start of the machine: a remark, and no more.
    let kept = stage.room.desk.path("journal/.ears.json");
    let ears = std::fs::read_to_string(&kept).unwrap();
    let mut ears: serde_json::Value = serde_json::from_str(&ears).unwrap();
    for heard in ears["heard"].as_array_mut().unwrap() {
        heard["boot"] = "another".into();
    }
    std::fs::write(&kept, ears.to_string()).unwrap();
    stage.room.serve();
    let said = stage.room.done(&["start", "couple.yaml"]);
    assert!(said.contains("the ears of a were checked before"), "{said}");
}

/// One channel that sounds, alone.
#[derive(Debug)]
struct Turn {
    channel: usize,
    from: usize,
    to: usize,
    loudest: f32,
    after_50_ms: f32,
}

/// Who sounds when; fails where two channels sound at once.
fn turns(samples: &[f32]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for (at, frame) in samples.chunks_exact(WIDTH).enumerate() {
        let sounding: Vec<usize> = (0..WIDTH).filter(|number| frame[*number] != 0.0).collect();
        assert!(sounding.len() <= 1, "two at once at {at}: {frame:?}");
        let Some(number) = sounding.first() else {
            continue;
        };
        let sample = frame[*number].abs();
        match turns.last_mut() {
            Some(turn) if turn.channel == number + 1 => {
                turn.to = at;
                turn.loudest = turn.loudest.max(sample);
                if at < turn.from + 2_400 {
                    turn.after_50_ms = turn.after_50_ms.max(sample);
                }
            }
            _ => turns.push(Turn {
                channel: number + 1,
                from: at,
                to: at,
                loudest: sample,
                after_50_ms: sample,
            }),
        }
    }
    turns
}

#[test]
fn a_check_is_stopped_at_once_and_confirms_nothing() {
    let stage = Stage::new("device: alsa:card\nperiod: 256\n");
    let mut command = stage.room.command(&["ears", "--zone", "b", "--yes"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let check = command.spawn().unwrap();
    stage.room.until("it sounds", |_| {
        let loud = |of: &Option<(usize, usize, f32)>| of.is_some_and(|of| of.2 > LOUDEST / 4.0);
        stage.sounding().iter().any(loud)
    });
    let begun = Instant::now();
    assert_eq!(stage.room.state(), "ears");
    // Soft, as a session would be: a check ends at once all the same.
    stage.room.done(&["stop"]);
    stage
        .room
        .until("it is over", |room| room.state() == "idle");
    assert!(
        begun.elapsed() < Duration::from_millis(1_500),
        "{:?}",
        begun.elapsed()
    );
    let output = check.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(
        said.contains("listener b, left") && said.contains("stopped"),
        "{said}"
    );
    assert!(!said.contains("right ear"), "{said}");
    // Without zones in the room file b is on the third channel, and nothing else sounded.
    let sounding = stage.sounding();
    let alone: Vec<bool> = sounding.iter().map(Option::is_some).collect();
    assert_eq!(alone, [false, false, true, false, false, false]);
    // It was there 60 ms before it was gone, and gone long before a chime's own end.
    let (first, last, _) = sounding[2].unwrap();
    assert!(last - first < 60_000, "{first}..{last}");
    let samples = stage.card.captured();
    let before = (last - 2_880..last - 1_440).map(|frame| samples[frame * WIDTH + 2].abs());
    let before = before.fold(0.0, f32::max);
    assert!(
        before > LOUDEST / 10.0,
        "faded for longer than 30 ms: {before}"
    );
    let (code, said) = stage.room.run(&["start", "couple.yaml"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(stage.room.run(&["ears", "--zone", "left"]).0, 2);
}

/// Reads on until `words` come.
fn until(shown: &mut impl Read, words: &str) {
    let mut so_far = String::new();
    let mut byte = [0];
    while !so_far.ends_with(words) {
        assert_eq!(shown.read(&mut byte).unwrap(), 1, "{words}: {so_far}");
        so_far.push(char::from(byte[0]));
    }
}

#[test]
fn on_a_terminal_a_key_counts_only_where_it_is_asked_for() {
    let stage = Stage::new(CROSSED);
    let mut terminal = stage.room.desk.on_a_terminal(&["ears"]);
    terminal.env("UNDERSONG_SOCKET", stage.room.desk.path("run/control.sock"));
    let terminal = terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = terminal.spawn().unwrap();
    let mut keys = terminal.stdin.take().unwrap();
    let mut shown = terminal.stdout.take().unwrap();
    let still_waits = || {
        std::thread::sleep(Duration::from_millis(700));
        let said = stage.room.done(&["continue", "--forecast"]);
        assert!(said.contains("Would: The chimes"), "{said}");
    };
    until(&mut shown, "Now: listener a, left ear");
    keys.write_all(b"\n").unwrap();
    until(&mut shown, "then press Enter.");
    still_waits();
    // Ctrl-D is no Enter.
    keys.write_all(b"\x04").unwrap();
    still_waits();
    keys.write_all(b"\n").unwrap();
    until(&mut shown, "Now: listener b, left ear");
    // What is typed before the question is no answer to it.
    keys.write_all(b"no\n").unwrap();
    until(&mut shown, "on the right side? [y/N] ");
    keys.write_all(b"y\n").unwrap();
    until(&mut shown, "is heard on the right ears");
    drop(keys);
    assert!(terminal.wait().unwrap().success());
}

#[test]
fn a_room_without_a_device_has_no_ears_and_needs_none() {
    let stage = Stage::new("device: paced\n");
    let (code, said) = stage.room.run(&["ears", "--yes"]);
    assert!(code == 1 && said.contains("paced"), "{said}");
    stage.room.done(&["start", "couple.yaml"]);
}
