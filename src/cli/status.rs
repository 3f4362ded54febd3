//! `undersong status` and `undersong watch`

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::screen::{complain, print, printable};
use crate::cli::steer::{Way, block_on, complain_of};
use crate::daemon::{Coming, SessionStatus, State, Status, ZoneStatus};
use crate::level::Decibels;
use crate::time::clock;
use std::time::Duration;

/// Show how the daemon and its session are
///
/// It answers with what somebody should see to first (`!`), then where the session is and what plays, what comes next and
/// when, how loud each listener's sound is, and how device and record are. Positions are hours, minutes and seconds from the
/// session's start.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong status\n  undersong status --json")]
pub struct Show {
    #[command(flatten)]
    way: Way,
}

/// Show what happens in the session, as it happens; Ctrl-C ends it
///
/// The status comes first, then each phase, piece, cue, reminder and change with its position in the session, a line each,
/// until it is ended or the daemon goes away.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  undersong watch\n  undersong watch --json")]
pub struct Watch {
    #[command(flatten)]
    way: Way,
}

impl Show {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        block_on(async {
            match self.way.client().status().await {
                Ok(status) if self.way.is_json() => json(&status),
                Ok(status) => print(&text(&status)),
                Err(error) => complain_of(&error, self.way.is_json()),
            }
        })
    }
}

impl Watch {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> Exit {
        block_on(async {
            let client = self.way.client();
            let opened = match client.events().await {
                Ok(events) => client.status().await.map(|status| (events, status)),
                Err(error) => Err(error),
            };
            let (mut events, status) = match opened {
                Ok(opened) => opened,
                Err(error) => return complain_of(&error, self.way.is_json()),
            };
            if !self.way.is_json() {
                let _ = print(&text(&status));
            }
            while let Some(event) = events.next().await {
                let _ = print(&if self.way.is_json() {
                    event + "\n"
                } else {
                    happening(&event)
                });
            }
            complain(
                "the daemon is gone, or went on without this; `undersong status` says how things are",
            );
            Exit::Machine
        })
    }
}

fn happening(data: &str) -> String {
    let told: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    let word = |key: &str| printable(told[key].as_str().unwrap_or_default());
    let at = told["at"].as_f64().unwrap_or_default();
    format!("{:>8}  {:<8} {}\n", time(at), word("what"), word("text"))
}

/// As JSON on the standard output.
pub fn json(value: &impl Serialize) -> Exit {
    // Plain data always has a JSON form.
    print(&(serde_json::to_string_pretty(value).unwrap_or_default() + "\n"))
}

fn time(seconds: f64) -> String {
    clock(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// What somebody should see to, as a line.
pub fn about_room(sentence: &str) -> String {
    format!("! {}\n", printable(sentence))
}

/// What is said of a script whose name is not at hand.
pub fn about_script(sentences: &[&str]) -> String {
    about_script_named("SCRIPT", sentences)
}

/// What is said of a script: a line or two; of more the first, which is the gravest, and how many there are.
fn about_script_named(script: &str, sentences: &[&str]) -> String {
    let line = |sentence: &str| format!("script    {}\n", printable(sentence));
    match sentences {
        [] | [_] | [_, _] => sentences.iter().map(|sentence| line(sentence)).collect(),
        [first, rest @ ..] => {
            let more = format!(
                "{} more remarks; `undersong check {script}` shows them",
                rest.len()
            );
            line(first) + &line(&more)
        }
    }
}

fn text(status: &Status) -> String {
    let mut text = format!("{}: {}\n", printable(&status.room), state(status));
    // First what somebody should see to, before what is only good to know.
    for alarm in &status.alarms {
        text.push_str(&about_room(&alarm.message));
    }
    if let Some(session) = &status.session {
        if status.state == State::Offered {
            let (title, at) = (printable(&session.title), time(session.position));
            // Writing to a text does not fail, here and below.
            let _ = writeln!(text, "session   {title}, cut off at {at}");
        } else {
            about(session, &mut text);
        }
    }
    let output = &status.output;
    if output.state != "closed" {
        let _ = writeln!(
            text,
            "sound     {} ({}), {} Hz, {} dropouts, lost {} times",
            printable(&output.device),
            output.state,
            output.rate,
            output.xruns,
            output.losses
        );
        let _ = writeln!(text, "record    {}", status.journal.state);
    }
    let remarks: Vec<&str> = status.remarks.iter().map(String::as_str).collect();
    let script = status.session.as_ref().map(|session| &*session.script);
    text.push_str(&about_script_named(script.unwrap_or("SCRIPT"), &remarks));
    text
}

fn state(status: &Status) -> String {
    match status.state {
        State::Idle => "no session plays; `undersong start SCRIPT` begins one".to_owned(),
        State::Offered => {
            "a session was cut off; `undersong resume` takes it up, `undersong stop` gives it up"
                .to_owned()
        }
        State::Ears => "the ears are checked; `undersong stop` ends that".to_owned(),
        State::Preparing => {
            let percent = status.prepared.unwrap_or(0.0) * 100.0;
            format!("a session is being prepared ({percent:.0} %)")
        }
        State::Playing => "a session plays".to_owned(),
        State::Paused => "the session rests; `undersong resume` goes on".to_owned(),
        State::Stopping => "the session fades out".to_owned(),
    }
}

fn about(session: &SessionStatus, text: &mut String) {
    let end = session.end.map_or_else(|| "no end yet".to_owned(), time);
    let _ = writeln!(
        text,
        "session   {}, {} / {end}",
        printable(&session.title),
        time(session.position)
    );
    if !session.phase.is_empty() {
        let end = session.phase_end.map_or_else(
            || "held until you say `continue`".to_owned(),
            |end| format!("to {}", time(end)),
        );
        let _ = writeln!(
            text,
            "phase     {} ({} of {}), {end}",
            printable(&session.phase),
            session.phase_number,
            session.phases
        );
    }
    text.push_str(&level(session));
    if session.speaking {
        text.push_str("voice     the music is down for yours; `speak off` brings it back\n");
    }
    for title in &session.playing {
        let _ = writeln!(text, "plays     {}", printable(title));
    }
    text.push_str(&next(&session.next));
    for zone in &session.zones {
        let loudness = zone.loudness.map_or_else(
            || "silent".to_owned(),
            |loudness| format!("{loudness:.0} LUFS"),
        );
        let _ = write!(text, "zone {}    {loudness}", zone.name);
        for (what, by) in [
            ("limited", zone.limiter),
            ("a burst held back", zone.held_back),
        ] {
            if by < -0.1 {
                let _ = write!(text, ", {what} by {:.1} dB", -by);
            }
        }
        text.push('\n');
    }
}

/// The level, where it is not the script's; where the room keeps somebody softer, that of each listener.
fn level(session: &SessionStatus) -> String {
    let alike = |zone: &ZoneStatus| (zone.level - session.level).abs() < 0.005;
    if !session.zones.iter().all(alike) {
        let each = session.zones.iter();
        let each = each.map(|zone| format!("{} {}", zone.name, Decibels(zone.level)));
        let each: Vec<String> = each.collect();
        return format!("level     {}\n", each.join(", "));
    }
    if session.level == 0.0 {
        return String::new();
    }
    format!("level     {}\n", Decibels(session.level))
}

/// What comes next, a line each.
pub fn next(next: &[Coming]) -> String {
    let lines = next.iter().map(|coming| {
        let what = coming.text.as_ref().unwrap_or(&coming.name);
        let (at, kind, what) = (time(coming.at), &coming.kind, printable(what));
        format!("next      {at} {kind} {what}\n")
    });
    lines.collect()
}
