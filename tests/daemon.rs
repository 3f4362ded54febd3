//! The daemon of a room, as a new user would run it: steered from another terminal, killed, and taken up again.

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::files::long_silence;
use common::program::Desk;
use common::room::Room;
use serde_json::Value;
use undersong::daemon::{State, Status};

const SESSION: &str = "undersong: 1\ntitle: Steered\nmusic: { crossfade: 2s, fade-in: 0s }\nphases:\n  \
    - name: onset\n    length: 40s\n    max: 90s\n    playlist: { tracks: [music.wav, other.wav] }\n    cues:\n      \
    - { name: first, at: 0s, chime: words.wav }\n      - { name: soon, at: 2s, voice: words.wav }\n      \
    - { name: late, at: 30s, voice: words.wav }\n  \
    - { name: return, length: 60s, playlist: { tracks: [music.wav] } }\n";

/// A room without a device.
fn room() -> Room {
    Room::new("device: paced\nperiod: 256\n", |desk| {
        desk.write("session.yaml", SESSION);
    })
}

#[test]
fn a_session_is_steered_from_another_terminal_and_recorded() {
    let room = self::room();
    assert_eq!(room.state(), "idle");
    assert!(
        room.done(&["start", "session.yaml"])
            .contains("“Steered” plays")
    );
    assert_eq!(room.state(), "playing");
    let forecast = room.done(&["extend", "20s", "--forecast", "--json"]);
    let forecast: Value = serde_json::from_str(&forecast).unwrap();
    let (end, before) = (
        &forecast["forecast"]["end"],
        &forecast["forecast"]["end_before"],
    );
    assert!(end.as_f64() > before.as_f64(), "{forecast}");
    assert_eq!(
        room.status()["session"]["end"],
        *before,
        "a forecast changes nothing"
    );
    room.done(&["hold"]);
    assert!(room.status()["session"]["end"].is_null());
    let said = room.done(&["undo"]);
    assert!(said.starts_with("Taken back: hold; "), "{said}");
    assert_eq!(room.status()["session"]["end"], *before);
    room.done(&["level", "-2dB"]);
    assert_eq!(room.status()["session"]["level"], -2.0);
    room.done(&["skip"]);
    room.done(&["speak", "on"]);
    assert_eq!(room.status()["session"]["speaking"], true);
    room.done(&["cue", "late"]);
    room.done(&["pause"]);
    room.until("it rests", |room| room.count("paused") == 1);
    let stood = room.position();
    room.done(&["resume"]);
    room.until("it goes on", |room| room.position() > stood);
    for wrong in ["5", "loud"] {
        let (code, said) = room.run(&["intensity", wrong]);
        assert!(code == 2 && said.contains("`+1` is more intense"), "{said}");
    }
    room.done(&["note", "canary-in-the-notes"]);
    assert_eq!(room.run(&["cue", "canary cries"]).0, 1);
    assert_eq!(room.run(&["bring-back", "canary"]).0, 1);
    assert_eq!(
        room.run(&["bring-back", "onset"]).0,
        1,
        "it is no later one"
    );
    assert_eq!(room.run(&["extend", "soon"]).0, 2);
    assert_eq!(room.run(&["level", "+40dB"]).0, 1);
    assert_eq!(room.run(&["level", "=-200dB"]).0, 1);
    room.done(&["stop"]);
    let (code, said) = room.run(&["pause"]);
    assert!(code == 1 && said.contains("being stopped"), "{said}");
    assert!(room.done(&["stop", "--now"]).contains("30 ms"));
    room.until("it is over", |room| room.state() == "idle");
    let journal = room.journal();
    let changes: Vec<&str> = journal
        .iter()
        .filter_map(|record| record["change"]["do"].as_str())
        .collect();
    assert_eq!(changes, ["hold", "undo", "level", "skip", "speak", "cue"]);
    assert_eq!(journal.last().unwrap()["what"], "ended");
    let text = journal.iter().map(Value::to_string).collect::<String>();
    assert!(!text.contains("canary"), "words are not in it: {text}");
    // Whatever name leads to the record, it is not rendered over.
    let folder = std::fs::read_dir(room.desk.path("journal")).unwrap();
    let mut records: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    records.retain(|file| !file.to_string_lossy().contains("notes"));
    let (record, link) = (&records[0], room.desk.path("link.wav"));
    std::os::unix::fs::symlink(record, &link).unwrap();
    let names = [record, &link].map(|path| path.to_str().unwrap());
    let (code, said) = room.run(&["render", "--journal", names[0], "-o", names[1]]);
    assert!(
        code == 2 && said.contains("is a part of this session"),
        "{said}"
    );
    assert_eq!(room.journal().len(), journal.len());
    // It is named as in `journal show`: by its number, by its name in the room's folder, or not at all.
    let name = record.file_stem().unwrap().to_str().unwrap();
    let again = ["--room", "room.yaml", "-o", "again.wav"];
    for which in [
        &["render", "--journal", "1"][..],
        &["render", "--journal", name],
        &["render", "--journal"],
    ] {
        room.done(&[which, &again].concat());
        std::fs::remove_file(room.desk.path("again.wav")).unwrap();
    }
    let (code, said) = room.run(&[&["render", "--journal", "2"], &again[..]].concat());
    assert!(code == 1 && said.contains("no session number 2"), "{said}");
    // What was refused is named, for programs too.
    let asked = |record: &&Value| record["asked"]["do"] == "level" && record["what"] == "refused";
    assert_eq!(journal.iter().filter(asked).count(), 2);
    let shown = room.done(&["journal", "show", "--room", "room.yaml"]);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        shown.contains("a cue that is not there was asked for, which could not be done")
            && shown.contains("to go to a phase that is not there was asked for")
            && shown.contains("to go to onset was asked for, which could not be done")
            && shown.contains("the level +38.0 dB was asked for"),
        "{shown}"
    );
}

/// In the place of the notes lies a pipe: a disk that takes a part of one and then nothing, until it is let.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_does_not_take_a_note_stops_nothing_and_who_noted_is_told() {
    const PAGE: usize = 4096;
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    let mut journal = std::fs::read_dir(room.desk.path("journal")).unwrap();
    let journal = journal.next().unwrap().unwrap().path();
    let notes = journal.with_extension("notes.jsonl");
    assert!(
        Command::new("mkfifo")
            .arg(&notes)
            .status()
            .unwrap()
            .success()
    );
    let mut disk = std::fs::OpenOptions::new();
    let mut disk = disk.read(true).write(true).open(&notes).unwrap();
    assert_eq!(rustix::pipe::fcntl_setpipe_size(&disk, PAGE), Ok(PAGE));
    let ask = |words: &[&str]| {
        let mut command = room.command(words);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let mut note = ask(&["note", &"x".repeat(PAGE)]);
    let taken = |_: &Room| rustix::io::ioctl_fionread(&disk) == Ok(PAGE as u64);
    room.until("a part of it is taken", taken);
    // All else is done meanwhile, and the session ends though it waits.
    let pause = ask(&["pause"]);
    room.until("it rests", |room| room.count("paused") == 1);
    assert!(pause.wait_with_output().unwrap().status.success());
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    assert_eq!(room.count("mark"), 0);
    assert!(note.try_wait().unwrap().is_none(), "it is not kept");
    // It takes the rest, and no disk makes a pipe safe.
    disk.read_exact(&mut [0; PAGE]).unwrap();
    let told = common::program::said(&note.wait_with_output().unwrap());
    assert!(
        told.code != 0 && told.err.contains("cannot be written"),
        "{}",
        told.err
    );
}

#[test]
fn an_answer_says_what_was_really_done() {
    let room = Room::new(
        "device: paced\nperiod: 256\nloudest: { room: -6 dB }\n",
        |desk| {
            desk.write("session.yaml", SESSION);
            desk.write(
                "held.yaml",
                &SESSION.replace("length: 60s", "length: 60s, end: hold"),
            );
        },
    );
    let said = room.done(&["start", "session.yaml"]);
    assert!(said.contains("keeps the level at -6.0 dB."), "{said}");
    // As far as the script lets it go, and no word of more.
    let said = room.done(&["extend", "100s"]);
    assert!(
        said.contains("of the 1:40 asked: the script lets it be no longer than 1:30, and near that a piece ends;"),
        "{said}"
    );
    let said = room.done(&["undo"]);
    assert!(said.starts_with("Taken back: extend 1:40; "), "{said}");
    std::thread::sleep(Duration::from_millis(450));
    let (code, said) = room.run(&["undo"]);
    let nothing = "there is nothing left to undo: the last change was taken back already";
    assert!(code == 1 && said.contains(nothing), "{said}");
    let said = room.done(&["extend", "10s"]);
    assert!(!said.contains("longer than"), "{said}");
    // What is so already is no failure, and no change.
    room.done(&["hold"]);
    // The room's own level is one of them.
    room.until("it is recorded", |room| room.count("changed") == 5);
    std::thread::sleep(Duration::from_millis(450));
    for (again, answer) in [("hold", "is held already"), ("resume", "plays already")] {
        let said = room.done(&[again]);
        assert!(said.contains(answer), "{said}");
    }
    let said = room.done(&["speak", "off"]);
    assert!(said.contains("is not down for your voice"), "{said}");
    let said = room.done(&["continue"]);
    assert!(
        said.starts_with("`onset` is held no more and ends at ")
            && said.contains("the session ends at"),
        "{said}"
    );
    std::thread::sleep(Duration::from_millis(450));
    let said = room.done(&["continue"]);
    assert!(said.contains("is not held; it goes on by itself"), "{said}");
    room.done(&["pause"]);
    // What came before the pause is recorded before it.
    room.until("it rests", |room| room.count("paused") == 1);
    assert_eq!(room.count("changed"), 6);
    // The second undo.
    assert_eq!(room.count("refused"), 1);
    let said = room.done(&["pause"]);
    assert!(said.contains("rests already"), "{said}");
    room.done(&["resume"]);
    room.done(&["bring-back"]);
    // The phase that begins in a moment is the one that is meant.
    std::thread::sleep(Duration::from_millis(300));
    let said = room.done(&["extend", "30s"]);
    assert!(said.starts_with("`return` ends at "), "{said}");
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    // A later phase that is held is no failure of this one.
    room.done(&["start", "held.yaml"]);
    room.done(&["hold"]);
    let said = room.done(&["continue"]);
    assert!(
        said.starts_with("`onset` is held no more")
            && said.contains("since `return` will wait for `continue` in its turn"),
        "{said}"
    );
}

/// The seconds of a clock such as `1:47`.
fn seconds(clock: &str) -> i64 {
    let parts = clock.trim_end_matches([',', ';', '.']).split(':');
    parts.fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
}

#[test]
fn an_end_that_is_moved_further_or_less_than_was_asked_says_by_how_much_and_why() {
    let room = Room::new("device: paced\nperiod: 256\n", |desk| {
        let session = |bounds: &str, files: &str| {
            format!(
                "undersong: 1\nmusic: {{ crossfade: 2s, fade-in: 0s }}\nphases:\n  - {{ name: calm, {bounds}, \
                 playlist: {{ tracks: [{files}] }} }}\n  - {{ name: return, length: 60s, playlist: [music.wav] }}\n"
            )
        };
        // Its pieces end every 18.5 s, and a phase ends with one where that is near.
        desk.write("pieces.yaml", &session("length: 2m", "other.wav"));
        let silent =
            "undersong: 1\nphases: [{ name: calm, length: 2m, min: 100s, music: silence }]\n";
        desk.write("bounds.yaml", silent);
        // A piece ends 12.5 s after its length, and it ends with that.
        let bounds = "length: 65s, min: 64s, max: 95s";
        let between = session(bounds, "other.wav, music.wav")
            .replace("music: {", "music: { phase-crossfade: 2s,");
        desk.write("between.yaml", &between);
    });
    let asked = |words: &[&str]| {
        let said = room.done(&[words, &["--forecast"]].concat());
        let words = said.split_whitespace().map(str::to_owned);
        let words: Vec<String> = words.collect();
        let at = |word: &str| words.iter().position(|it| it == word).unwrap();
        let (end, before) = (seconds(&words[at("at") + 1]), seconds(&words[at("of") + 1]));
        (said, end - before)
    };
    room.done(&["start", "pieces.yaml"]);
    let (mut further, mut less, mut near) = (0, 0, 0);
    for by in [10, 14, 20, 26, 33, 40, 45] {
        for (word, sign) in [("shorten", -1), ("extend", 1)] {
            let (said, moved) = asked(&[word, &format!("{by}s")]);
            let moved = moved * sign;
            if moved > by + 1 {
                let over = format!(
                    ", 0:{:02} further than was asked: a piece ends there;",
                    moved - by
                );
                assert!(said.contains(&over), "{word} {by}: {said}");
                further += 1;
            } else if moved < by - 1 {
                let part = format!(", by 0:{moved:02} of the 0:{by} asked: a piece ends there;");
                assert!(said.contains(&part), "{word} {by}: {said}");
                less += 1;
            } else {
                assert!((by - 1..=by + 1).contains(&moved), "{word} {by}: {said}");
                near += 1;
            }
        }
    }
    assert!(
        further > 0 && less > 0,
        "{further} further, {less} less, {near} as asked"
    );
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    room.done(&["start", "bounds.yaml"]);
    let (said, moved) = asked(&["shorten", "1m"]);
    let why = "of the 1:00 asked: the script lets it be no shorter than 1:40;";
    assert!(moved == -20 && said.contains(why), "{said}");
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    // More than goes is asked of an end that lies where its music put it: as much as goes is given, and said.
    room.done(&["start", "between.yaml"]);
    for (word, by, why) in [
        (
            "extend",
            17..=18,
            "the script lets it be no longer than 1:35;",
        ),
        (
            "shorten",
            -14..=-13,
            "the script lets it be no shorter than 1:04;",
        ),
    ] {
        let (said, moved) = asked(&[word, "1m"]);
        let why = format!(", by 0:{} of the 1:00 asked: {why}", moved.abs());
        assert!(by.contains(&moved) && said.contains(&why), "{said}");
    }
}

/// Two listeners, one of them in a room that is softer for her.
fn couple() -> Room {
    Room::new(
        "device: paced\nperiod: 256\nloudest: { a: -6 dB, b: 0 dB }\n",
        |desk| {
            let voice = "- { name: late, at: 30s, voice: words.wav";
            let couple = SESSION.replace(voice, &format!("{voice}, to: a"));
            desk.write("session.yaml", &couple);
        },
    )
}

#[test]
fn whom_the_room_keeps_softer_is_said_and_shown() {
    let room = couple();
    room.done(&["start", "session.yaml"]);
    let keeps = |goes: &str| format!("; a {goes} -6.0 dB, which the room's `loudest` keeps.");
    let said = room.done(&["level", "=-4dB", "--forecast"]);
    let sentence = format!("The level goes to -4.0 dB{}", keeps("stays at"));
    assert!(said.contains(&format!("Would: {sentence}")), "{said}");
    let said = room.done(&["level", "=-4dB"]);
    assert!(said.contains(&sentence), "{said}");
    let shown = room.done(&["status"]);
    assert!(
        shown.contains("\nlevel     a -6.0 dB, b -4.0 dB\n"),
        "{shown}"
    );
    // Below what the room keeps they are alike.
    let said = room.done(&["level", "=-10dB"]);
    assert!(said.starts_with("The level goes to -10.0 dB."), "{said}");
    let shown = room.done(&["status"]);
    assert!(shown.contains("\nlevel     -10.0 dB\n"), "{shown}");
    let said = room.done(&["level", "=-3dB"]);
    assert!(said.contains(&keeps("goes to")), "{said}");
    // Where it goes is said, not what is no more.
    let said = room.done(&["undo", "--forecast"]);
    assert!(
        said.starts_with("Would: Taken back: the level is back at -10.0 dB; the session"),
        "{said}"
    );
    let said = room.done(&["undo"]);
    assert!(
        said.starts_with("Taken back: the level is back at -10.0 dB; the session ends at"),
        "{said}"
    );
}

#[test]
fn what_is_changed_while_the_session_rests_is_told_to_come_with_the_resume() {
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    let loudness = |room: &Room| room.status()["session"]["zones"][0]["loudness"].as_f64();
    room.until("it is heard", |room| loudness(room).is_some());
    room.done(&["pause"]);
    room.until("it rests", |room| room.count("paused") == 1);
    assert!(room.done(&["status"]).contains("zone room    silent"));
    let rests = " The session rests; this comes when you say `resume`.\n";
    for change in [
        &["bring-back", "--forecast"][..],
        &["cue", "late"],
        &["level", "=-3dB"],
        &["bring-back"],
    ] {
        let said = room.done(change);
        assert!(said.contains(rests), "{change:?}: {said}");
    }
    // What changes nothing does not come.
    let said = room.done(&["speak", "off"]);
    assert!(!said.contains("rests"), "{said}");
    room.done(&["resume"]);
    let said = room.done(&["level", "=-2dB"]);
    assert!(!said.contains("rests"), "{said}");
    room.until("it is heard again", |room| loudness(room).is_some());
}

#[test]
fn who_cannot_be_brought_back_is_told_what_to_type() {
    let room = Room::new("device: paced\nperiod: 256\n", |desk| {
        desk.write(
            "session.yaml",
            &SESSION.replace("name: return", "name: deep rest"),
        );
    });
    room.done(&["start", "session.yaml"]);
    let (code, said) = room.run(&["bring-back"]);
    assert!(
        code == 1 && said.contains("say where to go, as in `undersong bring-back \"deep rest\"`;"),
        "{said}"
    );
    let said = room.done(&["bring-back", "deep rest"]);
    assert!(said.contains("goes to `deep rest`"), "{said}");
}

#[test]
fn of_many_warnings_the_first_is_told_and_their_number() {
    let mut room = Room::new("device: paced\nperiod: 256\n", |desk| {
        let phase = |name: &str| {
            format!("  - {{ name: {name}, length: 2m, playlist: {{ tracks: [other.wav] }} }}\n")
        };
        let phases: String = ["one", "two", "three", "four"].map(phase).concat();
        desk.write("session.yaml", &format!("undersong: 1\nphases:\n{phases}"));
    });
    let said = room.done(&["start", "session.yaml"]);
    let of_script: Vec<&str> = said
        .lines()
        .filter(|it| it.starts_with("script "))
        .collect();
    assert_eq!(of_script.len(), 2, "{said}");
    let script = room.desk.path("session.yaml");
    let hint = format!("4 more warnings; `undersong check {}`", script.display());
    assert!(of_script[1].contains(&hint), "{said}");
    // Its hash is for programs.
    let hash = room.status()["session"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!said.contains(&hash[..6]), "{said}");
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    let answer: Value =
        serde_json::from_str(&room.done(&["start", "session.yaml", "--json"])).unwrap();
    assert_eq!(answer["hash"], *hash);
    // Once it went on after a crash, the status says the same, and where to read on.
    room.until("it is recorded", |room| room.count("position") > 0);
    room.kill();
    room.serve();
    room.until("it goes on", |room| room.state() == "playing");
    let said = room.done(&["status"]);
    assert!(said.contains(&hint), "{said}");
    // The room file is the daemon's, wherever it lies.
    let said = room.done(&["journal", "list"]);
    assert!(said.contains("session"), "{said}");
    let (_, said) = room.run(&["doctor"]);
    assert!(said.contains("the daemon answers on"), "{said}");
}

#[test]
fn a_press_that_comes_twice_is_one() {
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    let mut made = 0;
    // On a busy machine two programs may start more than 400 ms apart: then these are two presses, and it is tried again.
    for length in ["10s", "11s", "12s", "13s", "14s"] {
        let press = || {
            let mut press = room.command(&["extend", length]);
            press.stdout(Stdio::piped()).stderr(Stdio::piped());
            press.spawn().unwrap()
        };
        let said = [press(), press()].map(|press| {
            let output = press.wait_with_output().unwrap();
            let said = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
            (output.status.success(), said.concat())
        });
        // The second hears what came of the first, or that nobody knows yet.
        let waits = |said: &(bool, String)| !said.0 && said.1.contains("is being carried out");
        let is_one = said[0] == said[1] || said.iter().any(waits);
        made += if is_one { 1 } else { 2 };
        let told = |said: &(bool, String)| said.0 && said.1.contains("ends at");
        assert!(said.iter().any(told), "{said:?}");
        assert!(said.iter().all(|it| told(it) || waits(it)), "{said:?}");
        room.until("it is recorded", |room| room.count("changed") >= made);
        assert_eq!(room.count("changed"), made);
        if is_one {
            return;
        }
    }
    panic!("two presses were two each time");
}

#[test]
fn r1_killed_at_any_moment_it_goes_on_where_it_was_and_no_cue_comes_twice() {
    let kills = std::env::var("UNDERSONG_KILLS").map_or(6, |kills| kills.parse().unwrap());
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    room.done(&["hold"]);
    for kill in 0..kills {
        // Odd times, so that the kills fall everywhere between two records.
        std::thread::sleep(Duration::from_millis(337 + kill * 211 % 900));
        let (before, asked) = (room.position(), Instant::now());
        room.kill();
        let lag = asked.elapsed().as_secs_f64();
        let begun = Instant::now();
        room.serve();
        room.until("it plays again", |room| room.state() == "playing");
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "{:?}",
            begun.elapsed()
        );
        let after = room.journal();
        let resumed = after
            .iter()
            .rev()
            .find(|record| record["what"] == "resumed")
            .unwrap();
        let from = resumed["from"].as_f64().unwrap() / 48_000.0;
        // What is shown is up to 200 ms old.
        assert!(
            from <= before + lag + 0.4 && before - from <= 2.0,
            "{before} {from}"
        );
        let end = &room.status()["session"]["end"];
        assert!(end.is_null(), "what was held is held: {end}");
    }
    let mut started: HashMap<String, usize> = HashMap::new();
    for record in room.journal().iter().filter(|r| r["what"] == "cue-starts") {
        *started.entry(record["cue"].to_string()).or_default() += 1;
    }
    assert!(!started.is_empty());
    assert!(started.values().all(|times| *times == 1), "{started:?}");
}

#[test]
fn what_matters_after_a_crash_is_said_before_what_is_only_good_to_know() {
    let mut room = Room::new("device: paced\nperiod: 256\n", |desk| {
        // Twenty seconds of music for five minutes: its remark says that the music starts over.
        let script = "undersong: 1\nphases:\n  - name: calm\n    length: 5m\n    playlist: { tracks: [other.wav] }\n    \
                      cues: [{ name: first, at: 0s, voice: words.wav }]\n";
        desk.write("session.yaml", script);
    });
    room.done(&["start", "session.yaml"]);
    room.until("it is recorded", |room| room.count("position") > 0);
    room.kill();
    room.serve();
    room.until("it goes on", |room| room.state() == "playing");
    let said = room.done(&["status"]);
    let lines: Vec<&str> = said.lines().collect();
    let place = |what: &str| lines.iter().position(|line| line.contains(what));
    // When, for how long, and what came of it.
    let crash = regex_lite::Regex::new(
        r"^! the program stopped unexpectedly at \d\d:\d\d:\d\d and went on after \d+ s; nothing was heard meanwhile",
    );
    assert!(crash.unwrap().is_match(lines[1]), "{said}");
    assert_eq!(
        place("! the cue `first` may not have been heard"),
        Some(2),
        "{said}"
    );
    assert_eq!(place("script    "), Some(lines.len() - 1), "{said}");
    assert!(said.contains("starts over"), "{said}");
    let alarms = room.status()["alarms"].to_string();
    assert!(!alarms.contains("starts over"), "{alarms}");
    // Whoever follows what happens is shown it first, too.
    let mut watch = room.command(&["watch"]);
    let mut watch = watch.stdout(Stdio::piped()).spawn().unwrap();
    let mut shown = BufReader::new(watch.stdout.take().unwrap()).lines();
    let shown: Vec<String> = shown.by_ref().take(2).map(Result::unwrap).collect();
    let _ = (watch.kill(), watch.wait());
    assert!(shown[1].contains("stopped unexpectedly"), "{shown:?}");
    // What was said of its script goes with it.
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    let said = room.done(&["status"]);
    assert!(!said.contains("starts over"), "{said}");
    let said = room.done(&["start", "session.yaml"]);
    let of_script = |line: &str| line.starts_with("script    ") && line.contains("starts over");
    assert!(said.lines().any(of_script), "{said}");
}

#[test]
fn however_many_connect_and_say_nothing_whoever_steers_gets_in() {
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    let socket = room.desk.path("run/control.sock");
    let mut crowd = Vec::new();
    for number in 0..400 {
        let mut stream = UnixStream::connect(&socket).unwrap();
        let half = [
            "",
            "GET /v1/st",
            "POST /v1/commands HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{",
        ];
        let _ = stream.write_all(half[number % 3].as_bytes());
        crowd.push(stream);
    }
    room.done(&["hold"]);
    let process = room.daemon.as_mut().unwrap().id();
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
    assert!(open < 200, "{open} files are open");
    assert!(room.done(&["stop", "--now"]).contains("30 ms"));
    drop(crowd);
}

/// What listens on a socket as a daemon does that prepares a session for two seconds, 42 % of it done.
fn preparing(socket: &Path) {
    let listener = UnixListener::bind(socket).unwrap();
    let status = Status {
        state: State::Preparing,
        prepared: Some(0.42),
        ..Status::default()
    };
    let status = serde_json::to_string(&status).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, status) = (stream.unwrap(), status.clone());
            std::thread::spawn(move || {
                let mut asked = [0; 4096];
                let length = stream.read(&mut asked).unwrap();
                let body = if asked[..length].starts_with(b"POST") {
                    std::thread::sleep(Duration::from_secs(2));
                    r#"{"message":"It plays."}"#.to_owned()
                } else {
                    status
                };
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).unwrap();
            });
        }
    });
}

#[test]
fn how_far_a_preparation_is_is_shown_on_a_terminal_and_nowhere_else() {
    let desk = Desk::new();
    preparing(&desk.path("control.sock"));
    let start = ["start", "x.yaml", "--socket", "control.sock"];
    let said = desk.run(&start);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("It plays.\n", ""));
    let shown = desk
        .on_a_terminal(&start)
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        shown.contains("42 %") && shown.contains("It plays."),
        "{shown:?}"
    );
}

#[test]
fn a_daemon_that_hangs_is_said_to() {
    let mut room = self::room();
    let process = room.daemon.as_mut().unwrap().id().to_string();
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &process]).status();
        assert!(sent.unwrap().success());
    };
    signal("-STOP");
    for command in [&["status"][..], &["stop", "--now"], &["watch"]] {
        let (code, said) = room.run(command);
        assert!(
            code == 3 && said.contains("does not answer"),
            "{code} {said}"
        );
    }
    // Nor is its room file guessed without a word.
    let (_, said) = room.run(&["journal", "list"]);
    assert!(
        said.contains("could not be asked for its room file") && said.contains("does not answer"),
        "{said}"
    );
    signal("-CONT");
    room.done(&["status"]);
}

#[test]
fn started_by_the_system_it_waits_for_what_its_room_file_names() {
    let desk = Desk::new();
    desk.write(
        "room.yaml",
        "undersong-room: 1\ndevice: paced\nmedia: disk\njournal: journal\nsocket: run/control.sock\n",
    );
    let notified = UnixDatagram::bind(desk.path("notify")).unwrap();
    notified
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let told = || {
        let mut bytes = [0; 512];
        let length = notified.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let mut daemon = desk
        .command(&["serve", "--room", "room.yaml"])
        .env("NOTIFY_SOCKET", desk.path("notify"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(told().contains("STATUS=waits"));
    std::fs::create_dir(desk.path("disk")).unwrap();
    while !told().contains("STATUS=ready") {}
    daemon.kill().unwrap();
    daemon.wait().unwrap();
}

#[test]
fn a_room_that_is_never_loud_begins_and_goes_on_so() {
    let file = |loudest: &str| format!("device: paced\nperiod: 256\nloudest: {loudest}\n");
    let mut room = Room::new(&file("-12 dB"), |desk| {
        desk.write("session.yaml", SESSION);
    });
    room.done(&["start", "session.yaml"]);
    let level = |room: &Room| room.status()["session"]["level"].as_f64().unwrap().round();
    assert_eq!(level(&room) as i32, -12);
    // Nobody asked for it, so nobody takes it back.
    assert_eq!(room.run(&["undo"]).0, 1);
    let (code, said) = room.run(&["level", "=-3dB"]);
    assert!(code == 1 && said.contains("never louder"), "{said}");
    // Somebody found it too loud all the same, and everybody hears it.
    room.kill();
    let written = std::fs::read_to_string(room.desk.path("room.yaml")).unwrap();
    let softer = written.replace("-12 dB", "{ a: -20 dB, b: 0 dB, room: -12 dB }");
    std::fs::write(room.desk.path("room.yaml"), softer).unwrap();
    room.serve();
    room.until("it goes on", |room| room.state() == "playing");
    assert_eq!(level(&room) as i32, -20);
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
    let records = room.journal();
    let resumed = records.iter().find(|record| record["what"] == "resumed");
    assert!(resumed.unwrap()["loudest"].is_array(), "{records:?}");
}

/// Three hours take long to be looked at; who calls that off does not pay for it while the next session is prepared.
#[test]
#[cfg(target_os = "linux")]
fn a_preparation_that_is_called_off_is_over_at_once() {
    let room = Room::new("device: paced\nperiod: 256\n", |desk| {
        desk.write("long.yaml", &SESSION.replace("other.wav", "long.wav"));
        long_silence(&desk.path("long.wav"), 3 * 3_600);
    });
    let mut start = room.command(&["start", "long.yaml"]);
    let mut start = start.stderr(Stdio::null()).spawn().unwrap();
    let threads = || {
        let pid = room.daemon.as_ref().unwrap().id();
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let names = threads
            .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "prepare").count()
    };
    room.until("it is prepared", |room| room.state() == "preparing");
    // A thread has its name only once it runs.
    room.until("a thread prepares", |_| threads() > 0);
    room.done(&["stop"]);
    let called_off = Instant::now();
    room.until("nobody prepares", |_| threads() == 0);
    let took = called_off.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(start.wait().unwrap().code(), Some(1));
    assert_eq!(room.state(), "idle");
}

#[test]
fn what_cannot_be_taken_up_yet_is_not_lost() {
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    room.until("it plays", |room| room.position() > 0.5);
    room.kill();
    let music = room.desk.path("music.wav");
    let away = room.desk.path("music.away");
    std::fs::rename(&music, &away).unwrap();
    room.serve();
    room.until("it is offered", |room| room.state() == "offered");
    let alarms = room.status()["alarms"].to_string();
    assert!(
        alarms.contains("music.wav") && alarms.contains("undersong resume"),
        "{alarms}"
    );
    let (code, said) = room.run(&["resume"]);
    assert!(code == 1 && said.contains("music.wav"), "{said}");
    room.until("it is offered again", |room| room.state() == "offered");
    std::fs::rename(&away, &music).unwrap();
    room.done(&["resume"]);
    assert_eq!(room.state(), "playing");
}

#[test]
fn r1_what_was_answered_holds_after_a_kill() {
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    room.until("it plays", |room| room.position() > 0.5);
    for (order, after) in [("pause", "paused"), ("resume", "playing")].repeat(3) {
        room.done(&[order]);
        room.kill();
        room.serve();
        let known = |room: &Room| ["paused", "playing"].contains(&room.state().as_str());
        room.until("it is taken up", known);
        assert_eq!(room.state(), after);
    }
}

#[test]
fn r17_what_lies_outside_the_media_folders_is_neither_played_nor_shown() {
    let room = self::room();
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("secret.yaml");
    std::fs::write(&secret, "canary: 1\n").unwrap();
    let (code, said) = room.run(&["start", secret.to_str().unwrap()]);
    assert!(code == 1 && !said.contains("canary"), "{said}");
    let music = room.desk.path("music.wav");
    let copy = elsewhere.path().join("music.wav");
    std::fs::copy(music, &copy).unwrap();
    let script = format!(
        "undersong: 1\nphases:\n  - {{ name: p, length: 40s, playlist: {{ tracks: [{}] }} }}\n",
        copy.display()
    );
    room.desk.write("outside.yaml", &script);
    let (code, said) = room.run(&["start", "outside.yaml"]);
    assert!(
        code == 1 && said.contains("outside the room's media folders"),
        "{said}"
    );
    std::os::unix::fs::symlink(&copy, room.desk.path("link.wav")).unwrap();
    room.desk.write(
        "linked.yaml",
        &script.replace(copy.to_str().unwrap(), "link.wav"),
    );
    assert_eq!(room.run(&["start", "linked.yaml"]).0, 1);
    room.until("it waits again", |room| room.state() == "idle");
}

#[test]
fn asked_to_end_it_fades_and_can_be_taken_up_again() {
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    room.until("it sounds", |room| room.position() > 1.2);
    room.ask_to_end();
    assert!(!room.desk.path("run/control.sock").exists());
    assert_eq!(room.run(&["status"]).0, 3);
    room.serve();
    room.until("it goes on", |room| room.state() == "playing");
    // Nothing failed, and nothing that failed is said.
    let alarms = &room.status()["alarms"];
    let mut kinds = alarms
        .as_array()
        .unwrap()
        .iter()
        .map(|alarm| &alarm["kind"]);
    assert!(kinds.any(|kind| kind == "restarted"), "{alarms}");
    let alarms = alarms.to_string();
    assert!(
        alarms.contains("was restarted at") && !alarms.contains("unexpectedly"),
        "{alarms}"
    );
    let shown = room.done(&["journal", "show", "--journal", "journal"]);
    assert!(
        shown.contains("restart   the program was restarted, and went on")
            && !shown.contains("fault"),
        "{shown}"
    );
}
