//! The verbs that steer a running daemon.

use std::io::{IsTerminal, stderr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::Exit;
use crate::cli::SOCKET;
use crate::cli::screen::{complain, print, printable};
use crate::cli::status;
use crate::cli::waiting::watched;
use crate::control::{Client, ClientError};
use crate::daemon::{Answer, Order, Reason, Remark, Speed, Status};
use crate::level::Decibels;
use crate::time::parse_length;
use crate::timeline::Change;

/// Where the daemon listens, and how its answer is shown.
#[derive(Debug, Args)]
pub struct Way {
    /// The daemon's socket
    #[arg(
        long,
        value_name = "SOCKET",
        env = "UNDERSONG_SOCKET",
        default_value = SOCKET
    )]
    socket: PathBuf,
    /// For programs: the answer as JSON
    #[arg(long)]
    json: bool,
}

/// The same, and whether it is only shown.
#[derive(Debug, Args)]
pub struct Try {
    #[command(flatten)]
    way: Way,
    /// Only show what it would do
    #[arg(long)]
    forecast: bool,
}

/// Begin a session in the room
///
/// Its music is listened to first where that was not done before, which may take minutes; on a terminal a bar says how far it
/// is. It answers with the title, when the session ends, its first and last cue, and what should be looked at.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong start solo.yaml\n  undersong start /srv/undersong/sessions/evening.yaml"
)]
pub struct Start {
    /// The script, beneath one of the room's media folders: its path, or its name alone
    script: PathBuf,
    #[command(flatten)]
    way: Way,
}

/// Something without more words.
#[derive(Debug, Args)]
pub struct Plain {
    #[command(flatten)]
    how: Try,
}

/// A length of time.
#[derive(Debug, Args)]
pub struct By {
    /// By how much: `5m`, `90s`, `1:30`
    #[arg(value_name = "LENGTH", value_parser = parse_length)]
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

/// Keep a note, apart from the technical record
///
/// What you saw or heard, with its time, for your own files: only its moment is in the record, and it is on a report only
/// where you ask for that. It answers that the note is kept.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  undersong note \"B is restless\"")]
pub struct Note {
    /// What was seen or said; kept apart from the technical record
    #[arg(required = true)]
    text: Vec<String>,
    #[command(flatten)]
    way: Way,
}

/// Fade out and end the session
///
/// Within 6 s unless a faster way is named, and for good: to go on later, use `undersong pause`. It ends a check of the ears,
/// too, and gives up a session that was cut off. It answers with how fast the sound goes.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong stop\n  undersong stop --quick\n  undersong stop --now"
)]
pub struct Stop {
    /// Within 1.5 s instead of 6 s
    #[arg(long, conflicts_with = "now")]
    quick: bool,
    /// At once: within 30 ms
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    way: Way,
}

impl Start {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        // From the terminal's own folder; a name that is not there is looked for in the media folders.
        let script = self.script.canonicalize().unwrap_or(self.script);
        give(&self.way, false, |_| Ok(Order::Start { script }))
    }
}

impl Plain {
    /// Gives this order.
    #[must_use]
    pub fn run(self, order: Order) -> Exit {
        give(&self.how.way, self.how.forecast, |_| Ok(order))
    }
}

impl By {
    /// The phase ends later.
    #[must_use]
    pub fn extend(self) -> Exit {
        let by = self.by;
        self.how.change(Change::Extend { by })
    }

    /// The phase ends earlier.
    #[must_use]
    pub fn shorten(self) -> Exit {
        let by = self.by;
        self.how.change(Change::Shorten { by })
    }
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

impl Note {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let text = self.text.join(" ");
        give(&self.way, false, |_| Ok(Order::Note { text }))
    }
}

impl Stop {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let how = match (self.quick, self.now) {
            (_, true) => Speed::Hard,
            (true, false) => Speed::Quick,
            (false, false) => Speed::Soft,
        };
        give(&self.way, false, |_| Ok(Order::Stop { how }))
    }
}

impl Try {
    fn change(self, change: Change) -> Exit {
        give(&self.way, self.forecast, |_| Ok(Order::Change(change)))
    }
}

impl Way {
    /// The daemon's client.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.socket)
    }

    /// Whether the answer is for a program.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        self.json
    }
}

/// Gives an order that may depend on how things are.
fn give(way: &Way, forecast: bool, order: impl FnOnce(&Status) -> Result<Order, String>) -> Exit {
    let client = way.client();
    block_on(async {
        let status = match client.status().await {
            Ok(status) => status,
            Err(error) => return complain_of(&error, way.json),
        };
        let order = match order(&status) {
            Ok(order) => order,
            Err(sentence) => {
                complain(&printable(&sentence));
                return Exit::Call;
            }
        };
        // Only what begins a session takes long.
        let is_long = matches!(order, Order::Start { .. } | Order::Resume);
        let answer = client.order(order, forecast, &status);
        let answer = if is_long && stderr().is_terminal() {
            watched(&client, answer).await
        } else {
            answer.await
        };
        match answer {
            Ok(answer) if way.json => status::json(&answer),
            Ok(answer) => print(&text(&answer)),
            Err(error) => complain_of(&error, way.json),
        }
    })
}

fn text(answer: &Answer) -> String {
    let mut text = printable(&answer.message) + "\n";
    // What was done is seen in the status; what would be done is seen nowhere else.
    if answer.at.is_none()
        && let Some(outlook) = &answer.forecast
    {
        text.push_str(&status::next(&outlook.next));
    }
    let mut of_script = Vec::new();
    for remark in &answer.remarks {
        match remark {
            Remark::Room(sentence) => text.push_str(&status::about_room(sentence)),
            Remark::Script(sentence) => of_script.push(sentence.as_str()),
        }
    }
    text + &status::about_script(&of_script)
}

/// Says why an order was not carried out, and how the command ends for it.
pub fn complain_of(error: &ClientError, json: bool) -> Exit {
    let ClientError::Refused(refused) = error else {
        complain(&printable(&error.to_string()));
        return Exit::Machine;
    };
    if json {
        let _ = status::json(refused);
    } else {
        complain(&printable(&refused.message));
        for detail in &refused.details {
            complain(&format!("  {}", printable(detail)));
        }
    }
    match refused.reason {
        Reason::Failed => Exit::Machine,
        _ => Exit::Input,
    }
}

/// Runs what waits for the daemon. Blocking.
pub fn block_on(work: impl Future<Output = Exit>) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            complain(&format!("the system gives no timers: {error}"));
            Exit::Machine
        }
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
