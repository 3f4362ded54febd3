//! `undersong devices`

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::screen::{complain, print, printable};
use crate::output::{Listed, devices};

/// List the sound devices that a session can be played on
#[derive(Debug, Args)]
pub struct Devices {
    /// For programs: a list of {id, name, channels, rates} or {id, name, trouble}
    #[arg(long)]
    json: bool,
}

impl Devices {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        let devices = match devices() {
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
            as_text(&devices)
        })
    }
}

fn as_json(listed: &Listed) -> Value {
    let Listed { id, name, device } = listed;
    match device {
        Ok(device) => {
            json!({ "id": id, "name": name, "channels": device.channels(), "rates": device.rates() })
        }
        Err(error) => json!({ "id": id, "name": name, "trouble": error.to_string() }),
    }
}

fn as_text(devices: &[Listed]) -> String {
    if devices.is_empty() {
        return "The system knows no sound device.\n".to_owned();
    }
    let widest = devices.iter().map(|listed| listed.id.chars().count());
    let width = widest.max().unwrap_or(0);
    let mut text = String::new();
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
    text
}
