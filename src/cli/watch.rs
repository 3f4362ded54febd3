//! `undersong watch`: what happens in a session, as it happens.

use std::time::Duration;

use clap::Args;

use crate::cli::Exit;
use crate::cli::screen::{complain, printable, tell};
use crate::cli::status::{text, time};
use crate::cli::steer::{Way, block_on, complain_of};
use crate::control::{Client, ClientError, Events};
use crate::daemon::Status;

/// A daemon that is gone is looked for again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Show what happens in the session, as it happens; Ctrl-C ends it
///
/// The status comes first, then each phase, piece, cue, reminder and change with its position in the session, a line each.
/// Where the daemon goes away, it is waited for, and the status comes again once it is back.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong watch\n  undersong watch --json")]
pub struct Watch {
    #[command(flatten)]
    way: Way,
}

impl Watch {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let (client, is_json) = (self.way.client(), self.way.is_json());
        block_on(async {
            let mut opened = match open(&client).await {
                Ok(opened) => opened,
                Err(error) => return complain_of(&error, is_json),
            };
            loop {
                if let Err(exit) = follow(opened, is_json).await {
                    return exit;
                }
                complain(
                    "no news from the daemon any more; waiting until it is back (Ctrl-C ends the waiting)",
                );
                opened = reopened(&client).await;
            }
        })
    }
}

/// What happens from now on, and how things are.
async fn open(client: &Client) -> Result<(Events, Status), ClientError> {
    let events = client.events().await?;
    Ok((events, client.status().await?))
}

/// The same of a daemon that was gone, once it is back.
async fn reopened(client: &Client) -> (Events, Status) {
    loop {
        if let Ok(opened) = open(client).await {
            return opened;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Shows how things are, and what happens for as long as the daemon tells it; an error where that cannot be shown.
async fn follow((mut events, status): (Events, Status), is_json: bool) -> Result<(), Exit> {
    if !is_json {
        tell(&text(&status))?;
    }
    while let Some(event) = events.next().await {
        let line = if is_json {
            event + "\n"
        } else {
            happening(&event)
        };
        tell(&line)?;
    }
    Ok(())
}

fn happening(data: &str) -> String {
    let told: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    let word = |key: &str| printable(told[key].as_str().unwrap_or_default());
    let at = told["at"].as_f64().unwrap_or_default();
    let (kind, text) = (word("what"), word("text"));
    let (kind, text) = plain(&kind, text);
    format!("{:>8}  {kind:<8} {text}\n", time(at))
}

/// What happened, in a word and a sentence; the events' own names are for programs.
fn plain(what: &str, text: String) -> (&str, String) {
    let (word, sentence) = match what {
        "cue-missed" => {
            let sentence = format!("the cue {text} did not come: its record was not safe in time");
            return ("fault", sentence);
        }
        "trouble" => return ("fault", text),
        "starved" => ("fault", "the music comes too late; the quiet bed stands in"),
        "pausing" => ("pause", "the sound goes"),
        "paused" => ("pause", "the session rests, and nothing is heard"),
        "went-on" => ("resume", "the session goes on"),
        "came-back" => (
            "resume",
            "the sound had been cut off, and comes from silence",
        ),
        "stopping" => ("end", "the sound goes for good"),
        "over" => ("end", "the session is over"),
        "ear" => return ("ears", format!("a chime for {text}")),
        "ears-next" => return ("ears", format!("next is listener {text}")),
        "ears-over" => return ("ears", format!("the chimes are over ({text})")),
        _ => return (what, text),
    };
    (word, sentence.to_owned())
}
