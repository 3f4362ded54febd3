//! `render --report` finds what is wrong with a session's sound, where it is, and nothing else.

mod common;

use common::files::{Wav, wav};
use common::program::{Desk, Said};
use common::sounds::{noise, sine};
use ebur128::{EbuR128, Mode};
use serde_json::Value;
use undersong::frame::{Frame, SILENCE};

const SECOND: usize = 48_000;

/// Loud music: low tones, as music has, and a little noise.
fn music(seed: u64, seconds: usize) -> Vec<Frame> {
    let hiss = noise(seed, 0.001, seconds * SECOND);
    let tone = |hertz: f64, level| sine(hertz, level, 48_000, seconds * SECOND);
    let base = 100.0 + seed as f64 * 13.7;
    let tones = [
        tone(base, -16.0),
        tone(base * 1.51, -22.0),
        tone(base * 3.03, -28.0),
    ];
    let sum = |at: usize, channel: usize| {
        let all: f32 = tones.iter().map(|it| it[at][channel]).sum();
        all + hiss[at][channel]
    };
    (0..hiss.len()).map(|at| [sum(at, 0), sum(at, 1)]).collect()
}

fn desk(one: &[Frame]) -> Desk {
    let desk = Desk::new();
    wav(&desk.path("one.wav"), one, 48_000, 2, Wav::Float);
    wav(&desk.path("two.wav"), &music(2, 20), 48_000, 2, Wav::Float);
    let mut voice = noise(9, 0.12, 2 * SECOND);
    for (at, frame) in voice.iter_mut().take(4_800).enumerate() {
        *frame = frame.map(|sample| sample * at as f32 / 4_800.0);
    }
    wav(&desk.path("voice.wav"), &voice, 48_000, 2, Wav::Float);
    desk.write("s.yaml", SESSION);
    desk
}

const SESSION: &str = "\
undersong: 1
title: A <measured> session
music: { loudness: as-is, crossfade: 4s, phase-crossfade: 4s, fade-in: 1s, fade-out: 2s }
phases:
  - name: one
    length: 16s
    playlist: { tracks: [one.wav] }
    cues: [{ name: word, at: 10s, voice: voice.wav }]
  - { name: two, length: 14s, playlist: { tracks: [two.wav] } }
  - { name: rest, length: 10s, music: silence }
";

fn run(desk: &Desk, args: &[&str]) -> Said {
    desk.run(&[&["render", "s.yaml"], args].concat())
}

/// What the report says, and its places as kind and second.
fn places(desk: &Desk) -> (Value, Vec<(String, f64)>) {
    let said = run(desk, &["--report", "r.json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let text = std::fs::read_to_string(desk.path("r.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let places = report["places"].as_array().unwrap().iter();
    let places = places.map(|it| {
        (
            it["kind"].as_str().unwrap().to_owned(),
            it["at"].as_f64().unwrap(),
        )
    });
    let places: Vec<_> = places.collect();
    for (kind, _) in &places {
        assert!(report["places"].to_string().contains(kind.as_str()));
    }
    (report, places)
}

/// The report finds one thing, of a kind, within 50 ms of a second.
fn finds_only(desk: &Desk, kind: &str, at: f64) -> Value {
    let (report, places) = places(desk);
    assert_eq!(places.len(), 1, "{}", report["places"]);
    assert_eq!(places[0].0, kind, "{}", report["places"]);
    assert!((places[0].1 - at).abs() < 0.05, "{}", report["places"]);
    report
}

#[test]
fn in_a_clean_session_nothing_stands_out_and_its_numbers_are_those_of_its_samples() {
    let desk = desk(&music(1, 20));
    let said = run(
        &desk,
        &["-o", "s.wav", "--bits", "float", "--report", "r.svg"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Nothing stands out."), "{}", said.out);
    let text = std::fs::read_to_string(desk.path("r.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["undersong_report"], 1);
    assert_eq!(report["places"], Value::Array(vec![]), "{text}");

    let mut file = hound::WavReader::open(desk.path("s.wav")).unwrap();
    let samples: Vec<f32> = file.samples::<f32>().map(Result::unwrap).collect();
    let mut meter = EbuR128::new(2, 48_000, Mode::I | Mode::S | Mode::TRUE_PEAK).unwrap();
    let mut loudest = f64::NEG_INFINITY;
    for (at, block) in samples.chunks(9_600).enumerate() {
        meter.add_frames_f32(block).unwrap();
        let momentary = meter.loudness_momentary().unwrap();
        let own = &report["zones"][0]["curves"]["momentary_lufs"][at];
        if momentary > -69.0 {
            assert!(
                (own.as_f64().unwrap() - momentary).abs() < 0.02,
                "{at}: {own} {momentary}"
            );
        }
        loudest = loudest.max(meter.loudness_shortterm().unwrap());
    }
    let zone = &report["zones"][0];
    near(
        &zone["integrated_lufs"],
        meter.loudness_global().unwrap(),
        0.05,
    );
    near(&zone["loudest_short_term"]["lufs"], loudest, 0.05);
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    near(&zone["true_peak"]["dbtp"], 20.0 * peak.log10(), 0.2);

    let crossing = &report["crossfades"][0];
    near(&crossing["at"], 16.0, 1e-6);
    near(&crossing["seconds"], 4.0, 1e-6);
    near(&crossing["deviation_db"]["mean"], 0.0, 0.5);
    let cue = &report["cues"][0];
    assert!(cue["height_lu"].as_f64().unwrap() >= 11.5, "{cue}");
    assert_eq!(zone["limiter"]["share"], 0.0);

    let picture = std::fs::read_to_string(desk.path("r.svg")).unwrap();
    assert!(
        picture.contains("Nothing stands out.") && picture.contains("A &lt;measured&gt; session")
    );
    let mut reader = quick_xml::Reader::from_str(&picture);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
}

/// However long the silence is, and though what was before it fades out into it.
#[test]
fn what_comes_out_of_a_silence_of_the_script_stands_out_no_more_than_how_the_session_begins() {
    for silence in [10, 12, 15, 31] {
        let desk = desk(&music(1, 20));
        let phases = format!(
            "  - {{ name: one, length: 16s, playlist: {{ tracks: [one.wav] }} }}\n  \
             - {{ name: still, length: {silence}s, music: silence }}\n  \
             - {{ name: two, length: 14s, playlist: {{ tracks: [two.wav] }} }}\n"
        );
        let (music, _) = SESSION.split_once("  - name: one").unwrap();
        for loudness in ["as-is", "-23 LUFS"] {
            let music = music.replace("as-is", loudness);
            desk.write("s.yaml", &format!("{music}{phases}"));
            let (report, places) = places(&desk);
            assert_eq!(places, [], "{}", report["places"]);
        }
    }
}

#[test]
fn a_hole_in_a_track_is_found_at_its_place() {
    let mut sound = music(1, 20);
    sound[5 * SECOND..5 * SECOND + 14_400].fill(SILENCE);
    let report = finds_only(&desk(&sound), "gap", 5.0);
    let length = report["places"][0]["seconds"].as_f64().unwrap();
    assert!((length - 0.3).abs() < 0.01, "{length}");

    let mut sound = music(1, 20);
    sound[5 * SECOND..5 * SECOND + 240].fill(SILENCE);
    finds_only(&desk(&sound), "dropout", 5.0);
}

#[test]
fn a_piece_that_begins_softly_begins_with_no_hole() {
    let mut sound = music(1, 20);
    let (soft, risen) = (SECOND * 19 / 100, 3 * SECOND);
    for (at, frame) in sound[..risen].iter_mut().enumerate() {
        let part = at.saturating_sub(soft) as f32 / (risen - soft) as f32;
        *frame = frame.map(|sample| sample * part.max(0.003));
    }
    let (report, places) = places(&desk(&sound));
    assert!(places.is_empty(), "{}", report["places"]);
    let gap = &report["zones"][0]["gaps"];
    assert_eq!(gap, &Value::Array(Vec::new()), "{report}");
}

#[test]
fn a_click_is_found_whether_it_is_large_or_small() {
    for size in [0.1, 0.03] {
        let mut sound = music(1, 20);
        for frame in &mut sound[6 * SECOND + 1_234..] {
            frame[0] += size;
        }
        // It steps back slowly, which is no click.
        for (at, frame) in sound[6 * SECOND + 1_234..].iter_mut().enumerate() {
            frame[0] -= size * (1.0 - (-(at as f32) / 4_800.0).exp());
        }
        finds_only(&desk(&sound), "step", 6.026);
    }
}

#[test]
fn a_crackle_and_the_edges_of_what_was_lost_are_found() {
    let mut sound = music(1, 20);
    for nth in 0..60 {
        let frame = &mut sound[6 * SECOND + nth * 480];
        *frame = frame.map(|sample| sample + 0.1);
    }
    let (report, found) = places(&desk(&sound));
    let clicks = found.iter().filter(|(kind, _)| kind == "step").count();
    assert_eq!((clicks, found.len()), (60, 60), "{}", report["places"]);

    let mut sound = music(1, 20);
    let hiss = noise(3, 1e-4, 480);
    sound[6 * SECOND..6 * SECOND + 480].copy_from_slice(&hiss);
    let (report, found) = places(&desk(&sound));
    let at_its_edges = found.iter().all(|(kind, at)| {
        let edges = [6.0, 6.01];
        kind == "step" && edges.iter().any(|edge| (at - edge).abs() < 0.001)
    });
    assert!(at_its_edges && !found.is_empty(), "{}", report["places"]);
}

#[test]
fn a_jump_in_loudness_is_found_with_its_place() {
    let mut sound = music(1, 20);
    for (at, frame) in sound.iter_mut().enumerate() {
        // 20 ms from one level to the other, so that there is no click.
        let part = (at as f32 - (7 * SECOND) as f32).clamp(0.0, 960.0) / 960.0;
        let gain = if at < 14 * SECOND {
            0.02 + 0.98 * part
        } else {
            1.0
        };
        *frame = frame.map(|sample| sample * gain);
    }
    let (report, places) = places(&desk(&sound));
    // It is held back, as far as what was there is not so soft that nobody is startled above it.
    let jump = places.iter().find(|(kind, _)| kind == "startle");
    let at = jump.map(|(_, at)| *at);
    assert!(
        at.is_some_and(|at| (7.0..8.1).contains(&at)),
        "{}",
        report["places"]
    );
    let others = places.iter().filter(|(kind, _)| kind != "startle");
    let mut held = others.map(|(kind, at)| kind == "burst" && (6.9..8.1).contains(at));
    assert!(held.all(|it| it), "{}", report["places"]);
}

#[test]
fn what_bursts_in_is_told_as_held_back_and_is_no_affair_of_the_limiters() {
    let mut sound = music(1, 20);
    for (at, frame) in sound.iter_mut().enumerate() {
        // Loud from here on, by 14 dB.
        let part = (at as f32 - (7 * SECOND) as f32).clamp(0.0, 960.0) / 960.0;
        *frame = frame.map(|sample| sample * (0.2 + 0.8 * part));
    }
    let desk = desk(&sound);
    let (report, places) = places(&desk);
    let kinds = |kind: &str| places.iter().filter(|it| it.0 == kind).count();
    assert_eq!(kinds("burst"), 1, "{}", report["places"]);
    assert_eq!(kinds("limiter"), 0, "{}", report["places"]);
    let told = report["places"].as_array().unwrap();
    let burst = told.iter().find(|it| it["kind"] == "burst").unwrap();
    near(&burst["at"], 7.0, 0.2);
    // It is found by blocks, and listed at the second where it is heard.
    let said = run(&desk, &["--report", "r.json"]);
    assert!(
        said.out.contains("\n  0:07  “one” bursts in"),
        "{}",
        said.out
    );
    let words = burst["words"].as_str().unwrap();
    assert!(
        words.starts_with("“one” bursts in; held back by "),
        "{words}"
    );
    let zone = &report["zones"][0];
    assert!(zone["held_back"]["deepest_db"].as_f64().unwrap() < -4.0);
    assert!(zone["held_back"]["share"].as_f64().unwrap() > 0.0);
    assert_eq!(zone["limiter"]["deepest_db"], 0.0, "{}", zone["limiter"]);
    let picture = std::fs::read_to_string(desk.path("r.svg")).unwrap();
    assert!(picture.contains("limiter idle · bursts held back for "));
    assert!(picture.contains(">held back</text>"));
}

#[test]
fn music_that_falls_off_is_found_with_its_place() {
    let fallen = |at: usize, takes: f32, to: f32| {
        let mut sound = music(1, 20);
        for (number, frame) in sound.iter_mut().enumerate() {
            let part =
                ((number as f32 - (at * SECOND) as f32) / (takes * SECOND as f32)).clamp(0.0, 1.0);
            *frame = frame.map(|sample| sample * to.powf(part));
        }
        desk(&sound)
    };
    let desk = fallen(5, 0.02, 0.2);
    let report = finds_only(&desk, "fall", 5.1);
    let words = report["places"][0]["words"].as_str().unwrap();
    assert_eq!(words, "“one” gets softer by 14 dB within a second");
    near(&report["zones"][0]["falls"][0]["by_db"], 14.0, 0.5);
    // To the second that is the nearest, as whoever listens looks for it.
    let said = run(&desk, &["--report", "r.json"]);
    assert!(
        said.out.contains("\n  0:05  “one” gets softer by 14 dB"),
        "{}",
        said.out
    );
    // By less, slowly, or right before the end of its phase: that is music, or the script's.
    for (at, takes, to) in [(5, 0.02, 0.35), (3, 4.0, 0.2), (15, 0.02, 0.2)] {
        let (report, _) = places(&fallen(at, takes, to));
        assert_eq!(
            report["zones"][0]["falls"],
            Value::Array(vec![]),
            "{at} {takes} {to}"
        );
    }
}

#[test]
fn a_cue_that_is_too_soft_is_found() {
    let desk = desk(&music(1, 20));
    // A voice that cannot be raised far enough, and music that can be brought down by 20 dB at most.
    wav(
        &desk.path("voice.wav"),
        &noise(9, 0.004, 2 * SECOND),
        48_000,
        2,
        Wav::Float,
    );
    let report = finds_only(&desk, "cue", 10.0);
    assert!(report["cues"][0]["deviation_lu"].as_f64().unwrap() < -2.0);
}

/// The music bursts in, is held back, and goes down as if it were not.
#[test]
fn a_cue_stands_above_the_music_as_it_is_held_back() {
    let mut sound = music(1, 20);
    for (at, frame) in sound.iter_mut().enumerate() {
        let part = (at as f32 - 9.5 * SECOND as f32).clamp(0.0, 960.0) / 960.0;
        *frame = frame.map(|sample| sample * (0.1 + 0.9 * part));
    }
    let desk = desk(&sound);
    let said = run(
        &desk,
        &["-o", "s.wav", "--bits", "float", "--report", "r.json"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let samples = |name: &str| -> Vec<f32> {
        let mut file = hound::WavReader::open(desk.path(name)).unwrap();
        file.samples::<f32>().map(Result::unwrap).collect()
    };
    let (heard, voice) = (samples("s.wav"), samples("voice.wav"));
    let heard = &heard[10 * SECOND * 2..][..voice.len()];
    // What is left without the voice, which has nothing in common with the music.
    let both = |one: &[f32], other: &[f32]| -> f64 {
        let pairs = one.iter().zip(other);
        pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let gain = (both(heard, &voice) / both(&voice, &voice)) as f32;
    let left = heard.iter().zip(&voice);
    let left: Vec<f32> = left.map(|(all, voice)| all - gain * voice).collect();
    let mut meter = EbuR128::new(2, 48_000, Mode::I).unwrap();
    meter.add_frames_f32(&left).unwrap();
    let text = std::fs::read_to_string(desk.path("r.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let cue = &report["cues"][0];
    near(&cue["music_lufs"], meter.loudness_global().unwrap(), 1.0);
    assert!(cue["deviation_lu"].as_f64().unwrap() > 6.0, "{cue}");
    let places = report["places"].as_array().unwrap().iter();
    let high = places.filter(|it| it["kind"] == "cue").count();
    assert_eq!(high, 1, "{}", report["places"]);
}

#[test]
fn a_limiter_at_work_is_found_with_its_depth() {
    let mut sound = music(1, 20);
    for (at, frame) in sound[..9 * SECOND].iter_mut().enumerate() {
        let near = (at as f32 - (6 * SECOND) as f32).abs() / (2 * SECOND) as f32;
        let gain = 1.0 + 2.5 * (0.5 + 0.5 * (near.min(1.0) * std::f32::consts::PI).cos());
        *frame = frame.map(|sample| sample * gain);
    }
    let (report, places) = places(&desk(&sound));
    assert!(
        places.iter().all(|(kind, _)| kind == "limiter"),
        "{}",
        report["places"]
    );
    assert_eq!(places.len(), 1, "{}", report["places"]);
    assert!((4.0..6.0).contains(&places[0].1), "{}", report["places"]);
    let zone = &report["zones"][0];
    assert!(zone["limiter"]["deepest_db"].as_f64().unwrap() < -1.0);
    assert!(zone["true_peak"]["dbtp"].as_f64().unwrap() < -5.8);
}

#[test]
fn two_pieces_that_work_against_each_other_are_softer_than_meant_where_they_cross() {
    let desk = desk(&music(1, 20));
    let tone = sine(100.0, -16.0, 48_000, 20 * SECOND);
    wav(&desk.path("one.wav"), &tone, 48_000, 2, Wav::Float);
    wav(&desk.path("two.wav"), &tone, 48_000, 2, Wav::Float);
    let (report, found) = places(&desk);
    assert!(found.is_empty(), "{}", report["places"]);
    let crossing = &report["crossfades"][0];
    near(&crossing["correlation"], 1.0, 0.002);
    near(&crossing["deviation_db"]["largest"], 0.0, 0.2);

    let against: Vec<Frame> = tone.iter().map(|frame| frame.map(|s| -s)).collect();
    wav(&desk.path("two.wav"), &against, 48_000, 2, Wav::Float);
    let (report, found) = places(&desk);
    assert_eq!(found[0], ("crossfade".to_owned(), 16.0));
    let crossing = &report["crossfades"][0];
    near(&crossing["correlation"], 0.0, 0.002);
    // 1 - 2/pi of the power, on the whole.
    near(&crossing["deviation_db"]["mean"], -4.39, 0.3);

    // Where the one is only cut as the other comes, nobody hears that.
    let script = SESSION.replace("phase-crossfade: 4s", "phase-crossfade: 0s");
    desk.write("s.yaml", &script);
    let (report, found) = places(&desk);
    assert!(
        report["crossfades"][0]["deviation_db"]["mean"]
            .as_f64()
            .unwrap()
            < -2.0
    );
    assert!(found.is_empty(), "{}", report["places"]);
}

#[test]
fn a_wrong_name_is_said_and_nothing_is_left_behind() {
    let desk = desk(&music(1, 20));
    let before = desk.names();
    for args in [
        &["--report", "r.txt"][..],
        &["--report", "nope/r.json"],
        &["-o", "r.json", "--report", "r.json"],
        &["--report"],
        &["--journal", "1", "-o", "s.wav", "--report", "r.json"],
    ] {
        let said = run(&desk, args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(!said.err.is_empty() && said.out.is_empty());
    }
    assert_eq!(desk.names(), before);
}

fn near(own: &Value, other: f64, by: f64) {
    assert!((own.as_f64().unwrap() - other).abs() < by, "{own} {other}");
}
