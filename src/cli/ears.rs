//! `undersong ears`: whether each listener's sound is heard on the right ear.

use std::io::{BufRead, stdin};

use clap::Args;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::screen::{complain, print, printable};
use crate::cli::status;
use crate::cli::steer::{Way, block_on, complain_of};
use crate::control::{Client, ClientError};
use crate::daemon::{Answer, Order, Status};
use crate::zone::Listener;

/// Hear whether each listener's headphones are on the right channels: a soft chime on each side in turn
///
/// Put the headphones on, listen, and say at the end whether everybody heard the chime where it was announced. A session
/// that speaks to one listener alone is only played on a device that was checked so.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  undersong ears\n  undersong ears --zone b")]
pub struct Ears {
    /// Only for this one: `a`, `b` or `room`
    #[arg(long, value_name = "ZONE", value_parser = listener)]
    zone: Option<Listener>,
    /// For programs that asked already: everybody heard it on the right side
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    way: Way,
}

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
            let check = match self.heard(&client).await {
                Ok(Some(check)) => check,
                Ok(None) => return Exit::Input,
                Err(error) => return complain_of(&error, self.way.is_json()),
            };
            if !self.yes && !asked() {
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
    async fn heard(&self, client: &Client) -> Result<Option<u64>, ClientError> {
        // Followed before it begins, so that nothing is missed.
        let mut events = client.events().await?;
        let answer = give(client, Order::Ears { zone: self.zone }).await?;
        let check = client.status().await?.epoch;
        if !self.way.is_json() {
            let _ = print(&format!("{}\n", printable(&answer.message)));
        }
        let mut pending = String::new();
        while let Some(Ok(frame)) = events.frame().await {
            let Some(bytes) = frame.data_ref() else {
                continue;
            };
            pending.push_str(&String::from_utf8_lossy(bytes));
            while let Some(end) = pending.find('\n') {
                let line: String = pending.drain(..=end).collect();
                let data = line.strip_prefix("data: ").unwrap_or_default();
                if let Some(heard) = self.tell(data) {
                    return Ok(heard.then_some(check));
                }
            }
        }
        complain("the daemon went away in the middle of the check");
        Ok(None)
    }

    /// One event; whether the check was heard to its end, once it is over.
    fn tell(&self, data: &str) -> Option<bool> {
        let told: Value = serde_json::from_str(data).ok()?;
        let (what, text) = (told["what"].as_str()?, told["text"].as_str()?);
        if self.way.is_json() && what.starts_with("ear") {
            let _ = print(data);
        }
        match (what, text) {
            ("ear", ear) if !self.way.is_json() => {
                let (listener, side) = ear.split_once(' ')?;
                let whose = match listener {
                    "room" => "the room".to_owned(),
                    listener => format!("listener {listener}"),
                };
                let part = if listener == "room" { "side" } else { "ear" };
                let _ = print(&format!("Now: {whose}, {side} {part}\n"));
                None
            }
            ("ears-over", "heard") => Some(true),
            ("ears-over", how) => {
                complain(if how == "stopped" {
                    "the check was stopped; nothing is kept"
                } else {
                    "the sound device went away in the middle of the check; plug it in and run `undersong ears` again"
                });
                Some(false)
            }
            _ => None,
        }
    }
}

async fn give(client: &Client, order: Order) -> Result<Answer, ClientError> {
    let status = client.status().await?;
    client.order(order, false, &status).await
}

/// Asks the people in the room. Blocking.
fn asked() -> bool {
    let _ = print("Did everybody hear it on the right side? [y/N] ");
    let mut answer = String::new();
    let read = stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
