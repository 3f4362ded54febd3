//! Counters as Prometheus reads them.

use std::fmt::Write as _;

use crate::daemon::{State, Status, ZoneStatus};

/// The text of all counters. No title, no name and no text is in it.
#[must_use]
pub fn text(status: &Status) -> String {
    let session = status.session.as_ref();
    let sounds = matches!(status.state, State::Playing | State::Stopping);
    let most = |of: fn(&ZoneStatus) -> f32| {
        let zones = session.iter().flat_map(|session| &session.zones);
        zones.map(|zone| f64::from(-of(zone))).fold(0.0, f64::max)
    };
    let output = &status.output;
    let values: [(&str, &str, f64); 12] = [
        (
            "undersong_playing",
            "Whether a session sounds",
            f64::from(u8::from(sounds)),
        ),
        (
            "undersong_position_seconds",
            "The session's position",
            session.map_or(0.0, |s| s.position),
        ),
        (
            "undersong_read_ahead_seconds",
            "The least that any stream that sounds holds ready; -1 where none waits for the disk",
            session.and_then(|s| s.read_ahead).unwrap_or(-1.0),
        ),
        (
            "undersong_xruns",
            "How often the device ran dry in this session",
            output.xruns as f64,
        ),
        (
            "undersong_device_losses",
            "How often the device was lost in this session",
            output.losses as f64,
        ),
        (
            "undersong_worst_block_seconds",
            "The longest that one block took",
            output.worst_callback_ms / 1000.0,
        ),
        (
            "undersong_real_time",
            "Whether the audio thread has real-time priority",
            f64::from(u8::from(output.real_time)),
        ),
        (
            "undersong_limiter_decibels",
            "How far the limiters went down since the last look",
            most(|zone| zone.limiter),
        ),
        (
            "undersong_held_back_decibels",
            "How far music that burst in was held back since the last look",
            most(|zone| zone.held_back),
        ),
        (
            "undersong_journal_waiting",
            "Records that wait for the disk",
            status.journal.waiting as f64,
        ),
        (
            "undersong_journal_dropped",
            "Records that were lost",
            status.journal.dropped as f64,
        ),
        (
            "undersong_alarms",
            "Alarms that stand",
            status.alarms.len() as f64,
        ),
    ];
    let mut text = String::new();
    for (name, help, value) in values {
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}"
        );
    }
    text
}
