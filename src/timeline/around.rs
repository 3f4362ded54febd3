//! The clips around a stretch of a session, found without a look at all of them: a phase that is held is laid out for a
//! day, and each of its cues looks for its place.

use std::ops::Range;

use crate::time::Frames;
use crate::timeline::model::Clip;

/// A session's music, in the order of time.
#[derive(Debug, Clone, Copy)]
pub struct Music<'a> {
    clips: &'a [Clip],
    longest: Frames,
}

impl<'a> Music<'a> {
    /// Of clips in the order of time.
    #[must_use]
    pub fn new(clips: &'a [Clip]) -> Self {
        debug_assert!(clips.is_sorted_by_key(|clip| clip.from));
        let longest = clips.iter().map(|clip| clip.length).max();
        Self {
            clips,
            longest: longest.unwrap_or(Frames::ZERO),
        }
    }

    /// All that sound within a stretch, and perhaps some beside it, in the order of time. Of an empty stretch, what
    /// sounds at its frame.
    #[must_use]
    pub fn around(&self, stretch: &Range<Frames>) -> &'a [Clip] {
        let end = stretch.end.max(stretch.start + Frames(1));
        let over = |clip: &Clip| clip.from + self.longest <= stretch.start;
        let (first, last) = (
            self.clips.partition_point(over),
            self.clips.partition_point(|clip| clip.from < end),
        );
        self.clips.get(first..last).unwrap_or_default()
    }
}
