//! The preview as a person starts it, on an ALSA card that keeps what it was given.
#![cfg(target_os = "linux")]

mod common;

use common::card::Preview;
use common::files::{Wav, wav};
use common::sounds::{noise, sine};
use common::stage::Stage;
use undersong::time::Rate;
use undersong::zone::Listener;

/// Ten seconds for two listeners, heard from the first frame on.
const SESSION: &str = "
undersong: 1
title: On a card
music: { loudness: as-is, crossfade: 2s, fade-in: 0s, fade-out: 1s }
phases:
  - { name: all, length: 10s, playlist: [one.wav, two.wav], end: hold, cues: [
      { at: 3s, remind: Lozenges }, { at: 4s, voice: word.wav, to: a }, { at: 6s, voice: word.wav, to: b } ] }
";

fn stage() -> Stage {
    let stage = Stage::new();
    let save = |name: &str, sound: &[[f32; 2]], rate| {
        wav(&stage.path(name), sound, rate, 2, Wav::Float);
    };
    save("one.wav", &noise(5, 0.2, 7 * 44_100), 44_100);
    save("two.wav", &noise(6, 0.2, 9 * 48_000), 48_000);
    save("word.wav", &sine(310.0, -12.0, 48_000, 40_001), 48_000);
    stage
}

/// Where what a card was given differs from what was rendered; nothing but silence may follow.
fn first_difference(captured: &[f32], rendered: &[f32]) -> Option<usize> {
    let silence = std::iter::repeat(&0.0);
    let mut pairs = captured.iter().zip(rendered.iter().chain(silence));
    let differs = pairs.position(|(a, b)| a != b);
    differs.or_else(|| (captured.len() < rendered.len()).then_some(captured.len()))
}

#[test]
fn a_named_device_is_given_what_is_rendered_from_its_first_frame_on() {
    let stage = stage();
    let rendered = stage.hear(SESSION, Rate::DEFAULT);
    let preview = Preview::start(&stage, SESSION, "", &["--device", "alsa:card"]);
    let (status, said, captured) = preview.end();
    assert!(status.success(), "{said}");
    assert_eq!(first_difference(&captured, rendered.samples()), None);
    for line in [
        "   0:00  phase   all (0:10)",
        "   0:03  remind  all 1: “Lozenges” (for you alone)",
        "   0:04  voice   all 2: word.wav (to a only)",
        "   0:10  hold    the room would wait here",
        "   0:10  end",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn the_laptop_hears_one_listener_and_not_a_sample_of_the_other() {
    let stage = stage();
    let rendered = stage.hear(SESSION, Rate::DEFAULT).by(Listener::B);
    let preview = Preview::start(&stage, SESSION, "channels 2", &["--listen", "b"]);
    let (status, said, captured) = preview.end();
    assert!(status.success(), "{said}");
    // rodio's sink runs before its source begins.
    let begun = captured.chunks(2).position(|f| f != [0.0; 2]).unwrap();
    assert!(begun < 24_000, "{begun}");
    let captured = &captured[begun * 2..];
    assert_eq!(first_difference(captured, rendered.as_flattened()), None);
}

#[test]
fn a_card_that_dies_does_not_take_the_session_with_it() {
    for fault in ["gone", "freeze"] {
        let stage = stage();
        let device = ["--device", "alsa:card", "--from", "2s"];
        let mut preview = Preview::start(&stage, SESSION, "", &device);
        preview.wait_for("Lozenges");
        preview.fault(fault);
        preview.wait_for("does not play any more");
        preview.wait_for("0:10  end");
        let (status, said, captured) = preview.end();
        assert!(status.success(), "{said}");
        assert!(captured.len() < 9 * 48_000 * 4);
    }
}

#[test]
fn an_interrupt_stops_softly() {
    let stage = stage();
    let mut preview = Preview::start(&stage, SESSION, "", &["--device", "alsa:card"]);
    preview.wait_for("Lozenges");
    preview.signal("-INT");
    preview.wait_for("stopped");
    let (status, said, captured) = preview.end();
    assert!(status.success(), "{said}");
    let last = captured.iter().rposition(|s| *s != 0.0).unwrap() / 4;
    assert!((8 * 48_000..10 * 48_000).contains(&last), "{last}");
    let silence = captured.len() / 4 - last;
    assert!(silence > 1_024, "closed {silence} frames after the sound");
}

#[test]
fn what_cannot_be_played_on_is_said() {
    let stage = stage();
    for (fields, arguments, sentence) in [
        (
            "channels 2",
            ["--device", "alsa:card"],
            "plays at most 2 channels, and the session needs 4",
        ),
        (
            "",
            ["--device", "alsa:kitchen"],
            "no sound device is called `alsa:kitchen`",
        ),
        (
            "",
            ["--device", "a card"],
            "is part of several sound devices' names",
        ),
        ("", ["--from", "3h"], "the session is over at 0:10"),
        (
            "",
            ["--from", "-5m"],
            "a position is counted from the session's start, as in `--from 25m`",
        ),
        (
            "",
            ["--listen", "room"],
            "does not address listener `room`; choose one of a, b",
        ),
    ] {
        let (status, said, captured) = Preview::start(&stage, SESSION, fields, &arguments).end();
        assert!(!status.success());
        assert!(said.contains(sentence), "{said}");
        assert!(captured.is_empty());
    }
}
