//! In which order a phase plays its tracks.

use crate::playlist::{Order, Track};
use crate::timeline::model::Clip;

/// Gives tracks without end: in listed order or shuffled afresh each round, never the same piece twice in a row where
/// there are two to choose from.
#[derive(Debug, Clone)]
pub struct Queue<'a> {
    order: Order,
    tracks: Vec<&'a Track>,
    /// Those that it chooses from.
    chosen: Vec<usize>,
    round: Vec<usize>,
    next: usize,
    chance: Chance,
    last: Option<&'a Track>,
    rounds: usize,
}

impl<'a> Queue<'a> {
    /// These tracks after `last` was heard; those whose rating comes nearest to `intensity`, where one is asked for. The
    /// same seed gives the same order.
    #[must_use]
    pub fn new(
        tracks: Vec<&'a Track>,
        order: Order,
        seed: u64,
        last: Option<&'a Track>,
        intensity: Option<u8>,
    ) -> Self {
        let away = |track: &Track| Some(track.intensity?.abs_diff(intensity?));
        let nearest = tracks.iter().filter_map(|track| away(track)).min();
        let chosen = tracks.iter().enumerate();
        let chosen = chosen.filter(|(_, track)| away(track) == nearest);
        Self {
            chosen: chosen.map(|(at, _)| at).collect(),
            order,
            tracks,
            round: Vec::new(),
            next: 0,
            chance: Chance(seed),
            last,
            rounds: 0,
        }
    }

    /// How many times it has begun the playlist once so many more tracks of it are heard.
    #[must_use]
    pub fn rounds_of(&self, tracks: usize) -> usize {
        let mut later = self.clone();
        later.by_ref().take(tracks).for_each(drop);
        later.rounds
    }

    /// Goes on after what was heard. What it would not have chosen by itself changes nothing.
    pub fn go_on_after(&mut self, heard: &[Clip]) {
        for clip in heard {
            let before = self.clone();
            let is_it = |track: &&Track| *track.path == *clip.track;
            let tracks = self.chosen.len();
            if !self.by_ref().take(tracks).any(|track| is_it(&track)) {
                *self = before;
            }
            self.last = self.tracks.iter().copied().find(is_it).or(self.last);
        }
    }

    fn begin_round(&mut self) {
        self.round.clone_from(&self.chosen);
        if self.order == Order::Shuffle {
            for at in (1..self.round.len()).rev() {
                self.round.swap(at, self.chance.below(at + 1));
            }
        }
        let tracks = &self.tracks;
        let again = |at: &usize| self.last.is_some_and(|last| last.path == tracks[*at].path);
        if self.round.first().is_some_and(again)
            && let Some(other) = self.round.iter().position(|at| !again(at))
        {
            match self.order {
                Order::Shuffle => self.round.swap(0, other),
                Order::Listed => self.round.rotate_left(other),
            }
        }
        self.next = 0;
        self.rounds += 1;
    }
}

impl<'a> Iterator for Queue<'a> {
    type Item = &'a Track;

    fn next(&mut self) -> Option<&'a Track> {
        if self.next >= self.round.len() {
            self.begin_round();
        }
        let track = *self.tracks.get(*self.round.get(self.next)?)?;
        self.next += 1;
        self.last = Some(track);
        Some(track)
    }
}

/// A small generator of our own (`SplitMix64`, Steele et al. 2014), so that a script and its seed give the same session
/// with every version of every library.
#[derive(Debug, Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((u128::from(z) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Decibels;
    use crate::mistake::Place;
    use std::path::Path;

    fn tracks(names: &[&str]) -> Vec<Track> {
        let track = |name: &&str| Track {
            path: name.into(),
            title: None,
            intensity: None,
            gain: Decibels::ZERO,
            place: Place::unread(Path::new("test")),
        };
        names.iter().map(track).collect()
    }

    fn queue<'a>(
        tracks: &'a [Track],
        order: Order,
        seed: u64,
        last: Option<&'a Track>,
    ) -> Queue<'a> {
        Queue::new(tracks.iter().collect(), order, seed, last, None)
    }

    fn names(queue: Queue, count: usize) -> Vec<String> {
        let tracks = queue.take(count);
        tracks.map(|t| t.path.display().to_string()).collect()
    }

    #[test]
    fn listed_starts_over() {
        let list = tracks(&["a", "b", "c"]);
        let heard = names(queue(&list, Order::Listed, 1, None), 7);
        assert_eq!(heard, ["a", "b", "c", "a", "b", "c", "a"]);
    }

    #[test]
    fn shuffled_by_the_seed_and_never_twice_in_a_row() {
        let list = tracks(&["a", "b", "c", "d", "e"]);
        for seed in 0..50 {
            let heard = names(queue(&list, Order::Shuffle, seed, None), 100);
            assert_eq!(heard, names(queue(&list, Order::Shuffle, seed, None), 100));
            assert!(heard.windows(2).all(|pair| pair[0] != pair[1]), "{seed}");
            let mut round = heard[..5].to_vec();
            round.sort();
            assert_eq!(round, ["a", "b", "c", "d", "e"]);
        }
        let seeds: std::collections::HashSet<_> = (0..50)
            .map(|seed| names(queue(&list, Order::Shuffle, seed, None), 5))
            .collect();
        assert!(seeds.len() > 20);
    }

    #[test]
    fn the_piece_that_was_heard_last_does_not_open_the_next_phase() {
        let list = tracks(&["a", "b", "c"]);
        let heard = names(queue(&list, Order::Listed, 1, list.first()), 2);
        assert_eq!(heard, ["b", "c"]);
        let alone = tracks(&["a"]);
        let heard = names(queue(&alone, Order::Listed, 1, alone.first()), 2);
        assert_eq!(heard, ["a", "a"]);
        assert!(names(queue(&[], Order::Listed, 1, None), 2).is_empty());
    }
}
