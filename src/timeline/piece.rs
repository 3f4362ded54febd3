//! A track as it lies on the timeline before the end of its phase is known, and tracks that are joined without a seam.

use std::sync::Arc;

use crate::library::Facts;
use crate::playlist::Track;
use crate::time::{Frames, Rate};

/// A track as it lies on the timeline before the phase's end is known.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    pub track: &'a Track,
    pub facts: Arc<Facts>,
    pub from: Frames,
    /// All that there is of it.
    pub length: Frames,
    pub offset: Frames,
    pub coming: Frames,
    pub joined: bool,
}

impl Piece<'_> {
    /// The frame after its last.
    pub fn end(&self) -> Frames {
        self.from + self.length
    }

    /// What people call it: its tag, what its playlist calls it, or its file's name.
    pub fn title(&self) -> String {
        let told = self.facts.title.iter().chain(&self.track.title);
        let mut told = told.filter(|title| !title.trim().is_empty());
        let stem = || {
            self.track
                .path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
        };
        told.next().cloned().unwrap_or_else(|| stem().into_owned())
    }
}

/// Tracks that are joined without a seam: each ends where all of them so far end, converted as one, so that no rounding
/// adds or loses a frame.
#[derive(Debug, Default)]
pub struct Run {
    rate: Option<Rate>,
    source: Frames,
    laid: Frames,
    /// Whether the last track went on where the one before it ended.
    pub seamless: bool,
}

impl Run {
    /// Lays the next track, and says how many frames of the session it takes.
    pub fn go_on(&mut self, facts: &Facts, rate: Rate, joined: bool) -> Frames {
        self.seamless = joined && self.rate == Some(facts.rate);
        if !self.seamless {
            (self.source, self.laid) = (Frames::ZERO, Frames::ZERO);
            self.rate = Some(facts.rate);
        }
        self.source += facts.frames;
        let end = rate.convert(self.source, facts.rate);
        let length = end - self.laid;
        self.laid = end;
        length
    }
}
