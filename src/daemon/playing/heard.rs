//! Whether a session is heard that should be.

use std::time::{Duration, Instant};

use super::{Look, Playing};
use crate::daemon::status::State;
use crate::level::{Decibels, Loudness};
use crate::time::{Frames, Rate, clock};
use crate::timeline::{CueSort, PlacedCue, music_over};

/// The music came in time for so long: what was wrong with the disk is over.
const WELL: Duration = Duration::from_secs(60);
/// It is looked so often whether anything is heard.
const LISTEN: Duration = Duration::from_millis(500);
/// Music that is not heard for so long is missing.
const DEAF: Duration = Duration::from_secs(5);
/// Speech brings music down by this at most.
const LOWEST_DUCK: Decibels = Decibels(-20.0);
/// What is louder than this cannot be taken for silence.
const AUDIBLE: Loudness = Loudness(-60.0);

/// How a cue is heard once more: not before the time is over that was meant for it.
pub(super) fn once_more(cue: &PlacedCue, now: Frames, rate: Rate) -> String {
    let name = &cue.name;
    if cue.end() > now {
        let over = clock(rate.duration(cue.end()));
        format!("from {over} on `undersong cue {name}` plays it")
    } else {
        format!("`undersong cue {name}` plays it now")
    }
}

impl Playing {
    /// The cues that came while nothing was heard, or were cut off.
    pub(super) fn unheard(&self) -> Vec<(&'static str, String)> {
        let Some(lost) = self.lost else {
            return Vec::new();
        };
        let back = self.player.position();
        let cues = self.player.timeline().cues.iter();
        let cues = cues.filter(|cue| {
            let sounds = cue.sort != CueSort::Remind;
            sounds && cue.at < back && cue.at + cue.length > lost
        });
        let rate = self.player.timeline().rate;
        let sentence = |cue: &PlacedCue| {
            format!(
                "the cue `{}` was not heard to its end, since the sound device did not play; {}",
                cue.name,
                once_more(cue, back, rate)
            )
        };
        cues.map(|cue| ("cue-missed", sentence(cue))).collect()
    }

    /// Where nothing is heard for a while though music should be, somebody is told, and nothing is done: what is heard next
    /// could only be worse.
    pub(super) fn watch_sound(&mut self, look: &mut Look) {
        let now = Instant::now();
        if now.duration_since(self.listened) < LISTEN {
            return;
        }
        self.listened = now;
        if self.starved.is_some() && self.player.read_ahead() == Some(Frames::ZERO) {
            self.starved = Some(now);
        }
        if self.starved.is_some_and(|at| now.duration_since(at) > WELL) {
            self.starved = None;
            look.cleared.push("starved");
        }
        if self.state() != State::Playing || !self.keeper.facts().plays || !self.is_deaf() {
            self.deaf_since = None;
            look.cleared.push("silent");
        } else if now.duration_since(*self.deaf_since.get_or_insert(now)) > DEAF {
            look.alarms.push((
                "silent",
                "nothing is heard, though music should be; look at the music's files, and at the log"
                    .to_owned(),
            ));
        }
    }

    /// Whether a zone hears nothing that should hear music, even where that is as far down as speech can bring it.
    fn is_deaf(&self) -> bool {
        let (timeline, at) = (self.player.timeline(), self.player.position());
        let library = self.player.course().library();
        let caps = self.caps();
        let mut zones = timeline.layout.zones();
        zones.any(|zone| {
            let music = music_over(&timeline.clips, library, timeline.rate, zone, at..at);
            let everybody = self.player.level();
            let listener = timeline.layout.listener(zone);
            let level = listener.map_or(everybody, |it| caps.level(it, everybody));
            let least = music.map(|music| music.0 + level.0 + LOWEST_DUCK.0);
            least.is_some_and(|least| least > AUDIBLE.0)
                && self.player.momentary(zone) <= Loudness::GATE
        })
    }
}
