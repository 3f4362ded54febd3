//! The timeline: everything that will sound, on frames, as plain data.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fade::Fade;
use crate::fade::Ramp;
use crate::level::{Decibels, Gain};
use crate::time::{Frames, Rate};
use crate::timeline::ramps::target_at;
use crate::zone::{Layout, Zone, Zones};

/// Everything that will sound in a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// What people call the session.
    pub title: String,
    /// blake3 of the script, in hex.
    pub script: String,
    /// The session's one rate.
    pub rate: Rate,
    /// The session's zones.
    pub layout: Layout,
    /// The session's frames, to the last that sounds.
    pub length: Frames,
    /// The phases in their order, without gaps between them.
    pub phases: Vec<PhaseSpan>,
    /// The clips in the order they begin.
    pub clips: Vec<Clip>,
    /// The cues in the order they are due.
    pub cues: Vec<PlacedCue>,
    /// How the music of each zone goes down for speech, in the order of time within a zone.
    pub ducks: Vec<(Zone, Ramp)>,
    /// How the level of everything goes, in the order of time.
    pub levels: Vec<Ramp>,
    /// Since when the music is down for the therapist's own voice.
    pub speaking: Option<Frames>,
    /// What stands in for music that cannot go on.
    pub bed: BedChoice,
}

/// A phase's place on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseSpan {
    /// Its place in the script, from 0.
    pub number: usize,
    /// What people call it.
    pub name: String,
    /// Where it begins: with its first track, or with its silence.
    pub from: Frames,
    /// How long it is.
    pub length: Frames,
    /// Whether the script lets it stay until it is told to go on.
    pub hold: bool,
    /// What was asked for it.
    pub wish: Wish,
    /// Whether its silence is intended.
    pub silent: bool,
    /// On top of its tracks' gains.
    pub level: Decibels,
}

/// What is asked for a phase: by the script, and by whoever steers the session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// The shortest, the meant and the longest it may become.
    pub lengths: [Frames; 3],
    /// Whether it is held: it goes on until it is told otherwise.
    pub open: bool,
    /// How intense its music shall be, 1 (calm) to 5; `None` for the playlist as it is.
    pub intensity: Option<u8>,
}

impl PhaseSpan {
    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.from + self.length
    }
}

/// One track's place on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// The file.
    pub track: Arc<Path>,
    /// What people call it.
    pub title: String,
    /// The session's frame of its first sound.
    pub from: Frames,
    /// How many of the session's frames it sounds.
    pub length: Frames,
    /// Where in the track it begins, in frames at the session's rate.
    pub offset: Frames,
    /// How it comes.
    pub fade_in: Fade,
    /// How it goes.
    pub fade_out: Fade,
    /// Its gain between the fades.
    pub gain: Gain,
    /// Who hears it.
    pub zones: Zones,
    /// Whether it goes on where the clip before it ended, without a seam.
    pub joined: bool,
    /// Where it was changed while it sounded: the way from the gain it had to another, on top of its fades.
    pub turn: Option<Ramp>,
}

impl Clip {
    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.from + self.length
    }

    /// Its gain at one of the session's frames, fades and all; silence outside it.
    #[must_use]
    pub fn gain_at(&self, at: Frames) -> Gain {
        self.faded(at, self.fade_in, self.fade_out)
    }

    /// The gain whose square is its part in the power of what is heard: where two that are alike cross, each is softer than
    /// this, and what they take they add to each other.
    #[must_use]
    pub fn felt_at(&self, at: Frames) -> Gain {
        self.faded(at, self.fade_in.felt(), self.fade_out.felt())
    }

    /// How far its fades and its turn have it at one of the session's frames, apart from its own gain.
    #[must_use]
    pub fn fades_at(&self, at: Frames) -> Gain {
        if self.gain == Gain::SILENCE {
            Gain::SILENCE
        } else {
            Gain(self.gain_at(at).0 / self.gain.0)
        }
    }

    fn faded(&self, at: Frames, fade_in: Fade, fade_out: Fade) -> Gain {
        if at < self.from || at >= self.end() {
            return Gain::SILENCE;
        }
        let rise = fade_in.gain(at - self.from);
        self.gain * rise * fade_out.gain(self.end() - at) * self.turned(at)
    }

    /// How far it was turned at one of the session's frames; full where it was not.
    #[must_use]
    pub fn turned(&self, at: Frames) -> Gain {
        self.turn.map_or(Gain::UNITY, |turn| turn.gain(at))
    }

    /// Whether it was told to go before its time.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.turn.is_some_and(|turn| turn.target == Gain::SILENCE)
    }

    /// Whether it goes on from the other one without a seam. Nothing that stays goes on from what was told to go.
    #[must_use]
    pub fn joins(&self, before: &Self) -> bool {
        self.joined && self.from == before.end() && (self.leaves() || !before.leaves())
    }

    /// Whether it comes as the other one ends, and goes on.
    #[must_use]
    pub fn takes_over(&self, before: &Self) -> bool {
        self.from > before.from && self.from <= before.end() && self.end() > before.end()
    }

    /// Whether both are the same track at the same place.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.from, self.offset, &self.track) == (other.from, other.offset, &other.track)
    }

    /// The frames in which it comes.
    #[must_use]
    pub fn coming(&self) -> std::ops::Range<Frames> {
        self.from..self.from + self.fade_in.length
    }

    /// The frames in which it goes.
    #[must_use]
    pub fn going(&self) -> std::ops::Range<Frames> {
        self.end() - self.fade_out.length..self.end()
    }
}

/// Which of the clips that end after a frame sounds on when the others go: of those that were not told to go, the one that
/// begins to fade last.
#[must_use]
pub fn stander(clips: &[Clip], after: Frames) -> Option<usize> {
    let stays = |clip: &Clip| !clip.leaves() && clip.end() > after;
    let stays = clips.iter().enumerate().filter(|(_, clip)| stays(clip));
    let last = stays.max_by_key(|(_, clip)| clip.going().start);
    last.map(|(place, _)| place)
}

/// What a cue is, as people and the engine tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CueSort {
    /// A struck sound.
    Chime,
    /// A recorded voice.
    Voice,
    /// A sentence of the script, spoken.
    Say,
    /// For the therapist alone.
    Remind,
}

impl CueSort {
    /// The word of the script for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chime => "chime",
            Self::Voice => "voice",
            Self::Say => "say",
            Self::Remind => "remind",
        }
    }
}

/// Which cue of the script, and which time it comes: what was heard once under this name is not heard again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CueId {
    /// The phase's place in the script, from 0.
    pub phase: usize,
    /// The cue's place in the phase, from 0.
    pub cue: usize,
    /// Where it comes again and again, which time, from 0.
    pub time: usize,
    /// How often it was asked for once more, by hand.
    pub again: usize,
}

/// A cue's place on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedCue {
    /// Which it is.
    pub id: CueId,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub sort: CueSort,
    /// The session's frame of its first sample.
    pub at: Frames,
    /// How long it sounds; zero for what is only shown.
    pub length: Frames,
    /// Who hears it.
    pub zones: Zones,
    /// The file that is heard.
    pub sound: Option<Arc<Path>>,
    /// What is said or shown, where the script says it.
    pub text: Option<String>,
    /// Its gain.
    pub gain: Gain,
    /// How it comes.
    pub fade_in: Fade,
    /// How it goes.
    pub fade_out: Fade,
    /// Whether the music makes room for it.
    pub ducks: bool,
    /// Where the script asked for it; differs from `at` where it made way.
    pub asked: Frames,
    /// Whether it was asked for by hand: it stays where it is, whatever else changes.
    pub by_hand: bool,
}

impl PlacedCue {
    /// The frame after its last.
    #[must_use]
    pub fn end(&self) -> Frames {
        self.at + self.length
    }

    /// Whether words are heard.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.sound.is_some() && matches!(self.sort, CueSort::Voice | CueSort::Say)
    }
}

/// Which bed, and how loud.
#[derive(Debug, Clone, PartialEq)]
pub struct BedChoice {
    /// The script's own, or `None` for the bundled one.
    pub file: Option<Arc<Path>>,
    /// Its gain when it has risen.
    pub gain: Gain,
}

impl Timeline {
    /// The level of everything, where it is or on its way to.
    #[must_use]
    pub fn level(&self) -> Decibels {
        target_at(&self.levels, self.length).decibels()
    }

    /// The phase that a frame belongs to; the last one beyond the end.
    #[must_use]
    pub fn phase_at(&self, at: Frames) -> Option<&PhaseSpan> {
        let begun = self.phases.iter().rev().find(|phase| phase.from <= at);
        begun.or(self.phases.first())
    }

    /// The clips that sound at a frame.
    pub fn clips_at(&self, at: Frames) -> impl Iterator<Item = &Clip> {
        let sounds = move |clip: &&Clip| clip.from <= at && at < clip.end();
        self.clips.iter().filter(sounds)
    }
}
