//! Changes of what is to come, each at its frame.

use super::Engine;
use crate::engine::lane::Lane;
use crate::engine::message::Event;
use crate::engine::revision::{Fader, Revision};
use crate::time::Frames;

impl Engine {
    /// Makes the changes that are due, and says how many of the next `most` frames may be mixed before the next one is.
    pub(super) fn until_revised(&mut self, most: usize) -> usize {
        while let Some(next) = self.revisions.first() {
            let wait = next.at - self.mixed;
            if wait > Frames::ZERO {
                return wait.index().min(most);
            }
            let revision = self.revisions.remove(0);
            self.revise(revision);
        }
        most
    }

    /// Makes all that wait, due or not.
    pub(super) fn revise_all(&mut self) {
        while !self.revisions.is_empty() {
            let revision = self.revisions.remove(0);
            self.revise(revision);
        }
    }

    fn revise(&mut self, revision: Box<Revision>) {
        let mut faders = revision.faders.iter();
        let has_room = faders.all(|(fader, ramps)| self.has_way(*fader, revision.at, ramps.len()));
        if revision.at < self.mixed || !has_room {
            self.made.push(Event::TooLate(revision));
            return;
        }
        for (id, envelope) in &revision.shapes {
            if let Some(deck) = self.decks.iter_mut().find(|deck| deck.id == *id) {
                deck.reshape(*envelope);
            }
        }
        for id in &revision.dropped {
            if let Some(deck) = self.decks.iter_mut().find(|deck| deck.id == *id) {
                deck.drop_out();
            }
            if let Some(voice) = self.voices.iter_mut().find(|voice| voice.id == *id) {
                voice.drop_out();
            }
        }
        for (fader, ramps) in &revision.faders {
            self.steer(*fader, |lane| lane.replace(revision.at, ramps));
        }
        self.made.push(Event::Revised(revision));
    }

    /// Whether a fader has room for so many ramps behind those that begin before `at`.
    pub(super) fn has_way(&self, fader: Fader, at: Frames, ramps: usize) -> bool {
        let lane = match fader {
            Fader::Master => Some(&self.level),
            Fader::Music(zone) => self.zones.get(zone.index()).map(|bus| &bus.duck),
        };
        lane.is_none_or(|lane| lane.curve().has_room(self.mixed, at, ramps))
    }

    /// Forgets what is over of a fader's way, and changes what comes of it.
    pub(super) fn steer(&mut self, fader: Fader, change: impl FnOnce(&mut Lane)) {
        let now = self.mixed;
        let lane = match fader {
            Fader::Master => Some(&mut self.level),
            Fader::Music(zone) => self.zones.get_mut(zone.index()).map(|bus| &mut bus.duck),
        };
        if let Some(lane) = lane {
            lane.revise(|lane| {
                lane.forget(now);
                change(lane);
            });
        }
    }

    /// Hands back those that were made, as far as there is room.
    pub(super) fn hand_back_revisions(&mut self) {
        while self.events.slots() > 0 && !self.made.is_empty() {
            let _ = self.events.push(self.made.remove(0));
        }
    }
}
