//! The pieces that were heard in a session, from their records: when each began, when it ended, and whether its file failed.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::moment::{Deed, Moment};
use crate::fade::Fade;
use crate::level::Gain;
use crate::time::Frames;
use crate::timeline::Clip;
use crate::zone::Zones;

/// A piece that was heard.
#[derive(Debug)]
pub(super) struct Piece {
    pub from: Frames,
    /// Where it ended; not known before it did, nor in old journals.
    pub end: Option<Frames>,
    /// When it began, in milliseconds since 1970.
    pub wall: u64,
    pub title: String,
    pub file: String,
}

/// All of them, as they were recorded.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
}

impl Pieces {
    pub fn begin(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// The one that began at `from` ended at `at`.
    pub fn end(&mut self, from: Frames, at: Frames) {
        let mut pieces = self.pieces.iter_mut().rev();
        if let Some(piece) = pieces.find(|it| it.from == from && it.end.is_none()) {
            piece.end = Some(at.max(piece.from));
        }
    }

    /// The session ended at `end`. A piece whose end is not recorded went when the next one came; unless that was just now,
    /// within `longest`, and it still sounded. That is so where other ends are recorded.
    pub fn finish(&mut self, end: Frames, longest: Frames) {
        let ends_are_recorded = self.pieces.iter().any(|piece| piece.end.is_some());
        let longest = if ends_are_recorded {
            longest
        } else {
            Frames::ZERO
        };
        self.pieces.retain(|piece| piece.from < end);
        self.pieces.sort_by_key(|piece| piece.from);
        let begins: Vec<Frames> = self.pieces.iter().map(|piece| piece.from).collect();
        for (n, piece) in self.pieces.iter_mut().enumerate() {
            let next = begins.get(n + 1).filter(|next| **next < end - longest);
            let until = piece.end.or(next.copied()).unwrap_or(end);
            piece.end = Some(until.min(end));
        }
    }

    /// Each as a moment of the session, which ended at `end`.
    pub fn moments(&self, troubles: &[Moment], end: Frames) -> Vec<Moment> {
        let failed = self.failed(troubles, end);
        let tracks = self.pieces.iter().map(|piece| Moment {
            at: piece.from,
            wall: piece.wall,
            deed: Deed::Track {
                title: piece.title.clone(),
                file: piece.file.clone(),
                length: piece.end.unwrap_or(end) - piece.from,
                failed: failed.contains(&piece.from),
            },
        });
        tracks.collect()
    }

    /// Where the pieces begin whose files failed: of each trouble with a file, the piece of it that was heard then, or else
    /// the next one, for which it was read ahead.
    fn failed(&self, moments: &[Moment], end: Frames) -> HashSet<Frames> {
        let troubles = moments.iter().filter_map(|moment| match &moment.deed {
            Deed::Trouble { file, .. } => Some((moment.at, file)),
            _ => None,
        });
        let failed = troubles.filter_map(|(at, file)| {
            let of_it = self.pieces.iter().filter(|piece| piece.file == *file);
            let mut to_come = of_it.filter(|piece| at < piece.end.unwrap_or(end));
            to_come.next().map(|piece| piece.from)
        });
        failed.collect()
    }

    /// Each as a clip that fades as long as it and its neighbour were heard together.
    pub fn clips(&self, end: Frames, zones: Zones) -> Vec<Clip> {
        let ends: Vec<Frames> = self.pieces.iter().map(|it| it.end.unwrap_or(end)).collect();
        let pieces = self.pieces.iter().enumerate();
        pieces
            .map(|(n, piece)| {
                let until = ends.get(n).copied().unwrap_or(end);
                let length = until - piece.from;
                let before = n.checked_sub(1).and_then(|n| ends.get(n));
                let together = before.map_or(Frames::ZERO, |it| *it - piece.from);
                let next = self.pieces.get(n + 1).map_or(until, |next| next.from);
                Clip {
                    track: Arc::from(Path::new(&piece.file)),
                    title: piece.title.clone(),
                    from: piece.from,
                    length,
                    offset: Frames::ZERO,
                    fade_in: Fade::equal_power(together.min(length)),
                    fade_out: Fade::equal_power((until - next).min(length)),
                    gain: Gain::UNITY,
                    zones,
                    joined: false,
                    turn: None,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(recorded: &[(u64, Option<u64>)]) -> Pieces {
        let mut pieces = Pieces::default();
        for (from, end) in recorded {
            pieces.begin(Piece {
                from: Frames(*from),
                end: None,
                wall: 0,
                title: String::new(),
                file: format!("{from}.flac"),
            });
            if let Some(end) = end {
                pieces.end(Frames(*from), Frames(*end));
            }
        }
        pieces
    }

    fn ends(mut pieces: Pieces, end: u64) -> Vec<u64> {
        pieces.finish(Frames(end), Frames(60));
        let ends = pieces.pieces.iter().filter_map(|piece| piece.end);
        ends.map(|end| end.0).collect()
    }

    #[test]
    fn an_end_that_is_not_recorded_is_where_the_next_piece_came_but_for_what_still_sounded() {
        assert_eq!(ends(pieces(&[(0, None), (100, None)]), 130), [100, 130]);
        let known = [(0, Some(110)), (100, None), (300, None)];
        assert_eq!(ends(pieces(&known), 330), [110, 330, 330]);
        assert_eq!(ends(pieces(&known), 500), [110, 300, 500]);
        assert_eq!(ends(pieces(&known), 250), [110, 250]);
    }

    #[test]
    fn pieces_fade_as_long_as_they_were_heard_together() {
        let mut pieces = pieces(&[(0, Some(110)), (100, Some(230))]);
        pieces.finish(Frames(230), Frames(60));
        let clips = pieces.clips(Frames(230), Zones::NONE);
        let fades = clips
            .iter()
            .map(|clip| (clip.fade_in.length.0, clip.fade_out.length.0));
        assert_eq!(fades.collect::<Vec<_>>(), [(0, 10), (10, 0)]);
    }

    #[test]
    fn a_trouble_is_of_the_piece_that_was_heard_then_or_of_the_next_one() {
        let pieces = pieces(&[(0, Some(100)), (300, Some(400))]);
        let trouble = |at: u64, file: &str| Moment {
            at: Frames(at),
            wall: 0,
            deed: Deed::Trouble {
                file: file.to_owned(),
                why: String::new(),
            },
        };
        let troubles = [
            trouble(50, "0.flac"),
            trouble(250, "300.flac"),
            trouble(100, "0.flac"),
        ];
        let failed = pieces.failed(&troubles, Frames(400));
        assert_eq!(failed, HashSet::from([Frames(0), Frames(300)]));
        assert!(pieces.failed(&troubles[2..], Frames(400)).is_empty());
    }
}
