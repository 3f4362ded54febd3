//! What is shown of a session that plays.

use std::time::Duration;

use super::Playing;
use crate::daemon::outlook::coming;
use crate::daemon::status::{JournalStatus, OutputStatus, SessionStatus, State, ZoneStatus};
use crate::level::{Decibels, Loudness};
use crate::time::Frames;
use crate::timeline::LEAD;

/// A reminder is shown for so long after its time.
const LATELY: Duration = Duration::from_secs(5 * 60);

impl Playing {
    /// What goes on.
    #[must_use]
    pub fn state(&self) -> State {
        if self.brake.pulled().is_some() {
            State::Stopping
        } else if self.player.is_paused() {
            State::Paused
        } else {
            State::Playing
        }
    }

    /// How the session is.
    #[must_use]
    pub fn status(&self) -> SessionStatus {
        let timeline = self.player.timeline();
        let seconds = |frames| timeline.rate.seconds(frames);
        let position = self.player.position();
        let session = self.player.course().session();
        let phase = timeline.phase_at(position);
        let held = phase.filter(|span| span.wish.open);
        let held_to = held.map(|span| span.from + span.wish.lengths[1]);
        let waits = held.filter(|_| held_to.is_some_and(|to| position >= to));
        let lead = timeline.rate.frames(LEAD);
        let goes_within = waits.map(|span| lead + self.player.course().letting_go(span.number));
        let lately = position - timeline.rate.frames(LATELY);
        let undo_until = self.player.course().undo_until();
        SessionStatus {
            title: session.title.clone(),
            script: self.script.display().to_string(),
            hash: session.hash.clone(),
            position: seconds(position),
            end: timeline.end().map(seconds),
            phase: phase.map_or_else(String::new, |span| span.name.clone()),
            phase_number: phase.map_or(0, |span| span.number + 1),
            phases: session.phases.len(),
            phase_from: phase.map_or(0.0, |span| seconds(span.from)),
            phase_end: phase
                .filter(|span| !span.wish.open)
                .map(|span| seconds(span.end())),
            held_to: held_to.map(seconds),
            goes_within: goes_within.map(seconds),
            playing: timeline
                .clips_at(position)
                .map(|clip| clip.title.clone())
                .collect(),
            reminders: coming(
                timeline.reminders(lately..position + Frames(1)),
                timeline.rate,
            ),
            next: coming(timeline.next(position), timeline.rate),
            level: shown(self.player.level()),
            speaking: timeline.speaking.is_some(),
            undo_until: undo_until.filter(|until| *until >= position).map(seconds),
            zones: self.zones(),
            read_ahead: self.player.read_ahead().map(seconds),
        }
    }

    fn zones(&self) -> Vec<ZoneStatus> {
        let layout = &self.player.timeline().layout;
        let zones = layout.zones().map(|zone| {
            let meters = self.player.meters(zone);
            let is_heard = meters.momentary > Loudness::GATE && !self.player.rests();
            let listener = layout.listener(zone);
            let name = listener.map(|listener| listener.to_string());
            let everybody = self.player.level();
            let level = listener.map_or(everybody, |it| self.caps.level(it, everybody));
            let peak = meters.peak.decibels().0;
            ZoneStatus {
                name: name.unwrap_or_default(),
                level: shown(level),
                loudness: Some(meters.momentary.0).filter(|_| is_heard),
                peak: Some(peak).filter(|peak| peak.is_finite()),
                limiter: meters.limiter.0,
                held_back: meters.startle.0,
            }
        });
        zones.collect()
    }

    /// How the output is.
    #[must_use]
    pub fn output(&self) -> OutputStatus {
        let facts = self.keeper.facts();
        OutputStatus {
            device: self.room.output.name().to_owned(),
            state: if facts.plays { "playing" } else { "lost" }.to_owned(),
            rate: self.player.timeline().rate.hertz(),
            period: self.room.period,
            xruns: facts.xruns,
            losses: facts.losses,
            worst_callback_ms: facts.worst.as_secs_f64() * 1000.0,
            real_time: facts.real_time.unwrap_or(false),
        }
    }

    /// How the journal is.
    #[must_use]
    pub fn journal(&self) -> JournalStatus {
        let health = self.journal.health();
        let state = match &health.failing {
            Some(_) => "failing",
            None if health.oldest_waiting > Duration::from_secs(2) => "stalled",
            None => "ok",
        };
        JournalStatus {
            state: state.to_owned(),
            waiting: health.behind,
            dropped: health.dropped,
        }
    }
}

/// A level, as fine as anybody steers it.
fn shown(level: Decibels) -> f32 {
    (level.0 * 100.0).round() / 100.0
}
