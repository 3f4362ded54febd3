//! `plan` shows what will sound: as a table, as JSON, and as a picture.

mod common;

use common::program::{COUPLE, Desk};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

fn desk(script: &str) -> Desk {
    let desk = Desk::new();
    desk.write("evening.yaml", script);
    desk
}

#[test]
fn the_table_shows_phases_music_and_cues_and_fits() {
    let words = "Let your breath soften; there is nothing at all that you need to do or be here.";
    let cue = format!("      - {{ at: 1s, say: \"{words}\", sound: words.wav, to: b }}\n");
    let said = desk(&COUPLE.replace("      - { at: 12s", &format!("{cue}      - {{ at: 12s")))
        .run(&["plan", "evening.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for line in said.out.lines() {
        assert!(line.width() <= 80, "{line}");
    }
    let has = |parts: &[&str]| {
        let mut lines = said.out.lines();
        lines.any(|line| parts.iter().all(|part| line.contains(part)))
    };
    assert!(has(&["arrival, 0:00 to 0:20 (0:20)"]), "{}", said.out);
    assert!(
        has(&["0:00", "0:23", "music", "fade in 1 s", " dB"]),
        "{}",
        said.out
    );
    assert!(has(&["0:05", "voice", "welcome", "only a"]), "{}", said.out);
    assert!(has(&["0:12", "remind", "therapist only"]), "{}", said.out);
    assert!(has(&["0:20", "0:11", "silence"]), "{}", said.out);
    assert!(
        has(&["0:27", "0:03", "chime", "bell", "everyone"]),
        "{}",
        said.out
    );
    let whole = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("\"Let your breath"), "{}", said.out);
    for word in words.split(' ') {
        assert!(whole.contains(word), "{word} is lost: {}", said.out);
    }
    assert!(
        said.out.ends_with("0:31, 2 phases, 1 track, 4 cues\n"),
        "{}",
        said.out
    );
}

#[test]
fn the_json_is_exact_to_the_frame() {
    let desk = desk(COUPLE);
    for rate in [48_000_u64, 44_100] {
        let said = desk.run(&[
            "plan",
            "evening.yaml",
            "--json",
            "--rate",
            &rate.to_string(),
        ]);
        assert_eq!(said.code, 0, "{}", said.err);
        let plan: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(plan["rate"], rate);
        assert_eq!(plan["length"], 31 * rate);
        assert_eq!(plan["seed"], 11);
        assert_eq!(plan["layout"], json!(["a", "b"]));
        assert_eq!(
            plan["phases"],
            json!([
                { "name": "arrival", "from": 0, "length": 20 * rate, "hold": true, "silent": false, "level": -2.0 },
                { "name": "return", "from": 20 * rate, "length": 11 * rate, "hold": false, "silent": true, "level": 0.0 },
            ])
        );
        let clips = plan["clips"].as_array().unwrap();
        assert_eq!(clips.len(), 1);
        let clip = &clips[0];
        assert_eq!(clip["track"], "music.wav");
        assert_eq!(clip["title"], "music");
        // It goes on for the three seconds of its leaving.
        assert_eq!(
            (&clip["from"], &clip["length"]),
            (&json!(0), &json!(23 * rate))
        );
        assert_eq!(
            (&clip["fade_in"], &clip["fade_out"]),
            (&json!(rate), &json!(3 * rate))
        );
        assert_eq!(
            (&clip["offset"], &clip["zones"]),
            (&json!(0), &json!(["a", "b"]))
        );
        assert!(clip["gain"].as_f64().is_some_and(|gain| gain < 0.0));
        let cue = |at: usize, key: &str| plan["cues"][at][key].clone();
        assert_eq!(plan["cues"].as_array().unwrap().len(), 3);
        assert_eq!(cue(0, "name"), "welcome");
        assert_eq!(cue(0, "kind"), "voice");
        assert_eq!(cue(0, "at"), 5 * rate);
        assert_eq!(cue(0, "asked"), 5 * rate);
        assert_eq!(cue(0, "length"), 3 * rate);
        assert_eq!(cue(0, "zones"), json!(["a"]));
        assert_eq!(cue(1, "kind"), "remind");
        assert_eq!(cue(1, "text"), "Look at both, <gently>");
        assert_eq!(cue(1, "length"), 0);
        assert_eq!(
            (cue(2, "kind"), cue(2, "at")),
            (json!("chime"), json!(27 * rate))
        );
        assert_eq!(cue(2, "zones"), json!(["a", "b"]));
    }
}

#[test]
fn warnings_stay_out_of_the_json() {
    let desk = desk(&COUPLE.replace("length: 20s", "length: 200s"));
    let said = desk.run(&["plan", "evening.yaml", "--json"]);
    assert_eq!(said.code, 0);
    assert!(
        serde_json::from_str::<Value>(&said.out).is_ok(),
        "{}",
        said.out
    );
    assert!(
        said.err
            .contains("1 warning; `undersong check evening.yaml` shows more"),
        "{}",
        said.err
    );
    let broken = COUPLE.replace("music: silence", "");
    desk.write("evening.yaml", &broken);
    let said = desk.run(&["plan", "evening.yaml", "--json"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
}

/// Every piece of text of an SVG, where it is well-formed.
fn texts(svg: &str) -> Vec<String> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_comments = true;
    let (mut depth, mut texts, mut text) = (0, Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                assert_ne!(start.name().as_ref(), "script");
                for attribute in start.attributes() {
                    attribute.unwrap();
                }
                depth += 1;
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => {
                let name = reference.into_inner();
                text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap());
            }
            Event::End(_) => {
                depth -= 1;
                texts.push(std::mem::take(&mut text));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    texts
}

#[test]
fn the_picture_is_sound_xml_and_holds_every_phase_and_cue() {
    let desk = desk(COUPLE);
    let said = desk.run(&["plan", "evening.yaml", "--svg", "evening.svg"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let svg = std::fs::read_to_string(desk.path("evening.svg")).unwrap();
    let texts = texts(&svg);
    let holds = |what: &str| texts.iter().any(|text| text.contains(what));
    for what in [
        "Two & <one>",
        "arrival",
        "return",
        "music",
        "a: welcome",
        "Look at both, <gently>",
        "bell",
        "silence, as intended",
        "0:31",
    ] {
        assert!(holds(what), "{what}: {texts:?}");
    }
    assert_eq!(svg.matches("http").count(), 1, "only the namespace");
    assert_eq!(desk.run(&["plan", "evening.yaml", "--svg", "-"]).out, svg);
    assert!(
        !desk
            .names()
            .iter()
            .any(|name| name.starts_with(".undersong"))
    );
}

#[test]
fn the_picture_overwrites_no_part_of_the_session() {
    let desk = desk(COUPLE);
    for (file, code) in [
        ("evening.yaml", 2),
        ("./music.wav", 2),
        ("nope/evening.svg", 2),
        (".", 2),
    ] {
        let said = desk.run(&["plan", "evening.yaml", "--svg", file]);
        assert_eq!(said.code, code, "{file}: {}", said.err);
    }
    assert_eq!(
        std::fs::read_to_string(desk.path("evening.yaml")).unwrap(),
        COUPLE
    );
}
