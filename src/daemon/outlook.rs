//! What is to come, in seconds and words: for answers and the status.

use std::time::Duration;

use crate::daemon::order::{Coming, Outlook};
use crate::time::{Rate, clock};
use crate::timeline::{self, Change, Forecast, Landing, What};

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
        Change::Extend { by } | Change::Shorten { by } => moved(*by, forecast, rate),
        Change::BringBack { to: None } => "The session goes to its return within 20 s".to_owned(),
        Change::BringBack { to: Some(phase) } => {
            format!("The session goes to `{phase}` within 20 s")
        }
        Change::Skip => match &forecast.silence {
            Some(phase) => {
                format!("No piece is left before `{phase}`, whose silence comes within 6 s")
            }
            None => "The next piece comes within 6 s".to_owned(),
        },
        Change::Intensity { by, at_once } => {
            let music = if *by > 0 { "more intense" } else { "calmer" };
            let first = if *by > 0 { "More intense" } else { "Calmer" };
            let phase = &forecast.phase;
            match (forecast.piece, forecast.phase_end) {
                (None, Some(end)) => format!(
                    "`{phase}` ends at {} with the piece that plays, so {music} music does not come in it",
                    at(end)
                ),
                _ if *at_once && forecast.at_once => format!("{first} music comes now"),
                _ => format!("{first} music comes after this piece"),
            }
        }
        Change::Level { to } => return format!("The level goes to {to}{softer}."),
        Change::Cue { name } => {
            let mut next = forecast.next.iter();
            let is_it = |it: &&timeline::Coming| {
                matches!(it.what, What::Cue(_)) && it.name.eq_ignore_ascii_case(name)
            };
            return match next.find(is_it) {
                Some(cue) => format!("The cue `{name}` is heard at {}.", at(cue.at)),
                None => format!("The cue `{name}` is heard."),
            };
        }
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

/// Where a phase ends whose end was moved, and why there, where that is not what was asked.
fn moved(by: Duration, forecast: &Forecast, rate: Rate) -> String {
    let (Some(end), Some(before)) = (forecast.phase_end, forecast.phase_end_before) else {
        return "The phase ends at another time".to_owned();
    };
    let (end, before) = (rate.duration(end), rate.duration(before));
    let ends = format!(
        "`{}` ends at {} instead of {}",
        forecast.phase,
        clock(end),
        clock(before)
    );
    if end.abs_diff(before).abs_diff(by) < NEARLY {
        return ends;
    }
    let near = |piece| {
        if piece {
            ", and near that a piece ends"
        } else {
            ""
        }
    };
    let why = match forecast.landing {
        None | Some(Landing::Asked) => return ends,
        Some(Landing::Longest { most, piece }) => {
            let most = clock(most);
            format!("the script lets it be no longer than {most}{}", near(piece))
        }
        Some(Landing::Shortest { least, piece }) => {
            let least = clock(least);
            format!(
                "the script lets it be no shorter than {least}{}",
                near(piece)
            )
        }
        Some(Landing::Soonest) => "what sounds cannot leave sooner".to_owned(),
        Some(Landing::Piece) => "a piece ends there".to_owned(),
    };
    // As far as the two clocks before say.
    let really = end.as_secs().abs_diff(before.as_secs());
    let time = |seconds| clock(Duration::from_secs(seconds));
    match really.checked_sub(by.as_secs()) {
        Some(over) if over > 0 => format!("{ends}, {} further than was asked: {why}", time(over)),
        _ => format!(
            "{ends}, by {} of the {} asked: {why}",
            time(really),
            clock(by)
        ),
    }
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
