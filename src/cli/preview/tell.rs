//! What happens in a session, a line each.

use crate::player::{Happening, What};
use crate::time::{Frames, clock};
use crate::timeline::{Change, Clip, CueSort, PhaseSpan, PlacedCue, Refusal, Timeline};

/// Said where the room would wait.
const HOLD: &str = "hold    the room would wait here until told to go on; the preview goes on";

/// The lines of what happened; usually one.
pub fn lines(timeline: &Timeline, happening: &Happening) -> Vec<String> {
    let at = |text: String| at(timeline, happening.at, &text);
    let held = |phase: Option<&PhaseSpan>| {
        let held = phase.filter(|phase| phase.hold);
        held.map(|_| at(HOLD.to_owned())).into_iter()
    };
    match &happening.what {
        What::Phase(span) => {
            let before = timeline.phases.iter().rev().find(|p| p.from < span.from);
            held(before).chain([at(phase(timeline, span))]).collect()
        }
        What::Clip(clip) => vec![at(track(clip))],
        What::Cue(placed) => vec![at(cue(timeline, placed))],
        What::Missed(missed) => vec![at(format!("trouble the cue {} was left out", missed.name))],
        What::Starved(_) => vec![at(
            "trouble the music came too late from the disk; the bed stands in".to_owned(),
        )],
        What::Trouble(trouble) => vec![at(format!("trouble {trouble}"))],
        What::Paused => vec![at("paused".to_owned())],
        What::Changed(change) => changed(timeline, change).into_iter().map(at).collect(),
        What::WentOn { .. } | What::CameBack { .. } | What::Pausing | What::Stopping { .. } => {
            Vec::new()
        }
        What::Refused(_, refusal) => vec![at(refused(refusal))],
        What::Over if happening.at < timeline.length => vec![at("stopped".to_owned())],
        What::Over => held(timeline.phases.last())
            .chain([at("end".to_owned())])
            .collect(),
    }
}

/// What a change that was made leads to; nothing for the level, which the status shows.
fn changed(timeline: &Timeline, change: &Change) -> Option<String> {
    let what = match change {
        Change::Level { .. } => return None,
        Change::Hold => "held",
        Change::Continue => "goes on",
        Change::Skip => "the next piece comes",
        Change::BringBack { .. } => "on the way back",
        Change::Undo => "taken back",
        _ => "changed",
    };
    let end = timeline.end().map_or_else(
        || "no end until it goes on".to_owned(),
        |end| format!("ends at {}", clock(timeline.rate.duration(end))),
    );
    Some(format!("change  {what}; {end}"))
}

/// A change that cannot be made.
pub fn refused(refusal: &Refusal) -> String {
    format!("not now: {refusal}")
}

/// What goes on already where the preview begins within the session.
pub fn already(timeline: &Timeline, from: Frames) -> Vec<String> {
    let begun = timeline.phases.iter().rev().find(|p| p.from < from);
    let phase = begun
        .filter(|phase| phase.end() > from)
        .map(|span| phase(timeline, span));
    let tracks = timeline
        .clips_at(from)
        .filter(|clip| clip.from < from)
        .map(track);
    phase
        .into_iter()
        .chain(tracks)
        .map(|text| at(timeline, from, &text))
        .collect()
}

fn at(timeline: &Timeline, at: Frames, text: &str) -> String {
    format!("{:>7}  {text}", clock(timeline.rate.duration(at)))
}

fn phase(timeline: &Timeline, span: &PhaseSpan) -> String {
    let length = clock(timeline.rate.duration(span.length));
    let silent = if span.silent { ", silent" } else { "" };
    format!("phase   {} ({length}{silent})", span.name)
}

fn track(clip: &Clip) -> String {
    format!("track   {}, {}", clip.title, clip.gain.decibels())
}

fn cue(timeline: &Timeline, cue: &PlacedCue) -> String {
    let word = cue.sort.word();
    let to = match timeline.layout.listeners(cue.zones) {
        _ if cue.sort == CueSort::Remind => " (for you alone)".to_owned(),
        _ if cue.zones == timeline.layout.all() => String::new(),
        listeners => {
            let names: Vec<String> = listeners.iter().map(ToString::to_string).collect();
            format!(" (to {} only)", names.join(" and "))
        }
    };
    let what = match (&cue.text, &cue.sound) {
        (Some(text), _) => format!("“{text}”"),
        (None, Some(file)) => file.file_name().unwrap_or_default().display().to_string(),
        (None, None) => String::new(),
    };
    let moved = if cue.asked == cue.at {
        String::new()
    } else {
        let asked = clock(timeline.rate.duration(cue.asked));
        format!(" [asked for at {asked}]")
    };
    format!("{word:<7} {}: {what}{to}{moved}", cue.name)
}
