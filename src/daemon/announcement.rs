//! What is said of a session that begins: so that a wrong one is noticed before it is heard.

use crate::daemon::order::{Answer, Remark};
use crate::daemon::playing::{Playing, plain};
use crate::level::Decibels;
use crate::time::clock;
use crate::timeline::{CueSort, PlacedCue, Timeline};

/// The answer to whoever began a session, or took it up: what plays, until when, and what should be known.
#[must_use]
pub fn announcement(playing: &Playing, remarks: Vec<Remark>, resumed: bool) -> Answer {
    let timeline = playing.timeline();
    let status = playing.status();
    let title = status.title;
    let end = timeline.end().map_or_else(
        || "it waits where a phase is held".to_owned(),
        |end| format!("it ends at {}", clock(timeline.rate.duration(end))),
    );
    let verb = if resumed { "goes on" } else { "plays" };
    let cues = match timeline.end() {
        Some(_) => cues_of(timeline),
        None => first_cue_of(timeline),
    };
    Answer {
        remarks,
        script: Some(status.script),
        hash: Some(status.hash),
        ..plain(format!(
            "“{title}” {verb}; {end}. {cues}{}",
            softer(playing)
        ))
    }
}

/// That the room is softer than the script, and for whom.
fn softer(playing: &Playing) -> String {
    let (layout, caps) = (&playing.timeline().layout, playing.caps());
    let listeners = layout.listeners(layout.all()).into_iter();
    let softer = listeners.filter(|listener| caps.loudest(*listener) < Decibels::ZERO);
    let softer = softer.map(|listener| match layout.len() {
        1 => caps.loudest(listener).to_string(),
        _ => format!("{} for {listener}", caps.loudest(listener)),
    });
    let softer: Vec<String> = softer.collect();
    if softer.is_empty() {
        return String::new();
    }
    format!(
        " The room's `loudest` keeps the level at {}.",
        softer.join(", ")
    )
}

/// The first cue that somebody hears; while a phase is held nobody knows the last one.
fn first_cue_of(timeline: &Timeline) -> String {
    let heard = timeline.cues.iter();
    let first = heard
        .filter(|cue| cue.sort != CueSort::Remind)
        .min_by_key(|cue| cue.at);
    first.map_or_else(
        || "No cue comes in the phase that is held.".to_owned(),
        |cue| {
            let at = clock(timeline.rate.duration(cue.at));
            format!("First cue `{}` at {at}.", cue.name)
        },
    )
}

/// The first and the last cue that somebody hears.
fn cues_of(timeline: &Timeline) -> String {
    let heard = timeline
        .cues
        .iter()
        .filter(|cue| cue.sort != CueSort::Remind);
    let told = |cue: &PlacedCue| {
        let at = clock(timeline.rate.duration(cue.at));
        format!("`{}` at {at}", cue.name)
    };
    let first = heard.clone().min_by_key(|cue| cue.at).map(told);
    let last = heard.max_by_key(|cue| cue.at).map(told);
    match (first, last) {
        (Some(first), Some(last)) if first != last => {
            format!("First cue {first}, last cue {last}.")
        }
        (Some(only), _) => format!("Its only cue is {only}."),
        _ => "It has no cues.".to_owned(),
    }
}
