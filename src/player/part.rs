//! What the sequencer hands to the engine, one after the other: the timeline cut into parts.

use std::sync::Arc;

use crate::engine::{Bus, Envelope, Id};
use crate::fade::Ramp;
use crate::library::Library;
use crate::stream::{Piece, Recipe};
use crate::time::{Frames, Rate};
use crate::timeline::{Clip, LONG, PlacedCue, Timeline};
use crate::zone::{Zone, Zones};

/// A part of the session that is handed to the engine as one.
#[derive(Debug)]
pub struct Part {
    /// Names it across the engine's boundary.
    pub id: Id,
    /// The session's frame it begins at.
    pub from: Frames,
    /// The frame after its last.
    pub end: Frames,
    /// What it is.
    pub what: What,
}

/// What a part is.
#[derive(Debug)]
pub enum What {
    /// Clips that are joined without a seam, or a long cue: played by a deck from a stream.
    Stream {
        /// Its gain.
        envelope: Envelope,
        /// Who hears it.
        zones: Zones,
        /// Where it is mixed to.
        bus: Bus,
        /// Where its frames come from.
        recipe: Recipe,
    },
    /// A cue, played by a voice from memory.
    Sound {
        /// Its gain.
        envelope: Envelope,
        /// Who hears it.
        zones: Zones,
        /// Its file.
        path: Arc<std::path::Path>,
    },
    /// The music of a zone goes down or comes back.
    Duck(Zone, Ramp),
}

/// Cuts a timeline into parts, in the order they begin.
#[must_use]
pub fn parts(timeline: &Timeline, library: &Library) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut runs: Vec<Vec<&Clip>> = Vec::new();
    for clip in &timeline.clips {
        match runs.last_mut() {
            Some(run) if clip.joined => run.push(clip),
            _ => runs.push(vec![clip]),
        }
    }
    let streams = runs
        .iter()
        .filter_map(|run| stream(run, library, timeline.rate));
    parts.extend(streams);
    let cues = timeline.cues.iter();
    parts.extend(cues.filter_map(|cue| sound(cue, library, timeline.rate)));
    parts.extend(timeline.ducks.iter().map(|(zone, ramp)| Part {
        id: Id(0),
        from: ramp.from,
        end: ramp.end(),
        what: What::Duck(*zone, *ramp),
    }));
    parts.sort_by_key(|part| part.from);
    for (number, part) in parts.iter_mut().enumerate() {
        part.id = Id(number as u64);
    }
    parts
}

fn stream(run: &[&Clip], library: &Library, rate: Rate) -> Option<Part> {
    let (first, last) = (run.first()?, run.last()?);
    let source = library.facts(&first.track).ok()?.rate;
    let pieces = run.iter().filter_map(|clip| {
        let facts = library.facts(&clip.track).ok()?;
        Some(Piece {
            path: Arc::clone(&clip.track),
            frames: facts.frames,
        })
    });
    let (from, end) = (first.from, last.end());
    Some(Part {
        id: Id(0),
        from,
        end,
        what: What::Stream {
            envelope: Envelope {
                from,
                length: end - from,
                gain: first.gain,
                rise: first.fade_in,
                fall: last.fade_out,
            },
            zones: first.zones,
            bus: Bus::Music,
            recipe: Recipe {
                pieces: pieces.collect(),
                source,
                rate,
                offset: first.offset,
                length: end - from,
            },
        },
    })
}

fn sound(cue: &PlacedCue, library: &Library, rate: Rate) -> Option<Part> {
    let path = cue.sound.as_ref()?;
    let facts = library.facts(path).ok()?;
    let envelope = Envelope {
        from: cue.at,
        length: cue.length,
        gain: cue.gain,
        rise: cue.attack,
        fall: crate::fade::Fade::NONE,
    };
    let what = if cue.length <= rate.frames(LONG) {
        What::Sound {
            envelope,
            zones: cue.zones,
            path: Arc::clone(path),
        }
    } else {
        What::Stream {
            envelope,
            zones: cue.zones,
            bus: Bus::Speech,
            recipe: Recipe {
                pieces: vec![Piece {
                    path: Arc::clone(path),
                    frames: facts.frames,
                }],
                source: facts.rate,
                rate,
                offset: Frames::ZERO,
                length: cue.length,
            },
        }
    };
    Some(Part {
        id: Id(0),
        from: cue.at,
        end: cue.end(),
        what,
    })
}
