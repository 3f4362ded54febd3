//! The slot that plays a cue from memory.

use std::sync::Arc;

use crate::engine::curve::Tracer;
use crate::engine::envelope::Envelope;
use crate::engine::id::Id;
use crate::engine::mix;
use crate::fade::{Ramp, Shape};
use crate::frame::Frame;
use crate::level::Gain;
use crate::time::Frames;
use crate::zone::Zones;

/// How long one takes to come that is late, in frames.
const LATE: Frames = Frames(512);

/// Plays a sound that is wholly in memory.
#[derive(Debug)]
pub struct Voice {
    /// The cue it plays.
    pub id: Id,
    /// Who hears it.
    pub zones: Zones,
    envelope: Tracer<Envelope>,
    sound: Arc<[Frame]>,
    /// It was taken out before it began.
    dropped: bool,
}

impl Voice {
    /// A voice that waits for its first frame. Not real-time safe: made before it crosses.
    #[must_use]
    pub fn new(id: Id, envelope: Envelope, zones: Zones, sound: Arc<[Frame]>) -> Self {
        Self {
            id,
            zones,
            envelope: Tracer::new(envelope),
            sound,
            dropped: false,
        }
    }

    /// The first frame it sounds at.
    #[must_use]
    pub fn from(&self) -> Frames {
        self.envelope.curve().from
    }

    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frames {
        if self.dropped {
            return Frames::ZERO;
        }
        self.envelope.curve().end()
    }

    /// It is given to an engine that is at `now`, past its first frame: it comes from silence. Real-time safe.
    pub fn come_late(&mut self, now: Frames) {
        self.envelope.revise(|envelope| {
            envelope.turn = Some(Ramp {
                from: now,
                length: LATE,
                start: Gain::SILENCE,
                target: Gain::UNITY,
                shape: Shape::Amplitude,
            });
        });
    }

    /// Does not come. Real-time safe.
    pub fn drop_out(&mut self) {
        self.dropped = true;
    }

    /// Mixes what falls into the block that begins at `at` into the buses of its zones. Real-time safe.
    pub fn mix(&mut self, at: Frames, buses: &mut [&mut [Frame]]) {
        let length = buses.first().map_or(0, |bus| bus.len());
        let mut offset = (self.from() - at).0.min(length as u64) as usize;
        let end = (self.end() - at).0.min(length as u64) as usize;
        while offset < end {
            let now = at + Frames::from(offset);
            let stretch = self.envelope.stretch(now, end - offset);
            let begin = (now - self.from()).index();
            let source = self.sound.get(begin..).unwrap_or(&[]);
            for zone in self.zones.iter() {
                if let Some(bus) = buses
                    .get_mut(zone.index())
                    .and_then(|b| b.get_mut(offset..))
                {
                    mix::add(bus, source, &stretch);
                }
            }
            offset += stretch.frames;
        }
    }
}
