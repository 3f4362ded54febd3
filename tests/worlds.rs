//! Sessions in a world where everything goes wrong, by the seed: disks that stall and fail, paper that is full or hangs,
//! devices that go away, a program that is killed, and somebody who presses every button. What must always hold, holds.
//!
//! `make worlds SESSIONS=1000` plays that many of three hours each; `SEED=` begins elsewhere.

mod common;

use common::ears::{Ears, Expected};
use common::sounds::sine;
use common::world::{Story, Weather};
use common::worlds::{Worlds, rate};
use undersong::time::Frames;

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// So bad, in so short a session, as never in a room.
const STORM: Weather = Weather {
    changes: 9.0,
    stalls: 110.0,
    papers: 130.0,
    losses: 60.0,
    kills: 170.0,
};

/// A bad day in three hours.
const BAD_DAY: Weather = Weather {
    changes: 60.0,
    stalls: 900.0,
    papers: 1_500.0,
    losses: 1_200.0,
    kills: 2_500.0,
};

#[test]
fn whatever_goes_wrong_what_must_always_hold_holds() {
    let worlds = Worlds::new();
    let (sessions, first) = (setting("SESSIONS", 12), setting("SEED", 1));
    let hours = std::env::var_os("HOURS").is_some();
    let (minutes, weather) = if hours {
        (180.0, BAD_DAY)
    } else {
        (8.0, STORM)
    };
    let mut all = Story::default();
    for seed in first..first + sessions {
        let story = worlds.play(seed, minutes, weather);
        if hours || !story.faults.is_empty() {
            println!("SEED={seed} {story:?}");
        }
        assert!(
            story.judged > 100,
            "SEED={seed}: hardly anything was judged"
        );
        all.kills += story.kills;
        all.stalls += story.stalls;
        all.losses += story.losses;
        all.changes += story.changes;
        all.cues += story.cues;
        all.left_out += story.left_out;
        all.heard += story.heard;
        all.faults.extend(
            story
                .faults
                .into_iter()
                .map(|fault| format!("SEED={seed}: {fault}")),
        );
    }
    println!("{all:?}");
    assert!(all.faults.is_empty(), "{:#?}", all.faults);
    assert!(all.kills > 0 && all.stalls > 0 && all.losses > 0 && all.changes > 20 && all.cues > 0);
}

#[test]
fn the_ears_find_what_is_wrong() {
    let mut tone = sine(50.0, -20.0, 8_000, 16_000);
    for (at, frame) in tone.iter_mut().enumerate().take(800) {
        *frame = frame.map(|sample| sample * at as f32 / 800.0);
    }
    let four: Vec<f32> = tone
        .iter()
        .flat_map(|frame| [frame[0], frame[1], frame[0], frame[1]])
        .collect();
    let hear = |spoil: &dyn Fn(&mut [f32]), expected: Expected| {
        let mut sound = four.clone();
        spoil(&mut sound);
        let mut ears = Ears::new(rate());
        for (number, block) in sound.chunks(4 * 331).enumerate() {
            ears.hear(Frames(331 * number as u64), block, expected);
        }
        ears.faults.join("; ")
    };
    let music = Expected {
        music: true,
        still: [false; 2],
    };
    assert_eq!(hear(&|_| (), music), "");
    assert!(hear(&|sound| sound[4 * 9_000 + 2] += 0.0012, music).contains("a step at frame 9000"));
    assert!(hear(&|sound| sound[4 * 9_000] = f32::NAN, music).contains("too loud at frame 9000"));
    assert!(hear(&|sound| sound[4 * 9_000 + 3] = 0.6, music).contains("too loud"));
    let silence = |sound: &mut [f32]| {
        for frame in sound.chunks_exact_mut(4).skip(5_000).take(900) {
            frame[2..].fill(0.0);
        }
    };
    assert!(hear(&silence, music).contains("50 ms of silence"));
    let still = Expected {
        music: false,
        still: [false, true],
    };
    assert!(hear(&|_| (), still).contains("sound where there is to be none at frame"));
}
