//! What an engine is made for.

use crate::engine::bed::Loop;
use crate::engine::brake::Brake;
use crate::level::{Gain, Loudness};
use crate::time::{Frames, Rate};
use crate::zone::{Caps, Layout};

/// What an engine is made for.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The session's rate.
    pub rate: Rate,
    /// The session's zones.
    pub layout: Layout,
    /// The session's frame it begins at.
    pub start: Frames,
    /// How long it takes from silence to full; zero at a session's own start.
    pub ramp_in: Frames,
    /// How far up the level goes in each zone, and where it is limited.
    pub caps: Caps,
    /// How loud the music is: what stays far below may come from silence at once; the rest comes no faster than people bear.
    pub music: Loudness,
    /// Whether anybody looks at the loudness of what leaves; what nobody looks at is not measured.
    pub metered: bool,
    /// The loop that stands in for music that cannot go on.
    pub bed: Loop,
    /// The bed's gain.
    pub bed_gain: Gain,
    /// What ends the session.
    pub brake: Brake,
}

impl Default for Setup {
    /// One zone at the usual rate and loudness, metered, with no bed.
    fn default() -> Self {
        Self {
            rate: Rate::DEFAULT,
            layout: Layout::single(),
            start: Frames::ZERO,
            ramp_in: Frames::ZERO,
            caps: Caps::default(),
            music: Loudness::USUAL,
            metered: true,
            bed: Loop::default(),
            bed_gain: Gain::SILENCE,
            brake: Brake::default(),
        }
    }
}
