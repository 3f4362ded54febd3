//! What a session is begun with.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::decode::{Disk, OwnDisk};
use crate::engine::Brake;
use crate::journal::Journal;
use crate::time::Frames;
use crate::timeline::{Course, CueId};
use crate::zone::Caps;

/// A session that is taken up after it was cut off comes from silence within this.
const TAKE_UP: Duration = Duration::from_secs(3);

/// A session that does not begin at its start comes from silence within this.
const RAMP_IN: Duration = Duration::from_millis(500);

/// How a session begins, or goes on.
#[derive(Debug)]
pub struct Beginning {
    /// What is played.
    pub course: Course,
    /// The first frame.
    pub start: Frames,
    /// How long the sound takes from silence to full.
    pub ramp_in: Duration,
    /// How far up the level goes in each zone of the room.
    pub caps: Caps,
    /// What ends it.
    pub brake: Brake,
    /// What is recorded, and where: a cue sounds only once its start is.
    pub journal: Option<Arc<Journal>>,
    /// What the files are read from.
    pub disk: Arc<dyn Disk>,
    /// Where a session is taken up that was cut off, the cues that are not to come again; with them, whatever began
    /// before the first frame. `None` where the session is sought in, as in a preview.
    pub heard: Option<HashSet<CueId>>,
}

impl Beginning {
    /// Begins at a frame, from silence unless it is the session's own first.
    #[must_use]
    pub fn new(course: Course, start: Frames) -> Self {
        let own = start == Frames::ZERO;
        Self {
            course,
            start,
            ramp_in: if own { Duration::ZERO } else { RAMP_IN },
            caps: Caps::default(),
            brake: Brake::default(),
            journal: None,
            disk: Arc::new(OwnDisk),
            heard: None,
        }
    }

    /// Takes a session up that was cut off at a frame, without these cues and without those that began before it.
    #[must_use]
    pub fn again(course: Course, from: Frames, heard: HashSet<CueId>) -> Self {
        Self {
            ramp_in: TAKE_UP,
            heard: Some(heard),
            ..Self::new(course, from)
        }
    }
}
