//! Where one track follows another, a step in loudness is told before anybody hears it.

mod common;

use common::files::{Wav, wav};
use common::sounds::noise;
use common::stage::{Stage, sentences};
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
