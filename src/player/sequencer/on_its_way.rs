//! A change that was sent and is not made yet: what it takes away is given back where it comes too late, and what comes with it
//! is sent when it is made.

use std::collections::VecDeque;

use super::{Held, Sequencer};
use crate::engine::{Command, Id};
use crate::player::decks::OnDeck;
use crate::player::faders::Faders;
use crate::player::part::Part;
use crate::player::sounds::InMemory;
use crate::stream::Streams;
use crate::time::Frames;

/// What is different once the change is made.
#[derive(Debug)]
pub(super) struct OnItsWay {
    /// What is begun from here on comes with it.
    pub first: Id,
    /// The same, for the engine.
    pub waiting: VecDeque<Command>,
    /// What was to come without it.
    pub parts: VecDeque<Part>,
    pub decks: Vec<OnDeck>,
    pub sounds: Vec<InMemory>,
    pub held: Vec<Held>,
    pub faders: Faders,
    /// Where what plays on would end without it.
    pub ends: Vec<(Id, Frames)>,
}

impl Sequencer {
    /// The change was made.
    pub fn made(&mut self) {
        if let Some(change) = self.change.take() {
            for command in change.waiting {
                self.hand_over(command);
            }
        }
    }

    /// The change came too late, and nothing of it was made: all is as it was before.
    pub fn not_made(&mut self, streams: &Streams) {
        let Some(change) = self.change.take() else {
            return;
        };
        let first = change.first;
        self.decks.keep(|deck| deck.id < first);
        self.sounds.keep(|sound| sound.id < first);
        self.held.retain(|held| held.id < first);
        self.parts = change.parts;
        self.faders = change.faders;
        for (id, end) in change.ends {
            self.decks.set_end(id, end);
        }
        for deck in change.decks {
            self.decks.add(deck);
        }
        for sound in change.sounds {
            if sound.awaited {
                // Nobody waited for it meanwhile.
                streams.load(
                    sound.id,
                    sound.file.clone(),
                    self.rate,
                    sound.envelope.length,
                );
            }
            self.sounds.add(sound);
        }
        self.held.extend(change.held);
    }
}
