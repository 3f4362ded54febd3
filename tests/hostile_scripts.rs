//! Nothing that a file can be or hold makes reading a script panic, hang or take long.

mod room;

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use room::{Room, cue, phase, told};
use undersong::script;

#[test]
fn what_is_no_text_is_refused() {
    let room = Room::new();
    let latin = room.told(b"undersong: 1\ntitle: gr\xFCn\n");
    assert!(latin[0].starts_with("2: line 2 is not UTF-8"), "{latin:?}");
    assert!(latin[0].contains("save the file as UTF-8"), "{latin:?}");
    let wide: Vec<u8> = "\u{FEFF}a: 1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(room.told(wide)[0].contains("UTF-16"));
    assert_eq!(room.told([0; 64]).len(), 1);
}

#[test]
fn what_is_no_file_is_said_at_once() {
    let room = Room::new();
    let first = |path: &Path| told(&script::read(path).mistakes[0]);
    fs::write(room.0.path().join("evening.yaml"), "").unwrap();
    let missing = first(&room.0.path().join("evenign.yaml"));
    assert!(
        missing.contains("no such file") && missing.contains("/evening.yaml`?"),
        "{missing}"
    );
    assert!(first(room.0.path()).contains("a folder"));
    #[cfg(unix)]
    assert!(first(Path::new("/dev/zero")).contains("not a regular file"));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let room = Room::new();
    let pipe = room.0.path().join("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(told(&script::read(&pipe).mistakes[0]).contains("pipe"));
        let named = room.told(cue("chime: pipe.yaml"));
        assert!(named[0].contains("not a regular file"), "{named:?}");
    }
}

/// Reads a script that is made to be costly; what came of it, and that it came soon.
fn soon(room: &Room, script: impl AsRef<[u8]>) -> Vec<String> {
    let started = Instant::now();
    let told = room.told(script);
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    told
}

#[test]
fn a_huge_script_is_refused_at_once() {
    let room = Room::new();
    let path = room.0.path().join("huge.yaml");
    File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let started = Instant::now();
    let mistakes = script::read(&path).mistakes;
    assert!(started.elapsed() < Duration::from_millis(200));
    assert!(
        told(&mistakes[0]).contains("larger than 256 KiB"),
        "{mistakes:?}"
    );
}

#[test]
fn bombs_are_refused_soon() {
    let room = Room::new();
    let ten = |before: usize| vec![format!("*a{before}"); 10].join(",");
    let bomb: Vec<String> = (1..30)
        .map(|n| format!("a{n}: &a{n} [{}]", ten(n - 1)))
        .collect();
    let told = soon(&room, format!("a0: &a0 [x]\n{}", bomb.join("\n")));
    assert!(told[0].contains("aliases"), "{told:?}");

    let spiral: Vec<String> = (1..9000)
        .map(|n| format!("a{n}: &a{n} [*a{}]", n - 1))
        .collect();
    let told = soon(&room, format!("a0: &a0 [x]\n{}", spiral.join("\n")));
    assert!(told[0].contains("aliases"), "{told:?}");

    assert!(soon(&room, format!("a: {}", "[".repeat(200_000)))[0].contains("nested"));
    assert!(soon(&room, "- ".repeat(100_000))[0].contains("nested"));
    assert!(soon(&room, "? ".repeat(100_000))[0].contains("nested"));
    assert!(!soon(&room, "\"".repeat(262_143)).is_empty());
    assert!(!soon(&room, format!("a: [{}]", "a,".repeat(130_000))).is_empty());
    let keys: Vec<String> = (0..20_000).map(|n| format!("key{n}: x")).collect();
    assert!(
        soon(&room, keys.join("\n"))
            .last()
            .unwrap()
            .contains("more mistakes")
    );
    let phases = "\n  - {name: a, length: 20m, playlist: musik}".repeat(5_000);
    assert!(!soon(&room, format!("undersong: 1\nphases:{phases}")).is_empty());
}

#[test]
fn too_many_phases_and_cues_are_refused() {
    let room = Room::new();
    let phases: Vec<String> = (0..201)
        .map(|n| format!("  - {{name: p{n}, length: 10s, music: silence}}"))
        .collect();
    let told = soon(
        &room,
        format!("undersong: 1\nphases:\n{}", phases.join("\n")),
    );
    assert!(
        told[0].starts_with("203: ") && told[0].contains("200 phases"),
        "{told:?}"
    );
    let cues = "      - {remind: x}\n".repeat(5_001);
    let told = soon(&room, phase(&format!("    cues:\n{cues}")));
    assert!(told[0].contains("5000 cues"), "{told:?}");
}

thread_local! {
    /// One for each test: to make one takes longer than to read a script.
    static ROOM: Room = Room::new();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        ROOM.with(|room| room.told(bytes));
    }

    #[test]
    fn random_yaml_never_panics(text in "([a-c :\\-\\[\\]{},'\"|>&*!%#?\t\n\r~é𝄞\u{85}\u{2028}]|undersong|phases|name|length|1){0,120}") {
        ROOM.with(|room| room.told(text));
    }

    #[test]
    fn mutated_scripts_never_panic(at in 0usize..400, cut in 0usize..8, new in "[ -~\n\té]{0,6}") {
        let script = phase(
            "    min: 8m\n    level: -2 dB\n    cues:\n      - { at: end - 3m, voice: cues/a.flac, to: [a, b] }\n      - at: 1:30\n        say: \"Let your breath soften.\"\n        sound: cues/a.flac\n",
        );
        let at = at % script.len();
        let end = (at + cut).min(script.len());
        let mutated = format!("{}{new}{}", &script[..at], &script[end..]);
        ROOM.with(|room| room.told(mutated));
    }
}
