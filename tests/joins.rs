//! Where one track follows another, a step in loudness is told before anybody hears it.

mod common;

use std::path::Path;

use common::files::{Wav, wav};
use common::program::Desk;
use common::sounds::{noise, sine};
use common::stage::{Stage, sentences};
use undersong::frame::SILENCE;
use undersong::mistake::{Mistake, Weight};
use undersong::time::Rate;

const RATE: Rate = Rate::DEFAULT;

/// A track of 40 s with this peak.
fn track(stage: &Stage, name: &str, peak: f32) {
    let sound = noise(name.len() as u64, peak, 40 * 8_000 + 11);
    wav(&stage.path(name), &sound, 8_000, 2, Wav::Bits(24));
}

fn script(music: &str, gain: f32, level: &str) -> String {
    format!(
        "undersong: 1\nmusic: {{ crossfade: 4s, phase-crossfade: 4s, fade-out: 1s{music} }}\nphases:\n\
         \x20 - {{ name: one, length: 72s, playlist: [{{ file: a.wav, gain: {gain} dB }}, b.wav] }}\n\
         \x20 - {{ name: two, length: 40s, playlist: [b.wav]{level} }}\n"
    )
}

/// What is said of the script's joins.
fn told(stage: &Stage, script: &str) -> Vec<Mistake> {
    let mistakes = match stage.try_prepare(script, RATE) {
        Ok(prepared) => prepared.remarks,
        Err(mistakes) => mistakes,
    };
    let of_joins = mistakes.into_iter().filter(|m| m.what.contains("LU "));
    of_joins.collect()
}

#[test]
fn a_step_is_told_and_a_large_one_keeps_the_session_from_being_played() {
    let stage = Stage::new();
    track(&stage, "a.wav", 0.1);
    track(&stage, "b.wav", 0.02);
    for (step, weight) in [
        (1.5, None),
        (-1.5, None),
        (3.0, Some(Weight::Warning)),
        (-3.0, Some(Weight::Warning)),
        (5.0, Some(Weight::Error)),
        (-5.0, Some(Weight::Error)),
    ] {
        let told = told(&stage, &script("", -step, ""));
        assert_eq!(told.first().map(|m| m.weight), weight, "{step}: {told:?}");
        if let Some(first) = told.first() {
            let way = if step > 0.0 { "louder" } else { "softer" };
            let said = &first.what;
            assert!(said.starts_with("at 0:36 the music goes on "), "{said}");
            assert!(
                said.ends_with(&format!("LU {way}: `b` begins after `a`")),
                "{said}"
            );
            let size = said.split(' ').nth(6).unwrap().parse::<f32>().unwrap();
            assert!((size - step.abs()).abs() < 0.2, "{step}: {said}");
        }
    }
}

#[test]
fn what_the_script_asks_for_is_no_step() {
    let stage = Stage::new();
    track(&stage, "a.wav", 0.1);
    track(&stage, "b.wav", 0.1);
    assert!(told(&stage, &script("", 0.0, ", level: -8 dB")).is_empty());
    // Where the script allows it, or leaves the tracks as they are, it is told and played.
    track(&stage, "b.wav", 0.02);
    for (music, weight) in [
        (", loudness: as-is", Weight::Warning),
        (", loudness: -15 LUFS", Weight::Error),
        (", loudness: -15 LUFS, largest-step: 14 LU", Weight::Warning),
    ] {
        let told = told(&stage, &script(music, 0.0, ""));
        assert_eq!(told.len(), 1, "{music}: {}", sentences(&told));
        assert_eq!(told[0].weight, weight, "{music}");
    }
    let wrong = stage.try_prepare(&script(", largest-step: 70 LU", 0.0, ""), RATE);
    assert!(sentences(&wrong.unwrap_err()).contains("from 2 LU to 60 LU"));
}

/// A track of so many seconds whose gain at a second is this many decibels.
fn shaped(stage: &Stage, name: &str, seconds: usize, decibels: impl Fn(f32) -> f32) {
    let mut sound = noise(name.len() as u64, 0.1, seconds * 8_000 + 11);
    for (at, frame) in sound.iter_mut().enumerate() {
        let gain = 10.0_f32.powf(decibels(at as f32 / 8_000.0) / 20.0);
        *frame = frame.map(|sample| sample * gain);
    }
    wav(&stage.path(name), &sound, 8_000, 2, Wav::Float);
}

/// What follows may follow without a step where a piece has come to its end, and with one where it is cut.
#[test]
fn every_join_is_judged_and_two_tracks_are_told_of_once_where_the_step_is_largest() {
    let stage = Stage::new();
    // It goes down by 9 dB between 0:30 and 0:45, which makes it 2 LU softer as a whole: the other goes on where it ends.
    let glide = |at: f32| -9.0 * ((at - 30.0) / 15.0).clamp(0.0, 1.0);
    shaped(&stage, "glide.wav", 60, glide);
    shaped(&stage, "soft.wav", 60, |_| -9.0);
    let soft = "{ file: soft.wav, gain: -7 dB }";
    let first = format!(
        "undersong: 1\nmusic: {{ crossfade: 6s, phase-crossfade: 6s, fade-out: 1s }}\nphases:\n\
         \x20 - {{ name: ends, length: 100s, playlist: [glide.wav, {soft}] }}\n"
    );
    let cut = |seconds: u32, nth: usize| {
        format!(
            "  - {{ name: rest {nth}, length: 15s, music: silence }}\n\
             \x20 - {{ name: cut {nth}, length: {seconds}s, playlist: [glide.wav] }}\n\
             \x20 - {{ name: after {nth}, length: 40s, playlist: [{soft}] }}\n"
        )
    };
    assert!(told(&stage, &first).is_empty());
    for cuts in [&[25, 36][..], &[36, 25], &[25], &[25, 25]] {
        let phases = cuts.iter().zip(0..).map(|(at, nth)| cut(*at, nth));
        let script = first.clone() + &phases.collect::<String>();
        let told = told(&stage, &script);
        assert_eq!(told.len(), 1, "{cuts:?}: {}", sentences(&told));
        assert_eq!(told[0].weight, Weight::Error, "{cuts:?}");
        let said = &told[0].what;
        assert!(
            said.contains("LU softer: `soft` begins after `glide`"),
            "{said}"
        );
        let size = said.split(' ').nth(6).unwrap().parse::<f32>().unwrap();
        assert!((size - 9.0).abs() < 0.3, "{said}");
        // Where it comes the first time: a phase of 100 s, then a rest of 15 s before each that is cut.
        let before = cuts.iter().take_while(|at| **at != 25);
        let at = 115 + 25 + before.map(|at| at + 40 + 15).sum::<u32>();
        let clock = format!("at {}:{:02} ", at / 60, at % 60);
        assert!(said.starts_with(&clock), "{said}, not {clock}");
    }
}

#[test]
fn tracks_that_are_joined_without_a_seam_are_judged_as_others() {
    let stage = Stage::new();
    let script = |music: &str, tracks: &str| {
        format!(
            "undersong: 1\nmusic: {{ crossfade: 0s, fade-out: 1s{music} }}\n\
             phases: [{{ name: all, length: 60s, playlist: [{tracks}] }}]\n"
        )
    };
    shaped(&stage, "loud.wav", 30, |_| 0.0);
    // What dies away, and what swells, is no step; a height of its own is.
    shaped(&stage, "dies.wav", 30, |at| {
        if at < 23.0 { 0.0 } else { -9.0 * (at - 23.0) }
    });
    shaped(&stage, "swells.wav", 30, |at| {
        if at > 5.0 { 0.0 } else { -9.0 * (5.0 - at) }
    });
    for tracks in [
        "loud.wav, dies.wav",
        "dies.wav, swells.wav",
        "dies.wav, loud.wav",
    ] {
        let told = told(&stage, &script("", tracks));
        assert!(told.is_empty(), "{tracks}: {}", sentences(&told));
    }
    // Nor is it one where the next has another rate.
    for (name, rate, falls) in [("ends.wav", 8_000, 9.0), ("begins.wav", 11_025, 0.0)] {
        let mut tone = sine(300.0, -20.0, rate, 30 * rate as usize);
        for (at, frame) in tone.iter_mut().enumerate() {
            let late = (at as f32 / rate as f32 - 23.0).max(0.0);
            *frame = frame.map(|sample| sample * 10.0_f32.powf(-falls * late / 20.0));
        }
        wav(&stage.path(name), &tone, rate, 2, Wav::Float);
    }
    let of_two_rates = told(&stage, &script("", "ends.wav, begins.wav"));
    assert!(of_two_rates.is_empty(), "{}", sentences(&of_two_rates));
    for (height, weight) in [
        (-1.5, None),
        (-3.0, Some(Weight::Warning)),
        (-15.0, Some(Weight::Error)),
    ] {
        shaped(&stage, "soft.wav", 30, |_| height);
        // A track's own gain moves nothing here.
        for (tracks, way) in [
            ("loud.wav, { file: soft.wav, gain: 6 dB }", "softer"),
            ("soft.wav, dies.wav", "louder"),
        ] {
            let told = told(&stage, &script("", tracks));
            assert_eq!(told.first().map(|m| m.weight), weight, "{height}: {told:?}");
            let Some(first) = told.first() else { continue };
            assert!(
                first.what.starts_with("at 0:30 the music goes on "),
                "{}",
                first.what
            );
            assert!(
                first.what.contains(&format!(" LU {way}: ")),
                "{}",
                first.what
            );
            let help = first.help.as_deref().unwrap_or_default();
            assert!(
                help.contains("`crossfade: 0s`") && !help.contains("`gain`"),
                "{help}"
            );
        }
    }
    for music in [", loudness: as-is", ", largest-step: 16 LU"] {
        let told = told(&stage, &script(music, "loud.wav, soft.wav"));
        assert_eq!(told.len(), 1, "{music}: {}", sentences(&told));
        assert_eq!(told[0].weight, Weight::Warning, "{music}");
    }
    // A crossfade brings each to the loudness by itself.
    let crossing = script("", "loud.wav, soft.wav").replace("crossfade: 0s", "crossfade: 3s");
    stage.prepare(&crossing, RATE);
}

/// Noise of 20 s with so many seconds of digital silence before and behind it.
fn padded(path: &Path, head: f32, tail: f32) {
    let frames = |seconds: f32| (seconds * 8_000.0).round() as usize;
    let mut sound = vec![SILENCE; frames(head)];
    sound.extend(noise(5, 0.1, frames(20.0)));
    sound.extend(vec![SILENCE; frames(tail)]);
    wav(path, &sound, 8_000, 2, Wav::Bits(24));
}

/// What of a silence is not meant is told by the bounds that hold within a file, wherever it comes from.
#[allow(clippy::too_many_lines, reason = "a table")]
#[test]
fn a_silence_where_pieces_are_joined_without_a_seam_is_told_and_a_long_one_refused() {
    let stage = Stage::new();
    let script = |music: &str, phases: &str| {
        format!("undersong: 1\nmusic: {{ crossfade: 0s{music} }}\nphases: [{phases}]\n")
    };
    let one = "{ name: one, length: 40s, playlist: [a.wav, b.wav, a.wav] }";
    let rested = "{ name: rest, length: 5m, music: silence }, { name: one, length: 40s, playlist: [a.wav, b.wav] }";
    let (hard, soft) = (", fade-in: 0s, fade-out: 0s, phase-crossfade: 0s", "");
    let follows = "where `b` follows `a`";
    for (music, phases, a, b, told) in [
        (
            hard,
            one,
            (0.0, 8.0),
            (0.0, 0.0),
            Some((Weight::Error, "0:20", "8.0 s", follows)),
        ),
        (
            hard,
            one,
            (0.0, 0.0),
            (8.0, 0.0),
            Some((Weight::Error, "0:20", "8.0 s", follows)),
        ),
        // Each is short.
        (
            hard,
            one,
            (0.0, 3.0),
            (2.5, 0.0),
            Some((Weight::Error, "0:20", "5.5 s", follows)),
        ),
        (
            hard,
            one,
            (0.0, 0.3),
            (0.3, 0.0),
            Some((Weight::Warning, "0:20", "0.6 s", follows)),
        ),
        (
            hard,
            one,
            (0.0, 0.03),
            (0.03, 0.0),
            Some((Weight::Warning, "0:20", "60 ms", follows)),
        ),
        // So much an encoder leaves.
        (hard, one, (0.0, 0.022), (0.026, 0.0), None),
        (hard, one, (0.0, 0.0), (0.0, 0.0), None),
        // The first of all, and the first after a silence that is meant.
        (
            hard,
            one,
            (7.0, 0.0),
            (0.0, 0.0),
            Some((Weight::Error, "0:00", "7.0 s", "before `a` is heard")),
        ),
        (
            hard,
            one,
            (0.6, 0.0),
            (0.0, 0.0),
            Some((Weight::Warning, "0:00", "0.6 s", "before `a` is heard")),
        ),
        (
            hard,
            rested,
            (0.6, 0.0),
            (0.0, 0.0),
            Some((Weight::Warning, "5:00", "0.6 s", "before `a` is heard")),
        ),
        // Behind the last of all the session ends.
        (
            hard,
            "{ name: one, length: 28s, playlist: [a.wav] }",
            (0.0, 8.0),
            (0.0, 0.0),
            Some((Weight::Warning, "0:20", "8.0 s", "after `a` was heard")),
        ),
        // In a silence that is meant nothing has to sound.
        (
            ", phase-crossfade: 8s",
            "{ name: one, length: 20s, playlist: [a.wav] }, { name: rest, length: 1m, music: silence }, \
             { name: last, length: 15s, playlist: [b.wav] }",
            (0.0, 12.0),
            (0.0, 0.0),
            None,
        ),
        // What is hardly faded in is not there yet.
        (soft, one, (0.6, 0.0), (0.0, 0.0), None),
        // Nor what a crossfade leaves out.
        (", crossfade: 1s", one, (6.0, 0.0), (3.0, 6.0), None),
    ] {
        let script = script(music, phases).replace("crossfade: 0s, crossfade", "crossfade");
        padded(&stage.path("a.wav"), a.0, a.1);
        padded(&stage.path("b.wav"), b.0, b.1);
        let mistakes = match stage.try_prepare(&script, RATE) {
            Ok(prepared) => prepared.remarks,
            Err(mistakes) => mistakes,
        };
        let of_silence: Vec<&Mistake> = mistakes
            .iter()
            .filter(|m| m.what.contains("silent"))
            .collect();
        let case = format!("{a:?} {b:?}: {}", sentences(&mistakes));
        let Some((weight, at, length, place)) = told else {
            assert!(of_silence.is_empty(), "{case}");
            continue;
        };
        let what = format!("at {at} it is silent for {length}, {place}");
        let first = of_silence.first().unwrap_or_else(|| panic!("{case}"));
        assert_eq!((first.weight, &first.what), (weight, &what), "{case}");
        let help = first.help.as_deref().unwrap_or_default();
        assert!(help.contains("`crossfade`"), "{help}");
    }
}

#[test]
fn a_silence_that_check_tells_of_a_join_is_the_one_that_a_report_finds() {
    let desk = Desk::new();
    padded(&desk.path("a.wav"), 1.0, 2.0);
    padded(&desk.path("b.wav"), 0.04, 0.0);
    desk.write(
        "s.yaml",
        "undersong: 1\nmusic: { crossfade: 0s, fade-in: 1s, fade-out: 1s }\n\
         phases: [{ name: all, length: 43s, playlist: [a.wav, b.wav] }]\n",
    );
    let said = desk.run(&["check", "s.yaml", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let told = told.as_array().unwrap().iter();
    let told = told.map(|it| it["what"].as_str().unwrap().to_owned());
    let told: Vec<String> = told.filter(|what| what.contains("silent")).collect();
    let said = desk.run(&["render", "s.yaml", "--report", "r.json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report = std::fs::read_to_string(desk.path("r.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let places = report["places"].as_array().unwrap().iter();
    let gaps: Vec<_> = places.filter(|it| it["kind"] == "gap").collect();
    assert_eq!((told.len(), gaps.len()), (2, 2), "{told:?} {gaps:?}");
    for (told, gap) in told.iter().zip(gaps) {
        let at = format!("at 0:{:02} ", gap["at"].as_f64().unwrap() as u64);
        assert!(told.starts_with(&at), "{told}: {gap}");
        // And of the same length, in the same words.
        let length = gap["words"]
            .as_str()
            .unwrap()
            .replace("silence for", "it is silent for");
        assert!(told.contains(&format!("{length}, ")), "{told}: {gap}");
    }
}

/// An album as long as its phase leaves with its first piece begun anew; what is compared is what was heard before that.
#[test]
fn what_is_taken_up_to_leave_with_is_no_side_of_a_join() {
    let stage = Stage::new();
    let script = |last: &str| {
        format!(
            "undersong: 1\nmusic: {{ crossfade: 0s, phase-crossfade: 6s, fade-out: 1s, largest-step: 30 LU }}\nphases:\n\
             \x20 - {{ name: one, length: 60s, playlist: [swells.wav, {last}] }}\n\
             \x20 - {{ name: two, length: 30s, playlist: [loud.wav] }}\n"
        )
    };
    shaped(&stage, "loud.wav", 30, |_| 0.0);
    shaped(&stage, "even.wav", 30, |_| 0.0);
    shaped(
        &stage,
        "swells.wav",
        30,
        |at| if at > 8.0 { 0.0 } else { -20.0 },
    );
    shaped(
        &stage,
        "soft.wav",
        30,
        |at| if at < 5.0 { 0.0 } else { -9.0 },
    );
    let even = told(&stage, &script("even.wav"));
    assert!(even.is_empty(), "{}", sentences(&even));
    let soft = told(&stage, &script("soft.wav"));
    let what: Vec<_> = soft.iter().map(|mistake| &*mistake.what).collect();
    assert_eq!(what.len(), 1, "{what:?}");
    assert!(
        what[0].starts_with("at 1:00 ") && what[0].contains("`loud` begins after `soft`"),
        "{what:?}"
    );
}

/// Nobody who looks at its length alone sees what a held phase goes on with.
#[test]
fn a_phase_that_may_be_held_is_judged_as_if_it_were() {
    let stage = Stage::new();
    track(&stage, "a.wav", 0.1);
    track(&stage, "b.wav", 0.02);
    let script = |hold: &str| {
        format!(
            "undersong: 1\nmusic: {{ crossfade: 4s, phase-crossfade: 4s, fade-out: 1s }}\nphases:\n\
             \x20 - {{ name: one, length: 30s, playlist: [a.wav, {{ file: b.wav, gain: -5 dB }}]{hold} }}\n\
             \x20 - {{ name: two, length: 30s, playlist: [a.wav] }}\n"
        )
    };
    let written = told(&stage, &script(""));
    assert!(written.is_empty(), "{written:?}");
    let held = told(&stage, &script(", end: hold"));
    let what: Vec<_> = held.iter().map(|mistake| &*mistake.what).collect();
    assert_eq!(held.len(), 2, "{what:?}");
    // There, and back again where the playlist starts over.
    for (said, (at, way)) in what.iter().zip([("0:36", "softer"), ("1:12", "louder")]) {
        let begin = format!("at {at}, where `one` is held, the music goes on ");
        assert!(said.starts_with(&begin) && said.contains(way), "{said}");
    }
    assert!(held.iter().all(|mistake| mistake.weight == Weight::Error));
}
