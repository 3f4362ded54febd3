//! What a right script means; what is wrong with others is in `tests/script_mistakes.rs`.

use std::fs;
use std::time::Duration;

use super::*;
use crate::level::{Decibels, Loudness};
use crate::zone::{Layout, Listener};

const MINUTE: Duration = Duration::from_secs(60);

fn session(script: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bowl.flac"), "not looked at").unwrap();
    let path = folder.path().join("evening.yaml");
    fs::write(&path, script).unwrap();
    let reading = read(&path);
    reading
        .session
        .unwrap_or_else(|| panic!("{:?}", reading.mistakes))
}

/// A session of one silent phase with these cues.
fn with_cues(cues: &str) -> Session {
    session(&format!(
        "undersong: 1\nphases:\n- name: calm\n  length: 20m\n  music: silence\n  cues:\n{cues}"
    ))
}

#[test]
fn what_is_not_said_has_its_default() {
    let session = with_cues("  - { chime: bowl.flac }\n");
    assert_eq!((session.title.as_str(), session.seed), ("evening", 0));
    let music = &session.music;
    assert_eq!(music.loudness, Some(Loudness(-23.0)));
    let fades = [
        music.crossfade,
        music.phase_crossfade,
        music.fade_in,
        music.fade_out,
    ];
    assert_eq!(fades.map(|fade| fade.as_secs()), [12, 25, 4, 10]);
    assert_eq!(music.bed, None);
    assert_eq!(session.voice.over_music, Decibels(12.0));
    let phase = &session.phases[0];
    assert_eq!((phase.min, phase.max), (None, None));
    assert_eq!(phase.longest(), 20 * MINUTE);
    assert!(!phase.hold && phase.level == Decibels::ZERO);
    let cue = &phase.cues[0];
    assert_eq!(cue.at, At::Start(Duration::ZERO));
    assert_eq!((cue.seek, cue.within), (Seek::Nearest, Duration::ZERO));
    let CueKind::Chime { attack, duck, .. } = cue.kind else {
        panic!("{cue:?}");
    };
    assert_eq!((attack, duck), (Duration::from_millis(250), false));
}

#[test]
fn a_gapless_crossfade_leaves_the_phases_theirs() {
    let session = session(
        "undersong: 1\nmusic: {crossfade: 0, loudness: as-is}\nphases:\n\
         - {name: a, length: 3m, playlist: [bowl.flac]}\n\
         - {name: b, length: 3m, playlist: [bowl.flac], crossfade: 5s}\n",
    );
    assert_eq!(session.music.loudness, None);
    assert_eq!(session.music.phase_crossfade, Duration::from_secs(25));
    assert_eq!(session.phases[0].crossfade, Duration::ZERO);
    assert_eq!(session.phases[1].crossfade, Duration::from_secs(5));
}

#[test]
fn times_are_counted_from_either_end() {
    let session = with_cues(
        "  - { at: 1:30, remind: x }\n  - { at: end - 3m, remind: x }\n  - { at: end, remind: x }\n  \
         - { every: 5m, remind: x }\n  - { at: start, remind: x }\n",
    );
    let times: Vec<At> = session.phases[0].cues.iter().map(|cue| cue.at).collect();
    let expected = [
        At::Start(Duration::from_secs(90)),
        At::End(3 * MINUTE),
        At::End(Duration::ZERO),
        At::Every(5 * MINUTE),
        At::Start(Duration::ZERO),
    ];
    assert_eq!(times, expected);
}

#[test]
fn who_is_addressed_decides_the_zones() {
    let layout = |to: &str| {
        let cue = format!("  - {{ chime: bowl.flac, to: {to} }}\n  - {{ remind: x }}\n");
        with_cues(&cue).layout
    };
    assert_eq!(with_cues("  - { remind: x }\n").layout, Layout::single());
    assert_eq!(layout("room"), Layout::single());
    assert_eq!(layout("a"), Layout::couple(false));
    assert_eq!(layout("[b, room]"), Layout::couple(true));
    let session = with_cues("  - { chime: bowl.flac, to: [b, a, b] }\n");
    assert_eq!(session.phases[0].cues[0].to, [Listener::A, Listener::B]);
}

#[test]
fn cues_without_a_name_get_a_free_one() {
    let session =
        with_cues("  - { remind: x }\n  - { remind: x, name: calm 1 }\n  - { remind: x }\n");
    let names: Vec<&str> = session.phases[0]
        .cues
        .iter()
        .map(|cue| cue.name.as_str())
        .collect();
    assert_eq!(names, ["calm 2", "calm 1", "calm 3"]);
}

#[test]
fn words_of_yaml_are_texts_here() {
    let session = session(
        "undersong: 1\ntitle: 2024\nphases:\n- {name: no, length: 0:20, music: silence}\n- {name: null, length: 20s, music: silence}\n",
    );
    assert_eq!(session.title, "2024");
    assert_eq!(session.phases[0].name, "no");
    assert_eq!(session.phases[0].length, Duration::from_secs(20));
    assert_eq!(session.phases[1].name, "null");
}

#[test]
fn a_script_is_known_by_its_bytes() {
    let text = "undersong: 1\nphases: [{name: a, length: 20s, music: silence}]\n";
    let hash = session(text).hash;
    assert_eq!(hash, blake3::hash(text.as_bytes()).to_hex().to_string());
}

#[test]
fn no_cue_is_given_a_name_that_another_one_has_in_other_letters() {
    let session = with_cues("  - { chime: bowl.flac }\n  - { name: CALM 1, chime: bowl.flac }\n");
    let names = session.phases[0].cues.iter().map(|cue| cue.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["calm 2", "CALM 1"]);
}
