//! Everything that was measured of a session, as plain data.

use std::sync::Arc;

use super::Failure;
use super::crossing::{self, Crossing};
use super::height::{self, Height};
use super::listening::Sound;
use super::scripted::{begins, is_asked};
use crate::level::Loudness;
use crate::library::Hold;
use crate::prepare::Prepared;
use crate::time::Frames;
use crate::timeline::{Scripted, Timeline};

/// What a session sounds like.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was meant.
    pub timeline: Arc<Timeline>,
    /// Each zone's sound; of its gaps and falls, those that are not meant.
    pub sounds: Vec<Sound>,
    /// The crossfades, in the order of time.
    pub crossings: Vec<Crossing>,
    /// The cues, in the order of time, once for each zone that hears them.
    pub heights: Vec<Height>,
}

impl Report {
    /// Measures what the whole rendering cannot tell, and puts all of it together. `go_on` is told how many frames were
    /// rendered since it was last called, and can end it. Blocking.
    ///
    /// # Errors
    /// What keeps a rendering from beginning, or the first error of `go_on`.
    pub fn complete<E: Failure>(
        prepared: &Prepared,
        mut sounds: Vec<Sound>,
        go_on: &mut dyn FnMut(Frames) -> Result<(), E>,
    ) -> Result<Self, E> {
        let timeline = Arc::clone(&prepared.timeline);
        for sound in &mut sounds {
            let scripted = Scripted::of(&timeline, sound.zone);
            let gaps = sound.gaps.iter();
            let gaps = gaps.filter_map(|gap| scripted.as_ref()?.unscripted(gap));
            sound.gaps = gaps.collect();
            let falls = &mut sound.loudness.falls;
            falls.retain(|fall| !is_asked(&timeline, sound.zone, fall));
            let startles = &mut sound.loudness.startles;
            startles.retain(|rise| !begins(&timeline, sound.zone, rise));
        }
        Ok(Self {
            sounds,
            crossings: crossing::all(prepared, go_on)?,
            heights: height::all(prepared, go_on)?,
            timeline,
        })
    }

    /// A zone's sound in a line of numbers.
    #[must_use]
    pub fn numbers(&self, sound: &Sound) -> String {
        let heard = &sound.loudness;
        let lufs = |it: Option<Loudness>| it.map_or("silent".to_owned(), |it| it.to_string());
        let range = heard
            .range
            .map_or(String::new(), |it| format!(" · range {:.1} LU", it.0));
        let short = heard.loudest_short_term.map(|(loudness, _)| loudness);
        let limiter = if sound.limiter.is_empty() {
            "limiter idle".to_owned()
        } else {
            let share = 100.0 * self.share(&sound.limiter);
            format!("limiter at work for {share:.1} % of the time")
        };
        let held = if sound.held_back.is_empty() {
            String::new()
        } else {
            let share = 100.0 * self.share(&sound.held_back);
            format!(" · bursts held back for {share:.1} % of the time")
        };
        let line = format!(
            "{} in all{range} · loudest 3 s {} · true peak {:.1} dBTP · {limiter}{held}",
            lufs(heard.integrated),
            lufs(short),
            heard.true_peak.0.decibels().0
        );
        line.replace('-', "−")
    }

    /// What part of the session's time these stretches take.
    #[must_use]
    pub fn share(&self, holds: &[Hold]) -> f64 {
        let worked: Frames = holds.iter().map(|it| it.over.end - it.over.start).sum();
        worked.0 as f64 / self.timeline.length.0.max(1) as f64
    }

    /// How many frames [`Report::complete`] renders for a session, about.
    #[must_use]
    pub fn effort(timeline: &Timeline) -> Frames {
        let crossings = crossing::pairs(timeline)
            .map(|[one, other]| Frames(3 * (one.end().min(other.end()) - other.from).0));
        let cues = timeline.cues.iter().filter(|cue| height::is_heard(cue));
        crossings
            .chain(cues.map(|cue| Frames(2 * cue.length.0)))
            .sum()
    }
}
