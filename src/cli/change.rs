//! The verbs that change what is to come in a session.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::Exit;
use crate::cli::steer::{Way, give};
use crate::daemon::Order;
use crate::level::Decibels;
use crate::time::parse_length;
use crate::timeline::Change;

/// How a change is given, and whether it is only shown.
#[derive(Debug, Args)]
pub struct Try {
    #[command(flatten)]
    way: Way,
    /// Only show what it would do
    #[arg(long)]
    forecast: bool,
}

/// Something without more words.
#[derive(Debug, Args)]
pub struct Plain {
    #[command(flatten)]
    how: Try,
}

/// By how much a phase ends later.
#[derive(Debug, Args)]
pub struct Extend {
    /// By how much: `5m`, `90s`, `1:30`
    #[arg(value_name = "LENGTH", allow_hyphen_values = true, value_parser = later)]
    by: Duration,
    #[command(flatten)]
    how: Try,
}

/// By how much a phase ends earlier.
#[derive(Debug, Args)]
pub struct Shorten {
    /// By how much: `5m`, `90s`, `1:30`
    #[arg(value_name = "LENGTH", allow_hyphen_values = true, value_parser = earlier)]
    by: Duration,
    #[command(flatten)]
    how: Try,
}

/// Where the session is brought.
#[derive(Debug, Args)]
pub struct BringBack {
    /// Another later phase than the return, by its name
    phase: Option<String>,
    #[command(flatten)]
    how: Try,
}

/// More intense or calmer.
#[derive(Debug, Args)]
pub struct Intensity {
    /// By how many steps of the ratings that the phase has: `+1`, `-1`
    #[arg(allow_hyphen_values = true, value_parser = steps)]
    by: i8,
    /// Now, over a long fade, instead of after the piece that sounds
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    how: Try,
}

/// Louder or softer.
#[derive(Debug, Args)]
pub struct Level {
    /// In decibels. `+1dB`, `-2dB`: louder or softer than now; `=-6dB`: to this level
    #[arg(allow_hyphen_values = true)]
    level: String,
    #[command(flatten)]
    how: Try,
}

/// A cue.
#[derive(Debug, Args)]
pub struct Cue {
    /// The cue's name, as `undersong plan` shows it
    name: String,
    #[command(flatten)]
    how: Try,
}

/// The therapist's voice.
#[derive(Debug, Args)]
pub struct Speak {
    /// `on`: the music goes down; `off`: it comes back
    voice: Voice,
    #[command(flatten)]
    how: Try,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Voice {
    On,
    Off,
}

impl Plain {
    /// Gives this order.
    #[must_use]
    pub fn run(self, order: Order) -> Exit {
        give(&self.how.way, self.how.forecast, |_| Ok(order))
    }
}

impl Extend {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        self.how.change(Change::Extend { by: self.by })
    }
}

impl Shorten {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        self.how.change(Change::Shorten { by: self.by })
    }
}

fn later(text: &str) -> Result<Duration, String> {
    signed(text, ["shorten", "earlier"])
}

fn earlier(text: &str) -> Result<Duration, String> {
    signed(text, ["extend", "later"])
}

/// A length; one below nothing belongs to the other verb.
fn signed(text: &str, [other, way]: [&str; 2]) -> Result<Duration, String> {
    let text = text.trim().replace('−', "-");
    let length = text.strip_prefix('-').map(str::trim_start);
    let Some(length) = length.filter(|length| parse_length(length).is_ok()) else {
        return parse_length(text.strip_prefix('+').unwrap_or(&text)).map_err(|e| e.to_string());
    };
    Err(format!(
        "to let the phase end {way}, use `undersong {other} {length}`"
    ))
}

impl BringBack {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        self.how.change(Change::BringBack { to: self.phase })
    }
}

impl Intensity {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let (by, at_once) = (self.by, self.now);
        self.how.change(Change::Intensity { by, at_once })
    }
}

impl Level {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let Self { level, how } = self;
        give(&how.way, how.forecast, |status| {
            let now = status.session.as_ref().map_or(0.0, |session| session.level);
            let to = level_of(&level, Decibels(now)).ok_or_else(|| {
                format!("`{level}` is no level; write for example `+1dB`, `-2dB` or `=-6dB`")
            })?;
            Ok(Order::Change(Change::Level { to }))
        })
    }
}

/// A step up or down. A bare number might be meant as the rating itself.
fn steps(text: &str) -> Result<i8, String> {
    let text = text.trim().replace('−', "-");
    let is_step = text.starts_with(['+', '-']);
    let steps = text.parse().ok().filter(|_| is_step);
    steps.ok_or_else(|| {
        "it goes by steps from what plays now: `+1` is more intense, `-1` calmer".to_owned()
    })
}

/// Where a level leads from the one that stands.
fn level_of(text: &str, now: Decibels) -> Option<Decibels> {
    let text = text.trim().replace('−', "-");
    let (absolute, rest) = match text.strip_prefix('=') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let lower = rest.to_lowercase();
    let number = lower.strip_suffix("db").unwrap_or(&lower).trim();
    let number: f32 = number.parse().ok()?;
    let level = if absolute {
        Decibels(number)
    } else {
        now + Decibels(number)
    };
    level.0.is_finite().then_some(level)
}

impl Cue {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        self.how.change(Change::Cue { name: self.name })
    }
}

impl Speak {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let on = matches!(self.voice, Voice::On);
        self.how.change(Change::Speak { on })
    }
}

impl Try {
    fn change(self, change: Change) -> Exit {
        give(&self.way, self.forecast, |_| Ok(Order::Change(change)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_relative_unless_it_says_where_to() {
        let now = Decibels(-3.0);
        let of = |text| level_of(text, now).map(|level| level.0);
        assert_eq!(of("+1dB"), Some(-2.0));
        assert_eq!(of("-2 dB"), Some(-5.0));
        assert_eq!(of("=-6dB"), Some(-6.0));
        assert_eq!(of("1"), Some(-2.0));
        assert_eq!((of("loud"), of("+infdB"), of("")), (None, None, None));
    }
}
