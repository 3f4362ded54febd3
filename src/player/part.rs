//! What the sequencer hands to the engine, one after the other: the timeline cut into parts.

use std::sync::Arc;

use crate::engine::{Bus, Envelope, Fader};
use crate::fade::Ramp;
use crate::level::Loudness;
use crate::library::Library;
use crate::stream::{Piece, Recipe};
use crate::time::{Frames, Rate};
use crate::timeline::{Clip, CueId, LONG, PlacedCue, Timeline};
use crate::zone::Zones;

/// A part of the session that is handed to the engine as one.
#[derive(Debug)]
pub struct Part {
    /// The session's frame it begins at.
    pub from: Frames,
    /// The frame after its last.
    pub end: Frames,
    /// What it is.
    pub what: What,
}

impl Part {
    /// Whether it is music.
    #[must_use]
    pub const fn is_music(&self) -> bool {
        matches!(
            &self.what,
            What::Heard {
                key: Key::Run(_),
                ..
            }
        )
    }

    /// The cue that it is, if it is one.
    #[must_use]
    pub const fn cue(&self) -> Option<CueId> {
        match &self.what {
            What::Heard {
                key: Key::Cue(cue), ..
            } => Some(*cue),
            _ => None,
        }
    }
}

/// What a part is.
#[derive(Debug)]
pub enum What {
    /// Something that is heard.
    Heard {
        /// Which clips or cue.
        key: Key,
        /// Its gain.
        envelope: Envelope,
        /// Who hears it.
        zones: Zones,
        /// Where its frames come from.
        source: Source,
    },
    /// A fader moves.
    Ramp(Fader, Ramp),
}

/// What a part plays: by this it is found again when the timeline changes.
#[derive(Debug, Clone)]
pub enum Key {
    /// Clips that are joined without a seam.
    Run(Vec<Clip>),
    /// A cue.
    Cue(CueId),
}

/// Where a part's frames come from.
#[derive(Debug)]
pub enum Source {
    /// Played by a deck from a stream.
    Stream(Bus, Recipe),
    /// Played by a voice from memory.
    Memory(Arc<std::path::Path>),
}

/// Cuts a timeline into parts, in the order they begin.
#[must_use]
pub fn parts(timeline: &Timeline, library: &Library) -> Vec<Part> {
    let runs = runs(timeline).into_iter();
    let mut parts: Vec<Part> = runs
        .filter_map(|run| stream(run, library, timeline.rate))
        .collect();
    let cues = timeline.cues.iter();
    parts.extend(cues.filter_map(|cue| sound(cue, library, timeline.rate)));
    parts.extend(ramps(timeline).map(|(fader, ramp)| Part {
        from: ramp.from,
        end: ramp.end(),
        what: What::Ramp(fader, ramp),
    }));
    parts.sort_by_key(|part| part.from);
    parts
}

/// Every ramp of every fader; those of one fader in the order of time.
pub fn ramps(timeline: &Timeline) -> impl Iterator<Item = (Fader, Ramp)> {
    let ducks = timeline.ducks.iter();
    let levels = timeline.levels.iter();
    ducks
        .map(|(zone, ramp)| (Fader::Music(*zone), *ramp))
        .chain(levels.map(|ramp| (Fader::Master, *ramp)))
}

/// The clips, those that are joined without a seam together.
fn runs(timeline: &Timeline) -> Vec<Vec<Clip>> {
    let mut runs: Vec<Vec<Clip>> = Vec::new();
    for clip in &timeline.clips {
        let joins = |run: &&mut Vec<Clip>| run.last().is_some_and(|last| clip.joins(last));
        if clip.joined
            && let Some(run) = runs.iter_mut().rev().find(joins)
        {
            run.push(clip.clone());
        } else {
            runs.push(vec![clip.clone()]);
        }
    }
    runs
}

/// The gain of clips that are joined without a seam.
#[must_use]
pub fn envelope(run: &[Clip]) -> Option<Envelope> {
    let (first, last) = (run.first()?, run.last()?);
    Some(Envelope {
        from: first.from,
        length: last.end() - first.from,
        gain: first.gain,
        rise: first.fade_in,
        fall: last.fade_out,
        turn: run.iter().rev().find_map(|clip| clip.turn),
    })
}

/// A part that plays these clips; its stream goes on to the end of the last file, so that the part can be lengthened.
#[must_use]
pub fn stream(run: Vec<Clip>, library: &Library, rate: Rate) -> Option<Part> {
    let envelope = envelope(&run)?;
    let first = run.first()?;
    let facts = library.facts(&first.track).ok()?;
    let source = facts.rate;
    let loudness = facts.loudness.unwrap_or(Loudness::GATE) + first.gain.decibels();
    let pieces = run.iter().filter_map(|clip| {
        let facts = library.facts(&clip.track).ok()?;
        Some(Piece {
            path: Arc::clone(&clip.track),
            frames: facts.frames,
        })
    });
    let pieces: Vec<Piece> = pieces.collect();
    let whole = pieces.iter().map(|piece| piece.frames).sum();
    let recipe = Recipe {
        length: rate.convert(whole, source) - first.offset,
        pieces,
        source,
        rate,
        offset: first.offset,
    };
    Some(Part {
        from: envelope.from,
        end: envelope.end(),
        what: What::Heard {
            envelope,
            zones: first.zones,
            source: Source::Stream(Bus::Music(loudness), recipe),
            key: Key::Run(run),
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
        rise: cue.fade_in,
        fall: cue.fade_out,
        turn: None,
    };
    let source = if cue.length <= rate.frames(LONG) {
        Source::Memory(Arc::clone(path))
    } else {
        Source::Stream(
            Bus::Speech,
            Recipe {
                pieces: vec![Piece {
                    path: Arc::clone(path),
                    frames: facts.frames,
                }],
                source: facts.rate,
                rate,
                offset: Frames::ZERO,
                length: cue.length,
            },
        )
    };
    Some(Part {
        from: cue.at,
        end: cue.end(),
        what: What::Heard {
            key: Key::Cue(cue.id),
            envelope,
            zones: cue.zones,
            source,
        },
    })
}
