//! Sessions of any kind, without their files: for what must hold whatever a script asks for.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use undersong::level::{Decibels, Gain, Loudness};
use undersong::library::{Facts, Library};
use undersong::mistake::Place;
use undersong::playlist::{Order, Playlist, Track};
use undersong::script::{At, Content, Cue, CueKind, Music, Phase, Seek, Session, Sound, Voice};
use undersong::time::Rate;
use undersong::zone::{Layout, Listener};

pub fn place() -> Place {
    Place::unread(Path::new("session.yaml"))
}

/// A track of a length in milliseconds at a rate, without its file.
pub fn facts(rate: u32, milliseconds: u64, head: u64) -> Facts {
    let rate = Rate::new(rate).unwrap();
    let frames = rate.frames(Duration::from_millis(milliseconds));
    let head = rate.frames(Duration::from_millis(head.min(milliseconds / 4)));
    Facts {
        loudness: Some(Loudness(-20.0)),
        true_peak: Gain(0.5),
        seconds: vec![Loudness(-20.0); (milliseconds / 1000 + 1) as usize],
        head,
        ..Facts::silent(rate, frames)
    }
}

/// How long a track may be silent at first, in milliseconds: two of them are no silence of 5 s, which is refused.
pub const HEADS: Range<u64> = 0..2_400;

#[derive(Debug, Clone)]
pub struct Plan {
    pub tracks: Vec<(u32, u64, u64)>,
    pub phases: Vec<PhasePlan>,
    pub crossfade: u64,
    pub phase_crossfade: u64,
    pub fade_in: u64,
    pub fade_out: u64,
    pub seed: u64,
}

#[derive(Debug, Clone)]
pub struct PhasePlan {
    pub seconds: u64,
    pub shorter: u64,
    pub longer: u64,
    pub silent: bool,
    pub shuffle: bool,
    pub cues: Vec<(u64, bool, u64, u8)>,
    /// 0 for no reminder, up to 30 for one at the phase's start, else one every so many seconds less 20.
    pub reminder: u64,
}

impl PhasePlan {
    /// Of so many seconds, with music and nothing else.
    pub const fn plain(seconds: u64) -> Self {
        Self {
            seconds,
            shorter: 0,
            longer: 0,
            silent: false,
            shuffle: false,
            cues: Vec::new(),
            reminder: 0,
        }
    }
}

pub fn plan() -> impl Strategy<Value = Plan> {
    let rates = prop::sample::select(vec![44_100_u32, 48_000, 96_000, 37_800]);
    let track = (rates, 1_400_u64..400_000, HEADS);
    let cue = (0_u64..600, any::<bool>(), 0_u64..60, 0_u8..3);
    let phase = (
        10_u64..900,
        0_u64..300,
        0_u64..300,
        prop::bool::weighted(0.15),
        any::<bool>(),
        prop::collection::vec(cue, 0..4),
        0_u64..60,
    )
        .prop_map(
            |(seconds, shorter, longer, silent, shuffle, cues, reminder)| PhasePlan {
                seconds,
                shorter,
                longer,
                silent,
                shuffle,
                cues,
                reminder,
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

/// The script may say how far a phase may be moved, or leave that to whoever steers.
const fn bounded(seconds: u64) -> bool {
    !seconds.is_multiple_of(3) || seconds == 0
}

#[allow(clippy::too_many_lines, reason = "a whole session, written out")]
pub fn session(plan: &Plan) -> (Session, Library) {
    let ms = Duration::from_millis;
    let name = |at: usize| PathBuf::from(format!("{at}.flac"));
    let mut files: Vec<(PathBuf, Facts)> = plan
        .tracks
        .iter()
        .enumerate()
        .map(|(at, (rate, length, head))| (name(at), facts(*rate, *length, *head)))
        .collect();
    files.push(("word.flac".into(), facts(48_000, 4_321, 0)));
    // What is too short for music stands in the playlists, too, and may be the only one of its intensity.
    let scrap = PathBuf::from("scrap.flac");
    files.push((scrap.clone(), facts(48_000, 500, 0)));
    let names = (0..plan.tracks.len()).map(name).chain([scrap]);
    let tracks = names.enumerate().map(|(at, path)| Track {
        path,
        title: None,
        intensity: Some(at as u8 % 5 + 1),
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
        let reminder = (phase.reminder > 0).then(|| Cue {
            name: format!("{at} reminder"),
            at: match phase.reminder {
                0..=30 => At::Start(Duration::ZERO),
                more => At::Every(Duration::from_secs(more - 20)),
            },
            kind: CueKind::Remind {
                text: "look at both".into(),
            },
            to: vec![],
            seek: Seek::Nearest,
            within: Duration::ZERO,
            level: Decibels::ZERO,
            place: place(),
        });
        Phase {
            name: format!("phase {at}"),
            length,
            min: bounded(phase.shorter).then(|| {
                length
                    .saturating_sub(Duration::from_secs(phase.shorter))
                    .max(Duration::from_secs(5))
            }),
            max: bounded(phase.longer).then(|| length + Duration::from_secs(phase.longer)),
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
                    left_out: Vec::new(),
                    place: place(),
                }))
            },
            level: Decibels::ZERO,
            crossfade: ms(plan.crossfade),
            hold: phase.seconds.is_multiple_of(5),
            cues: cues.chain(reminder).collect(),
            place: place(),
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
            largest_step: Decibels(4.0),
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
