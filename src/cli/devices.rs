//! `undersong devices`

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Exit;
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
                eprintln!("{error}");
                return Exit::Machine;
            }
        };
        let mut out = io::stdout().lock();
        let written = if self.json {
            let list: Vec<Value> = devices.iter().map(as_json).collect();
            writeln!(out, "{:#}", Value::Array(list))
        } else {
            write!(out, "{}", as_text(&devices))
        };
        // Who closes the pipe has read enough.
        if written.is_ok() {
            Exit::Done
        } else {
            Exit::Machine
        }
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
