//! Taking a change back: what was planned before it, faded into from what sounds.

use std::collections::HashSet;
use std::time::Duration;

use crate::fade::{Fade, Ramp, Shape};
use crate::level::Gain;
use crate::time::Frames;
use crate::timeline::course::{Course, LEAD};
use crate::timeline::draft::{Draft, turn};
use crate::timeline::late::Late;
use crate::timeline::model::{Clip, CueId, PlacedCue, Timeline};
use crate::timeline::ramps::{target_at, turn_level};

/// How what was planned before comes back.
const BACK: Duration = Duration::from_secs(5);

/// The timeline `before`, as far as it lies after `at`.
#[must_use]
pub fn undo(course: &Course, before: &Timeline, at: Frames) -> Timeline {
    let mut draft = Draft::of(course, at);
    let fade = draft.rate.frames(BACK);
    let restored = |clip| restored(&draft, clip, before, fade);
    let mut clips: Vec<Clip> = draft.clips.iter().filter_map(restored).collect();
    let gone = |clip: &&Clip| clip.end() > at && !clips.iter().any(|it| it.is_same(clip));
    let leaving = draft.clips.iter().filter(gone);
    let leaving = leaving.map(|clip| draft.left(clip, fade));
    let coming = draft.coming(leaving, fade);
    // From here on nothing is on its way any more, and what was planned comes as it was planned: there may be a day of it.
    let turns = before.clips.iter().chain(&clips);
    let turns = turns.filter_map(|clip| clip.turn).map(|turn| turn.end());
    let calm = turns.fold(draft.settled + coming, Frames::max);
    let (soon, later) = before
        .clips
        .split_at(before.clips.partition_point(|clip| clip.from < calm));
    for planned in soon {
        let back = |clip: &Clip| clip.is_same(planned) && clip.end() > at && !clip.leaves();
        if !clips.iter().any(back) {
            let lead = lead(&clips, planned);
            clips.extend(entered(planned, lead, draft.settled, coming));
        }
    }
    clips.extend_from_slice(later);
    // What has to go is heard until what was planned is there.
    let sounds = clips
        .iter()
        .filter(|clip| clip.end() > at && !clip.leaves());
    let comes = sounds.map(|clip| clip.from).min().unwrap_or(at);
    let is_silence = before
        .phase_at(draft.settled)
        .is_some_and(|span| span.silent);
    let length = if is_silence {
        fade
    } else {
        fade.max(comes - at + Frames(fade.0 / 2))
    };
    for clip in &draft.clips {
        if !clips.iter().any(|restored| restored.is_same(clip)) {
            clips.push(draft.left(clip, length));
        }
    }
    clips.sort_by_key(|clip| clip.from);
    begin_softly(&mut clips, at, fade);
    let cues = cues(&draft, before, &clips);
    let meant = target_at(&before.levels, before.length);
    if target_at(&draft.levels, draft.old.length) != meant {
        draft.levels = turn_level(&draft.levels, at, meant.decibels(), draft.rate);
    }
    draft.speaking = before.speaking;
    draft.with_cues(clips, before.phases.clone(), cues)
}

/// A clip that sounded, as it was; one that sounds, back to what was planned for it. `None` where nothing was.
fn restored(draft: &Draft, clip: &Clip, before: &Timeline, fade: Frames) -> Option<Clip> {
    let at = draft.at;
    let planned = before.clips.iter().find(|planned| planned.is_same(clip));
    if clip.end() <= at {
        // What is over was not told to go either: what is joined to it goes on.
        let turn = planned.map_or(clip.turn, |planned| planned.turn);
        return Some(Clip {
            turn,
            ..clip.clone()
        });
    }
    // What would be on its way out by now goes from where it stands.
    let fits = |planned: &&Clip| {
        let falls = |clip: &Clip| clip.end() - clip.fade_out.length < at;
        let alike = (planned.length, planned.fade_out) == (clip.length, clip.fade_out);
        planned.end() > at && (alike || !falls(planned) && !falls(clip))
    };
    // What goes on into a piece that is too late to be had, or ends all at once for it, would end in the middle of its sound.
    let goes_on = |planned: &&Clip| {
        let bare = planned.fade_out.length <= draft.rate.frames(LEAD);
        let takes_over = |next: &&Clip| next.joins(planned) || bare && next.takes_over(planned);
        let mut next = before.clips.iter().filter(takes_over);
        let begun = |next: &Clip| draft.clips.iter().any(|clip| clip.is_same(next));
        next.all(|next| next.from >= draft.settled || begun(next))
    };
    // What was to go by then too goes from where it stands.
    let stays = |planned: &&Clip| !planned.leaves() || planned.turn == clip.turn;
    let planned = planned.filter(stays).filter(fits).filter(goes_on)?;
    let turn = if clip.turn == planned.turn {
        planned.turn
    } else {
        let target = planned.turn.map_or(Gain::UNITY, |turn| turn.target);
        // What has not begun comes from where it would begin, but for what goes on without a seam.
        let from = if clip.joined { at } else { at.max(clip.from) };
        Some(turn(clip, from, fade, target))
    };
    // What is on its way in comes as it began to.
    let comes = at < clip.coming().end;
    Some(Clip {
        turn,
        fade_in: if comes { clip.fade_in } else { planned.fade_in },
        ..planned.clone()
    })
}

/// What was joined to a clip that is not there any more comes by itself. The clips are in the order they begin.
fn begin_softly(clips: &mut [Clip], at: Frames, fade: Frames) {
    for place in 0..clips.len() {
        let (before, rest) = clips.split_at_mut(place);
        let clip = &mut rest[0];
        let joins = |clip: &Clip| before.iter().rev().any(|before| clip.joins(before));
        if clip.from > at && clip.joined && !joins(clip) {
            clip.joined = false;
            clip.fade_in = Fade::equal_power(fade.min(Frames(clip.length.0 / 3)));
        }
    }
}

/// The clip that sounds until this one comes.
fn lead<'a>(clips: &'a [Clip], planned: &Clip) -> Option<&'a Clip> {
    let leads = |clip: &&Clip| clip.from < planned.from && planned.from <= clip.end();
    let leads = clips.iter().filter(|clip| !clip.leaves()).filter(leads);
    leads.max_by_key(|clip| clip.going().start)
}

/// A clip that was planned and does not sound: from its own place, on the way that its lead is on; or where it would be by now,
/// from silence.
fn entered(planned: &Clip, lead: Option<&Clip>, settled: Frames, fade: Frames) -> Option<Clip> {
    if planned.from >= settled {
        let turn = lead.and_then(|lead| lead.turn);
        let turn = turn.filter(|turn| turn.end() > planned.from);
        return Some(Clip {
            turn: turn.or(planned.turn),
            ..planned.clone()
        });
    }
    if planned.leaves() || planned.end() <= settled {
        return None;
    }
    let passed = settled - planned.from;
    Some(Clip {
        from: settled,
        length: planned.length - passed,
        offset: planned.offset + passed,
        fade_in: Fade::NONE,
        joined: false,
        turn: Some(Ramp {
            from: settled,
            length: fade,
            start: Gain::SILENCE,
            target: Gain::UNITY,
            shape: Shape::Power,
        }),
        ..planned.clone()
    })
}

/// What was heard stays; what was planned before comes, as soon as can be where its time has passed.
fn cues(draft: &Draft, before: &Timeline, clips: &[Clip]) -> Vec<PlacedCue> {
    let begun = draft.cues.iter().filter(|cue| {
        let planned = || before.cues.iter().any(|planned| planned.id == cue.id);
        cue.at < draft.at || (cue.at < draft.settled && planned())
    });
    let mut cues: Vec<PlacedCue> = begun.cloned().collect();
    let heard: HashSet<CueId> = cues.iter().map(|cue| cue.id).collect();
    let ground = draft.ground(clips);
    let mut late = Late::default();
    for planned in before.cues.iter().filter(|cue| !heard.contains(&cue.id)) {
        if planned.at >= draft.first(planned) {
            cues.push(planned.clone());
        } else if let Some(due) = draft.due(planned.id) {
            cues.push(due.clone());
        } else if let Some(span) = before.phase_at(planned.at) {
            late.add(planned.clone(), span.end());
        }
    }
    late.make_up(draft, &ground, &mut cues);
    cues
}
