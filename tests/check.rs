//! `check` finds every mistake and says whether a session can be played.

mod common;

use common::program::{COUPLE, Desk};

#[test]
fn a_sound_session_is_a_table_and_a_sentence() {
    let desk = Desk::new();
    desk.write("evening.yaml", COUPLE);
    let said = desk.run(&["check", "evening.yaml"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let last = said.out.lines().last().unwrap();
    assert_eq!(
        last,
        "This session can be played: 0:31, 2 phases, 1 track, 3 cues."
    );
    assert!(
        said.out
            .contains("arrival, 0:00 to 0:20 (0:20), level -2.0 dB, holds"),
        "{}",
        said.out
    );
    assert!(
        !said.out.contains('\u{1b}') && said.err.is_empty(),
        "{}",
        said.err
    );
}

#[test]
fn every_mistake_is_told_at_once_with_its_line_and_counted() {
    let desk = Desk::new();
    let script = COUPLE
        .replace("title:", "titel:")
        .replace("[music.wav]", "[musik.wav]");
    desk.write("evening.yaml", &script);
    let said = desk.run(&["check", "evening.yaml"]);
    assert_eq!(said.code, 1);
    assert!(said.out.is_empty(), "{}", said.out);
    for part in [
        "evening.yaml:2:1",
        "2 | titel: Two & <one>",
        "did you mean `title`?",
        "evening.yaml:8:26",
        "did you mean `music.wav`?",
    ] {
        assert!(said.err.contains(part), "{part}:\n{}", said.err);
    }
    assert!(
        said.err.trim_end().ends_with("2 mistakes in evening.yaml"),
        "{}",
        said.err
    );
    assert!(said.err.is_ascii(), "{}", said.err);
}

#[test]
fn a_file_that_is_no_audio_is_found_by_decoding_it() {
    let desk = Desk::new();
    desk.write("evening.yaml", COUPLE);
    desk.write("words.wav", "these are no samples");
    let said = desk.run(&["check", "evening.yaml"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("`words.wav`"), "{}", said.err);
}

#[test]
fn warnings_alone_keep_nothing_from_being_played() {
    let desk = Desk::new();
    desk.write("long.yaml", &COUPLE.replace("length: 20s", "length: 200s"));
    let said = desk.run(&["check", "long.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("warning: ") && said.err.contains("starts over"),
        "{}",
        said.err
    );
    assert!(
        said.err.trim_end().ends_with("1 warning in long.yaml"),
        "{}",
        said.err
    );
}

#[test]
fn programs_read_mistakes_as_json() {
    let desk = Desk::new();
    desk.write("evening.yaml", &COUPLE.replace("title:", "titel:"));
    let said = desk.run(&["check", "evening.yaml", "--json"]);
    assert_eq!(said.code, 1);
    assert!(said.err.is_empty(), "{}", said.err);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "weight": "error",
            "file": "evening.yaml",
            "line": 2,
            "column": 1,
            "what": "a script has no key `titel`",
            "help": "did you mean `title`?",
        }])
    );
    desk.write("evening.yaml", COUPLE);
    assert_eq!(desk.run(&["check", "evening.yaml", "--json"]).out, "[]\n");
    let missing = desk.run(&["check", "nope.yaml", "--json"]);
    assert_eq!(missing.code, 1);
    assert!(missing.out.contains("\"line\": null"), "{}", missing.out);
}

#[test]
fn a_wrong_call_is_neither_a_mistake_nor_a_failure() {
    let desk = Desk::new();
    desk.write("evening.yaml", COUPLE);
    for call in [
        &["check"][..],
        &["chekc", "evening.yaml"],
        &["check", "evening.yaml", "--rate", "7"],
        &["check", "evening.yaml", "--rate", "4294967297"],
    ] {
        assert_eq!(desk.run(call).code, 2, "{call:?}");
    }
}

#[test]
fn the_schema_is_json() {
    let said = Desk::new().run(&["schema"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (said.code, json["title"].as_str()),
        (0, Some("Undersong session"))
    );
}
