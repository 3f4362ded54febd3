//! What happened, in plain words: for the terminal, the page and the picture alike.

use std::path::Path;

use crate::journal::{Account, Deed, Ending, is_being_written};
use crate::time::Rate;
use crate::timeline::Change;
use crate::timeline::picture::MomentSort;
use crate::when::spoken;
use crate::zone::Listener;

/// How a session ended, or that it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes on at this moment.
    Playing,
    /// It rests at this moment.
    Resting,
    /// It ended so.
    Ended(Ending),
    /// It was cut off and not taken up.
    CutOff,
}

impl Fate {
    /// That of a journal. Blocks, shortly.
    pub fn of(path: &Path, account: &Account) -> Self {
        match account.ending {
            Some(ending) => Self::Ended(ending),
            None if !is_being_written(path) => Self::CutOff,
            None if account.is_paused => Self::Resting,
            None => Self::Playing,
        }
    }

    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Playing => "playing now",
            Self::Resting => "resting now",
            Self::Ended(ending) => ended(ending),
            Self::CutOff => "cut off",
        }
    }

    /// In a word, for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Playing => "playing",
            Self::Resting => "resting",
            Self::Ended(Ending::Played) => "played",
            Self::Ended(Ending::Faded) => "faded",
            Self::Ended(Ending::AtOnce) => "at-once",
            Self::Ended(Ending::Failed) => "failed",
            Self::Ended(Ending::GivenUp) => "given-up",
            Self::Ended(Ending::Other) => "other",
            Self::CutOff => "cut-off",
        }
    }
}

const fn ended(ending: Ending) -> &'static str {
    match ending {
        Ending::Played => "played to its end",
        Ending::Faded => "faded out when asked",
        Ending::AtOnce => "stopped at once",
        Ending::Failed => "could not go on",
        Ending::GivenUp => "cut off, and not taken up again",
        Ending::Other => "ended in a way that this version does not know",
    }
}

/// A kind of moment in a word, and what is said of it.
pub fn told(deed: &Deed, rate: Rate) -> (&'static str, String) {
    match deed {
        Deed::Began => ("session", "began".to_owned()),
        Deed::Phase { name, silent: true } => ("phase", format!("{name}, in silence")),
        Deed::Phase { name, .. } => ("phase", name.clone()),
        Deed::Track {
            title,
            length,
            failed,
            ..
        } => {
            let length = spoken(rate.duration(*length));
            let words = if *failed {
                format!(
                    "{title}, whose file failed; the bed was heard for what was missing of {length}"
                )
            } else {
                format!("{title}, heard for {length}")
            };
            ("music", words)
        }
        Deed::Cue { name, how } => {
            let kind = how.as_ref().map_or("cue", |how| how.kind.word());
            let whom = how.as_ref().map(|how| to(&how.to));
            (kind, format!("{name}{}", whom.unwrap_or_default()))
        }
        Deed::LeftOut { name, why } => ("left out", format!("the cue {name}: {why}")),
        Deed::Changed(change) => ("changed", change_in_words(change)),
        Deed::Refused { why, asked } => ("refused", refused(why, asked.as_ref())),
        Deed::Rested { length: None } => ("rest", "the session was paused".to_owned()),
        Deed::Rested {
            length: Some(length),
        } => ("rest", format!("paused for {}", spoken(*length))),
        Deed::Interrupted { away, asked: true } => {
            let away = spoken(*away);
            let words = format!("the program was restarted, and went on {away} later");
            ("restart", words)
        }
        Deed::Interrupted { away, .. } => {
            let away = spoken(*away);
            let words = format!("the program was interrupted, and went on {away} later");
            ("fault", words)
        }
        Deed::Marked { name: None } => ("mark", "a moment to come back to".to_owned()),
        Deed::Marked { name: Some(name) } => ("mark", name.clone()),
        Deed::OutputLost { detail } => ("fault", format!("the sound device was lost: {detail}")),
        Deed::OutputBack { detail } => ("fault", format!("the sound device came back: {detail}")),
        Deed::Starved => {
            let words = "the music came too late from the disk, and the bed stood in";
            ("fault", words.to_owned())
        }
        Deed::Trouble { file, why } => ("fault", format!("{file} {why}")),
        Deed::Slept { length } => {
            let length = spoken(*length);
            let words = format!("the machine slept for {length}, and the session stood still");
            ("fault", words)
        }
        Deed::Xruns { count: 1 } => ("fault", "the sound device waited once".to_owned()),
        Deed::Xruns { count } => ("fault", format!("the sound device waited {count} times")),
        Deed::Stopping { how } => ("ending", stopping(*how).to_owned()),
        Deed::Ended { how } => ("session", ended(*how).to_owned()),
        Deed::Lost { records: 1 } => ("fault", "one record is lost here".to_owned()),
        Deed::Lost { records } => ("fault", format!("{records} records are lost here")),
        Deed::Unknown { what } => ("other", format!("{what} (this version does not know it)")),
    }
}

/// Who hears a cue; nothing is said of everybody's.
fn to(listeners: &[Listener]) -> String {
    match listeners {
        [one @ (Listener::A | Listener::B)] => format!(", for {one} alone"),
        _ => String::new(),
    }
}

const fn stopping(how: Ending) -> &'static str {
    match how {
        Ending::AtOnce => "asked to stop at once",
        _ => "asked to fade out",
    }
}

fn refused(why: &str, asked: Option<&Change>) -> String {
    let what = asked.map_or_else(|| "something".to_owned(), wish);
    match why {
        "notnow" => format!("{what} was asked for, which could not be done just then"),
        "wrong" => format!("{what} was asked for, which this session or room does not allow"),
        why => format!("{what} was asked for and not done: {why}"),
    }
}

/// What somebody asked for.
fn wish(change: &Change) -> String {
    match change {
        Change::Hold => "to hold the phase".to_owned(),
        Change::Continue => "to let the phase go on".to_owned(),
        Change::Extend { by } => format!("a phase {} longer", spoken(*by)),
        Change::Shorten { by } => format!("a phase {} shorter", spoken(*by)),
        Change::BringBack { to: None } => "the return".to_owned(),
        Change::BringBack { to: Some(phase) } if phase.is_empty() => {
            "to go to a phase that is not there".to_owned()
        }
        Change::BringBack { to: Some(phase) } => format!("to go to {phase}"),
        Change::Skip => "the next piece".to_owned(),
        Change::Intensity { by, .. } => format!("{} music", way(*by)),
        Change::Level { to } => format!("the level {to}"),
        Change::Cue { name } if name.is_empty() => "a cue that is not there".to_owned(),
        Change::Cue { name } => format!("the cue “{name}”"),
        Change::Speak { on: true } => "room for the therapist's voice".to_owned(),
        Change::Speak { on: false } => "to bring the music back".to_owned(),
        Change::Undo => "to take the last change back".to_owned(),
    }
}

const fn way(by: i8) -> &'static str {
    if by < 0 { "calmer" } else { "more intense" }
}

fn change_in_words(change: &Change) -> String {
    match change {
        Change::Hold => "the phase was held".to_owned(),
        Change::Continue => "the phase went on".to_owned(),
        Change::Extend { by } => format!("the phase was asked to be {} longer", spoken(*by)),
        Change::Shorten { by } => format!("the phase was asked to be {} shorter", spoken(*by)),
        Change::BringBack { to: None } => "brought back to the return".to_owned(),
        Change::BringBack { to: Some(phase) } => format!("brought to {phase}"),
        Change::Skip => "skipped to the next piece".to_owned(),
        Change::Intensity { by, at_once } => {
            let when = if *at_once {
                "at once"
            } else {
                "from the next piece on"
            };
            format!("{} music, {when}", way(*by))
        }
        Change::Level { to } => format!("the level was set to {to}"),
        Change::Cue { name } => format!("the cue “{name}” was asked for"),
        Change::Speak { on: true } => "the music made room for the therapist's voice".to_owned(),
        Change::Speak { on: false } => "the music came back after the therapist's voice".to_owned(),
        Change::Undo => "the last change was taken back".to_owned(),
    }
}

/// How a moment is drawn; `None` for what the picture shows as what it is.
pub const fn sort(deed: &Deed) -> Option<MomentSort> {
    match deed {
        Deed::Marked { .. } => Some(MomentSort::Mark),
        Deed::Changed(_) => Some(MomentSort::Change),
        Deed::Rested { .. } | Deed::Interrupted { .. } => Some(MomentSort::Rest),
        deed if deed.is_fault() => Some(MomentSort::Fault),
        _ => None,
    }
}
