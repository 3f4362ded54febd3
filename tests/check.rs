//! `check` finds every mistake and says whether a session can be played.

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use common::files::{Wav, flac, long_silence, wav};
use common::program::{COUPLE, Desk, said};
use common::sounds::noise;
use undersong::frame::SILENCE;

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
    // Each with a sentence, and how it is typed.
    for (call, sentence, example) in [
        (
            &["extend"][..],
            "missing here: <LENGTH>",
            "undersong extend 5m",
        ),
        (
            &["stop", "--quik"],
            "did you mean `--quick`?",
            "undersong stop --now",
        ),
        (
            &["chekc", "evening.yaml"],
            "no command `chekc`; did you mean",
            "undersong",
        ),
        (
            &["journal", "show", "-x"],
            "`-x` cannot be said here",
            "undersong journal show 3",
        ),
        (
            &["journal", "xyz"],
            "no command `journal xyz`; `undersong journal --help` lists them",
            "undersong journal",
        ),
        (
            &["journal", "evening.yaml"],
            "no command `journal evening.yaml`; `undersong journal --help`",
            "undersong journal",
        ),
        (
            &["xyz"],
            "no command `xyz`; `undersong --help` lists them",
            "undersong",
        ),
        (
            &["extend", "abc"],
            "`abc` cannot be <LENGTH>: ",
            "undersong extend 5m",
        ),
        (
            &["journal", "list", "--journal", "a", "--room", "b"],
            "cannot be said together",
            "undersong journal list",
        ),
    ] {
        let said = desk.run(call);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{call:?}");
        assert!(
            said.err.contains(sentence) && said.err.contains(example),
            "{}",
            said.err
        );
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

/// A script with one phase that has this playlist, and these cues.
fn one_phase(playlist: &str, cues: &str) -> String {
    format!(
        "undersong: 1\nmusic: {{ crossfade: 1s }}\nphases: [{{ name: all, length: 20s, playlist: {playlist}, cues: [{cues}] }}]\n"
    )
}

#[test]
fn a_file_is_told_of_once_by_the_worst_that_is_known_of_it() {
    let desk = Desk::new();
    let path = desk.path("torn.flac");
    flac(&path, &noise(2, 0.5, 600_007), 44_100, 2, 16);
    let mut bytes = std::fs::read(&path).unwrap();
    let (spoiled, length) = (bytes.len() / 2, bytes.len());
    bytes[spoiled..spoiled + 50].fill(0x55);
    std::fs::write(&path, &bytes[..length - length / 8]).unwrap();
    wav(
        &desk.path("mute.wav"),
        &vec![SILENCE; 200_000],
        48_000,
        2,
        Wav::Bits(16),
    );
    desk.write("s.yaml", &one_phase("[torn.flac, mute.wav, music.wav]", ""));
    let said = desk.run(&["check", "s.yaml"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for file in ["torn", "mute"] {
        let told = said.err.matches(&format!(": `{file}.")).count();
        assert_eq!(told, 1, "{}", said.err);
    }
    assert!(said.err.contains("cannot be decoded"), "{}", said.err);
    assert!(
        said.err.contains("is silent from its first"),
        "{}",
        said.err
    );
}

#[test]
fn who_has_no_place_to_bring_people_back_to_is_told() {
    let desk = Desk::new();
    let script = |names: [&str; 2]| {
        let phase = |name| format!("  - {{ name: {name}, length: 30s, playlist: [music.wav] }}\n");
        format!("undersong: 1\nphases:\n{}", names.map(phase).concat())
    };
    for (names, is_told) in [
        (["calm", "deep"], true),
        (["return", "deep"], true),
        (["calm", "Return"], false),
    ] {
        desk.write("s.yaml", &script(names));
        let said = desk.run(&["check", "s.yaml"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let told = said.err.contains("no later phase is named `return`");
        assert_eq!(told, is_told, "{}", said.err);
    }
    desk.write("s.yaml", &one_phase("[music.wav]", ""));
    assert!(
        !desk
            .run(&["check", "s.yaml"])
            .err
            .contains("no later phase")
    );
}

#[test]
fn music_that_cannot_be_played_is_not_passed_over_in_silence() {
    let desk = Desk::new();
    let folder = desk.path("calm");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(desk.path("music.wav"), folder.join("a.wav")).unwrap();
    for name in ["cover.jpg", "notes.txt", "list.m3u", ".hidden.wma"] {
        std::fs::write(folder.join(name), "x").unwrap();
    }
    desk.write("s.yaml", &one_phase("calm", ""));
    let said = desk.run(&["check", "s.yaml"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    for name in ["b.wma", "c.M4P"] {
        std::fs::write(folder.join(name), "x").unwrap();
    }
    let said = desk.run(&["check", "s.yaml"]);
    let line = "`b.wma` and 1 more in `calm` cannot be played here and are left out";
    let words = said.err.replace("\n  | ", " ");
    assert!(said.code == 0 && words.contains(line), "{}", said.err);
    assert!(words.contains("convert them to FLAC"), "{}", said.err);
    std::fs::remove_file(folder.join("a.wav")).unwrap();
    let said = desk.run(&["check", "s.yaml"]);
    let line = "`b.wma` is of a kind that cannot be played here";
    assert!(said.code == 1 && said.err.contains(line), "{}", said.err);
}

#[test]
fn one_broken_name_in_a_folder_is_told_and_the_rest_is_played() {
    let desk = Desk::new();
    let folder = desk.path("calm");
    std::fs::create_dir(&folder).unwrap();
    let music = desk.path("music.wav");
    let broken = OsStr::from_bytes(b"gr\xFCn.wav");
    for name in [OsStr::new("a.wav"), broken, OsStr::from_bytes(b"\xFC.wma")] {
        std::fs::copy(&music, folder.join(name)).unwrap();
    }
    desk.write("s.yaml", &one_phase("calm", ""));
    let said = desk.run(&["check", "s.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in [
        "n.wav` in `calm` has a name that is not UTF-8 and is left out",
        "rename it",
        ".wma` in `calm` cannot be played here and is left out",
        "2 warnings",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
}

#[test]
fn a_link_to_a_disk_that_is_not_there_is_told_and_the_rest_is_played() {
    let desk = Desk::new();
    let lost = |name: &str| {
        std::os::unix::fs::symlink("/no/such/disk/b.wav", desk.path(name)).unwrap();
    };
    lost("b.wav");
    lost("cover.jpg");
    desk.write("s.yaml", &one_phase(".", ""));
    let said = desk.run(&["check", "s.yaml"]);
    let words = said.err.replace("\n  | ", " ");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        words.contains("is a link to something that is not there and is left out"),
        "{words}"
    );
    assert!(
        words.contains("`b.wav` in `") && words.contains("plug in the disk"),
        "{words}"
    );
    assert!(!words.contains("in ``"), "the folder has a name: {words}");
    assert!(words.contains("1 warning"), "{words}");
    std::fs::create_dir(desk.path("calm")).unwrap();
    lost("calm/c.wav");
    desk.write("s.yaml", &one_phase("calm", ""));
    let said = desk.run(&["check", "s.yaml"]);
    let line = "`c.wav` is a link to something that is not there";
    assert!(said.code == 1 && said.err.contains(line), "{}", said.err);
}

#[test]
fn music_that_ends_a_moment_after_its_phase_should_does_not_start_over() {
    let desk = Desk::new();
    wav(
        &desk.path("a.wav"),
        &noise(3, 0.2, 17 * 44_100 + 13),
        44_100,
        2,
        Wav::Bits(16),
    );
    let script = |length: u32| {
        format!(
            "undersong: 1\nmusic: {{ crossfade: 0s, fade-in: 0s, fade-out: 0s }}\nphases: [{{ name: return, length: {length}s, \
             min: {}s, max: {}s, playlist: [a.wav] }}]\n",
            length - 2,
            length + 3
        )
    };
    for (length, starts_over) in [(17, false), (25, true)] {
        desk.write("s.yaml", &script(length));
        let said = desk.run(&["check", "s.yaml"]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(
            said.err.contains("starts over once"),
            starts_over,
            "{length}: {}",
            said.err
        );
    }
}

#[test]
fn music_left_out_of_two_folders_is_told_of_both_though_its_names_are_alike() {
    let desk = Desk::new();
    for folder in ["calm", "deep"] {
        std::fs::create_dir(desk.path(folder)).unwrap();
        std::fs::copy(desk.path("music.wav"), desk.path(folder).join("a.wav")).unwrap();
        std::fs::write(desk.path(folder).join("01.wma"), "x").unwrap();
    }
    let phase = |name: &str, folder: &str| {
        format!("  - {{ name: {name}, length: 20s, playlist: {folder} }}\n")
    };
    let phases = phase("one", "calm") + &phase("two", "deep") + &phase("three", "calm");
    desk.write("s.yaml", &format!("undersong: 1\nphases:\n{phases}"));
    let said = desk.run(&["check", "s.yaml"]);
    for folder in ["calm", "deep"] {
        let line = format!("`01.wma` in `{folder}` cannot be played here");
        assert_eq!(said.err.matches(&line).count(), 1, "{}", said.err);
    }
}

#[test]
fn two_voices_that_speak_to_somebody_at_once_are_told() {
    let desk = Desk::new();
    let voice = |name: &str, at: u32, to: &str| {
        format!("{{ name: {name}, at: {at}s, voice: words.wav, within: 0s{to} }}")
    };
    for (cues, is_told) in [
        ([voice("one", 5, ""), voice("two", 7, "")], true),
        ([voice("one", 5, ""), voice("two", 9, "")], false),
        (
            [voice("one", 5, ", to: a"), voice("two", 7, ", to: b")],
            false,
        ),
        ([voice("one", 5, ", to: a"), voice("two", 7, "")], true),
    ] {
        desk.write("s.yaml", &one_phase("[music.wav]", &cues.join(", ")));
        let said = desk.run(&["check", "s.yaml"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = words.contains("at 0:07 two voices speak at once: `two` begins before");
        assert_eq!(told, is_told, "{cues:?}: {}", said.err);
    }
}

#[test]
fn what_is_heard_is_told_before_what_is_only_good_to_know() {
    let desk = Desk::new();
    // A file that was written to a pipe, whose header says nothing of its length.
    let mut piped = std::fs::read(desk.path("music.wav")).unwrap();
    let data = piped.windows(4).position(|it| it == b"data").unwrap();
    for at in [4, data + 4] {
        piped[at..at + 4].fill(0xFF);
    }
    std::fs::write(desk.path("piped.wav"), piped).unwrap();
    let voice = |name: &str, at: u32| {
        format!("{{ name: {name}, at: {at}s, voice: words.wav, within: 0s }}")
    };
    let cues = [voice("one", 5), voice("two", 7)].join(", ");
    // Twenty seconds of a phase that is longer than its music by far.
    let script = one_phase("[piped.wav]", &cues).replace("length: 20s", "length: 200s");
    desk.write("s.yaml", &script);
    let said = desk.run(&["check", "s.yaml", "--json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let told: Vec<&str> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["what"].as_str().unwrap())
        .collect();
    let place = |what: &str| told.iter().position(|it| it.contains(what));
    let order = [
        "two voices speak at once",
        "header does not say",
        "starts over",
    ]
    .map(place);
    assert_eq!(order, [Some(0), Some(1), Some(2)], "{told:#?}");
}

#[test]
fn of_voices_that_speak_at_once_the_first_are_told_and_how_many_more() {
    let desk = Desk::new();
    let voice = |at: u32| format!("{{ name: v{at}, at: {at}s, voice: words.wav, within: 0s }}");
    let cues: Vec<String> = (1..13).map(|number| voice(number * 2)).collect();
    let script = one_phase("[music.wav]", &cues.join(", ")).replace("length: 20s", "length: 40s");
    desk.write("s.yaml", &script);
    let said = desk.run(&["check", "s.yaml", "--json"]);
    assert_eq!(
        said.out.matches(" two voices speak at once").count(),
        8,
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("\"3 more pairs of voices speak at once\""),
        "{}",
        said.out
    );
}

#[test]
fn a_playlist_is_named_without_ways_back_and_its_titles_are_used() {
    let desk = Desk::new();
    for folder in ["sessions", "lists"] {
        std::fs::create_dir(desk.path(folder)).unwrap();
    }
    desk.write(
        "lists/a.m3u8",
        "#EXTM3U\n#EXTINF:61,Quiet water\n../music.wav\n../music.wav\n",
    );
    desk.write("lists/b.yaml", "tracks: [../music.waw]\n");
    desk.write("sessions/a.yaml", &one_phase("../lists/a.m3u8", ""));
    desk.write("sessions/b.yaml", &one_phase("../lists/b.yaml", ""));
    let said = desk.run(&["check", "sessions/a.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("  Quiet water  "), "{}", said.out);
    let said = desk.run(&["check", "sessions/b.yaml"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("[lists/b.yaml:1:10]"), "{}", said.err);
}

#[test]
fn what_takes_long_is_shown_by_a_bar_and_what_is_known_already_needs_none() {
    let desk = Desk::new();
    desk.write("evening.yaml", &one_phase("[music.wav, long.wav]", ""));
    long_silence(&desk.path("long.wav"), 20 * 60);
    for is_new in [true, false] {
        let mut check = desk.on_a_terminal(&["check", "evening.yaml"]);
        let check = check
            .env("TERM", "xterm")
            .stdin(std::process::Stdio::null());
        let shown = said(&check.output().unwrap());
        assert!(shown.out.contains("can be played"), "{}", shown.out);
        let is_shown = shown.out.contains("Listening to the files");
        assert_eq!(is_shown, is_new, "{:?}", shown.out);
    }
}

#[test]
fn a_script_without_a_command_is_answered_with_those_that_take_one() {
    let desk = Desk::new();
    desk.write("evening.yaml", COUPLE);
    let said = desk.run(&["evening.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err.contains("`undersong check evening.yaml`"),
        "{}",
        said.err
    );
}

#[test]
fn the_readme_s_script_can_be_copied_and_played_as_it_is() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(home.join("README.md")).unwrap();
    let script = readme.split("```yaml\n").nth(1).unwrap();
    let script = script.split("```").next().unwrap();
    let desk = Desk::new();
    for folder in ["playlists", "cues", "sessions"] {
        std::os::unix::fs::symlink(home.join(folder), desk.path(folder)).unwrap();
    }
    desk.write("my-session.yaml", script);
    let said = desk.run(&["check", "my-session.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    // Each cue that the page steers is one of the session that it starts.
    let plan = desk.run(&["plan", "sessions/solo.yaml"]).out;
    let cues = readme
        .lines()
        .filter_map(|line| line.trim().strip_prefix("undersong cue "));
    for cue in cues {
        let name = cue.split_whitespace().next().unwrap();
        assert!(plan.contains(&format!("  {name}  ")), "{name}: {plan}");
    }
}
