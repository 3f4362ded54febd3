//! The title, and what a screen reader says of the picture.

use std::fmt::Write;

use super::lettering::fitted;
use super::page::Page;
use super::{LEFT, RIGHT};
use crate::time::clock;
use crate::timeline::model::Timeline;

/// What the session is called, how long it is and what is in it.
pub fn draw(page: &mut Page, timeline: &Timeline) {
    let title = fitted(&timeline.title, 34.0, RIGHT - LEFT).unwrap_or_default();
    page.text("headline", LEFT, 72.0, &title);
    page.text("subline", LEFT, 100.0, &size(timeline));
}

/// `2:59:10 · 6 phases · 161 tracks · 14 cues`
fn size(timeline: &Timeline) -> String {
    let length = clock(timeline.rate.duration(timeline.length));
    let count = |number: usize, noun: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {noun}{plural}")
    };
    [
        length,
        count(timeline.phases.len(), "phase"),
        count(timeline.clips.len(), "track"),
        count(timeline.cues.len(), "cue"),
    ]
    .join(" · ")
}

/// The picture in words.
pub fn description(timeline: &Timeline) -> String {
    let time = |at| clock(timeline.rate.duration(at));
    let mut text = format!("A session of {}.", size(timeline));
    for phase in &timeline.phases {
        let _ = write!(
            text,
            " {} from {} to {}{}{}.",
            phase.name,
            time(phase.from),
            time(phase.end()),
            if phase.silent { ", in silence" } else { "" },
            if phase.hold {
                ", holds until told to continue"
            } else {
                ""
            },
        );
    }
    text
}
