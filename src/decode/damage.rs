//! What was wrong with a file while it was decoded.

use std::time::Duration;

use crate::time::Frames;

/// What was wrong with a file so far, counted since it was opened or last sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Damage {
    /// Stretches that could not be decoded and are silent.
    pub gaps: u32,
    /// Where the first of them begins.
    pub first_gap: Option<Frames>,
    /// The frames of all of them.
    pub silenced: Frames,
    /// Samples that were no number or beyond reason, and were tamed.
    pub wild: u64,
    /// Frames behind the end that the header gives, which are not played: up to
    /// [`Damage::PADDING`] as a matter of course, more in MP3s that were put together by hand.
    pub beyond_end: Frames,
    /// The file stops before the end that it announced, or cannot be read further.
    pub ends_early: bool,
    /// What lies behind the end has another rate or other channels, or cannot be decoded, and is not played (chained Ogg, and
    /// MP3 and AAC that were joined).
    pub changes: bool,
}

impl Damage {
    /// More than this may not be missing in a file: a hole of this length is heard as a silence.
    pub const HOLE: Duration = Duration::from_millis(50);
    /// The most that MP3 encoders put behind a sound.
    pub const PADDING: Frames = Frames(3 * 1152);

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let beyond_end = self.beyond_end.min(Self::PADDING);
        *self
            == Self {
                beyond_end,
                ..Self::default()
            }
    }

    pub(super) fn gap(&mut self, at: Frames, length: Frames) {
        self.gaps += 1;
        self.first_gap.get_or_insert(at);
        self.silenced += length;
    }
}
