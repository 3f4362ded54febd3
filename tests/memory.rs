//! What a session holds in memory hardly grows with the time it plays and with what is done to it.

mod common;

use std::time::Duration;

use assert_no_alloc::AllocDisabler;
use cap::Cap;

use common::stage::Stage;
use common::world::script::{files, session};
use common::world::{Weather, World};
use undersong::library::Cache;
use undersong::prepare::prepare;
use undersong::time::Rate;

#[global_allocator]
static MEMORY: Cap<AllocDisabler> = Cap::new(AllocDisabler, usize::MAX);

/// Nothing goes wrong, and somebody presses a button all the time.
const RESTLESS: Weather = Weather {
    changes: 2.0,
    stalls: f64::INFINITY,
    papers: f64::INFINITY,
    losses: f64::INFINITY,
    kills: f64::INFINITY,
};
const MINUTES: f64 = 180.0;
/// Bytes an hour: the timeline remembers every clip that sounded, and a change adds clips.
const MOST: f64 = 300.0 * 1024.0;

#[test]
fn changes_all_the_time_leave_next_to_nothing_behind() {
    let rate = Rate::new(8_000).unwrap();
    let stage = Stage::new();
    files(&stage);
    std::fs::create_dir(stage.path("journals")).unwrap();
    let path = stage.path("session.yaml");
    std::fs::write(&path, session(7, MINUTES)).unwrap();
    let cache = Cache::at(&stage.path("cache"));
    let prepared = prepare(&path, rate, &cache, &|_| ());
    let prepared = prepared.unwrap_or_else(|it| panic!("{}", common::stage::sentences(&it)));
    let world = World::new(&prepared, &stage.path("journals"), 7, RESTLESS);
    // The least of each ten minutes: what comes and goes with a stream or a cue does not count.
    let stretch = rate.frames(Duration::from_secs(600));
    let mut floors = Vec::new();
    let most = rate.frames(Duration::from_secs_f64(MINUTES * 60.0));
    let story = world.run_watched(most, |now| {
        let number = (now.0 / stretch.0) as usize;
        floors.resize(floors.len().max(number + 1), usize::MAX);
        floors[number] = floors[number].min(MEMORY.allocated());
    });
    // What is prepared is let go within the first, and the last may be short.
    let settled = &floors[1..floors.len() - 1];
    let kib: Vec<_> = settled.iter().map(|bytes| bytes >> 10).collect();
    println!("{} changes, KiB {kib:?}", story.changes);
    assert!(
        story.changes > 500 && settled.len() > 5,
        "too little was seen"
    );
    let [first, .., last] = settled[..] else {
        unreachable!()
    };
    let hours = (settled.len() - 1) as f64 / 6.0;
    let grown = (last as f64 - first as f64) / hours;
    assert!(grown < MOST, "{:.0} KiB an hour: {kib:?}", grown / 1024.0);
}
