//! `undersong doctor`: what it says of a machine, and how it ends.
#![cfg(target_os = "linux")]

mod common;

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use common::card::Card;
use common::program::{Desk, Said};
use serde_json::Value;

/// A desk whose room plays on an ALSA card of six channels.
struct Clinic {
    desk: Desk,
    card: Card,
}

impl Clinic {
    fn new(device: &str) -> Self {
        let desk = Desk::new();
        let card = Card::new(desk.folder(), "card");
        Card::config(&[&card], "channels 6", &desk.path("asound.conf"));
        let room = format!(
            "undersong-room: 1\n{device}\nmedia: .\njournal: journal\nsocket: control.sock\n"
        );
        desk.write("room.yaml", &room);
        Self { desk, card }
    }

    fn doctor(&self, more: &[&str]) -> Said {
        let mut args = vec!["doctor", "--room", "room.yaml"];
        args.extend(more);
        let mut command = self.desk.command(&args);
        command.env("ALSA_CONFIG_PATH", self.desk.path("asound.conf"));
        common::program::said(&command.output().unwrap())
    }

    /// The findings of a check: the verdict and what was said and advised.
    fn found(&self, check: &str) -> (Vec<(String, String)>, i32) {
        let said = self.doctor(&["--json"]);
        let all: Vec<Value> = serde_json::from_str(&said.out).unwrap();
        let own = all.iter().filter(|finding| finding["check"] == check);
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = own.map(|f| {
            (
                word(&f["verdict"]),
                word(&f["says"]) + "; " + &word(&f["advice"]),
            )
        });
        (found.collect(), said.code)
    }
}

#[test]
fn a_fit_machine_is_tried_in_silence_and_left_as_it_was() {
    let clinic = Clinic::new("device: alsa:card\nperiod: 512\nzones: { a: [1, 2], b: [5, 6] }");
    let before = clinic.desk.names();
    let said = clinic.doctor(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("This machine is fit for a session"),
        "{}",
        said.out
    );
    for words in [
        "takes 512 frames",
        "48000 Hz",
        "6 channels",
        "undersong ears",
    ] {
        let flat = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words}: {flat}");
    }
    let played = clinic.card.captured();
    assert!(played.len() > 6 * 4_800, "it was tried: {}", played.len());
    assert!(played.iter().all(|sample| *sample == 0.0), "and in silence");
    let after: Vec<String> = clinic.desk.names();
    let new: Vec<&String> = after.iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(
        new,
        ["card.captured"],
        "nothing but the card's own file is new"
    );
}

#[test]
fn what_fails_is_said_with_what_to_do_and_ends_with_three() {
    let clinic = Clinic::new("device: alsa:hw:CARD=Gone,DEV=0");
    let (found, code) = clinic.found("device");
    assert_eq!((found[0].0.as_str(), code), ("fail", 3), "{found:?}");
    assert!(found[0].1.contains("plug it in"), "{found:?}");
    let clinic = Clinic::new("device: alsa:card\nzones: { a: [1, 2], b: [7, 8] }");
    let (found, code) = clinic.found("device");
    assert_eq!((found[0].0.as_str(), code), ("fail", 3), "{found:?}");
    assert!(found[0].1.contains("at most 6 channels"), "{found:?}");
    let said = clinic.doctor(&[]);
    assert!(said.out.contains("Do not begin a session"), "{}", said.out);
    clinic
        .desk
        .write("room.yaml", "undersong-room: 1\ndevice: paced\n");
    assert_eq!(
        clinic.doctor(&[]).code,
        1,
        "a wrong room file is another thing"
    );
}

#[test]
fn what_hangs_does_not_hang_the_doctor() {
    let clinic = Clinic::new("device: alsa:card");
    // The card takes nothing, and something listens that never answers.
    clinic.card.fault("freeze");
    let _mute = UnixListener::bind(clinic.desk.path("control.sock")).unwrap();
    let begun = Instant::now();
    let said = clinic.doctor(&["--json"]);
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(said.code, 3);
    let all: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    let verdict = |check: &str| {
        let finding = all.iter().find(|finding| finding["check"] == check);
        finding.unwrap()["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("daemon"), "fail");
    assert_ne!(verdict("device"), "ok", "{}", said.out);
    for check in [
        "disk",
        "media",
        "memory",
        "priority",
        "processor",
        "sleep",
        "clock",
        "speech",
    ] {
        assert!(!verdict(check).is_empty());
    }
}

#[test]
fn while_a_session_plays_its_device_is_left_alone() {
    let clinic = Clinic::new("device: alsa:card");
    let socket = UnixListener::bind(clinic.desk.path("control.sock")).unwrap();
    // As a daemon answers in the middle of a session.
    let daemon = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = socket.accept().unwrap();
        let mut asked = [0; 256];
        let length = stream.read(&mut asked).unwrap();
        let body = "{\"state\":\"playing\"}";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    let said = clinic.doctor(&[]).out;
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(daemon.join().unwrap().starts_with("GET /v1/status"));
    assert!(flat.contains("a session uses alsa:card now"), "{said}");
    // The limits of whoever plays, and not of whoever runs this.
    let process = format!("process {})", std::process::id());
    assert!(
        flat.contains("those of the daemon that runs") && flat.contains(&process),
        "{said}"
    );
    assert!(clinic.card.captured().is_empty());
}
