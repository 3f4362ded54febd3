//! The JSON Schema and the reader agree: on the keys, and on what may stand under them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use undersong::script;

/// Why a value is not what the schema asks for, over the keywords that our schema uses; another
/// keyword is a panic, so that none is passed over.
fn refused(value: &Value, schema: &Value, root: &Value) -> Option<String> {
    let keywords = schema.as_object().unwrap();
    keywords.iter().find_map(|(keyword, by)| {
        let fits = |schemas: &Value| {
            let schemas = schemas.as_array().unwrap().iter();
            schemas
                .filter(|schema| refused(value, schema, root).is_none())
                .count()
        };
        let holds = match keyword.as_str() {
            "description" | "title" | "$schema" | "$defs" => true,
            "$ref" => {
                let target = by.as_str().unwrap().strip_prefix('#').unwrap();
                return refused(value, root.pointer(target).unwrap(), root);
            }
            "type" => match by {
                Value::Array(names) => names.iter().any(|name| is(value, name)),
                name => is(value, name),
            },
            "enum" => by.as_array().unwrap().contains(value),
            "const" => value == by,
            "minLength" => value.as_str().is_none_or(|text| !text.is_empty()),
            "minimum" => value
                .as_u64()
                .is_none_or(|number| number >= by.as_u64().unwrap()),
            "maximum" => value
                .as_u64()
                .is_none_or(|number| number <= by.as_u64().unwrap()),
            "pattern" => {
                let pattern = regex_lite::Regex::new(by.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "anyOf" => fits(by) > 0,
            "oneOf" => fits(by) == 1,
            "not" => refused(value, by, root).is_some(),
            "required" => value.as_object().is_none_or(|map| {
                by.as_array()
                    .unwrap()
                    .iter()
                    .all(|key| map.contains_key(key.as_str().unwrap()))
            }),
            "additionalProperties" => value.as_object().is_none_or(|map| {
                let known = schema["properties"].as_object().unwrap();
                map.keys().all(|key| known.contains_key(key))
            }),
            "properties" => {
                let map = value.as_object()?;
                return map
                    .iter()
                    .find_map(|(key, value)| refused(value, by.get(key)?, root));
            }
            "items" => {
                let items = value.as_array()?;
                return items.iter().find_map(|item| refused(item, by, root));
            }
            other => panic!("the schema has a new keyword: {other}"),
        };
        (!holds).then(|| format!("`{keyword}` {by} does not hold for {value}"))
    })
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("the schema has a new type: {other}"),
    }
}

fn schema_refuses(script: &str) -> Option<String> {
    let schema = script::schema();
    let script: Value = serde_yaml::from_str(script).unwrap();
    refused(&script, &schema, &schema)
}

/// A script in which every key and most ways of writing a value stand.
const EVERYTHING: &str = r#"
undersong: 1
title: 2024
seed: 7
music:
  { loudness: -23 LUFS, crossfade: 0, phase-crossfade: 1m, fade-in: 0s, fade-out: 1.5s, bed: bowl.flac }
voice: { over-music: 12.5 LU, engine: none }
phases:
  - { name: no, length: 1h30m, min: 1:20:00, max: 1h 45min, playlist: list.m3u8, level: 0, crossfade: 12s, end: hold }
  - name: two
    length: 20m
    level: -2 dB
    playlist: [bowl.flac, { file: bowl.flac, intensity: 2, gain: +1 dB, exclude: false }]
    cues:
      - { name: opening, at: 0, chime: bowl.flac, attack: 250ms, duck: true, level: -3dB }
      - { at: 1:30, voice: bowl.flac, to: [a, b], place: quiet, within: 60s }
      - { at: end - 3m, say: "Now return.", sound: bowl.flac, to: room }
      - { at: end, chime: bowl.flac }
      - { at: start, chime: bowl.flac }
      - { every: 5m, remind: "Lozenges" }
  - { name: three, length: 90s, playlist: { file: list.m3u8, order: shuffle } }
  - { name: four, length: 90s, playlist: { title: x, tracks: [bowl.flac], order: listed } }
  - { name: five, length: 90s, music: silence }
"#;

/// A folder with what `EVERYTHING` names.
fn room() -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    fs::write(room.path().join("bowl.flac"), "not looked at").unwrap();
    fs::write(room.path().join("list.m3u8"), "bowl.flac\n").unwrap();
    room
}

fn reader_refuses(script: &str) -> Vec<String> {
    let room = room();
    let path = room.path().join("evening.yaml");
    fs::write(&path, script).unwrap();
    let mistakes = script::read(&path).mistakes;
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn both_accept_every_way_of_writing() {
    assert_eq!(schema_refuses(EVERYTHING), None);
    assert_eq!(reader_refuses(EVERYTHING), Vec::<String>::new());
}

#[test]
fn both_refuse_what_is_wrong() {
    for (right, wrong) in [
        ("undersong: 1", "undersong: 2"),
        ("undersong: 1", ""),
        ("seed: 7", "seed: soon"),
        ("seed: 7", "sede: 7"),
        ("-23 LUFS", "-23"),
        ("-23 LUFS", "loud"),
        ("1.5s", "1.5"),
        ("engine: none", "engine: robot"),
        ("12.5 LU", "12.5"),
        ("end: hold", "end: halt"),
        ("length: 20m", "length: soon"),
        ("intensity: 2", "intensity: 6"),
        ("order: shuffle", "order: random"),
        ("music: silence", "music: silence, playlist: list.m3u8"),
        (", music: silence", ""),
        ("at: end - 3m", "at: end + 3m"),
        ("every: 5m", "every: 5m, at: 3m"),
        ("remind: \"Lozenges\"", "name: x"),
        (
            "remind: \"Lozenges\"",
            "remind: x, say: y, sound: bowl.flac",
        ),
        ("duck: true", "duck: perhaps"),
        ("to: room", "to: c"),
        ("level: -3dB", "level: -3"),
    ] {
        let script = EVERYTHING.replacen(right, wrong, 1);
        assert_ne!(script, EVERYTHING, "{right}");
        assert!(
            schema_refuses(&script).is_some(),
            "the schema accepts {wrong}"
        );
        assert!(
            !reader_refuses(&script).is_empty(),
            "the reader accepts {wrong}"
        );
    }
}

fn keys(schema: &Value) -> BTreeSet<String> {
    let properties = schema["properties"].as_object().cloned();
    properties
        .unwrap_or_else(Map::new)
        .keys()
        .cloned()
        .collect()
}

/// The reader lists the keys it takes when it is given another.
fn keys_of_the_reader(script: &str) -> BTreeSet<String> {
    let told = reader_refuses(script);
    let listed = told.iter().find(|told| told.contains("no key")).unwrap();
    let (_, listed) = listed.split_once("it can have").unwrap();
    listed
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_know_the_same_keys() {
    let schema = script::schema();
    for (record, before) in [
        ("/$defs/Music", "music: { "),
        ("/$defs/Voice", "voice: { "),
        ("/$defs/Phase", "phases:\n  - { "),
        ("/$defs/Cue", "phases:\n  - cues: [{ "),
        ("/$defs/Listing", "phases:\n  - playlist: { "),
        ("/$defs/Described", "phases:\n  - playlist: [{ "),
        ("", ""),
    ] {
        let unknown = if before.is_empty() {
            "qqqqqqqq: x"
        } else {
            "qqqqqqqq: x }"
        };
        let after = "]".repeat(before.matches('[').count());
        let script = format!("undersong: 1\n{before}{unknown}{after}\n");
        let known = keys(schema.pointer(record).unwrap());
        assert!(!known.is_empty());
        assert_eq!(keys_of_the_reader(&script), known, "{record}");
    }
}

#[test]
fn every_key_is_explained() {
    fn walk(value: &Value) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for (key, property) in properties {
                let description = property["description"].as_str().unwrap_or_default();
                assert!(description.ends_with('.'), "`{key}`: {description:?}");
                assert!(!description.contains('\n'), "`{key}`");
            }
        }
        match value {
            Value::Object(map) => map.values().for_each(walk),
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&script::schema());
}

#[test]
fn the_schema_accepts_the_bundled_sessions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
    let files = fs::read_dir(folder).into_iter().flatten();
    for path in files.map(|file| file.unwrap().path()) {
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let script = fs::read_to_string(&path).unwrap();
            assert_eq!(schema_refuses(&script), None, "{}", path.display());
        }
    }
}
