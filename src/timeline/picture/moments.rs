//! What was done to a session and what failed in it, while it was played.

use super::page::Page;
use super::palette;
use super::scale::Scale;
use crate::time::{Frames, clock};
use crate::timeline::model::Timeline;

/// Something that happened beside what sounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Frames,
    /// Of which kind.
    pub sort: MomentSort,
    /// What, in a few words.
    pub words: String,
}

/// What a moment is, as people tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentSort {
    /// Somebody wants to find it again.
    Mark,
    /// The session was changed.
    Change,
    /// The session stood still.
    Rest,
    /// Something failed.
    Fault,
}

impl MomentSort {
    /// The class of its colours.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Mark => palette::MOMENT,
            Self::Change | Self::Rest => palette::DEED,
            Self::Fault => palette::FAULT,
        }
    }
}

impl Moment {
    /// Whether its words are written: faults are many where there are any, and say what they are to a pointer.
    pub(super) fn is_spoken(&self) -> bool {
        self.sort != MomentSort::Fault && !self.words.is_empty()
    }
}

/// All moments in their lane.
pub fn draw(
    page: &mut Page,
    moments: &[Moment],
    timeline: &Timeline,
    scale: &Scale,
    [top, floor]: [f64; 2],
) {
    let middle = f64::midpoint(top, floor);
    for moment in moments {
        let at = clock(timeline.rate.duration(moment.at));
        let tip = format!("{at} {}", moment.words);
        page.group(moment.sort.class(), &tip, |page| {
            sign(page, moment.sort, scale.x(moment.at), middle);
        });
    }
}

/// The sign of a kind, around a place: a diamond, a triangle, two bars, a cross.
pub fn sign(page: &mut Page, sort: MomentSort, x: f64, y: f64) {
    match sort {
        MomentSort::Mark => {
            let diamond = [(x, y - 7.0), (x + 6.0, y), (x, y + 7.0), (x - 6.0, y)];
            page.shape("mark", diamond);
        }
        MomentSort::Change => {
            let triangle = [(x, y - 5.5), (x + 5.5, y + 4.5), (x - 5.5, y + 4.5)];
            page.shape("mark", triangle);
        }
        MomentSort::Rest => {
            page.rect("mark", [x - 4.0, y - 6.0, 2.8, 12.0]);
            page.rect("mark", [x + 1.2, y - 6.0, 2.8, 12.0]);
        }
        MomentSort::Fault => {
            page.line("tail", [x - 4.0, y - 4.0, x + 4.0, y + 4.0]);
            page.line("tail", [x - 4.0, y + 4.0, x + 4.0, y - 4.0]);
        }
    }
}
