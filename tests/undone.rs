//! What is taken back comes as it was planned: no piece twice, no voice over another, no music in what is silent, and never a
//! hole on the way.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::plans::{PhasePlan, Plan, session};
use undersong::fade::Correlation;
use undersong::level::{Decibels, Gain};
use undersong::time::{Frames, Rate};
use undersong::timeline::{Change, Course, Refusal, Timeline, compose, overlaps};

const RATE: Rate = Rate::DEFAULT;

fn at(seconds: f64) -> Frames {
    RATE.frames(Duration::from_secs_f64(seconds))
}

/// Pieces of so many seconds, with crossfades of so many milliseconds.
fn course(pieces: &[f64], phases: Vec<PhasePlan>, crossfade: u64) -> Course {
    course_of(pieces, phases, crossfade, Correlation::NONE)
}

/// The same of pieces that are so much alike where they cross.
fn course_of(pieces: &[f64], phases: Vec<PhasePlan>, crossfade: u64, alike: Correlation) -> Course {
    planned(&plan(pieces, phases, crossfade), alike)
}

fn plan(pieces: &[f64], phases: Vec<PhasePlan>, crossfade: u64) -> Plan {
    let pieces = pieces.iter().map(|it| (44_100, (it * 1000.0) as u64, 0));
    Plan {
        tracks: pieces.collect(),
        phases,
        crossfade,
        phase_crossfade: 5_000,
        fade_in: 0,
        fade_out: 0,
        seed: 1,
    }
}

fn planned(plan: &Plan, alike: Correlation) -> Course {
    let (session, library) = session(plan);
    let mut timeline = compose(&session, &library, RATE).unwrap().timeline;
    let overlaps = overlaps(&timeline).into_iter();
    let library = library.with_alike(overlaps.map(|overlap| (overlap, alike)));
    timeline.cross(&library);
    Course::steered(Arc::new(session), Arc::new(library), Arc::new(timeline))
}

/// Steered by each change at its second.
fn steered(mut course: Course, changes: &[(f64, Change)]) -> Course {
    for (seconds, change) in changes {
        course = course.revise(at(*seconds), change).unwrap();
    }
    course
}

/// How loud all pieces are together, apart from their own gains.
fn level(timeline: &Timeline, seconds: f64) -> Decibels {
    let at = at(seconds);
    let part = |clip: &undersong::timeline::Clip| clip.gain_at(at).0 / clip.gain.0;
    let power: f32 = timeline.clips_at(at).map(|it| part(it).powi(2)).sum();
    Gain(power.sqrt()).decibels()
}

fn to(phase: &str) -> Change {
    Change::BringBack {
        to: Some(phase.to_owned()),
    }
}

#[test]
fn a_piece_that_goes_on_without_a_seam_goes_on_so() {
    for (skip, undo) in [(19.84, 20.46), (19.5, 22.0)] {
        let course = course(&[20.0], vec![PhasePlan::plain(601)], 0);
        let course = steered(course, &[(skip, Change::Skip), (undo, Change::Undo)]);
        let clips = &course.timeline().clips;
        let sounds = clips.iter().find(|clip| clip.from == at(20.0)).unwrap();
        let before = clips.iter().find(|clip| clip.end() == at(20.0)).unwrap();
        assert!(sounds.joins(before), "{before:?} {sounds:?}");
    }
}

/// Though the next one is taken back before it began.
#[test]
fn a_piece_that_is_about_to_go_on_without_a_seam_goes_on_so_too() {
    let course = course(&[20.0], vec![PhasePlan::plain(121)], 0);
    let course = steered(course, &[(19.2, Change::Skip), (19.6, Change::Undo)]);
    let gains = [-1, 0].map(|it| level(course.timeline(), 20.0 + f64::from(it) / 48_000.0).0);
    assert!((gains[0] - gains[1]).abs() < 0.01, "{gains:?}");
}

#[test]
fn the_way_back_is_not_forgotten_when_something_else_is_changed() {
    let course = course(&[100.0, 90.0], vec![PhasePlan::plain(601)], 0);
    let changes = [
        (94.0, Change::Skip),
        (97.5, Change::Undo),
        (98.0, Change::Hold),
    ];
    let course = steered(course, &changes);
    let [before, after] = [99.99, 100.01].map(|at| level(course.timeline(), at).0);
    assert!((before - after).abs() < 0.1, "{before} to {after}");
}

#[test]
fn a_piece_that_is_over_is_not_what_sounds() {
    let phases = vec![PhasePlan::plain(601), PhasePlan::plain(601)];
    let course = course(&[5.5, 70.0], phases, 2_000);
    let changes = [
        (30.0, to("phase 1")),
        (40.0, Change::Undo),
        (43.0, Change::Hold),
    ];
    let course = steered(course, &changes);
    let timeline = course.timeline();
    for half in 90..130 {
        let together = level(timeline, f64::from(half) / 2.0);
        assert!(
            together < Decibels(0.5),
            "{together} at {half} half seconds"
        );
    }
}

#[test]
fn a_silence_is_silent_again() {
    let phases = vec![
        PhasePlan::plain(121),
        PhasePlan {
            silent: true,
            ..PhasePlan::plain(601)
        },
        PhasePlan::plain(601),
    ];
    let course = course(&[100.0], phases, 2_000);
    let changes = [(300.0, to("phase 2")), (310.0, Change::Undo)];
    let course = steered(course, &changes);
    let timeline = course.timeline();
    assert!(level(timeline, 309.9) > Decibels(-10.0));
    for seconds in [315.1, 320.0, 390.0, 700.0] {
        let left = level(timeline, seconds);
        assert!(left < Decibels(-100.0), "{left} at {seconds} s");
    }
}

#[test]
fn where_pieces_hardly_cross_one_comes_before_the_other_is_gone() {
    for crossfade in [1, 20, 200, 500, 1_000] {
        for undone in [0.1, 0.5, 0.9] {
            let course = course(&[100.0, 90.0], vec![PhasePlan::plain(601)], crossfade);
            let next = RATE.seconds(course.timeline().clips[1].from);
            let skip = next - 1.01;
            let skipped = steered(course, &[(skip, Change::Skip)]);
            let back = steered(skipped.clone(), &[(skip + undone, Change::Undo)]);
            for (course, from) in [(skipped, skip), (back, skip + undone)] {
                let level = |part: u32| level(course.timeline(), from + f64::from(part) / 100.0);
                let soft = (0..800).filter(|part| level(*part) < Decibels(-12.0));
                let soft = soft.count();
                assert!(soft <= 35, "{soft} hundredths of a second, {crossfade} ms");
            }
        }
    }
}

#[test]
fn no_voice_is_made_up_for_over_another() {
    let cues = vec![(100, false, 0, 0), (111, false, 0, 0)];
    let voiced = PhasePlan {
        cues,
        ..PhasePlan::plain(301)
    };
    let phases = vec![voiced, PhasePlan::plain(601)];
    let course = course(&[400.0], phases, 2_000);
    let changes = [(95.0, to("phase 1")), (105.0, Change::Undo)];
    let course = steered(course, &changes);
    let cues = &course.timeline().cues;
    assert_eq!(cues.len(), 2);
    assert!(cues[0].end() <= cues[1].at, "{cues:?}");
}

#[test]
fn a_voice_stays_where_it_was_though_a_piece_was_skipped_and_taken_back() {
    let voiced = PhasePlan {
        cues: vec![(30, false, 31, 0)],
        ..PhasePlan::plain(121)
    };
    let course = course(&[61.0, 70.0], vec![voiced, PhasePlan::plain(61)], 12_000);
    let planned = course.timeline().cues[0].at;
    for then in [Change::Hold, Change::Skip] {
        let changes = [(5.0, Change::Skip), (8.0, Change::Undo), (9.0, then)];
        let skips = changes[2].1 == Change::Skip;
        let changed = steered(course.clone(), &changes);
        let stands = changed.timeline().cues[0].at;
        assert!(
            skips || stands == planned,
            "{stands:?} instead of {planned:?}"
        );
        assert!(stands > at(20.0), "{stands:?}");
    }
}

#[test]
fn who_is_brought_back_twice_goes_there_already() {
    let phases = vec![PhasePlan::plain(121), PhasePlan::plain(601)];
    let course = course(&[100.0], phases, 2_000);
    let course = steered(course, &[(10.0, to("phase 1"))]);
    let again = course.revise(at(10.3), &to("Phase 1")).err();
    assert_eq!(again, Some(Refusal::GoesThere("phase 1".to_owned())));
    // Long after, who names it means another one.
    let again = course.revise(at(15.0), &to("phase 1")).err();
    assert!(matches!(again, Some(Refusal::NoPhase { .. })), "{again:?}");
}

/// What is alike would swell where it crosses as if it were not.
#[test]
fn beside_what_comes_back_for_its_end_alone_the_others_cross_by_their_own_law() {
    let alike = Correlation::new(0.9);
    let course = course_of(&[20.0], vec![PhasePlan::plain(600)], 13_373, alike);
    let changes = [
        (119.83, Change::Skip),
        (121.05, Change::Undo),
        (125.3, Change::Continue),
    ];
    let course = steered(course, &changes);
    let clips = course.timeline().clips.iter();
    let coming: Vec<_> = clips.filter(|clip| clip.from > at(126.0)).collect();
    assert!(coming.len() > 30, "{coming:?}");
    assert!(coming.iter().all(|clip| clip.fade_in.alike() == alike));
}

/// No hole, and no rise that startles, from one second to another.
fn goes_on(course: &Course, from: f64, to: f64) {
    let places = (to - from) / 0.005;
    let levels =
        (0..places as usize).map(|it| level(course.timeline(), from + it as f64 * 0.005).0);
    let levels: Vec<f32> = levels.collect();
    let least = levels.iter().copied().fold(0.0, f32::min);
    assert!(least > -6.0, "{least} dB: {:?}", course.timeline().clips);
    let rise = levels
        .windows(3)
        .map(|of| of[2] - of[0])
        .fold(0.0, f32::max);
    assert!(
        rise < 3.0,
        "{rise} dB at once: {:?}",
        course.timeline().clips
    );
}

#[test]
fn in_the_last_second_before_phases_change_all_at_once_the_music_goes_on() {
    let phases = vec![PhasePlan::plain(21), PhasePlan::plain(61)];
    for crossfade in [0, 300, 1_000] {
        let plan = Plan {
            phase_crossfade: crossfade,
            ..plan(&[100.0, 90.0], phases.clone(), 0)
        };
        let course = || planned(&plan, Correlation::NONE);
        for last in [19.1, 19.6, 19.9, 20.05, 20.3, 20.7, 20.95] {
            let undone = steered(course(), &[(15.0, Change::Hold), (last, Change::Undo)]);
            goes_on(&undone, 15.0, 30.0);
            goes_on(&steered(course(), &[(last, Change::Skip)]), 15.0, 30.0);
        }
    }
}

/// A piece that is over with its phase has no more to give.
#[test]
fn what_is_skipped_shortly_before_it_is_over_sounds_until_something_else_can() {
    let pieces = |length| Plan {
        tracks: vec![(44_100, length, 0), (44_100, 90_000, 0)],
        phase_crossfade: 21_000_u64.abs_diff(length),
        ..plan(&[], vec![PhasePlan::plain(21), PhasePlan::plain(61)], 0)
    };
    for length in [21_000, 21_300, 21_900] {
        for skip in (1..40).map(|it| 19.003 + f64::from(it) * 0.05) {
            let course = planned(&pieces(length), Correlation::NONE);
            goes_on(&steered(course, &[(skip, Change::Skip)]), 15.0, 30.0);
        }
    }
}

#[test]
fn what_comes_and_is_sent_away_and_comes_again_before_it_is_there_comes_from_silence() {
    let phases = vec![PhasePlan::plain(121), PhasePlan::plain(61)];
    let changes = [
        (5.0, Change::Skip),
        (15.001, Change::Undo),
        (15.05, Change::Skip),
        (15.1, Change::Undo),
    ];
    let course = steered(course(&[100.0, 90.0], phases, 5_000), &changes);
    let clips = course.timeline().clips.iter();
    for clip in clips.filter(|clip| clip.from > at(15.1)) {
        assert!(clip.gain_at(clip.from).0 < 1e-3, "{clip:?}");
    }
}

/// A phase that is shorter than the way its music was to come.
#[test]
fn a_last_phase_that_is_short_or_made_short_has_its_way_out() {
    let brought = |last: PhasePlan, then: &[(f64, Change)]| {
        let plan = Plan {
            fade_out: 4_000,
            ..plan(&[100.0, 90.0], vec![PhasePlan::plain(121), last], 5_000)
        };
        let course = planned(&plan, Correlation::NONE);
        steered(steered(course, &[(5.0, to("phase 1"))]), then)
    };
    let short = brought(PhasePlan::plain(12), &[]);
    let by = Duration::from_secs(50);
    let long = PhasePlan {
        shorter: 50,
        ..PhasePlan::plain(61)
    };
    let shortened = brought(long, &[(9.0, Change::Shorten { by })]);
    for course in [short, shortened] {
        let timeline = course.timeline();
        let last = timeline.clips.last().unwrap();
        let end = RATE.seconds(last.end());
        assert!(last.fade_out.length >= at(3.0), "{last:?}");
        assert!(level(timeline, end - 0.05).0 < -20.0, "{last:?}");
        let loudest = (0..60).map(|it| level(timeline, end - 6.0 + f64::from(it) * 0.05).0);
        assert!(loudest.fold(-99.0, f32::max) > -10.0, "{last:?}");
    }
}

/// A phase that is held is laid out for a day: of pieces of a second these are many.
#[test]
fn to_take_back_costs_no_more_than_to_change() {
    for crossfade in [300, 0] {
        let held = PhasePlan::plain(61);
        let course = course(&[1.3, 2.1], vec![held, PhasePlan::plain(30)], crossfade);
        let held = steered(course, &[(5.0, Change::Hold)]);
        assert!(held.timeline().clips.len() > 40_000);
        let begin = Instant::now();
        let skipped = steered(held, &[(20.0, Change::Skip)]);
        let change = begin.elapsed();
        let begin = Instant::now();
        let undone = steered(skipped, &[(21.0, Change::Undo)]);
        let back = begin.elapsed();
        assert!(undone.timeline().clips.len() > 40_000);
        assert!(back < 8 * change, "{back:?} instead of {change:?}");
    }
}
