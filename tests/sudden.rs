//! What happens all at once within a piece is told before anybody hears it.

mod common;

use common::files::{Wav, wav};
use common::program::Desk;
use common::sounds::noise;

/// A session of one piece.
fn one_phase(piece: &str) -> String {
    format!("undersong: 1\nphases: [{{ name: all, length: 20s, playlist: [{piece}] }}]\n")
}

#[test]
fn a_burst_within_a_piece_is_told_before_anybody_hears_it() {
    let desk = Desk::new();
    let mut sound = noise(3, 0.5, 40 * 48_000);
    // Softer by 26 dB up to 0:20; then up and down by 8 dB every 8 s, which is music.
    for (at, frame) in sound.iter_mut().enumerate() {
        let seconds = at as f32 / 48_000.0;
        let swell = 10.0_f32.powf(-4.0 / 20.0 * (1.0 - (seconds * 0.785).cos()));
        let gain = if at < 20 * 48_000 { 0.05 } else { 1.0 };
        *frame = frame.map(|sample| sample * gain * swell);
    }
    for (name, begin) in [("burst.wav", 0), ("swells.wav", 20 * 48_000)] {
        wav(&desk.path(name), &sound[begin..], 48_000, 2, Wav::Float);
    }
    desk.write("s.yaml", &one_phase("burst.wav"));
    let said = desk.run(&["check", "s.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err
            .contains("`burst.wav` bursts in at 0:20, and is held back"),
        "{}",
        said.err
    );
    desk.write("s.yaml", &one_phase("swells.wav"));
    let said = desk.run(&["check", "s.yaml"]);
    assert!(!said.err.contains("bursts in"), "{}", said.err);
}

#[test]
fn a_fall_within_a_piece_is_told_before_anybody_hears_it() {
    let desk = Desk::new();
    let fall = |at: f32, takes: f32, decibels: f32| {
        let mut sound = noise(3, 0.5, 60 * 48_000);
        for (frame, seconds) in sound
            .iter_mut()
            .zip(0..)
            .map(|(it, at)| (it, at as f32 / 48_000.0))
        {
            let part = ((seconds - at) / takes).clamp(0.0, 1.0);
            let gain = 10.0_f32.powf(-decibels * part / 20.0);
            *frame = frame.map(|sample| sample * gain);
        }
        wav(&desk.path("falls.wav"), &sound, 48_000, 2, Wav::Float);
        desk.write("s.yaml", &one_phase("falls.wav"));
        let said = desk.run(&["check", "s.yaml"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.err
    };
    for at in [20.0, 25.2, 30.5, 33.7] {
        let said = fall(at, 0.5, 12.0);
        let told = [at.floor(), at.floor() + 1.0];
        let told = told.map(|at| {
            [11, 12].map(|by| format!("`falls.wav` falls off at 0:{at}, softer by {by} dB"))
        });
        let told = told.as_flattened();
        assert!(told.iter().any(|told| said.contains(told)), "{at}: {said}");
    }
    // A slow way, a small step, and how a piece ends are its own.
    for (at, takes, decibels) in [(20.0, 8.0, 24.0), (20.0, 0.5, 8.0), (51.0, 0.5, 12.0)] {
        let said = fall(at, takes, decibels);
        assert!(!said.contains("falls off"), "{said}");
    }
}

#[test]
fn what_a_check_names_of_a_piece_is_what_a_report_finds_where_it_plays_alone() {
    let desk = Desk::new();
    let mut sound = noise(3, 0.5, 100 * 48_000 + 77);
    // Soft and loud for 10 s each, 14 dB apart.
    for (at, frame) in sound.iter_mut().enumerate() {
        let gain = if at / 480_000 % 2 == 0 { 0.2 } else { 1.0 };
        *frame = frame.map(|sample| sample * gain);
    }
    wav(&desk.path("steps.wav"), &sound, 48_000, 2, Wav::Float);
    desk.write(
        "s.yaml",
        "undersong: 1\nmusic: { fade-in: 0s, fade-out: 0s }\n\
         phases: [{ name: all, length: 100s, playlist: [steps.wav] }]\n",
    );
    let said = desk.run(&["check", "s.yaml"]);
    let words: Vec<&str> = said.err.split(['|', ' ', '\n']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    let said = desk.run(&["render", "s.yaml", "--report", "r.json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report = std::fs::read_to_string(desk.path("r.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for (kind, verb, places) in [
        ("burst", "bursts in", [10, 30, 50, 70, 90].as_slice()),
        ("fall", "falls off", [20, 40, 60, 80].as_slice()),
    ] {
        let told = report["places"].as_array().unwrap().iter();
        let told = told.filter(|place| place["kind"] == kind);
        let told: Vec<u64> = told
            .map(|it| it["at"].as_f64().unwrap().round() as u64)
            .collect();
        assert_eq!(told, places, "{kind}");
        let [one, two, three] =
            [0, 1, 2].map(|at| format!("{}:{:02}", places[at] / 60, places[at] % 60));
        let more = places.len() - 3;
        let named = format!("`steps.wav` {verb} at {one}, {two}, {three} and {more} more");
        assert!(words.contains(&named), "{named}: {words}");
    }
}

#[test]
fn a_silence_within_a_piece_is_told_and_a_long_one_is_refused() {
    let desk = Desk::new();
    let said = |silences: &[(f32, f32)]| {
        let mut sound = noise(3, 0.5, 60 * 48_000);
        for (at, lasts) in silences {
            let from = (at * 48_000.0) as usize;
            // -72 dBFS is as good as nothing.
            sound[from..from + (lasts * 48_000.0) as usize].fill([0.000_25, -0.000_25]);
        }
        wav(&desk.path("gap.wav"), &sound, 48_000, 2, Wav::Float);
        desk.write("s.yaml", &one_phase("gap.wav"));
        let said = desk.run(&["check", "s.yaml"]);
        // Long lines are broken.
        (said.code, said.err.replace("\n  | ", " "))
    };
    let (code, err) = said(&[(10.0, 0.051), (20.0, 0.3), (30.0, 0.2), (40.0, 0.1)]);
    assert_eq!(code, 0, "{err}");
    let told = "`gap.wav` is silent at 0:10, 0:20, 0:30 and 1 more, for up to 0.3 s";
    assert!(err.contains(told), "{err}");
    // How a piece begins and ends is its own affair; a rest of a note is none.
    let (_, err) = said(&[(0.0, 1.0), (30.0, 0.049), (58.0, 2.0)]);
    assert!(!err.contains("is silent at"), "{err}");
    let (code, err) = said(&[(20.0, 12.0)]);
    assert_eq!(code, 1, "{err}");
    let told = "`gap.wav` is silent at 0:20, for 12 s";
    assert!(err.contains(told), "{err}");
    assert!(
        err.contains("cut the silence out in an audio editor"),
        "{err}"
    );
}
