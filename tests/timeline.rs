//! Whatever a script asks for, the timeline leaves no hole, breaks no fade and forgets no cue.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use undersong::fade::Ramp;
use undersong::level::{Decibels, Gain, Loudness};
use undersong::library::{Facts, Library};
use undersong::mistake::Place;
use undersong::playlist::{Order, Playlist, Track};
use undersong::script::{At, Content, Cue, CueKind, Music, Phase, Seek, Session, Sound, Voice};
use undersong::time::{Frames, Rate};
use undersong::timeline::{Timeline, compose};
use undersong::zone::{Layout, Listener};

fn place() -> Place {
    Place::unread(Path::new("session.yaml"))
}

/// A track of a length in milliseconds at a rate, without its file.
fn facts(rate: u32, milliseconds: u64, head: u64) -> Facts {
    let rate = Rate::new(rate).unwrap();
    let frames = rate.frames(Duration::from_millis(milliseconds));
    let head = rate.frames(Duration::from_millis(head.min(milliseconds / 4)));
    Facts {
        loudness: Some(Loudness(-20.0)),
        true_peak: Gain(0.5),
        short_term: vec![Loudness(-20.0); (milliseconds / 1000 + 1) as usize],
        head,
        ..Facts::silent(rate, frames)
    }
}

#[derive(Debug, Clone)]
struct Plan {
    tracks: Vec<(u32, u64, u64)>,
    phases: Vec<PhasePlan>,
    crossfade: u64,
    phase_crossfade: u64,
    fade_in: u64,
    fade_out: u64,
    seed: u64,
}

#[derive(Debug, Clone)]
struct PhasePlan {
    seconds: u64,
    shorter: u64,
    longer: u64,
    silent: bool,
    shuffle: bool,
    cues: Vec<(u64, bool, u64, u8)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let rates = prop::sample::select(vec![44_100_u32, 48_000, 96_000, 37_800]);
    let track = (rates, 1_400_u64..400_000, 0_u64..3_000);
    let cue = (0_u64..600, any::<bool>(), 0_u64..60, 0_u8..3);
    let phase = (
        10_u64..900,
        0_u64..300,
        0_u64..300,
        prop::bool::weighted(0.15),
        any::<bool>(),
        prop::collection::vec(cue, 0..4),
    )
        .prop_map(
            |(seconds, shorter, longer, silent, shuffle, cues)| PhasePlan {
                seconds,
                shorter,
                longer,
                silent,
                shuffle,
                cues,
            },
        );
    (
        prop::collection::vec(track, 1..7),
        prop::collection::vec(phase, 1..6),
        prop_oneof![Just(0_u64), 1_u64..60_000],
        0_u64..40_000,
        0_u64..10_000,
        0_u64..30_000,
        any::<u64>(),
    )
        .prop_map(
            |(tracks, phases, crossfade, phase_crossfade, fade_in, fade_out, seed)| Plan {
                tracks,
                phases,
                crossfade,
                phase_crossfade,
                fade_in,
                fade_out,
                seed,
            },
        )
}

#[allow(clippy::too_many_lines, reason = "a whole session, written out")]
fn session(plan: &Plan) -> (Session, Library) {
    let ms = Duration::from_millis;
    let name = |at: usize| PathBuf::from(format!("{at}.flac"));
    let mut files: Vec<(PathBuf, Facts)> = plan
        .tracks
        .iter()
        .enumerate()
        .map(|(at, (rate, length, head))| (name(at), facts(*rate, *length, *head)))
        .collect();
    files.push(("word.flac".into(), facts(48_000, 4_321, 0)));
    let tracks = (0..plan.tracks.len()).map(|at| Track {
        path: name(at),
        intensity: None,
        gain: Decibels::ZERO,
        place: place(),
    });
    let tracks: Vec<Track> = tracks.collect();
    let phases = plan.phases.iter().enumerate().map(|(at, phase)| {
        let length = Duration::from_secs(phase.seconds);
        let cues = phase
            .cues
            .iter()
            .enumerate()
            .map(|(n, (second, from_end, within, to))| {
                let second = Duration::from_secs(second % phase.seconds);
                Cue {
                    name: format!("{at} {n}"),
                    at: if *from_end {
                        At::End(second)
                    } else {
                        At::Start(second)
                    },
                    kind: CueKind::Voice {
                        sound: Sound {
                            path: "word.flac".into(),
                            place: place(),
                        },
                    },
                    to: match to {
                        0 => vec![],
                        1 => vec![Listener::A],
                        _ => vec![Listener::B],
                    },
                    seek: if within % 2 == 0 {
                        Seek::Quiet
                    } else {
                        Seek::Nearest
                    },
                    within: Duration::from_secs(*within),
                    level: Decibels::ZERO,
                    place: place(),
                }
            });
        Phase {
            name: format!("phase {at}"),
            length,
            min: Some(
                length
                    .saturating_sub(Duration::from_secs(phase.shorter))
                    .max(Duration::from_secs(5)),
            ),
            max: Some(length + Duration::from_secs(phase.longer)),
            content: if phase.silent {
                Content::Silence
            } else {
                Content::Playlist(Arc::new(Playlist {
                    name: "list".into(),
                    tracks: tracks.clone(),
                    order: if phase.shuffle {
                        Order::Shuffle
                    } else {
                        Order::Listed
                    },
                    place: place(),
                }))
            },
            level: Decibels::ZERO,
            crossfade: ms(plan.crossfade),
            hold: false,
            cues: cues.collect(),
            place: place(),
            length_place: place(),
        }
    });
    let session = Session {
        title: "Random".into(),
        seed: plan.seed,
        music: Music {
            loudness: Some(Loudness(-23.0)),
            crossfade: ms(plan.crossfade),
            phase_crossfade: ms(plan.phase_crossfade),
            fade_in: ms(plan.fade_in),
            fade_out: ms(plan.fade_out),
            bed: None,
        },
        voice: Voice {
            over_music: Decibels(12.0),
        },
        phases: phases.collect(),
        layout: Layout::couple(false),
        place: place(),
        hash: String::new(),
    };
    (session, Library::known(files))
}

fn assert_phases_follow_each_other(plan: &Plan, timeline: &Timeline) -> Result<(), TestCaseError> {
    let mut at = Frames::ZERO;
    for (span, asked) in timeline.phases.iter().zip(&plan.phases) {
        prop_assert_eq!(span.from, at);
        at = span.end();
        let seconds = timeline.rate.seconds(span.length);
        let (least, most) = (
            (asked.seconds.saturating_sub(asked.shorter).max(5)) as f64 - 0.51,
            (asked.seconds + asked.longer) as f64 + 0.51,
        );
        prop_assert!(
            least <= seconds && seconds <= most,
            "{} s, asked {:?}",
            seconds,
            asked
        );
    }
    prop_assert!(timeline.length >= at);
    Ok(())
}

/// Wherever a phase has music, some clip sounds; and no fade is longer than its clip.
fn assert_music_has_no_hole(timeline: &Timeline) -> Result<(), TestCaseError> {
    for phase in timeline.phases.iter().filter(|phase| !phase.silent) {
        let mut at = phase.from;
        while at < phase.end() {
            let until = timeline
                .clips_at(at)
                .map(undersong::timeline::Clip::end)
                .max();
            prop_assert!(until.is_some(), "nothing sounds at {:?} in {:?}", at, phase);
            at = until.unwrap_or(at);
        }
    }
    for clip in &timeline.clips {
        prop_assert!(clip.length > Frames::ZERO);
        prop_assert!(
            clip.fade_in.length + clip.fade_out.length <= clip.length,
            "{:?}",
            clip
        );
    }
    Ok(())
}

/// Where two clips overlap, one goes exactly while the other comes; where they do not, they touch.
fn assert_fades_meet(timeline: &Timeline) -> Result<(), TestCaseError> {
    for pair in timeline.clips.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let silence_between = timeline
            .phases
            .iter()
            .any(|phase| phase.silent && phase.from < after.from && phase.end() >= before.end());
        if silence_between {
            continue;
        }
        prop_assert!(
            after.from <= before.end(),
            "a hole between {:?} and {:?}",
            before,
            after
        );
        let overlap = before.end() - after.from;
        prop_assert_eq!(overlap, after.fade_in.length, "{:?} {:?}", before, after);
        prop_assert_eq!(overlap, before.fade_out.length, "{:?} {:?}", before, after);
    }
    Ok(())
}

/// Every cue comes in its own phase, as near to the asked place as it may be; only what lies behind the phase's end is
/// left out.
fn assert_cues_are_there(plan: &Plan, timeline: &Timeline) -> Result<(), TestCaseError> {
    let second = u64::from(timeline.rate.hertz());
    for (number, (phase, span)) in plan.phases.iter().zip(&timeline.phases).enumerate() {
        for (n, (at, from_end, within, _)) in phase.cues.iter().enumerate() {
            let at = Frames(at % phase.seconds * second);
            let asked = if *from_end {
                (span.end() - at).max(span.from)
            } else {
                span.from + at
            };
            let name = format!("{number} {n}");
            let placed = timeline.cues.iter().find(|cue| cue.name == name);
            let Some(cue) = placed else {
                prop_assert!(asked > span.end(), "{} is lost", name);
                continue;
            };
            prop_assert_eq!(cue.asked, asked);
            prop_assert!(cue.at.0.abs_diff(asked.0) <= within * second);
            prop_assert!(span.from <= cue.at && cue.at <= span.end());
            prop_assert!(cue.at == asked || cue.end() <= span.end(), "{:?}", cue);
        }
    }
    prop_assert!(
        timeline
            .cues
            .windows(2)
            .all(|pair| pair[0].at <= pair[1].at)
    );
    Ok(())
}

/// The ramps of a zone follow each other, each from where the last one ended.
fn assert_ducks_are_smooth(timeline: &Timeline) -> Result<(), TestCaseError> {
    for zone in timeline.layout.zones() {
        let ramps: Vec<&Ramp> = timeline
            .ducks
            .iter()
            .filter(|(of, _)| *of == zone)
            .map(|(_, ramp)| ramp)
            .collect();
        for pair in ramps.windows(2) {
            prop_assert!(pair[0].end() <= pair[1].from, "{:?} {:?}", pair[0], pair[1]);
            prop_assert_eq!(pair[0].target, pair[1].start);
        }
        if let Some(last) = ramps.last() {
            prop_assert_eq!(last.target, Gain::UNITY);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_session_is_whole(plan in plan(), hertz in prop::sample::select(vec![48_000_u32, 44_100])) {
        let rate = Rate::new(hertz).unwrap();
        let (session, library) = session(&plan);
        let timeline = compose(&session, &library, rate).unwrap().timeline;
        assert_phases_follow_each_other(&plan, &timeline)?;
        assert_music_has_no_hole(&timeline)?;
        assert_fades_meet(&timeline)?;
        assert_cues_are_there(&plan, &timeline)?;
        assert_ducks_are_smooth(&timeline)?;
        prop_assert_eq!(&timeline, &compose(&session, &library, rate).unwrap().timeline);
    }
}
