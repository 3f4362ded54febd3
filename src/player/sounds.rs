//! The cues that play from memory: asked for, loaded, and sent to the engine.

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Envelope, Id, Voice};
use crate::frame::Frame;
use crate::time::Frames;
use crate::timeline::{CueId, MOST_AT_ONCE};
use crate::zone::Zones;

/// A cue that was asked for, and plays from memory.
#[derive(Debug)]
pub struct InMemory {
    pub id: Id,
    pub cue: CueId,
    pub file: Arc<Path>,
    pub envelope: Envelope,
    pub zones: Zones,
    /// It is not in memory yet.
    pub awaited: bool,
}

/// All of them that are not over.
#[derive(Debug, Default)]
pub struct Sounds {
    sounds: Vec<InMemory>,
}

impl Sounds {
    pub fn add(&mut self, sound: InMemory) {
        self.sounds.push(sound);
    }

    /// Takes one out, and says which cue that was.
    pub fn remove(&mut self, id: Id) -> Option<CueId> {
        let at = self.sounds.iter().position(|sound| sound.id == id)?;
        Some(self.sounds.remove(at).cue)
    }

    /// Forgets what is over by `now`.
    pub fn pass(&mut self, now: Frames) {
        self.sounds.retain(|sound| sound.envelope.end() > now);
    }

    /// Whether there may be another one: twice what can sound at once, since the next ones are loaded while the last ones ring.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.sounds.len() < 2 * MOST_AT_ONCE
    }

    /// Whether it has this cue, to sound in this way.
    #[must_use]
    pub fn has(&self, cue: CueId, envelope: &Envelope) -> bool {
        let mut sounds = self.sounds.iter();
        let sound = sounds.find(|sound| sound.cue == cue);
        sound.is_some_and(|sound| sound.envelope == *envelope)
    }

    /// Takes out what does not stay.
    pub fn keep(&mut self, stays: impl Fn(&InMemory) -> bool) -> Vec<InMemory> {
        self.sounds.extract_if(.., |sound| !stays(sound)).collect()
    }

    /// Takes out what is not in memory and begins before `until`, and says which cues those were.
    pub fn give_up(&mut self, until: Frames) -> Vec<CueId> {
        let waits = |sound: &InMemory| sound.awaited && sound.envelope.from < until;
        let given_up = self.sounds.iter().filter(|sound| waits(sound));
        let given_up = given_up.map(|sound| sound.cue).collect();
        self.sounds.retain(|sound| !waits(sound));
        given_up
    }

    /// Whether everything that begins before `until` is in memory.
    #[must_use]
    pub fn are_ready(&self, until: Frames) -> bool {
        let ready = |sound: &InMemory| !sound.awaited || sound.envelope.from >= until;
        self.sounds.iter().all(ready)
    }

    /// Whether one is in memory.
    #[must_use]
    pub fn is_there(&self, id: Id) -> bool {
        let mut sounds = self.sounds.iter();
        sounds.any(|sound| sound.id == id && !sound.awaited)
    }

    /// What each of them reads.
    pub fn files(&self) -> impl Iterator<Item = (Id, &Arc<Path>)> {
        self.sounds.iter().map(|sound| (sound.id, &sound.file))
    }

    /// One is in memory: its cue, and the voice that plays it; `None` where nobody waits for it any more.
    pub fn loaded(&mut self, id: Id, frames: Arc<[Frame]>) -> Option<(CueId, Voice)> {
        let mut sounds = self.sounds.iter_mut();
        let sound = sounds.find(|sound| sound.id == id && sound.awaited)?;
        sound.awaited = false;
        let voice = Voice::new(id, sound.envelope, sound.zones, frames);
        Some((sound.cue, voice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fade::Fade;
    use crate::level::Gain;

    fn sound(id: u64, from: u64) -> InMemory {
        InMemory {
            id: Id(id),
            cue: CueId {
                phase: 0,
                cue: id as usize,
                time: 0,
                again: 0,
            },
            file: Arc::from(Path::new("word.wav")),
            envelope: Envelope {
                from: Frames(from),
                length: Frames(100),
                gain: Gain::UNITY,
                rise: Fade::NONE,
                fall: Fade::NONE,
                turn: None,
            },
            zones: Zones::NONE,
            awaited: true,
        }
    }

    #[test]
    fn what_is_loaded_is_waited_for_no_longer_and_what_comes_later_is_not_given_up() {
        let mut sounds = Sounds::default();
        for (id, from) in [(1, 100), (2, 100), (3, 500)] {
            sounds.add(sound(id, from));
        }
        assert!(sounds.are_ready(Frames(100)) && !sounds.are_ready(Frames(101)));
        assert!(sounds.loaded(Id(1), Arc::from([[0.0; 2]])).is_some());
        let given_up = sounds.give_up(Frames(101));
        assert_eq!(given_up.iter().map(|cue| cue.cue).collect::<Vec<_>>(), [2]);
        assert!(sounds.are_ready(Frames(500)));
        assert!(sounds.loaded(Id(2), Arc::from([[0.0; 2]])).is_none());
        sounds.pass(Frames(200));
        assert_eq!(
            sounds.files().map(|(id, _)| id).collect::<Vec<_>>(),
            [Id(3)]
        );
    }

    #[test]
    fn a_cue_that_is_to_sound_otherwise_is_another_one() {
        let mut sounds = Sounds::default();
        let one = sound(1, 100);
        let (cue, envelope) = (one.cue, one.envelope);
        sounds.add(one);
        assert!(sounds.has(cue, &envelope));
        let later = Envelope {
            from: Frames(101),
            ..envelope
        };
        assert!(!sounds.has(cue, &later));
    }
}
