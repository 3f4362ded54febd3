//! The streams that were opened for the engine's decks and are not over.

use std::sync::Arc;

use crate::engine::{GUARD, Id, MAX_DECKS};
use crate::player::part::Key;
use crate::stream::Progress;
use crate::time::Frames;
use crate::timeline::{Clip, CueId};

/// A stream that was opened and is not over.
#[derive(Debug)]
pub struct OnDeck {
    pub id: Id,
    pub key: Key,
    pub file: Arc<std::path::Path>,
    pub from: Frames,
    pub end: Frames,
    /// Frames of the part that were skipped when it was opened.
    pub skipped: Frames,
    pub progress: Arc<Progress>,
}

impl OnDeck {
    /// Whether its ring held everything up to `until`, or nothing more is waited for.
    fn is_ready(&self, until: Frames) -> bool {
        let needed = until.min(self.end) - self.from - self.skipped;
        self.from >= until || self.progress.is_over() || self.progress.delivered() >= needed
    }

    /// Whether this clip is the first that it plays.
    fn begins(&self, clip: &Clip) -> bool {
        match &self.key {
            Key::Run(sent) => sent.first().is_some_and(|own| own.is_same(clip)),
            Key::Cue(_) => false,
        }
    }
}

/// All of them, whether or not the engine has them yet.
#[derive(Debug, Default)]
pub struct Decks {
    decks: Vec<OnDeck>,
    /// How many the engine was given and has not given back. One more than it holds would keep all that comes behind it from
    /// the engine, and with it the change that makes room.
    in_engine: usize,
}

impl Decks {
    pub fn add(&mut self, deck: OnDeck) {
        self.decks.push(deck);
    }

    pub fn remove(&mut self, id: Id) {
        self.decks.retain(|deck| deck.id != id);
    }

    /// Takes out what does not stay.
    pub fn keep(&mut self, stays: impl Fn(&OnDeck) -> bool) -> Vec<OnDeck> {
        self.decks.extract_if(.., |deck| !stays(deck)).collect()
    }

    /// Where each of them ends.
    #[must_use]
    pub fn ends(&self) -> Vec<(Id, Frames)> {
        self.decks.iter().map(|deck| (deck.id, deck.end)).collect()
    }

    /// One ends elsewhere than it did.
    pub fn set_end(&mut self, id: Id, end: Frames) {
        if let Some(deck) = self.decks.iter_mut().find(|deck| deck.id == id) {
            deck.end = end;
        }
    }

    /// The engine is given one.
    pub fn hand_over(&mut self) {
        self.in_engine += 1;
    }

    /// It gives one back that is over. Until then it is the one that plays, whatever end was asked for.
    pub fn came_back(&mut self, id: Id) {
        self.in_engine = self.in_engine.saturating_sub(1);
        self.remove(id);
    }

    /// Whether it can take another one, behind `waiting` that it will be given.
    #[must_use]
    pub fn has_room(&self, waiting: usize) -> bool {
        self.in_engine + waiting < MAX_DECKS
    }

    /// Whether this clip is the first that one plays.
    pub fn begins(&self, clip: &Clip) -> bool {
        self.decks.iter().any(|deck| deck.begins(clip))
    }

    /// The one that plays the first of these clips, and how many of them.
    pub fn playing(&mut self, run: &[Clip]) -> Option<(&mut OnDeck, usize)> {
        let first = run.first()?;
        let deck = self.decks.iter_mut().find(|deck| deck.begins(first))?;
        let Key::Run(sent) = &deck.key else {
            return None;
        };
        let same = run.iter().zip(sent);
        let same = same.take_while(|(new, old)| new.is_same(old)).count();
        Some((deck, same))
    }

    /// Whether one plays this cue at this frame.
    #[must_use]
    pub fn has_cue(&self, cue: CueId, from: Frames) -> bool {
        let is_it = |key: &Key| matches!(key, Key::Cue(own) if *own == cue);
        let mut decks = self.decks.iter();
        decks.any(|deck| is_it(&deck.key) && deck.from == from)
    }

    /// What each of them reads, the first of several files that are joined.
    pub fn files(&self) -> impl Iterator<Item = (Id, &Arc<std::path::Path>)> {
        self.decks.iter().map(|deck| (deck.id, &deck.file))
    }

    /// The least that any that sounds at `now` holds ready; `None` where none sounds, or all is there to its end.
    #[must_use]
    pub fn read_ahead(&self, now: Frames) -> Option<Frames> {
        let sounding = self.decks.iter();
        let sounding = sounding.filter(|deck| deck.from <= now && now < deck.end);
        let waiting = sounding.filter(|deck| !deck.progress.is_over());
        let ahead = waiting.map(|deck| deck.from + deck.skipped + deck.progress.delivered() - now);
        ahead.min()
    }

    /// Whether the ring of one holds everything up to `until`.
    #[must_use]
    pub fn is_ready(&self, id: Id, until: Frames) -> bool {
        let mut decks = self.decks.iter().filter(|deck| deck.id == id);
        decks.all(|deck| deck.is_ready(until))
    }

    /// Waits no longer for what sounds before `until` and is not there, of those that came before `later`.
    pub fn give_up(&self, until: Frames, later: Id) {
        let decks = self.decks.iter().filter(|deck| deck.id < later);
        for deck in decks.filter(|deck| !deck.is_ready(until)) {
            deck.progress.end();
        }
    }

    /// Whether the rings hold everything that sounds before `until`, of those that came before `later`.
    #[must_use]
    pub fn are_ready(&self, until: Frames, later: Id) -> bool {
        let mut decks = self.decks.iter().filter(|deck| deck.id < later);
        decks.all(|deck| deck.is_ready(until))
    }
}

/// How far the rings have to be filled so that no deck leaves before `until`.
#[must_use]
pub fn guarded(until: Frames) -> Frames {
    until + Frames::from(2 * GUARD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deck(id: u64, from: u64, end: u64, skipped: u64) -> OnDeck {
        let cue = CueId {
            phase: 0,
            cue: id as usize,
            time: 0,
            again: 0,
        };
        OnDeck {
            id: Id(id),
            key: Key::Cue(cue),
            file: Arc::from(std::path::Path::new("word.wav")),
            from: Frames(from),
            end: Frames(end),
            skipped: Frames(skipped),
            progress: Arc::default(),
        }
    }

    #[test]
    fn what_comes_later_is_not_waited_for_and_what_is_given_up_neither() {
        let mut decks = Decks::default();
        decks.add(deck(0, 100, 200, 0));
        assert!(decks.are_ready(Frames(100), Id(9)) && !decks.are_ready(Frames(101), Id(9)));
        assert_eq!(decks.read_ahead(Frames(99)), None);
        assert_eq!(decks.read_ahead(Frames(100)), Some(Frames::ZERO));
        decks.give_up(Frames(101), Id(9));
        assert!(decks.are_ready(Frames(200), Id(9)));
        assert_eq!(decks.read_ahead(Frames(100)), None);
    }

    #[test]
    fn what_was_skipped_counts_as_read() {
        let mut decks = Decks::default();
        decks.add(deck(0, 100, 200, 40));
        assert!(decks.are_ready(Frames(140), Id(9)) && !decks.are_ready(Frames(141), Id(9)));
    }

    #[test]
    fn what_does_not_stay_is_named_and_gone() {
        let mut decks = Decks::default();
        decks.add(deck(3, 100, 200, 0));
        decks.add(deck(4, 100, 300, 0));
        let gone = decks.keep(|deck| deck.end > Frames(200));
        assert!(matches!(&gone[..], [gone] if gone.id == Id(3)));
        assert!(decks.keep(|_| true).is_empty());
        decks.came_back(Id(4));
        assert_eq!(decks.files().count(), 0);
    }

    #[test]
    fn the_engine_is_given_no_more_than_it_holds() {
        let mut decks = Decks::default();
        for _ in 0..MAX_DECKS - 1 {
            decks.hand_over();
        }
        assert!(decks.has_room(0) && !decks.has_room(1));
        decks.came_back(Id(0));
        assert!(decks.has_room(1));
    }
}
