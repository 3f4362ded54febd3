//! What is to come, in seconds and words: for answers and the status.

use crate::daemon::order::{Coming, Outlook};
use crate::time::{Rate, clock};
use crate::timeline::{self, Change, Forecast, What};

/// A forecast in seconds.
#[must_use]
pub fn outlook(forecast: Forecast, rate: Rate) -> Outlook {
    Outlook {
        end: forecast.end.map(|end| rate.seconds(end)),
        end_before: forecast.end_before.map(|end| rate.seconds(end)),
        phase_end: forecast.phase_end.map(|end| rate.seconds(end)),
        phase_end_before: forecast.phase_end_before.map(|end| rate.seconds(end)),
        left_out: forecast.left_out,
        next: coming(forecast.next, rate),
    }
}

/// What comes next, in seconds.
#[must_use]
pub fn coming(next: Vec<timeline::Coming>, rate: Rate) -> Vec<Coming> {
    let next = next.into_iter().map(|coming| Coming {
        at: rate.seconds(coming.at),
        kind: match coming.what {
            What::Phase => "phase",
            What::Track => "track",
            What::Cue(sort) => sort.word(),
        }
        .to_owned(),
        name: coming.name,
        text: coming.text,
    });
    next.collect()
}

/// What a change does, in a sentence.
#[must_use]
pub fn sentence(change: &Change, forecast: &Forecast, rate: Rate) -> String {
    let at = |frames| clock(rate.duration(frames));
    let what = match change {
        Change::Hold => "The phase goes on until you say `continue`".to_owned(),
        Change::Continue => "The session goes on".to_owned(),
        // By how much is for the script's bounds and the music to say.
        Change::Extend { .. } | Change::Shorten { .. } => {
            let (end, before) = (forecast.phase_end, forecast.phase_end_before);
            match (end, before) {
                (Some(end), Some(before)) => {
                    let (phase, end, before) = (&forecast.phase, at(end), at(before));
                    format!("`{phase}` ends at {end} instead of {before}")
                }
                _ => "The phase ends at another time".to_owned(),
            }
        }
        Change::BringBack { to: None } => "The session goes to its return within 20 s".to_owned(),
        Change::BringBack { to: Some(phase) } => {
            format!("The session goes to `{phase}` within 20 s")
        }
        Change::Skip => "The next piece comes within 6 s".to_owned(),
        Change::Intensity { by, at_once } => {
            let music = if *by > 0 { "More intense" } else { "Calmer" };
            let when = if *at_once { "now" } else { "after this piece" };
            format!("{music} music comes {when}")
        }
        Change::Level { to } => return format!("The level goes to {to}."),
        Change::Cue { name } => return format!("The cue `{name}` is heard."),
        Change::Speak { on: true } => return "The music goes down for your voice.".to_owned(),
        Change::Speak { on: false } => return "The music comes back.".to_owned(),
        Change::Undo => "The last change is taken back".to_owned(),
    };
    let end = match forecast.end {
        Some(end) => format!("ends at {}", at(end)),
        None => "has no end yet, since a phase waits for `continue`".to_owned(),
    };
    let left_out = match forecast.left_out.as_slice() {
        [] => String::new(),
        cues => format!(" Left out: “{}”.", cues.join("”, “")),
    };
    format!("{what}; the session {end}.{left_out}")
}

/// A change as it was asked for, as short as on the command line.
#[must_use]
pub fn words(change: &Change) -> String {
    match change {
        Change::Hold => "hold".to_owned(),
        Change::Continue => "continue".to_owned(),
        Change::Extend { by } => format!("extend {}", clock(*by)),
        Change::Shorten { by } => format!("shorten {}", clock(*by)),
        Change::BringBack { to: None } => "bring-back".to_owned(),
        Change::BringBack { to: Some(phase) } => format!("bring-back to `{phase}`"),
        Change::Skip => "skip".to_owned(),
        Change::Intensity { by, at_once } => {
            let now = if *at_once { ", now" } else { "" };
            format!("intensity {by:+}{now}")
        }
        Change::Level { to } => format!("level {to}"),
        Change::Cue { name } => format!("cue `{name}`"),
        Change::Speak { on: true } => "speak on".to_owned(),
        Change::Speak { on: false } => "speak off".to_owned(),
        Change::Undo => "undo".to_owned(),
    }
}
