//! `undersong status`: how the daemon and its session are.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::screen::{print, printable};
use crate::cli::steer::{Way, block_on, complain_of};
use crate::daemon::{Coming, SessionStatus, State, Status, ZoneStatus};
use crate::level::Decibels;
use crate::room::{PACED, UNHEARD};
use crate::time::clock;

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

/// As JSON on the standard output.
pub fn json(value: &impl Serialize) -> Exit {
    // Plain data always has a JSON form.
    print(&(serde_json::to_string_pretty(value).unwrap_or_default() + "\n"))
}

/// A position of the session as people read it.
pub fn time(seconds: f64) -> String {
    clock(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// What somebody should see to, as a line.
pub fn about_room(sentence: &str) -> String {
    format!("! {}\n", printable(sentence))
}

/// What is said of a script: a line or two; of more the first, which is the gravest, and how many there are.
pub fn about_script(script: Option<&str>, sentences: &[&str]) -> String {
    let line = |sentence: &str| format!("script    {}\n", printable(sentence));
    match sentences {
        [] | [_] | [_, _] => sentences.iter().map(|sentence| line(sentence)).collect(),
        [first, rest @ ..] => {
            let more = format!(
                "{} more warnings; `undersong check {}` shows them",
                rest.len(),
                script.unwrap_or("SCRIPT")
            );
            line(first) + &line(&more)
        }
    }
}

/// How things are, a line each.
pub fn text(status: &Status) -> String {
    let mut text = format!("{}: {}\n", printable(&status.room), state(status));
    // First what somebody should see to, before what is only good to know.
    for alarm in &status.alarms {
        text.push_str(&about_room(&alarm.message));
    }
    if status.output.device == PACED {
        text.push_str(&about_room(UNHEARD));
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
    text.push_str(&about_script(script, &remarks));
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

/// That a phase has no end, and whether it is time to give it one.
fn held(session: &SessionStatus) -> String {
    let Some(to) = session.held_to else {
        return "held until you say `continue`".to_owned();
    };
    let Some(within) = session.goes_within else {
        return format!(
            "held until you say `continue`; its own length is over at {}",
            time(to)
        );
    };
    let next = if session.phase_number < session.phases {
        "the next phase begins"
    } else {
        "the session is over"
    };
    format!(
        "its length is over: it has waited for your `continue` for {}; {next} within {within:.0} s of it",
        time(session.position - to)
    )
}

fn about(session: &SessionStatus, text: &mut String) {
    for reminder in &session.reminders {
        let what = reminder.text.as_ref().unwrap_or(&reminder.name);
        text.push_str(&about_room(&format!(
            "reminder at {}: {what}",
            time(reminder.at)
        )));
    }
    let end = session.end.map_or_else(|| "no end yet".to_owned(), time);
    let _ = writeln!(
        text,
        "session   {}, {} / {end}",
        printable(&session.title),
        time(session.position)
    );
    if !session.phase.is_empty() {
        let end = session
            .phase_end
            .map_or_else(|| held(session), |end| format!("to {}", time(end)));
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
        let (at, what) = (time(coming.at), printable(what));
        match coming.kind.as_str() {
            "remind" => format!("remind    {at} {what}\n"),
            kind => format!("next      {at} {kind} {what}\n"),
        }
    });
    lines.collect()
}
