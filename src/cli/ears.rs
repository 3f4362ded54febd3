//! `undersong ears`: whether each listener's sound is heard on the right ear.

use std::io::{BufRead, IsTerminal, stdin};
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::cli::Exit;
use crate::cli::screen::{complain, print, printable};
use crate::cli::status;
use crate::cli::steer::{Way, block_on, complain_of};
use crate::control::{Client, ClientError};
use crate::daemon::{Answer, Order, Status, TO_CHANGE};
use crate::time::parse_length;
use crate::timeline::Change;
use crate::when::spoken;
use crate::zone::Listener;

/// Hear whether each listener's headphones are on the right channels: a soft chime on each side in turn
///
/// Put the headphones on, listen, and say at the end whether everybody heard the chime where it was announced. Before
/// each further listener it waits: on a terminal until Enter is pressed, so that one person can put on one pair after the
/// other, elsewhere for the pause. It says whose turn it is, and at the end that it is kept. A session that
/// speaks to one listener alone is only played on a device that was checked so.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong ears\n  undersong ears --zone b\n  undersong ears --pause 20s"
)]
pub struct Ears {
    /// Only for this one: `a`, `b` or `room`
    #[arg(long, value_name = "ZONE", value_parser = listener)]
    zone: Option<Listener>,
    /// Wait for so long before each further listener, and for no key; 10s with `--yes` or `--json`, or where this is no
    /// terminal
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pause: Option<Duration>,
    /// For programs that asked already: everybody heard it on the right side
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    way: Way,
}

/// Where somebody can, a check that was forgotten goes on after this.
const FORGOTTEN: Duration = Duration::from_secs(10 * 60);

fn listener(text: &str) -> Result<Listener, String> {
    match text {
        "a" => Ok(Listener::A),
        "b" => Ok(Listener::B),
        "room" => Ok(Listener::Room),
        _ => Err("a zone is `a`, `b` or `room`".to_owned()),
    }
}

impl Ears {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        block_on(async {
            let client = self.way.client();
            let mut lines = Lines::default();
            if !self.yes && stdin().is_terminal() {
                // What is typed from now on is no answer before something is asked.
                lines.read();
            }
            let check = match self.heard(&client, &mut lines).await {
                Ok(Some(check)) => check,
                Ok(None) => return Exit::Input,
                Err(error) => return complain_of(&error, self.way.is_json()),
            };
            if !self.yes && !asked(&mut lines).await {
                complain(
                    "Then nothing is kept. Change the plugs, or the channels under `zones` in the room file, \
                     and run `undersong ears` again.",
                );
                return Exit::Input;
            }
            // This check and no other: somebody else may have begun one since.
            let now = match client.status().await {
                Ok(now) => now,
                Err(error) => return complain_of(&error, self.way.is_json()),
            };
            let meant = Status {
                epoch: check,
                ..now
            };
            match client.order(Order::ConfirmEars, false, &meant).await {
                Ok(answer) if self.way.is_json() => status::json(&answer),
                Ok(answer) => print(&format!("{}\n", printable(&answer.message))),
                Err(error) => complain_of(&error, self.way.is_json()),
            }
        })
    }

    /// Says which ear it is about until the check is over; the check's epoch where it was heard to its end.
    async fn heard(&self, client: &Client, lines: &mut Lines) -> Result<Option<u64>, ClientError> {
        // Followed before it begins, so that nothing is missed.
        let mut events = client.events().await?;
        let (zone, pause) = (self.zone, self.pause());
        let answer = give(client, Order::Ears { zone, pause }).await?;
        let check = client.status().await?.epoch;
        if !self.way.is_json() {
            let _ = print(&format!("{}\n", printable(&answer.message)));
        }
        // While a key is waited for.
        let mut asks = false;
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                line = lines.next(), if asks => {
                    // Ctrl-D is no answer.
                    if line.is_none() {
                        continue;
                    }
                    let done = give(client, Order::Change(Change::Continue)).await;
                    // Perhaps it went on by itself, or was stopped, just now; where not, it can be pressed again.
                    asks = done.is_err();
                    if let Err(error) = done
                        && !matches!(error, ClientError::Refused(_))
                    {
                        complain(&printable(&error.to_string()));
                    }
                    continue;
                }
            };
            let Some(event) = event else { break };
            match self.tell(&event) {
                Some(Step::Over { heard }) => return Ok(heard.then_some(check)),
                Some(Step::Waits) => {
                    lines.forget();
                    asks = self.waits_for_a_key();
                }
                Some(Step::Sounds) => asks = false,
                None => {}
            }
        }
        complain("the daemon went away in the middle of the check");
        Ok(None)
    }

    /// Whether somebody is there to press a key.
    fn waits_for_a_key(&self) -> bool {
        self.pause.is_none() && !self.yes && !self.way.is_json() && stdin().is_terminal()
    }

    fn pause(&self) -> Duration {
        let unsaid = if self.waits_for_a_key() {
            FORGOTTEN
        } else {
            TO_CHANGE
        };
        self.pause.unwrap_or(unsaid)
    }

    /// One event, and what it means for the check.
    fn tell(&self, data: &str) -> Option<Step> {
        let told: Value = serde_json::from_str(data).ok()?;
        let (what, text) = (told["what"].as_str()?, told["text"].as_str()?);
        if self.way.is_json() && what.starts_with("ear") {
            let _ = print(data);
        }
        match (what, text) {
            ("ear", ear) if !self.way.is_json() => {
                let (listener, side) = ear.split_once(' ')?;
                let whose = whose(listener);
                let part = if listener == "room" { "side" } else { "ear" };
                let _ = print(&format!("Now: {whose}, {side} {part}\n"));
                Some(Step::Sounds)
            }
            ("ears-next", listener) if !self.way.is_json() => {
                let whose = whose(listener);
                let ready = match listener {
                    "room" => "Go where its speakers are heard",
                    _ => "Put those headphones on",
                };
                let _ = print(&if self.waits_for_a_key() {
                    format!("Next: {whose}. {ready}, then press Enter.\n")
                } else {
                    format!("Next: {whose}, in {}. {ready}.\n", spoken(self.pause()))
                });
                Some(Step::Waits)
            }
            ("ears-over", "heard") => Some(Step::Over { heard: true }),
            ("ears-over", how) => {
                complain(if how == "stopped" {
                    "the check was stopped; nothing is kept"
                } else {
                    "the sound device went away in the middle of the check; plug it in and run `undersong ears` again"
                });
                Some(Step::Over { heard: false })
            }
            _ => None,
        }
    }
}

async fn give(client: &Client, order: Order) -> Result<Answer, ClientError> {
    let status = client.status().await?;
    client.order(order, false, &status).await
}

fn whose(listener: &str) -> String {
    match listener {
        "room" => "the room".to_owned(),
        listener => format!("listener {listener}"),
    }
}

/// How far a check is.
enum Step {
    /// A chime comes.
    Sounds,
    /// It waits for the next listener.
    Waits,
    /// It is over; and whether it was heard to its end.
    Over { heard: bool },
}

/// What is typed, line by line, read on a thread of its own; `None` is sent where somebody ends a line that is empty
/// with Ctrl-D.
#[derive(Default)]
struct Lines(Option<mpsc::UnboundedReceiver<Option<String>>>);

/// A terminal that is gone ends its input again and again.
const ENDED: Duration = Duration::from_millis(100);

impl Lines {
    /// From now on at the latest what is typed is taken in.
    fn read(&mut self) -> &mut mpsc::UnboundedReceiver<Option<String>> {
        self.0.get_or_insert_with(|| {
            let (typed, lines) = mpsc::unbounded_channel();
            std::thread::spawn(move || {
                let is_terminal = stdin().is_terminal();
                let mut all = stdin().lock().lines();
                loop {
                    let line = match all.next() {
                        Some(Ok(line)) => Some(line),
                        // What is typed on a terminal after that comes all the same.
                        None if is_terminal => None,
                        _ => break,
                    };
                    let is_end = line.is_none();
                    if typed.send(line).is_err() {
                        break;
                    }
                    if is_end {
                        std::thread::sleep(ENDED);
                    }
                }
            });
            lines
        })
    }

    /// The next line; `None` for Ctrl-D, and where there is none any more.
    async fn next(&mut self) -> Option<String> {
        self.read().recv().await.flatten()
    }

    /// Forgets what was typed while nobody asked.
    fn forget(&mut self) {
        while self
            .0
            .as_mut()
            .is_some_and(|lines| lines.try_recv().is_ok())
        {}
    }
}

/// Asks the people in the room.
async fn asked(lines: &mut Lines) -> bool {
    lines.forget();
    let _ = print("Did everybody hear it on the right side? [y/N] ");
    let answer = lines.next().await.unwrap_or_default();
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
