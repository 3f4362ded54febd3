//! What holds of a session's timeline whatever is changed, and whenever.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use undersong::fade::{Correlation, Ramp};
use undersong::level::Decibels;
use undersong::library::Overlap;
use undersong::time::{Frames, Rate};
use undersong::timeline::{
    Change, Clip, Course, CueId, CueSort, LEAD, Refusal, Timeline, compose, gain_at, overlaps,
};

use super::plans::{Plan, session};

const RATE: Rate = Rate::DEFAULT;

fn course(mut plan: Plan) -> Course {
    // A phase that is held is laid out for a day.
    for (_, length, _) in &mut plan.tracks {
        *length = (*length).max(20_000);
    }
    let (session, library) = session(&plan);
    let mut timeline = compose(&session, &library, RATE).unwrap().timeline;
    // What crosses is alike, more or less.
    let alike = |overlap: Overlap| {
        let some = overlap.offsets[0].0 % 11;
        (overlap, Correlation::new(some as f32 / 10.0))
    };
    let library = library.with_alike(overlaps(&timeline).into_iter().map(alike));
    timeline.cross(&library);
    Course::steered(Arc::new(session), Arc::new(library), Arc::new(timeline))
}

fn change() -> impl Strategy<Value = Change> {
    let length = (1_u64..600).prop_map(Duration::from_secs);
    prop_oneof![
        Just(Change::Hold),
        Just(Change::Continue),
        length.clone().prop_map(|by| Change::Extend { by }),
        length.prop_map(|by| Change::Shorten { by }),
        (1_usize..5).prop_map(|n| Change::BringBack {
            to: Some(format!("phase {n}"))
        }),
        Just(Change::Skip),
        (-2_i8..3, any::<bool>()).prop_map(|(by, at_once)| Change::Intensity { by, at_once }),
        (-60.0_f32..12.0).prop_map(|to| Change::Level { to: Decibels(to) }),
        (0_usize..4, 0_usize..3).prop_map(|(phase, cue)| Change::Cue {
            name: format!("{phase} {cue}")
        }),
        any::<bool>().prop_map(|on| Change::Speak { on }),
        Just(Change::Undo),
    ]
}

fn near(clips: &[Clip], at: Frames) -> impl Iterator<Item = &Clip> {
    let before = at - Frames(RATE.frames(Duration::from_secs(900)).0);
    clips
        .iter()
        .filter(move |clip| clip.end() >= before && clip.from <= at)
}

/// What was heard before `at` is what was heard, to the last digit.
fn assert_past_stays(old: &Timeline, new: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    for clip in near(&old.clips, at).filter(|clip| clip.from < at) {
        let same = new.clips.iter().find(|other| other.is_same(clip));
        prop_assert!(same.is_some(), "{:?} is gone", clip);
        let same = same.unwrap();
        prop_assert!(same.gain == clip.gain && same.zones == clip.zones);
        // A turn keeps no history; what leads up to it is checked where it begins.
        let plain = |clip: &Clip| Clip {
            turn: None,
            ..clip.clone()
        };
        let (same, clip) = (plain(same), plain(clip));
        let end = clip.end().min(at).0;
        for part in 0..=20 {
            let frame = Frames(clip.from.0 + (end - 1 - clip.from.0) * part / 20);
            prop_assert_eq!(
                same.gain_at(frame),
                clip.gain_at(frame),
                "{:?} {:?}",
                clip,
                same
            );
        }
    }
    for zone in old.layout.zones() {
        let of = |timeline: &Timeline| -> Vec<Ramp> {
            let own = timeline.ducks.iter().filter(|(of, _)| *of == zone);
            own.map(|(_, ramp)| *ramp).collect()
        };
        assert_gain_goes_on(&of(old), &of(new), at)?;
    }
    assert_gain_goes_on(&old.levels, &new.levels, at)
}

/// Two plans of a fader agree up to `at`, and the new one makes no step anywhere.
fn assert_gain_goes_on(old: &[Ramp], new: &[Ramp], at: Frames) -> Result<(), TestCaseError> {
    for back in [1, 100, 48_000, 480_000] {
        let frame = at - Frames(back);
        if frame > Frames::ZERO {
            prop_assert_eq!(gain_at(old, frame), gain_at(new, frame));
        }
    }
    for ramp in new.iter().filter(|ramp| ramp.from > Frames::ZERO) {
        let before = gain_at(new, ramp.from - Frames(1)).decibels().0;
        let after = gain_at(new, ramp.from).decibels().0;
        prop_assert!(
            (before - after).abs() < 0.02,
            "a step at {:?}: {before} to {after}",
            ramp
        );
    }
    Ok(())
}

/// What sounds is faded, never cut; what comes anew comes late enough to be ready, and from silence.
fn assert_nothing_is_cut(old: &Timeline, new: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let settled = at + RATE.frames(LEAD);
    for clip in near(&old.clips, at).filter(|clip| clip.from < at && clip.end() > at) {
        let same = new.clips.iter().find(|other| other.is_same(clip)).unwrap();
        let gain = |clip: &Clip, at| clip.gain_at(at).0;
        let step = (gain(same, at) - gain(clip, at)).abs();
        prop_assert!(
            step < 1e-3,
            "a step of {} at once: {:?} {:?}",
            step,
            clip,
            same
        );
        prop_assert!(same.end() > at, "{:?} is cut", clip);
        // The end is silence but for one frame of its fade, which the script may want as short as a millisecond; or it is what
        // was the end before.
        let last = gain(same, same.end() - Frames(1)) / same.gain.0;
        let one_frame = 1.6 / same.fade_out.length.0.max(1) as f32;
        let file_ends = same.end() >= clip.end();
        prop_assert!(
            last < one_frame.clamp(0.02, 0.2) || file_ends || follows(new, same),
            "{:?}",
            same
        );
    }
    for clip in near(&new.clips, settled + RATE.frames(Duration::from_secs(600))) {
        let known = old.clips.iter().any(|other| other.is_same(clip));
        if !known {
            // What goes over into it ends in a moment, and takes 10 ms at least.
            let first = settled - RATE.frames(Duration::from_millis(10));
            prop_assert!(clip.from >= first, "{:?} comes too soon", clip);
            let quiet = clip.gain_at(clip.from).0 < 1e-3 || clip.joined;
            prop_assert!(quiet || follows_one(new, clip), "{:?} comes at once", clip);
        }
    }
    Ok(())
}

/// Whether another clip begins exactly where this one ends.
fn follows(timeline: &Timeline, clip: &Clip) -> bool {
    timeline.clips.iter().any(|next| next.from == clip.end())
}

/// Whether it begins where another ends or a silence or the session begins.
fn follows_one(timeline: &Timeline, clip: &Clip) -> bool {
    let clips = &timeline.clips;
    clips.iter().any(|before| before.end() == clip.from)
        || timeline.phases.iter().any(|span| span.from == clip.from)
}

fn assert_music_has_no_hole(timeline: &Timeline, from: Frames) -> Result<(), TestCaseError> {
    let until = from + RATE.frames(Duration::from_secs(3_600));
    for phase in timeline.phases.iter().filter(|phase| !phase.silent) {
        let mut at = phase.from.max(from);
        while at < phase.end().min(until) {
            let until = timeline.clips_at(at).map(Clip::end).max();
            prop_assert!(until.is_some(), "nothing sounds at {:?} in {:?}", at, phase);
            at = until.unwrap_or(at);
        }
    }
    Ok(())
}

/// A piece comes when the one before it goes: never two for longer than a fade, but for what was told to go.
fn assert_one_piece_at_a_time(timeline: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let until = at + RATE.frames(Duration::from_secs(3_600));
    let goes = |clip: &Clip| clip.leaves() || clip.fade_out.length >= clip.length;
    let stays = |clip: &&Clip| clip.end() > at && clip.from < until && !goes(clip);
    let clips: Vec<_> = timeline.clips.iter().filter(stays).collect();
    for pair in clips.windows(2) {
        let fade = pair[0].fade_out.length.max(pair[1].fade_in.length);
        prop_assert!(
            pair[1].from + fade >= pair[0].end(),
            "two pieces at once: {:?} {:?}",
            pair[0],
            pair[1]
        );
    }
    Ok(())
}

/// What was told to go is gone when it ends, or another goes on there.
fn assert_leaving_is_gone(timeline: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let goes =
        |clip: &&Clip| clip.leaves() && clip.end() > at && clip.fade_out.length == Frames::ZERO;
    for clip in timeline.clips.iter().filter(goes) {
        let comes = |next: &Clip| next.from > at && next.takes_over(clip);
        let mut others = timeline.clips.iter();
        let goes_on = others.any(|next| next.joins(clip) || comes(next));
        let gone = clip.turn.is_some_and(|turn| turn.end() <= clip.end());
        prop_assert!(gone || goes_on, "{:?} is cut", clip);
    }
    Ok(())
}

/// What is joined without a seam begins where one of its own kind ends: it stays, or goes with it.
fn assert_joins_hold(timeline: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let coming = |clip: &&Clip| clip.joined && clip.from > at;
    for clip in timeline.clips.iter().filter(coming) {
        let mut before = timeline.clips.iter();
        let is_joined = before.any(|other| clip.joins(other));
        prop_assert!(is_joined, "nothing leads to {:?}", clip);
        let mut before = timeline.clips.iter().filter(|other| clip.joins(other));
        let turned = |before: &Clip| before.turned(clip.from - Frames(1)).0;
        let goes_on = |before| (turned(before) - clip.turned(clip.from).0).abs() < 2e-3;
        prop_assert!(before.all(goes_on), "a step into {:?}", clip);
    }
    Ok(())
}

fn assert_phases_follow(
    old: &Timeline,
    new: &Timeline,
    at: Frames,
    undone: bool,
) -> Result<(), TestCaseError> {
    let mut end = Frames::ZERO;
    for span in &new.phases {
        prop_assert_eq!(span.from, end);
        end = span.end();
    }
    // A phase that was begun by mistake is as if it had not been.
    for span in old.phases.iter().filter(|span| span.from < at && !undone) {
        let same = new.phases.iter().find(|other| other.number == span.number);
        prop_assert!(
            same.is_some_and(|other| other.from == span.from),
            "{:?}",
            span
        );
    }
    prop_assert!(new.length >= at);
    prop_assert!(
        new.clips
            .windows(2)
            .all(|pair| pair[0].from <= pair[1].from)
    );
    Ok(())
}

/// Nobody is told that a phase is as long, or as short, as it may be, where the script lets it be otherwise.
fn assert_no_end_is_left(course: &Course, refusal: &Refusal) -> Result<(), TestCaseError> {
    let (Refusal::AtMost { phase, .. } | Refusal::AtLeast { phase, .. }) = refusal else {
        return Ok(());
    };
    let written = course.session().phases.iter();
    let written = written.clone().find(|it| it.name == *phase).unwrap();
    let spans = &course.timeline().phases;
    let span = spans.iter().find(|span| span.name == *phase).unwrap();
    let (length, second) = (RATE.duration(span.length), Duration::from_secs(1));
    let is_at_end = match refusal {
        Refusal::AtMost { .. } => written.max.is_some_and(|max| length + second >= max),
        _ => written.min.is_some_and(|min| length <= min + second),
    };
    prop_assert!(is_at_end, "{:?} of {:?}", refusal, span);
    Ok(())
}

fn assert_cues_come_once(old: &Timeline, new: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let settled = at + RATE.frames(LEAD);
    let mut ids = HashSet::new();
    for cue in &new.cues {
        prop_assert!(ids.insert(cue.id), "twice: {:?}", cue);
        let was = old.cues.iter().find(|other| other.id == cue.id);
        if let Some(was) = was.filter(|was| was.at < at) {
            prop_assert_eq!(was.at, cue.at, "heard again");
        } else {
            let stays = was.is_some_and(|was| was.at == cue.at);
            let first = if cue.sort == CueSort::Remind {
                at
            } else {
                settled
            };
            prop_assert!(stays || cue.at >= first, "{:?} comes too soon", cue);
        }
    }
    let gone = |id: &CueId| !ids.contains(id);
    let heard = old.cues.iter().filter(|cue| cue.at < at);
    prop_assert!(heard.map(|cue| cue.id).find(gone).is_none());
    prop_assert!(new.cues.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_reminders_belong(new, at)
}

/// A reminder comes within its phase, and not again a moment later.
fn assert_reminders_belong(new: &Timeline, at: Frames) -> Result<(), TestCaseError> {
    let reminders = new.cues.iter().filter(|cue| cue.sort == CueSort::Remind);
    let reminders: Vec<_> = reminders.collect();
    for (number, cue) in reminders.iter().enumerate() {
        let span = new.phases.iter().find(|span| span.number == cue.id.phase);
        let belongs = span.is_some_and(|span| span.from <= cue.at && cue.at <= span.end());
        prop_assert!(cue.at < at || belongs, "{:?} outside of {:?}", cue, span);
        let written = |id: CueId| (id.phase, id.cue);
        let mut others = reminders[number + 1..].iter();
        let again = others.find(|other| written(other.id) == written(cue.id));
        let soon = cue.at + RATE.frames(Duration::from_secs(9));
        let apart = again.is_none_or(|again| again.at < at || again.at > soon);
        prop_assert!(apart, "twice: {:?} {:?}", cue, again);
    }
    Ok(())
}

/// Changes, each so many frames after the last: often at once, sometimes minutes later.
pub fn changes() -> impl Strategy<Value = Vec<(Change, u64)>> {
    prop::collection::vec((change(), 100_u64..20_000_000), 1..12)
}

/// Whatever is changed: what was heard stays as it was, nothing sounding is cut, no cue comes twice, the music has no hole.
pub fn keep_what_was_and_cut_nothing(
    plan: &Plan,
    changes: &[(Change, u64)],
) -> Result<(), TestCaseError> {
    let mut course = course(plan.clone());
    let mut at = Frames::ZERO;
    for (change, later) in changes {
        at += Frames(match later % 9 {
            // A room that is never as loud as a session would be.
            0 | 1 if at == Frames::ZERO && matches!(change, Change::Level { .. }) => 0,
            0 | 3 | 6 => later % 60_000 + 1_000,
            // As soon as it can be taken back, and not at once.
            1 | 4 => later % 1_300_000 + 1_000,
            _ => *later,
        });
        if at >= course.timeline().length {
            prop_assert_eq!(course.revise(at, change).err(), Some(Refusal::Over));
            break;
        }
        let next = match course.revise(at, change) {
            Ok(next) => next,
            Err(refusal) => {
                assert_no_end_is_left(&course, &refusal)?;
                continue;
            }
        };
        let again = course.revise(at, change).unwrap();
        prop_assert_eq!(again.timeline(), next.timeline());
        let (old, new) = (course.timeline(), next.timeline());
        let empty = new.clips.iter().find(|clip| clip.length == Frames::ZERO);
        prop_assert!(
            empty.is_none(),
            "{:?} is nothing: {:?} at {:?}",
            empty,
            change,
            at
        );
        assert_past_stays(old, new, at)?;
        assert_nothing_is_cut(old, new, at)?;
        assert_music_has_no_hole(new, at + RATE.frames(LEAD))?;
        assert_one_piece_at_a_time(new, at)?;
        assert_joins_hold(new, at)?;
        assert_leaving_is_gone(new, at)?;
        for part in 0..100 {
            let frame = at + Frames(part * RATE.frames(LEAD).0 / 100);
            let sounds = |timeline: &Timeline| timeline.clips_at(frame).next().is_some();
            prop_assert!(sounds(new) || !sounds(old), "a hole at {:?}", frame);
        }
        assert_phases_follow(old, new, at, *change == Change::Undo)?;
        assert_cues_come_once(old, new, at)?;
        course = next;
    }
    Ok(())
}
