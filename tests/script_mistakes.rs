//! Every kind of mistake in a script is told with its line and what would be right, all at once.

mod room;

use room::{Room, cue, phase};

/// Each script has exactly one mistake, which begins as said and has the other words in it.
fn each_is_told(cases: &[(String, &str)]) {
    let room = Room::new();
    for (script, expected) in cases {
        let told = room.told(script);
        assert_eq!(told.len(), 1, "{script}\n{told:#?}");
        for part in expected.split('|') {
            assert!(
                told[0].contains(part),
                "{script}\n{} has no `{part}`",
                told[0]
            );
        }
    }
}

#[test]
fn a_right_script_has_no_mistakes() {
    let room = Room::new();
    let script = phase("    cues:\n      - { at: 1:30, chime: cues/bowl.flac }");
    assert_eq!(room.told(&script), Vec::<String>::new());
    let with_mark = format!("\u{FEFF}{}", script.replace('\n', "\r\n"));
    assert_eq!(room.told(with_mark), Vec::<String>::new());
}

#[test]
fn all_mistakes_are_told_at_once() {
    let room = Room::new();
    let told = room.told(
        "undersong: 1
titel: Evening
music: { crossfade: 90s, bed: cues/bwol.flac }
phases:
  - name: calm
    length: 20m
    min: 21m
    playlist: music
    cues:
      - { at: end - 30m, chime: cues/bowl.flac, attack: 5ms }
  - name: calm
    length: 12
",
    );
    let lines: Vec<&str> = told.iter().filter_map(|t| t.split(':').next()).collect();
    assert_eq!(
        lines,
        ["2", "3", "3", "7", "10", "10", "11", "11", "12"],
        "{told:#?}"
    );
}

#[test]
fn keys_are_checked() {
    each_is_told(&[
        (
            phase("    lenght: 3m"),
            "6: |no key `lenght`|did you mean `length`?",
        ),
        (
            phase("    colour: red"),
            "6: |no key `colour`|it can have `name`",
        ),
        (phase("    length: 3m"), "6: |twice|line 4"),
        (phase("    min:"), "6: |no value"),
        (phase("    cues: soon"), "6: |list is needed"),
        (phase("    cues: [soon]"), "6: |set of keys"),
        (phase("    max: [1, 2]"), "6: |one value is needed"),
        (phase("    <<: 3"), "6: |write out"),
        (phase("    ? [a]\n    : b"), "6: |a word is needed"),
        (
            cue("at: 3m, remind: Breathe in, breathe out"),
            "7: |breathe out|quotes",
        ),
        ("undersong: 1".into(), "1: |needs `phases`"),
        ("undersong: 1\nphases: []".into(), "2: |at least one phase"),
        ("hello".into(), "1: |set of keys"),
        (phase("").replace("undersong: 1\n", ""), "needs `undersong`"),
        (
            phase("").replace("undersong: 1", "undersong: 2"),
            "1: |version|undersong: 1",
        ),
        (
            phase("").replace("    length: 20m\n", ""),
            "3: |needs `length`",
        ),
        (
            phase("").replace("  - name: calm\n", "  -\n"),
            "4: |needs `name`",
        ),
    ]);
}

#[test]
fn values_are_checked() {
    let music = |line: &str| format!("{}music: {{ {line} }}", phase(""));
    let voice = |line: &str| format!("{}voice: {{ {line} }}", phase(""));
    each_is_told(&[
        (music("loudness: -23"), "7: |no unit|`-23 LUFS`"),
        (music("loudness: -60 LUFS"), "7: |-40 LUFS to -10 LUFS"),
        (music("loudness: asis"), "7: |did you mean `as-is`?"),
        (
            music("loudness: -23 dB"),
            "7: |`dB` is not the unit|`-23 LUFS`",
        ),
        (music("crossfade: 61s"), "7: |too long|1m"),
        (music("crossfade: 12"), "7: |no unit|`12s`"),
        (music("crossfade: -1s"), "7: |negative"),
        (music("fade-in: soon"), "7: |`soon` is no length"),
        (music("bed: cues"), "7: |is a folder"),
        (voice("over-music: 9 LU"), "7: |10 LU to 18 LU"),
        (voice("engine: robot"), "7: |`auto` or `none`"),
        (format!("{}seed: -7", phase("")), "7: |less than 0"),
        (format!("{}seed: 7.5", phase("")), "7: |whole number"),
        (format!("{}seed: -inf", phase("")), "7: |whole number"),
        (
            format!("{}seed: 18446744073709551616", phase("")),
            "7: |too large",
        ),
        (
            format!("{}title: {}", phase(""), "x".repeat(201)),
            "7: |201 characters",
        ),
        (phase("    level: -2"), "6: |no unit|`-2 dB`"),
        (phase("    level: +4 dB"), "6: |-9 dB to +3 dB"),
        (phase("    end: hodl"), "6: |did you mean `hold`?"),
        (phase("    crossfade: 2h"), "6: |too long"),
    ]);
}

#[test]
fn phases_are_checked() {
    let second = |lines: &str| format!("{}  - name: rest\n    length: 3m\n{lines}", phase(""));
    each_is_told(&[
        (phase("    min: 21m"), "6: |`min` is longer"),
        (phase("    max: 19m"), "6: |`max` is shorter"),
        (phase("").replace("20m", "9s"), "4: |too short|10s"),
        (phase("").replace("20m", "25h"), "4: |longer than a day"),
        (phase("    music: silence"), "6: |not both"),
        (
            phase("    music: silense").replace("    playlist: music\n", ""),
            "5: |`silence`",
        ),
        (
            second(""),
            "7: |nothing is said about the music|music: silence",
        ),
        (
            second("    music: silence").replace("rest", "calm"),
            "7: |called `calm` already|line 3",
        ),
        (
            phase("    level: 0 dB\n  - name: CALM\n    length: 3m\n    music: silence"),
            "7: |called `calm` already|line 3|small letters",
        ),
        (
            second("    music: silence").replace("3m", "23h50m"),
            "2: |longer than a day",
        ),
        (
            second("    music: silence\n    level: -2 dB"),
            "10: |changes nothing",
        ),
        (phase("").replace("calm", "\"\""), "3: |a text is needed"),
    ]);
}

#[test]
fn cues_are_checked() {
    each_is_told(&[
        (cue("at: 3m"), "7: |what sounds|`chime: file`"),
        (
            cue("chime: cues/a.flac, voice: cues/a.flac"),
            "7: |`chime` and `voice` at once",
        ),
        (cue("at: 3m, every: 5m, remind: x"), "7: |not both"),
        (cue("at: 21m, remind: x"), "7: |after the end|20m"),
        (cue("every: 21m, remind: x"), "7: |after the end"),
        (cue("every: 1s, remind: x"), "7: |too short"),
        (cue("at: end - 30m, remind: x"), "7: |before the start|20m"),
        (
            cue("at: end + 3m, remind: x"),
            "7: |no time within a phase|`end - 3m`",
        ),
        (cue("at: -3m, remind: x"), "7: |before its phase|`end - 3m`"),
        (cue("at: later, remind: x"), "7: |no length"),
        (cue("say: Breathe"), "7: |no speech engine|`sound: file`"),
        (
            cue("chime: cues/bwol.flac"),
            "7: |no file `cues/bwol.flac`|did you mean `cues/bowl.flac`?",
        ),
        (cue("chime: cue/bowl.flac"), "7: |no file|no folder"),
        (cue("chime: ~/bowl.flac"), "7: |`~`|whole path"),
        (
            cue("chime: 'http://a.example/b.mp3'"),
            "7: |without network|download",
        ),
        (cue("chime: cues"), "7: |is a folder"),
        (
            cue("chime: cues/a.flac, attack: 49ms"),
            "7: |too short|50ms",
        ),
        (
            cue("chime: cues/a.flac, duck: perhaps"),
            "7: |neither `true` nor `false`",
        ),
        (cue("chime: cues/a.flac, to: c"), "7: |`a`, `b` or `room`"),
        (cue("chime: cues/a.flac, to: []"), "7: |nobody"),
        (
            cue("chime: cues/a.flac, place: quite"),
            "7: |did you mean `quiet`?",
        ),
        (
            cue("chime: cues/a.flac, place: quiet, within: 0s"),
            "7: |within 0s",
        ),
        (
            cue("chime: cues/a.flac, level: 7 dB"),
            "7: |-24 dB to +6 dB",
        ),
        (
            cue("chime: cues/a.flac, sound: cues/a.flac"),
            "7: |`sound` has no meaning|`say`",
        ),
        (
            cue("voice: cues/a.flac, duck: true"),
            "7: |`duck` has no meaning|`chime`",
        ),
        (cue("remind: x, to: a"), "7: |`to` has no meaning"),
        (
            cue(&format!("remind: {}", "x".repeat(2001))),
            "7: |2001 characters",
        ),
        (
            cue("name: x, remind: y }\n      - { name: x, remind: z"),
            "8: |called `x` already|line 7",
        ),
        (
            cue("name: Breathe, remind: y }\n      - { name: breathe, remind: z"),
            "8: |called `Breathe` already|line 7|small letters|its own name",
        ),
    ]);
    let later = Room::new().told(phase("    max: 30m\n    cues: [{ at: 25m, remind: x }]"));
    assert!(
        later[0].contains("only if the phase is lengthened"),
        "{later:?}"
    );
}

#[test]
fn what_is_no_yaml_is_said_in_plain_words() {
    let yaml = |text: &str| format!("undersong: 1\n{text}\n");
    each_is_told(&[
        (
            yaml("phases:\n\t- name: a"),
            "3: |a tab cannot indent in YAML|use spaces",
        ),
        (
            yaml("phases:\n- name: a\n  cues:\n  - at: 3m\n\t  say: x"),
            "6: |a tab",
        ),
        (yaml("title: \"a\nphases:\n  - name: b"), "2: |never closed"),
        (yaml("title: \"a\"\nseed: 'b\nphases:"), "3: |never closed"),
        (yaml("title: 'it's'"), "2: |follows the closing quote"),
        (
            yaml("title: \"C:\\music\""),
            "2: |`\\` does not stand for itself",
        ),
        (yaml("phases:\n  - name: a\n   length: 3m"), "4: |indented"),
        (
            yaml("phases:\n  - name: a\n     length: 3m"),
            "4: |indented further",
        ),
        (
            yaml("phases:\n  - name: a\n    length:3m"),
            "4: |no space after the colon|`length: 3m`",
        ),
        (
            yaml("phases:\n  -name: a\n   length: 3m"),
            "4: |`- name: a`",
        ),
        (yaml("title: Breathe: now"), "2: |second `: `|quotes"),
        (
            yaml("phases:\n  - { name: a\n  - { name: b }"),
            "3: |`{`|`}`",
        ),
        (yaml("phases: [a, b"), "2: |`[` is opened|`]`"),
        (
            yaml("voice: {engine: auto]"),
            "2: |`{` is closed by the wrong",
        ),
        (yaml("title: @home"), "2: |cannot begin with `@`|quotes"),
        (yaml("phases: [*home]"), "2: |no anchor|quotes"),
        (yaml("---\nundersong: 1"), "2: |second document|`---`"),
        (phase("    end: !x hold"), "6: |tags|quotes"),
        (phase("    cues: &c [*c]"), "6: |inside the very thing"),
        (String::new(), "1: |empty"),
        ("# nothing yet\n".into(), "1: |empty"),
        ("\u{FEFF}".into(), "1: |empty"),
    ]);
}
