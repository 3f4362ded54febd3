//! `undersong preview SCRIPT`: the session as it will sound, on the laptop.

mod keys;
mod screen;
mod show;
mod tell;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::Exit;
use crate::cli::preview::show::Show;
use crate::cli::screen::{complain, print, printable};
use crate::cli::script::Script;
use crate::engine::Engine;
use crate::output::{Device, DeviceError, Live, Patch, RealTime, laptop, names, paced};
use crate::player::Player;
use crate::time::{Frames, Rate, clock, parse_length};
use crate::timeline::Timeline;
use crate::zone::{Layout, Listener};

/// Frames that are rendered in one go where there is no sound device.
const BLOCK: usize = 1024;

/// Play a session on this computer, as it will sound in the room
///
/// Without a sound device it runs silently in real time, so that it can be followed everywhere. Press `?` while it
/// plays to see the keys. What plays and what is done is told as it happens,
/// a line each.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong preview sessions/demo.yaml\n  \
                        undersong preview sessions/evening.yaml --from 1:04:00 --listen b")]
pub struct Preview {
    /// The session's script, a YAML file
    script: PathBuf,
    /// Begin there: `25m`, `1:02:00`
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true, value_parser = position, default_value = "0s", hide_default_value = true)]
    from: Duration,
    /// Hear this listener's side of the session: a, b or room [default: the first]
    #[arg(long, value_name = "LISTENER", value_parser = listener)]
    listen: Option<Listener>,
    /// Play on this device only: its id, or a part of its name (see `undersong devices`)
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// Play silently in real time, without a sound device
    #[arg(long, conflicts_with = "device")]
    paced: bool,
}

/// A position in the session, from its start on.
fn position(text: &str) -> Result<Duration, String> {
    let place = parse_length(text).map_err(|error| error.to_string());
    let before = text.trim_start().starts_with(['-', '−']);
    place.map_err(|error| {
        if before {
            "a position is counted from the session's start, as in `--from 25m`; nothing lies before it".to_owned()
        } else {
            error
        }
    })
}

fn listener(name: &str) -> Result<Listener, String> {
    match name {
        "a" => Ok(Listener::A),
        "b" => Ok(Listener::B),
        "room" => Ok(Listener::Room),
        _ => Err("the listeners are a, b and room".to_owned()),
    }
}

/// What the session is to be heard on.
enum Sink {
    /// The one that was named, through cpal.
    Named(Device),
    /// The system's own, through rodio.
    Laptop(Device),
    /// None, and why.
    Silent(Option<DeviceError>),
}

/// Why the preview does not begin, and how the command ends for it.
struct Refused(Exit, String);

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(Exit::Machine, error.to_string())
    }
}

impl Preview {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        self.play().unwrap_or_else(|Refused(exit, why)| {
            complain(&printable(&why));
            exit
        })
    }

    fn play(&self) -> Result<Exit, Refused> {
        let sink = self.sink()?;
        let rate = match &sink {
            Sink::Named(device) | Sink::Laptop(device) => device.rate(),
            Sink::Silent(_) => Rate::DEFAULT,
        };
        let script = Script {
            path: self.script.clone(),
            rate,
        };
        let prepared = match script.prepare() {
            Ok(prepared) => prepared,
            Err(exit) => return Ok(exit),
        };
        let timeline = Arc::clone(&prepared.timeline);
        let from = self.start(&timeline)?;
        let patch = self.patch(&timeline.layout, &sink)?;
        let (mut player, engine) = Player::new(prepared.written(), from)?;
        player.wait_to_begin();
        let (output, silent) = start_output(&player, Box::new(engine), sink, patch)?;
        Ok(Show::new(player, output, silent).run(from)?)
    }

    /// Finds what to play on. A device that was named is never replaced by another.
    fn sink(&self) -> Result<Sink, DeviceError> {
        match &self.device {
            _ if self.paced => Ok(Sink::Silent(None)),
            Some(id) => Device::find(id).map(Sink::Named),
            None => Ok(
                Device::of_system().map_or_else(|error| Sink::Silent(Some(error)), Sink::Laptop)
            ),
        }
    }

    fn start(&self, timeline: &Timeline) -> Result<Frames, Refused> {
        let from = timeline.rate.frames(self.from);
        if from < timeline.length {
            return Ok(from);
        }
        let length = clock(timeline.rate.duration(timeline.length));
        Err(Refused(
            Exit::Call,
            format!("the session is over at {length}; begin before that"),
        ))
    }

    /// What is heard of the session: all of it on a device that was named, one listener's side on the laptop.
    fn patch(&self, layout: &Layout, sink: &Sink) -> Result<Patch, Refused> {
        let ears = Patch::for_two_ears(layout, self.listen);
        let ears = ears.map_err(|error| Refused(Exit::Call, error.to_string()))?;
        match (sink, ears) {
            (Sink::Named(_), _) if self.listen.is_none() => return Ok(Patch::All),
            (Sink::Silent(_), _) => return Ok(Patch::All),
            (_, Patch::One(zone)) if layout.len() > 1 => {
                if let Some(listener) = layout.listener(zone) {
                    let sentence = format!(
                        "You hear what listener {listener} hears; --listen chooses another of {}.",
                        names(layout)
                    );
                    // Where nobody reads, nobody need be told.
                    let _ = print(&(sentence + "\n"));
                }
            }
            _ => {}
        }
        Ok(ears)
    }
}

/// Starts the output; true where it is a silent one.
fn start_output(
    player: &Player,
    engine: Box<Engine>,
    sink: Sink,
    patch: Patch,
) -> Result<(Live, bool), Refused> {
    let (layout, rate) = (&player.timeline().layout, player.timeline().rate);
    let (why, engine) = match sink {
        Sink::Named(device) => {
            let output = device.open(layout, patch, rate)?.play(engine);
            return Ok((output.map_err(|(error, _)| error)?, false));
        }
        Sink::Laptop(device) => match laptop(&device, layout, patch, rate) {
            Ok(output) => match output.play(engine) {
                Ok(output) => return Ok((output, false)),
                Err((error, Some(engine))) => (Some(error), engine),
                Err((error, None)) => return Err(error.into()),
            },
            Err(error) => (Some(error), engine),
        },
        Sink::Silent(why) => (why, engine),
    };
    if let Some(why) = why {
        let why = match why {
            DeviceError::None => "No sound device was found".to_owned(),
            other => format!("The sound device cannot be used ({other})"),
        };
        let sentence =
            format!("{why}: the session runs silently in real time, so that you can follow it.");
        complain(&printable(&sentence));
    }
    Ok((silently(player, engine)?, true))
}

/// Goes on in real time without a sound device.
fn silently(player: &Player, engine: Box<Engine>) -> Result<Live, DeviceError> {
    let clock = RealTime::new(player.timeline().rate);
    let output = paced(engine.channels(), BLOCK, clock, Box::new(|_| ()));
    output.play(engine).map_err(|(error, _)| error)
}
