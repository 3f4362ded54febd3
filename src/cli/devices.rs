//! `undersong devices`

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::hush::hushed;
use crate::cli::screen::{complain, count, print, printable};
use crate::output::{Listed, devices};

/// List the sound devices that a session can be played on
///
/// It answers with a device's id, name, channels and rates (in Hz); the id goes into the room file: `device:
/// alsa:hw:CARD=Audio,DEV=0`. Each device is opened for a moment, in silence; do not run this while a session plays.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong devices\n  undersong devices --all")]
pub struct Devices {
    /// What is no sound card and cannot be played on, too: plugins that convert, sound servers that do not run
    #[arg(long)]
    all: bool,
    /// For programs: a list of {id, name, card, channels, rates} or {id, name, card, trouble}, of all
    #[arg(long)]
    json: bool,
}

impl Devices {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        // A library that finds no server says so at length.
        let devices = match hushed(devices) {
            Ok(devices) => devices,
            Err(error) => {
                complain(&printable(&error.to_string()));
                return Exit::Machine;
            }
        };
        print(&if self.json {
            let list: Vec<Value> = devices.iter().map(as_json).collect();
            format!("{:#}\n", Value::Array(list))
        } else {
            as_text(&devices, self.all)
        })
    }
}

fn as_json(listed: &Listed) -> Value {
    let Listed { id, name, device } = listed;
    let card = listed.is_card();
    match device {
        Ok(device) => {
            let (channels, rates) = (device.channels(), device.rates());
            json!({ "id": id, "name": name, "card": card, "channels": channels, "rates": rates })
        }
        Err(error) => {
            json!({ "id": id, "name": name, "card": card, "trouble": error.to_string() })
        }
    }
}

fn as_text(devices: &[Listed], all: bool) -> String {
    let (cards, others): (Vec<_>, Vec<_>) = devices.iter().partition(|listed| listed.is_card());
    let can_play = |listed: &&&Listed| all || listed.device.is_ok();
    let shown: Vec<&Listed> = others.iter().filter(can_play).copied().collect();
    let mut text = String::new();
    if cards.is_empty() {
        text.push_str(
            "No sound card was found. Plug one in or switch it on; `undersong doctor` looks at the rest.\n",
        );
    }
    list(&cards, &mut text);
    if !shown.is_empty() {
        text.push_str("\nNo sound cards, but ways to one, or converters:\n");
        list(&shown, &mut text);
    }
    let left_out = others.len() - shown.len();
    if left_out > 0 {
        let others = count(left_out, "other");
        // A String takes whatever is written.
        let _ = writeln!(
            text,
            "\n{others} that are no sound cards and do not play; `--all` shows them."
        );
    }
    text
}

fn list(devices: &[&Listed], text: &mut String) {
    let widest = devices.iter().map(|listed| listed.id.chars().count());
    let width = widest.max().unwrap_or(0);
    for Listed { id, name, device } in devices {
        let can = match device {
            Ok(device) => {
                let rates = device.rates();
                let rates: Vec<String> = rates.iter().map(|r| r.hertz().to_string()).collect();
                format!("{} channels at {} Hz", device.channels(), rates.join(", "))
            }
            Err(error) => format!("cannot play: {error}"),
        };
        // A String takes whatever is written.
        let _ = writeln!(text, "{id:<width$}  {name}\n{:width$}  {can}", "");
    }
}
