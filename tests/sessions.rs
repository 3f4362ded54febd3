//! Random sessions, rendered from files to samples and judged there: silence, steps, too loud, the wrong ear, the frame of
//! each cue. What is heard is compared to a sum that uses nothing of the engine.
//!
//! `make sessions SESSIONS=100000 SEED=1`; a seed that failed is played alone with `SESSIONS=1 SEED=`.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::chance::Chance;
use common::dice::Dice;
use common::judge::{Judged, Zone, crossed, misplaced};
use common::pool::Pool;
use common::reference;
use undersong::frame::Frame;
use undersong::player::{Beginning, Player, What};
use undersong::prepare::{Prepared, prepare};
use undersong::time::Frames;
use undersong::timeline::{Course, Timeline};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const PATIENCE: Duration = Duration::from_secs(60);

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// What came out of the engine, zone by zone.
type Sound = Vec<Vec<Frame>>;

/// Plays a session in blocks of any length.
fn play(course: Course, mut block: impl FnMut() -> usize) -> Result<Sound, String> {
    let length = course.timeline().length;
    let (mut player, mut engine) = Player::offline(Beginning::new(course, Frames::ZERO)).unwrap();
    let mut zones = vec![Vec::with_capacity(length.index()); engine.channels() / 2];
    while player.position() < length {
        for happening in player.tick() {
            match happening.what {
                What::Trouble(trouble) => return Err(format!("a file failed: {trouble}")),
                What::Missed(cue) => return Err(format!("{} was missed", cue.name)),
                What::Starved(_) => return Err("a stream ran dry".to_owned()),
                _ => {}
            }
        }
        let frames = (length - player.position()).index().min(block());
        if !player.wait_ready(Frames::from(frames), PATIENCE) {
            return Err("a file does not come".to_owned());
        }
        let mut out = vec![0.0; frames * engine.channels()];
        engine.render(&mut out);
        for frame in out.chunks_exact(engine.channels()) {
            for (zone, pair) in zones.iter_mut().zip(frame.as_chunks().0) {
                zone.push(*pair);
            }
        }
    }
    Ok(zones)
}

struct Sessions {
    pool: Pool,
}

/// Spoils what is played, not what it is judged by.
type Spoil<'a> = &'a dyn Fn(&mut Timeline);

/// A session that was played, and all that judges it.
struct Session {
    chance: Chance,
    prepared: Prepared,
    sum: Vec<Vec<[f64; 2]>>,
    heard: Sound,
}

/// Blocks of another length give the same samples.
fn other_blocks(session: &Session) -> Option<String> {
    let again = play(session.prepared.written(), || 8_192);
    let other = match again {
        Ok(again) => again != session.heard,
        Err(error) => return Some(error),
    };
    other.then(|| "blocks of another length give other samples".to_owned())
}

impl Sessions {
    fn prepare(&self, seed: u64, script: &str, chance: &Chance) -> Prepared {
        let path = self.pool.path(&format!("{seed}.yaml"));
        std::fs::write(&path, script).unwrap();
        let prepared = prepare(&path, chance.rate, &self.pool.cache, &|_| ());
        self.pool.forget_crossfades();
        std::fs::remove_file(&path).unwrap();
        prepared.unwrap_or_else(|m| panic!("{}\n{script}", common::stage::sentences(&m)))
    }

    /// What a seed stands for.
    fn chance(&self, seed: u64) -> Chance {
        let mut chance = Chance::new(seed);
        let bare = self.prepare(seed, &chance.script(None), &chance);
        chance.add_cues(&bare.timeline);
        chance
    }

    /// The same, as somebody could play it again.
    fn script(&self, seed: u64) -> String {
        let chance = self.chance(seed);
        format!("# at {}\n{}", chance.rate, chance.script(None))
    }

    /// Plays a session; `spoil` plays another one than is judged.
    fn session(&self, seed: u64, spoil: Spoil) -> Result<Session, String> {
        let chance = self.chance(seed);
        let prepared = self.prepare(seed, &chance.script(None), &chance);
        let mut played = Timeline::clone(&prepared.timeline);
        spoil(&mut played);
        let course = Course::written(
            Arc::clone(&prepared.session),
            Arc::clone(&prepared.library),
            Arc::new(played),
        );
        let mut dice = Dice::new(seed);
        let heard = play(course, || 1 + (dice.unit() * 4_000.0) as usize)?;
        Ok(Session {
            sum: reference::mix(&prepared, &self.pool),
            chance,
            prepared,
            heard,
        })
    }

    /// Everything that must hold.
    fn judge(&self, seed: u64, session: &Session, judged: &mut Judged) -> Vec<String> {
        let timeline = &*session.prepared.timeline;
        let mut faults = misplaced(timeline, session.chance.due());
        faults.extend(crossed(timeline, &self.pool, judged));
        for (at, heard) in session.heard.iter().enumerate() {
            let zone = Zone {
                name: format!("zone {at}"),
                timeline,
                sum: &session.sum[at],
                heard,
            };
            faults.extend(zone.not_too_loud(judged));
            faults.extend(zone.is_the_sum(judged));
            faults.extend(zone.has_no_silence(&self.pool, judged));
        }
        if seed.is_multiple_of(5) {
            faults.extend(other_blocks(session));
        }
        faults.extend(self.ears(seed, session));
        faults
    }

    /// What is for one listener alone changes not a bit of what the others hear.
    fn ears(&self, seed: u64, session: &Session) -> Vec<String> {
        let Some(one) = session.chance.addressed() else {
            return Vec::new();
        };
        let without = session.chance.script(Some(one));
        let without = self.prepare(seed, &without, &session.chance);
        let alone = match play(without.written(), || 8_192) {
            Ok(alone) => alone,
            Err(error) => return vec![error],
        };
        let (with, without) = (&session.prepared.timeline.layout, &without.timeline.layout);
        let mut faults = Vec::new();
        for zone in with.zones() {
            let listener = with.listener(zone).unwrap();
            if listener == one {
                continue;
            }
            // Where nobody is addressed any more there is one zone for all.
            let only = session.chance.addresses_only(one);
            let all = || without.zones().next().filter(|_| only);
            let Some(same) = without.zone(listener).or_else(all) else {
                continue;
            };
            let heard = session.heard[zone.index()].iter();
            let mut pairs = heard.zip(&alone[same.index()]);
            let other = pairs.position(|(a, b)| a != b);
            faults.extend(
                other.map(|at| format!("{listener} hears what is for {one} at frame {at}")),
            );
        }
        faults
    }
}

#[test]
fn random_sessions_hold_what_must_always_hold() {
    let sessions = Sessions { pool: Pool::new() };
    let (count, first) = (setting("SESSIONS", 1_000), setting("SEED", 1));
    println!("SEED={first} SESSIONS={count}");
    let next = AtomicU64::new(first);
    let work = || {
        let (mut all, mut judged) = (Vec::new(), Judged::default());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count || all.len() > 5 {
                return (all, judged);
            }
            let faults = match sessions.session(seed, &|_| ()) {
                Ok(session) => sessions.judge(seed, &session, &mut judged),
                Err(error) => vec![error],
            };
            if !faults.is_empty() {
                println!("SEED={seed} {faults:#?}\n{}", sessions.script(seed));
                all.push(seed);
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let (failed, judged) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = (Vec::new(), Judged::default());
        for thread in threads {
            let (failed, judged) = thread.join().unwrap();
            all.0.extend(failed);
            all.1 += judged;
        }
        all
    });
    println!("{judged:?}");
    assert!(
        failed.is_empty(),
        "play them alone with SESSIONS=1 SEED=: {failed:?}"
    );
    if count < 100 {
        return;
    }
    // Of many the judges saw enough.
    assert!(judged.compared * 2 > judged.frames, "{judged:?}");
    assert!(judged.alike as u64 * 50 > count, "{judged:?}");
    assert!(
        judged.windows as u64 > count * 10 && judged.loud as u64 * 20 > count,
        "{judged:?}"
    );
}

/// The first session from a seed on in which what is to be spoilt is there; what its judges say of it, spoilt.
fn spoilt(
    sessions: &Sessions,
    fits: &dyn Fn(&Session) -> bool,
    timeline: Spoil,
    samples: &dyn Fn(&mut Sound),
) -> String {
    for seed in 1..500 {
        let session = sessions.session(seed, &|_| ()).unwrap();
        if !fits(&session) {
            continue;
        }
        let mut session = sessions.session(seed, timeline).unwrap();
        samples(&mut session.heard);
        let mut faults = sessions.judge(seed, &session, &mut Judged::default());
        faults.extend(other_blocks(&session));
        return faults.join("; ");
    }
    panic!("no session fits");
}

#[test]
fn the_judges_find_what_is_wrong() {
    let sessions = Sessions { pool: Pool::new() };
    let timeline = |session: &Session| Arc::clone(&session.prepared.timeline);
    let soft = |session: &Session| session.sum[0].iter().all(|f| f[0].abs() < 0.2);
    let music = |session: &Session| !timeline(session).phases[0].silent && soft(session);
    let of_samples = |spoil: &dyn Fn(&mut Sound)| spoilt(&sessions, &music, &|_| (), spoil);
    let of_timeline =
        |fits: &dyn Fn(&Session) -> bool, spoil: Spoil| spoilt(&sessions, fits, spoil, &|_| ());

    let step = of_samples(&|sound| sound[0][30_000][1] += 0.001);
    assert!(step.contains("instead of"), "{step}");
    assert!(step.contains("at frame 30000"), "{step}");
    assert!(step.contains("other samples"), "{step}");
    let silence = of_samples(&|sound| sound[0][40_000..60_000].fill([0.0; 2]));
    assert!(silence.contains("50 ms of silence"), "{silence}");
    let wild = of_samples(&|sound| sound[0][7] = [f32::NAN, 0.0]);
    assert!(wild.contains("too loud at frame 7"), "{wild}");
    let late = of_samples(&|sound| sound[0].rotate_right(1));
    assert!(late.contains("instead of"), "{late}");

    let loud = |session: &Session| session.heard[0].iter().any(|f| f[0].abs() > 0.48);
    let louder = |sound: &mut Sound| {
        for frame in &mut sound[0] {
            *frame = frame.map(|sample| sample * 1.1);
        }
    };
    let louder = spoilt(&sessions, &loud, &|_| (), &louder);
    assert!(louder.contains("too loud"), "{louder}");
    assert!(louder.contains("true peak"), "{louder}");

    let cued = |session: &Session| soft(session) && timeline(session).cues.len() > 2;
    let late = of_timeline(&cued, &|timeline| timeline.cues[0].at += Frames(1));
    assert!(late.contains("instead of"), "{late}");
    let softer = of_timeline(&music, &|timeline| timeline.clips[0].gain.0 *= 0.99);
    assert!(softer.contains("instead of"), "{softer}");
    let one = timeline(&sessions.session(1, &|_| ()).unwrap());
    let moved = misplaced(&one, [("cue 0".to_owned(), Frames(1_234_567))].into_iter());
    assert!(moved[0].contains("instead of"), "{moved:?}");

    let private = |session: &Session| {
        let of = timeline(session);
        let second = of.layout.zones().nth(1);
        let own = of.cues.first().zip(second);
        let private = own.is_some_and(|(cue, zone)| !cue.zones.contains(zone));
        private
            && session
                .chance
                .addressed()
                .is_some_and(|it| session.chance.addresses_only(it))
    };
    let leak = of_timeline(&private, &|timeline| {
        timeline.cues[0].zones = timeline.layout.all();
    });
    assert!(leak.contains("hears what is for"), "{leak}");
}
