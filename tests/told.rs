//! What whoever steers is told, live: where things are, what waits for her, and what becomes of what she asks for.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use common::room::Room;

const DEVICE: &str = "device: paced\nperiod: 256\n";

const SESSION: &str = "undersong: 1\ntitle: Told\nmusic: { crossfade: 2s, phase-crossfade: 2s, fade-in: 0s }\nphases:\n  \
    - name: calm\n    length: 70s\n    playlist: [music.wav]\n    cues:\n      \
    - { at: 0.5s, remind: \"Look at both\" }\n      \
    - { name: bell, every: 10s, chime: words.wav }\n      \
    - { at: 69s, remind: \"Ask B, softly\" }\n  \
    - { name: return, length: 60s, playlist: [music.wav] }\n";

fn room() -> Room {
    Room::new(DEVICE, |desk| desk.write("session.yaml", SESSION))
}

fn over(room: &Room) {
    room.done(&["stop", "--now"]);
    room.until("it is over", |room| room.state() == "idle");
}

#[test]
fn a_reminder_stands_first_for_a_while_and_the_next_one_is_told_however_much_comes_before_it() {
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    let shown = room.done(&["status"]);
    assert!(
        shown.contains("\nremind    0:00 Look at both\n") || shown.contains("! reminder"),
        "{shown}"
    );
    room.until("its time has come", |room| room.position() > 0.6);
    let shown = room.done(&["status"]);
    let [due, session] =
        ["! reminder at 0:00: Look at both\n", "session   "].map(|it| shown.find(it));
    assert!(due.is_some() && due < session, "{shown}");
    assert!(
        shown.contains("\nremind    1:09 Ask B, softly\n"),
        "{shown}"
    );
    // Who comes back later, to a session that goes on, finds it there still.
    room.done(&["pause"]);
    assert!(room.done(&["status"]).contains("! reminder at 0:00"));
}

#[test]
fn a_held_phase_that_has_run_out_says_that_it_waits_how_long_and_how_soon_it_goes_on() {
    let room = Room::new(DEVICE, |desk| {
        let held = SESSION
            .replace("length: 70s", "length: 10s\n    end: hold")
            .replace("69s", "1s");
        desk.write("session.yaml", &held.replace("every: 10s", "at: 0s"));
    });
    room.done(&["start", "session.yaml"]);
    let phase = |room: &Room| {
        let shown = room.done(&["status"]);
        let line = shown.lines().find(|line| line.starts_with("phase"));
        line.unwrap().to_owned()
    };
    let line = phase(&room);
    assert!(
        line.ends_with("held until you say `continue`; its own length is over at 0:10"),
        "{line}"
    );
    assert!(room.status()["session"]["goes_within"].is_null());
    room.until("it has run out", |room| room.position() > 11.1);
    let line = phase(&room);
    assert!(
        line.contains("its length is over: it has waited for your `continue` for 0:01; the next phase begins within 6 s of it"),
        "{line}"
    );
    assert_eq!(room.status()["session"]["goes_within"], 6.0);
    room.done(&["continue"]);
    let said = room.position();
    room.until("it goes on", |room| {
        room.status()["session"]["phase"] == "return"
    });
    assert!(room.position() - said < 6.0);
}

#[test]
fn an_end_that_is_asked_to_go_the_other_way_names_the_command_for_that() {
    let room = self::room();
    for (asked, other) in [("extend", "shorten"), ("shorten", "extend")] {
        for by in ["-5m", "−5m", "- 5m"] {
            let (code, said) = room.run(&[asked, by]);
            assert!(
                code == 2 && said.contains(&format!("use `undersong {other} 5m`")),
                "{said}"
            );
        }
        let (code, said) = room.run(&[asked, "-soon"]);
        assert!(code == 2 && !said.contains(other), "{said}");
    }
    room.done(&["start", "session.yaml"]);
    let (code, said) = room.run(&["undo"]);
    assert!(
        code == 1 && said.contains("no change of the last 30 s"),
        "{said}"
    );
    let said = room.done(&["extend", "--forecast", "20s"]);
    assert!(said.starts_with("Would: `calm` ends at "), "{said}");
    let said = room.done(&["shorten", "20s", "--forecast"]);
    assert!(said.starts_with("Would: `calm` ends at "), "{said}");
    let (code, said) = room.run(&["extend", "300ms"]);
    assert!(
        code == 1 && said.contains("by less than a second"),
        "{said}"
    );
}

#[test]
fn who_skips_into_silence_is_not_promised_a_piece() {
    let room = Room::new("device: paced\nperiod: 256\n", |desk| {
        let session = "undersong: 1\nphases:\n  - { name: calm, length: 25s, playlist: [music.wav] }\n  \
                       - { name: rest, length: 60s, music: silence }\n";
        desk.write("session.yaml", session);
    });
    room.done(&["start", "session.yaml"]);
    let said = room.done(&["skip", "--forecast"]);
    let sentence = "Would: No piece is left before `rest`, whose silence comes within 6 s; the session ends at ";
    assert!(said.starts_with(sentence), "{said}");
    room.done(&["hold"]);
    let said = room.done(&["skip", "--forecast"]);
    assert!(said.contains("The next piece comes within 6 s"), "{said}");
}

#[test]
fn who_asks_for_other_music_is_told_when_it_comes_and_where_it_does_not() {
    let room = Room::new(DEVICE, |desk| {
        let rated =
            "tracks: [{ file: music.wav, intensity: 1 }, { file: other.wav, intensity: 3 }]\n";
        desk.write("rated.yaml", rated);
        let session = "undersong: 1\nmusic: { crossfade: 2s }\nphases:\n  - { name: calm, length: 25s, max: 90s, playlist: rated.yaml }\n  \
                       - { name: return, length: 60s, playlist: rated.yaml }\n";
        desk.write("session.yaml", session);
    });
    room.done(&["start", "session.yaml"]);
    for asked in [
        &["intensity", "+1", "--now", "--forecast"][..],
        &["intensity", "+1", "--forecast"],
    ] {
        let said = room.done(asked);
        let sentence = "Would: `calm` ends at 0:25 with the piece that plays, so more intense music does not come in it;";
        assert!(said.starts_with(sentence), "{said}");
    }
    room.done(&["hold"]);
    let said = room.done(&["intensity", "+1", "--now", "--forecast"]);
    assert!(
        said.starts_with("Would: More intense music comes now;"),
        "{said}"
    );
    let said = room.done(&["intensity", "+1", "--forecast"]);
    assert!(
        said.starts_with("Would: More intense music comes after this piece;"),
        "{said}"
    );
}

#[test]
fn a_watch_tells_people_in_plain_words_and_programs_by_their_names() {
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    let [(mut people, plain), (mut programs, named)] =
        [&["watch"][..], &["watch", "--json"]].map(|args| watch(&room, args));
    assert!(plain.recv_timeout(Duration::from_secs(20)).is_ok());
    room.done(&["pause"]);
    room.until("it rests", |room| room.count("paused") == 1);
    room.done(&["resume"]);
    room.until("it goes on", |room| room.count("went-on") == 1);
    over(&room);
    let until = |lines: &Receiver<String>, last: &str| {
        let mut told = String::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(20)) {
            told.push_str(&line);
            told.push('\n');
            if line.contains(last) {
                break;
            }
        }
        told
    };
    let told = until(&plain, "the session is over");
    for words in [
        "pause    the sound goes\n",
        "pause    the session rests, and nothing is heard\n",
        "resume   the session goes on\n",
        "end      the session is over\n",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        !told.contains("went-on") && !told.contains("pausing"),
        "{told}"
    );
    let told = until(&named, "\"over\"");
    for name in ["\"pausing\"", "\"paused\"", "\"went-on\""] {
        assert!(told.contains(name), "{name}: {told}");
    }
    for child in [&mut people, &mut programs] {
        let _ = child.kill();
        child.wait().unwrap();
    }
}

#[test]
fn who_begins_while_a_session_ends_waits_for_that_and_who_stops_last_is_obeyed() {
    let room = self::room();
    room.done(&["start", "session.yaml"]);
    room.done(&["stop", "--now"]);
    let said = room.done(&["start", "session.yaml"]);
    assert!(said.contains("“Told” plays"), "{said}");
    assert_eq!(room.state(), "playing");
    // It fades out for 6 s, and the next one is asked for meanwhile: nobody wants that any more once it is stopped.
    room.done(&["stop"]);
    let mut start = room.command(&["start", "session.yaml"]);
    start.stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = start.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(room.state(), "stopping");
    room.done(&["stop", "--now"]);
    let output = start.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("was stopped before it began"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    room.until("it is over", |room| room.state() == "idle");
}

#[test]
fn the_alarms_of_a_session_go_with_it() {
    let mut room = self::room();
    room.done(&["start", "session.yaml"]);
    room.until("it is recorded", |room| room.count("position") > 0);
    room.kill();
    room.serve();
    room.until("it goes on", |room| room.state() == "playing");
    assert!(room.status()["alarms"].to_string().contains("interrupted"));
    over(&room);
    assert!(room.status()["alarms"].is_null(), "{}", room.status());
}

/// A `watch` of the room, line by line.
fn watch(room: &Room, args: &[&str]) -> (Child, Receiver<String>) {
    let mut watch = room.command(args);
    watch.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut watch = watch.spawn().unwrap();
    let lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _ = told.send(line);
        }
    });
    (watch, heard)
}

#[test]
fn a_watch_comes_back_with_the_daemon() {
    let mut room = self::room();
    let (mut watch, lines) = watch(&room, &["watch"]);
    let until = |words: &str| {
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(20)) {
            if line.contains(words) {
                return;
            }
        }
        panic!("not told: {words}");
    };
    until("no session plays");
    room.ask_to_end();
    room.serve();
    until("no session plays");
    room.done(&["start", "session.yaml"]);
    until("remind   Look at both");
    room.kill();
    room.serve();
    until("a session ");
    until("chime    bell");
    watch.kill().unwrap();
    watch.wait().unwrap();
}

#[test]
fn a_script_s_name_is_that_of_one_in_the_room_and_a_path_begins_where_you_are() {
    let room = Room::new(DEVICE, |desk| {
        desk.write("session.yaml", SESSION);
        for folder in ["one", "two", "elsewhere"] {
            std::fs::create_dir(desk.path(folder)).unwrap();
        }
        for name in ["one/same.yaml", "two/same.yaml", "two/other.yaml"] {
            desk.write(
                name,
                &SESSION
                    .replace("music.wav", "../music.wav")
                    .replace("words", "../words"),
            );
        }
    });
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("session.yaml"), "undersong: 2\n").unwrap();
    let start = |name: &str| {
        let mut start = room.command(&["start", name]);
        let output = start.current_dir(elsewhere.path()).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = start("./session.yaml");
    assert!(
        code == Some(1) && said.contains("there is no script"),
        "{said}"
    );
    let (code, said) = start("nowhere.yaml");
    assert!(
        code == Some(1)
            && said.contains("nor in a folder within them; `./nowhere.yaml` means the file in"),
        "{said}"
    );
    // What is not there is not taken from the room instead.
    let (code, said) = start("./other.yaml");
    assert!(
        code != Some(0) && said.contains("`undersong start other.yaml` would look for it"),
        "{said}"
    );
    let (code, said) = start("same.yaml");
    assert!(
        code == Some(1) && said.contains("say which, as in `two/same.yaml`"),
        "{said}"
    );
    for name in ["session.yaml", "other.yaml", "one/same.yaml"] {
        let (code, said) = start(name);
        assert!(
            code == Some(0) && said.contains("“Told” plays"),
            "{name}: {said}"
        );
        over(&room);
    }
    assert_eq!(room.run(&["start", "./session.yaml"]).0, 0);
}

#[test]
fn that_nobody_hears_anything_is_said_plainly() {
    let room = self::room();
    let sentence = "nobody hears anything: the room file says `device: paced`";
    let assert_said = || {
        let shown = room.done(&["status"]);
        assert!(shown.contains(&format!("\n! {sentence}")), "{shown}");
        let (_, said) = room.run(&["doctor"]);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains(sentence) && !said.contains("is fit for a session"),
            "{said}"
        );
    };
    assert_said();
    room.done(&["start", "session.yaml"]);
    assert_said();
}
