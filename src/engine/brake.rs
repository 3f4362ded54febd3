//! What ends a session, whoever holds it and whatever else hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::time::{Frames, Rate};

/// How fast a session is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Within 6 s.
    Soft = 1,
    /// Within 1.5 s.
    Quick = 2,
    /// Within 30 ms.
    Hard = 3,
}

impl Stop {
    /// All of them, the slowest first.
    pub const ALL: [Self; 3] = [Self::Soft, Self::Quick, Self::Hard];

    /// How long it takes to silence.
    #[must_use]
    pub fn length(self, rate: Rate) -> Frames {
        rate.frames(Duration::from_millis(match self {
            Self::Soft => 6_000,
            Self::Quick => 1_500,
            Self::Hard => 30,
        }))
    }
}

/// One word that the engine reads in each block. Needs no queue, no lock and nobody else. Cheap to clone; all clones are
/// one brake.
#[derive(Debug, Clone, Default)]
pub struct Brake(Arc<AtomicU8>);

impl Brake {
    /// Ends the session. A stop is never taken back, only hastened. Real-time safe.
    pub fn pull(&self, stop: Stop) {
        self.0.fetch_max(stop as u8, Ordering::Relaxed);
    }

    /// How the session shall end; `None` where it goes on. Real-time safe.
    #[must_use]
    pub fn pulled(&self) -> Option<Stop> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Stop::Soft),
            2 => Some(Stop::Quick),
            _ => Some(Stop::Hard),
        }
    }

    /// Lets go, for the next session.
    pub fn release(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
