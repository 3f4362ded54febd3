use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::fade::{Correlation, Fade};
use crate::level::{Decibels, Gain, Loudness};
use crate::library::Facts;
use crate::time::{Frames, Rate};
use crate::timeline::model::{BedChoice, Clip, CueId, CueSort, PhaseSpan, PlacedCue, Wish};
use crate::zone::Layout;

const RATE: Rate = Rate::DEFAULT;

fn seconds(seconds: u64) -> Frames {
    RATE.frames(Duration::from_secs(seconds))
}

/// Tracks of 50 s and a cue in each, in phases of ten tracks.
fn session(tracks: u64) -> (Timeline, Library) {
    let layout = Layout::couple(true);
    let track: Arc<Path> = Path::new("a.wav").into();
    let facts = Facts {
        seconds: (0..60).map(|s| Loudness(-30.0 + (s % 7) as f32)).collect(),
        ..Facts::silent(RATE, seconds(60))
    };
    let fade = Fade::equal_power(seconds(7));
    let clips = (0..tracks).map(|n| Clip {
        track: Arc::clone(&track),
        title: format!("A piece with a title, number {n}"),
        from: seconds(n * 43),
        length: seconds(50),
        offset: Frames::ZERO,
        fade_in: fade,
        fade_out: fade,
        gain: Gain::UNITY,
        zones: layout.all(),
        joined: false,
        turn: None,
    });
    let cues = (0..tracks).map(|n| PlacedCue {
        id: CueId {
            phase: 0,
            cue: n as usize,
            time: 0,
            again: 0,
        },
        name: format!("cue {n}"),
        sort: [
            CueSort::Chime,
            CueSort::Voice,
            CueSort::Say,
            CueSort::Remind,
        ][n as usize % 4],
        at: seconds(n * 43 + 9),
        length: seconds(5),
        zones: layout.all(),
        sound: None,
        text: Some(format!("Words that are said the {n}th time")),
        gain: Gain::UNITY,
        fade_in: Fade::NONE,
        fade_out: Fade::NONE,
        ducks: false,
        asked: seconds(n * 43 + 9),
        by_hand: false,
    });
    let phases = (0..tracks.div_ceil(10)).map(|n| PhaseSpan {
        number: n as usize,
        name: format!("phase {n}"),
        from: seconds(n * 430),
        length: seconds(430),
        hold: n % 3 == 0,
        wish: Wish {
            lengths: [seconds(430); 3],
            open: false,
            intensity: None,
        },
        silent: false,
        level: Decibels(-1.0),
    });
    let timeline = Timeline {
        title: "Long".into(),
        script: "0123456789abcdef".into(),
        rate: RATE,
        length: seconds(tracks * 43 + 7),
        phases: phases.collect(),
        clips: clips.collect(),
        cues: cues.collect(),
        ducks: Vec::new(),
        levels: Vec::new(),
        speaking: None,
        bed: BedChoice {
            file: None,
            gain: Gain::UNITY,
        },
        layout,
    };
    (timeline, Library::known([(PathBuf::from("a.wav"), facts)]))
}

#[test]
fn a_session_of_a_thousand_tracks_stays_small() {
    let (timeline, library) = session(1_000);
    let begun = std::time::Instant::now();
    let svg = svg(&timeline, &library);
    println!("{} bytes in {:?}", svg.len(), begun.elapsed());
    assert!(svg.len() < 1_000_000, "{} bytes", svg.len());
    assert_eq!(
        svg.matches("class=\"hill").count(),
        1_001,
        "and the legend's"
    );
}

#[test]
fn every_number_is_a_number_at_every_length() {
    for tracks in [0, 1, 2, 13] {
        let (mut timeline, library) = session(tracks);
        let svg = svg(&timeline, &library);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        timeline.clips.clear();
        timeline.length = Frames(1);
        let svg = super::svg(&timeline, &Library::default());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn a_hill_is_as_high_as_it_is_heard_to_be_loud() {
    let [loud, soft] = [Loudness(-20.0), Loudness(-30.0)];
    assert_eq!(loudness::height(loud, loud), 1.0);
    assert!((loudness::height(soft, loud) - 0.5).abs() < 1e-9);
    assert_eq!(loudness::height(Loudness(f32::NEG_INFINITY), loud), 0.0);
}

/// What two that are alike take from themselves as they cross, they add to each other.
#[test]
fn a_crossing_is_seen_as_it_is_heard_however_alike_the_pieces_are() {
    let (mut timeline, library) = session(3);
    let scale = Scale::new(RATE, timeline.length, LEFT, RIGHT);
    let of_others = loudness::curves(&timeline, &library, &scale);
    let fade = Fade::crossing(seconds(7), Correlation::new(1.0));
    for clip in &mut timeline.clips {
        (clip.fade_in, clip.fade_out) = (fade, fade);
    }
    assert_eq!(loudness::curves(&timeline, &library, &scale), of_others);
}
