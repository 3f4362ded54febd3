//! Fills a phase with tracks: which sound, from where to where, and where the phase ends.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::fade::Fade;
use crate::level::Loudness;
use crate::level::{Decibels, Gain};
use crate::library::{Facts, Library};
use crate::playlist::{Playlist, Track};
use crate::time::{Frames, Rate};
use crate::timeline::loudness::{normalise, normalise_together};
use crate::timeline::model::Clip;
use crate::timeline::order::Queue;
use crate::timeline::piece::{Piece, Run};
use crate::timeline::review::music;
use crate::zone::Zones;

/// Silence at a track's head or tail that is shorter than this stays; nobody hears it as a gap.
const PAUSE: Duration = Duration::from_millis(50);

/// People write whole seconds: a phase whose music ends this near to its length ends with its music.
pub const GRACE: Duration = Duration::from_millis(500);

/// A phase ends with its music only within this part of its length, however wide its bounds are.
const NEAR: u64 = 4;

/// No piece is begun for less than this, where it can be had.
const LEAST: Duration = Duration::from_secs(30);

/// Music that is cut, not ended, goes within this at least, whatever was asked.
pub const CUT: Duration = Duration::from_millis(10);

/// What a phase of music is filled by.
#[derive(Debug)]
pub struct Filling<'a, 'h> {
    /// Its tracks.
    pub playlist: &'a Playlist,
    /// What is known of them.
    pub library: &'a Library,
    /// The session's rate.
    pub rate: Rate,
    /// The session's seed, and the phase's place in it.
    pub seed: u64,
    /// The track that was heard last.
    pub last: Option<&'a Track>,
    /// Who hears it.
    pub zones: Zones,
    /// Where loudness is brought.
    pub target: Option<Loudness>,
    /// The phase's level.
    pub level: Decibels,
    /// Between tracks; zero joins them without a seam.
    pub crossfade: Frames,
    /// How the first track comes.
    pub coming: Frames,
    /// How the last one goes.
    pub leaving: Frames,
    /// Whether the way it goes lies before the end (of the session) or after it (into the next phase).
    pub leaves_before_end: bool,
    /// Where it begins.
    pub from: Frames,
    /// Its shortest, its meant and its longest end.
    pub ends: [Frames; 3],
    /// How intense its music shall be.
    pub intensity: Option<u8>,
    /// What of it was heard already: its clips, in order.
    pub heard: &'h [Clip],
    /// How it begins, or goes on.
    pub opening: Opening,
}

/// How a phase's music begins, or goes on after what was heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// With a new track at this frame.
    Fresh(Frames),
    /// With the last of what was heard, which sounds on; nothing is begun or let go before this frame.
    Standing(Frames),
}

/// A phase of music.
#[derive(Debug)]
pub struct Filled<'a> {
    /// Its clips, in order. The last one reaches into the next phase.
    pub clips: Vec<Clip>,
    /// Where it ends.
    pub end: Frames,
    /// The track that was heard last.
    pub last: Option<&'a Track>,
    /// How many times the playlist was begun.
    pub rounds: usize,
}

impl<'a, 'h> Filling<'a, 'h> {
    /// Fills the phase. A playlist without a playable track gives none.
    #[must_use]
    pub fn fill(&self) -> Filled<'a> {
        let tracks = music(self.playlist, self.library).collect();
        let order = self.playlist.order;
        let mut queue = Queue::new(tracks, order, self.seed, self.last, self.intensity);
        queue.go_on_after(self.heard);
        let pieces = self.lay_out(queue.clone());
        let (mut pieces, end, natural) = self.choose_end(pieces);
        if !natural {
            self.balance(&mut pieces, end);
        }
        let stands = usize::from(self.standing(&mut Run::default()).is_some());
        let last = pieces.last().map(|piece| piece.track);
        let begun = pieces.iter().filter(|piece| piece.from < end).count();
        Filled {
            clips: self.clips(&pieces, end, natural),
            end,
            last,
            rounds: queue.rounds_of(begun - stands),
        }
    }

    fn gapless(&self) -> bool {
        self.crossfade == Frames::ZERO
    }

    /// Track after track until the longest end is covered, and what the last one needs to leave.
    fn lay_out(&self, mut queue: Queue<'a>) -> Vec<Piece<'a>> {
        let mut pieces: Vec<Piece> = Vec::new();
        let enough = self.ends[2].max(self.ends[1]) + self.cut_tail();
        let mut run = Run::default();
        pieces.extend(self.standing(&mut run));
        let begin = match self.opening {
            Opening::Fresh(at) | Opening::Standing(at) => at,
        };
        while pieces.last().is_none_or(|piece| piece.end() < enough) {
            let Some(track) = queue.next() else { break };
            let Ok(facts) = self.library.facts(&track.path) else {
                break;
            };
            let piece = match pieces.last() {
                None => self.piece(track, facts, &mut run, begin, false),
                Some(before) if self.gapless() => {
                    let end = before.end();
                    let piece = self.piece(track, facts, &mut run, end, true);
                    let from = end - piece.coming;
                    Piece { from, ..piece }
                }
                Some(before) => {
                    let end = before.end();
                    let room = before.length;
                    let mut piece = self.piece(track, facts, &mut run, end, false);
                    // What stands may end before there is time for the whole crossfade.
                    let ready = (end - self.earliest()).max(self.rate.frames(CUT));
                    let asked = self.crossfade.min(ready);
                    piece.coming = shortened(asked, room, piece.length);
                    piece.from = end - piece.coming;
                    piece
                }
            };
            pieces.push(piece);
        }
        pieces
    }

    /// The clip that goes on.
    fn kept(&self) -> Option<&'h Clip> {
        let Opening::Standing(_) = self.opening else {
            return None;
        };
        self.heard.last()
    }

    /// The same as a piece, with all that there is of its track; and the run it belongs to.
    fn standing(&self, run: &mut Run) -> Option<Piece<'a>> {
        let clip = self.kept()?;
        let tracks = &self.playlist.tracks;
        let track = tracks.iter().find(|track| *track.path == *clip.track)?;
        let facts = self.library.facts(&clip.track).ok()?;
        let before = |clip: &Clip| self.heard.iter().rev().find(|other| clip.joins(other));
        let joined = std::iter::successors(before(clip), |clip| before(clip));
        let others: Vec<&Clip> = joined.collect();
        for (at, other) in others.into_iter().rev().enumerate() {
            if let Ok(facts) = self.library.facts(&other.track) {
                run.go_on(facts, self.rate, at > 0);
            }
        }
        let whole = self.piece(track, facts, run, clip.from, clip.joined);
        Some(Piece {
            length: whole.offset + whole.length - clip.offset,
            offset: clip.offset,
            coming: clip.fade_in.length,
            joined: clip.joined,
            ..whole
        })
    }

    /// The first frame at which anything may be let go.
    fn earliest(&self) -> Frames {
        match self.opening {
            Opening::Fresh(_) => Frames::ZERO,
            Opening::Standing(at) => at,
        }
    }

    /// How long the last track goes on after the end.
    fn tail(&self) -> Frames {
        if self.leaves_before_end {
            Frames::ZERO
        } else {
            self.leaving
        }
    }

    /// The same where it is cut: never nothing.
    fn cut_tail(&self) -> Frames {
        if self.leaves_before_end {
            Frames::ZERO
        } else {
            self.leaving.max(self.rate.frames(CUT))
        }
    }

    fn piece(
        &self,
        track: &'a Track,
        facts: &Arc<Facts>,
        run: &mut Run,
        from: Frames,
        joined: bool,
    ) -> Piece<'a> {
        let (offset, length) = if self.gapless() {
            (Frames::ZERO, run.go_on(facts, self.rate, joined))
        } else {
            let pause = facts.rate.frames(PAUSE);
            let kept = |silence: Frames| {
                if silence < pause {
                    Frames::ZERO
                } else {
                    silence
                }
            };
            let (head, tail) = (kept(facts.head), kept(facts.tail));
            let offset = self.rate.convert(head, facts.rate);
            let end = self.rate.convert(facts.frames - tail, facts.rate);
            (offset, end - offset)
        };
        let coming = match joined {
            true if run.seamless => Frames::ZERO,
            // A file of another rate is another stream: where one of the two is cut within a wave, that would click.
            true => self.rate.frames(CUT),
            false => self.coming,
        };
        Piece {
            track,
            facts: Arc::clone(facts),
            from,
            length,
            offset,
            coming: coming.min(Frames(length.0 / 3)),
            joined: joined && run.seamless,
        }
    }

    /// Ends the phase at the end of a track where one lies within its bounds, the nearest to its length; otherwise at its
    /// length. Keeps only the pieces that are heard.
    fn choose_end(&self, mut pieces: Vec<Piece<'a>>) -> (Vec<Piece<'a>>, Frames, bool) {
        let [shortest, meant, longest] = self.ends;
        let grace = self.rate.frames(GRACE);
        let near = Frames((meant - self.from).0 / NEAR);
        let first = self.earliest();
        let shortest = shortest.max(meant - near).min(meant - grace).max(first);
        let longest = longest.min(meant + near).max(meant + grace);
        let boundary = |piece: &Piece| piece.end() - self.leaving_of(piece).min(self.tail());
        let natural = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| (at, boundary(piece)))
            .filter(|(_, end)| *end >= shortest && *end <= longest)
            .filter(|(_, end)| !self.leaves_before_end || *end >= first + self.leaving)
            .min_by_key(|(_, end)| end.0.abs_diff(meant.0));
        if let Some((at, end)) = natural {
            pieces.truncate(at + 1);
            return (pieces, end, true);
        }
        // What goes on without a pause has the next piece to leave with, where that begins as the phase ends.
        let taken_up = |piece: &Piece| piece.from >= meant.max(first) && piece.from <= longest;
        if self.gapless()
            && !self.leaves_before_end
            && let Some(at) = pieces.iter().skip(1).position(taken_up)
        {
            // A clip belongs to the phase that it begins in, and has come before it goes.
            let end = pieces[at + 1].from + pieces[at + 1].coming.max(Frames(1));
            pieces.truncate(at + 2);
            return (pieces, end, false);
        }
        // A change that is a little shorter is better than a piece that is begun for it alone.
        let enough = meant + Frames((self.cut_tail().0 * 3).div_ceil(4));
        let covered = pieces.iter().position(|piece| piece.end() >= enough);
        if let Some(at) = covered {
            pieces.truncate(at + 1);
        }
        while pieces.len() > 1 && pieces.last().is_some_and(|piece| piece.from >= meant) {
            pieces.pop();
        }
        (pieces, meant, false)
    }

    fn leaving_of(&self, piece: &Piece) -> Frames {
        self.leaving.min(Frames(piece.length.0 / 3))
    }

    /// Brings a last piece that would hardly be heard before the end forward, into the one before it.
    fn balance(&self, pieces: &mut [Piece<'a>], end: Frames) {
        let [.., before, last] = pieces else { return };
        if self.gapless() {
            let heard = (end + self.cut_tail()).min(last.end()) - last.from;
            last.coming = last.coming.min(Frames(heard.0 / 3));
            return;
        }
        let phase = end - self.from;
        let least = self.rate.frames(LEAST).min(Frames(phase.0 / 3));
        let earliest = before.from + before.coming + Frames(before.length.0 / 3);
        let reaching = end + self.cut_tail() - last.length;
        let earliest = earliest.max(self.earliest());
        last.from = last.from.min((end - least).max(earliest).max(reaching));
        // Both fades of the last piece have their place, even if the next phase takes its own way to come.
        let heard = end - last.from;
        let leaving = if self.leaves_before_end {
            self.leaving.min(Frames(heard.0 / 3))
        } else {
            Frames::ZERO
        };
        last.coming = last.coming.min(heard - leaving);
        before.length = last.from + last.coming - before.from;
    }

    /// The one change of all music of the playlist, each file once: as much of it as is laid out makes no other gain.
    fn of_all(&self) -> Decibels {
        let mut seen = HashSet::new();
        let tracks = music(self.playlist, self.library);
        let tracks = tracks.filter(|track| seen.insert(&track.path));
        let facts = tracks.filter_map(|track| self.library.facts(&track.path).ok());
        let facts: Vec<&Facts> = facts.map(|facts| &**facts).collect();
        normalise_together(facts.into_iter(), self.target)
    }

    fn clips(&self, pieces: &[Piece<'a>], end: Frames, natural: bool) -> Vec<Clip> {
        let together = self.gapless().then(|| self.of_all());
        let kept = self.kept();
        let mut clips = Vec::with_capacity(pieces.len());
        for (at, piece) in pieces.iter().enumerate() {
            let next = pieces.get(at + 1);
            let (stop, leaving) = match next {
                Some(next) => (next.from + next.coming, next.coming),
                None => self.last_stop(piece, end, natural),
            };
            if stop <= piece.from {
                // The phase ends where it would come.
                continue;
            }
            // In a join without a seam no level moves: the tracks' own gains are left out.
            let own = || normalise(&piece.facts, self.target) + piece.track.gain;
            let change = together.unwrap_or_else(own) + self.level;
            let gain = match kept {
                // What sounds keeps its gain, and so does all that is joined to it.
                Some(clip) if at == 0 || self.gapless() => clip.gain,
                _ if change == Decibels::ZERO => Gain::UNITY,
                _ => change.gain(),
            };
            clips.push(Clip {
                track: piece.track.path.as_path().into(),
                title: piece.title(),
                from: piece.from,
                length: stop - piece.from,
                offset: piece.offset,
                fade_in: match kept {
                    // It may be on its way.
                    Some(clip) if at == 0 => clip.fade_in,
                    // What is heard alone of a phase, and shortly, has time to go.
                    None if pieces.len() == 1 => {
                        Fade::equal_power(piece.coming.min(stop - piece.from - leaving))
                    }
                    _ => Fade::equal_power(piece.coming),
                },
                fade_out: Fade::equal_power(leaving),
                gain,
                zones: self.zones,
                joined: piece.joined,
                // And goes on along the way it is on, with what is joined to it.
                turn: kept
                    .and_then(|clip| clip.turn)
                    .filter(|turn| at == 0 || turn.end() > piece.from),
            });
        }
        clips
    }

    /// Where the last piece stops, and how long it goes.
    fn last_stop(&self, piece: &Piece, end: Frames, natural: bool) -> (Frames, Frames) {
        let tail = if natural {
            self.tail()
        } else {
            self.cut_tail()
        };
        let stop = (end + tail).min(piece.end());
        let heard = stop - piece.from;
        let third = Frames(heard.0 / 3);
        let leaving = if self.leaves_before_end {
            self.leaving.min(third)
        } else {
            (stop - end).min(heard - piece.coming)
        };
        let cut = self.rate.frames(CUT).min(third);
        if stop == piece.end() {
            (stop, leaving)
        } else {
            (stop, leaving.max(cut))
        }
    }
}

/// A crossfade as asked, or a third of the shorter track.
fn shortened(asked: Frames, before: Frames, after: Frames) -> Frames {
    asked.min(Frames(before.min(after).0 / 3))
}
