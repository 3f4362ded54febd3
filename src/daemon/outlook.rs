//! What is to come, in seconds and words: for answers and the status.

use std::time::Duration;

use crate::daemon::order::{Coming, Outlook};
use crate::time::{Rate, clock};
use crate::timeline::{self, Change, Forecast, What};

/// What is so near is what was asked for.
const NEARLY: Duration = Duration::from_secs(1);

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

/// What a change does, in a sentence; where it speaks of the level, with whom the room keeps `softer`.
#[must_use]
pub fn sentence(change: &Change, forecast: &Forecast, softer: &str, rate: Rate) -> String {
    let at = |frames| clock(rate.duration(frames));
    let what = match change {
        Change::Hold => {
            let phase = &forecast.phase;
            return format!(
                "`{phase}` goes on until you say `continue`, and the session has no end yet."
            );
        }
        Change::Continue => match forecast.phase_end {
            Some(end) => format!(
                "`{}` is held no more and ends at {}",
                forecast.phase,
                at(end)
            ),
            None => "The session goes on".to_owned(),
        },
        Change::Extend { by } | Change::Shorten { by } => moved(change, *by, forecast, rate),
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
        Change::Level { to } => return format!("The level goes to {to}{softer}."),
        Change::Cue { name } => return format!("The cue `{name}` is heard."),
        Change::Speak { on: true } => return "The music goes down for your voice.".to_owned(),
        Change::Speak { on: false } => return "The music comes back.".to_owned(),
        Change::Undo => match &forecast.undoes {
            // What was asked for is not what it is from now on.
            Some(Change::Level { .. }) => {
                let level = forecast.level;
                format!("Taken back: the level is back at {level}{softer}")
            }
            Some(undone) => format!("Taken back: {}", words(undone)),
            None => "The last change is taken back".to_owned(),
        },
    };
    let end = match (forecast.end, &forecast.waits) {
        (Some(end), _) => format!("ends at {}", at(end)),
        (None, Some(phase)) if *phase != forecast.phase => {
            format!("has no end yet, since `{phase}` will wait for `continue` in its turn")
        }
        _ => "has no end yet, since the phase waits for `continue`".to_owned(),
    };
    let left_out = match forecast.left_out.as_slice() {
        [] => String::new(),
        cues => format!(" Left out: “{}”.", cues.join("”, “")),
    };
    format!("{what}; the session {end}.{left_out}")
}

/// Where a phase ends whose end was moved, and by how much of what was asked: the script's bounds and the music have a say.
fn moved(change: &Change, by: Duration, forecast: &Forecast, rate: Rate) -> String {
    let at = |frames| clock(rate.duration(frames));
    let (Some(end), Some(before)) = (forecast.phase_end, forecast.phase_end_before) else {
        return "The phase ends at another time".to_owned();
    };
    let ends = format!(
        "`{}` ends at {} instead of {}",
        forecast.phase,
        at(end),
        at(before)
    );
    let (asked, length) = (rate.frames(by), before - forecast.phase_from);
    let (really, why) = match (change, forecast.phase_bounds) {
        (Change::Extend { .. }, [_, Some(most)]) if length + asked > rate.frames(most) => (
            end - before,
            format!("the script lets it be no longer than {}", clock(most)),
        ),
        (Change::Shorten { .. }, [Some(least), _]) if length < rate.frames(least) + asked => (
            before - end,
            format!("the script lets it be no shorter than {}", clock(least)),
        ),
        (Change::Extend { .. }, _) => (end - before, "that is where its music ends".to_owned()),
        _ => (before - end, "so far its music allows".to_owned()),
    };
    if really.0.abs_diff(asked.0) < rate.frames(NEARLY).0 {
        return ends;
    }
    format!(
        "{ends}, by {} of the {} asked: {why}",
        at(really),
        clock(by)
    )
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
