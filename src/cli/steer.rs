//! The verbs that steer a running daemon.

use std::io::{IsTerminal, stderr};
use std::path::{Component, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::SOCKET;
use crate::cli::screen::{complain, print, printable};
use crate::cli::status;
use crate::cli::waiting::watched;
use crate::control::{Client, ClientError};
use crate::daemon::{Answer, Order, Reason, Remark, Speed, Status};

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

/// Begin a session in the room
///
/// Its music is listened to first where that was not done before, which may take minutes; on a terminal a bar says how far it
/// is. It answers with the title, when the session ends, its first and last cue, and what should be looked at.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong start solo.yaml\n  undersong start /srv/undersong/sessions/evening.yaml"
)]
pub struct Start {
    /// The script, beneath one of the room's media folders: its name alone, as it is found there, or its path from here
    script: PathBuf,
    #[command(flatten)]
    way: Way,
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
        // A name alone is that of a script in the room, whatever lies in the terminal's own folder; a path begins there.
        let is_name = self
            .script
            .components()
            .eq([Component::Normal(self.script.as_os_str())]);
        let own = self.script.canonicalize().ok().filter(|_| !is_name);
        let is_here = self.script.starts_with(".") || self.script.starts_with("..");
        give(&self.way, false, |_| match own {
            None if is_here => Err(format!(
                "there is no file `{}` where you are; `undersong start {}` would look for it in the room",
                self.script.display(),
                self.script.file_name().unwrap_or_default().display()
            )),
            own => Ok(Order::Start {
                script: own.unwrap_or(self.script),
            }),
        })
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

/// Gives an order that may depend on how things are, and shows what comes of it.
pub fn give(
    way: &Way,
    forecast: bool,
    order: impl FnOnce(&Status) -> Result<Order, String>,
) -> Exit {
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
    text + &status::about_script(answer.script.as_deref(), &of_script)
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
