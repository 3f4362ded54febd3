//! Where a file's packets lie, one behind the other, and what stands in the holes between them.

use symphonia::core::audio::GenericAudioBufferRef;

use super::{Damage, convert};
use crate::fade::Law;
use crate::frame::{Frame, SILENCE};
use crate::time::{Frames, Rate};

/// How far ahead of its place a packet may lie, in seconds, and how much silence is filled in
/// altogether. What lies further ahead, or more than a second back, is no hole but a wrong time:
/// that packet follows on.
const BELIEVED: i64 = 600;

/// What sounds before a hole dies away within so many frames of it, and what follows comes within as many: no click.
const EDGE: i64 = 441;

/// The frames before a place that decide how it sounds: a hole that begins within so many of it is heard there.
pub(super) const LEAD: i64 = 2 * EDGE;

/// The silence handed over in one go, in frames.
const SILENT_STRETCH: i64 = 4096;

/// Puts decoded packets in their places, each at its own time: damaged files lose packets without any error, and what
/// follows must not slide. Only where a time is off by less than any loss are the frames counted. All places are in frames.
#[derive(Default)]
pub(super) struct Tape {
    /// The place of frame 0 on the container's clock.
    origin: i64,
    /// Where the next packet should begin, from `origin`.
    expected: i64,
    /// The next frame to hand over.
    next: i64,
    /// Silence to hand over before `waiting`.
    hole: i64,
    /// How much of the hole was handed over.
    through: i64,
    /// The last frame that was placed, and the one before the hole, which dies away in it.
    last: Frame,
    dying: Frame,
    /// How many of the frames behind the hole have still to come softly.
    coming: i64,
    /// The length of that hole: within [`EDGE`] of its begin what was before it is still heard.
    since: i64,
    /// Frames that were decoded on the way to a place, and lie behind it.
    passed: Vec<Frame>,
    /// Whether a time was off, so that only counting from the start tells a frame's place.
    pub uneven: bool,
    /// Frames that wait behind a hole, or that were decoded to open the file.
    waiting: Vec<Frame>,
    pub damage: Damage,
}

impl Tape {
    /// The next frame that is handed over.
    pub fn position(&self) -> i64 {
        self.next
    }

    /// The place of frame 0 on the container's clock.
    pub fn origin(&self) -> i64 {
        self.origin
    }

    /// A tape of which the frames from `next` on are wanted.
    pub fn from(next: i64) -> Self {
        Self {
            next,
            ..Self::default()
        }
    }

    /// Frame 0 lies at `origin` on the container's clock, and the first packet at `at`.
    pub fn begin(&mut self, origin: i64, at: i64) {
        self.origin = origin;
        self.expected = at.saturating_sub(origin);
    }

    /// What comes next lies at `start` on a clock that begins anew, and is heard from `first` on (chained Ogg).
    pub fn splice(&mut self, first: i64, start: i64) {
        self.origin = first.saturating_sub(self.expected);
        self.expected = start.saturating_sub(self.origin);
    }

    /// Goes on at frame `to`, where the container has gone to `at` on its clock.
    pub fn wind(&mut self, to: i64, at: i64) {
        self.next = to;
        self.expected = at.saturating_sub(self.origin);
        self.hole = 0;
        (self.last, self.coming) = (SILENCE, 0);
        self.waiting.clear();
        self.passed.clear();
        self.damage = Damage::default();
    }

    /// Hands over what waits, a stretch at a time; false where nothing does.
    pub fn hand_over(&mut self, out: &mut Vec<Frame>) -> bool {
        if !self.passed.is_empty() {
            out.append(&mut self.passed);
            return true;
        }
        if self.hole > 0 {
            let silent = self.hole.min(SILENT_STRETCH);
            let dying = self.dying;
            let through = self.through..self.through + silent;
            out.extend(through.map(|at| dying.map(|sample| sample * edge(EDGE - 1 - at))));
            self.hole -= silent;
            self.through += silent;
            return true;
        }
        let some = !self.waiting.is_empty();
        out.append(&mut self.waiting);
        some
    }

    /// Keeps frames that were decoded to open the file.
    pub fn keep(&mut self, first: Vec<Frame>) {
        if self.waiting.is_empty() {
            self.waiting = first;
        }
    }

    /// Keeps frames that come before all others; what was wrong before them is not told.
    pub fn pass(&mut self, frames: Vec<Frame>) {
        self.passed = frames;
        if self.hole == 0 {
            self.damage = Damage {
                beyond_end: self.damage.beyond_end,
                ends_early: self.damage.ends_early,
                changes: self.damage.changes,
                ..Damage::default()
            };
        }
    }

    /// So many frames are known to lie here that are not placed: they were lost, or are not heard.
    pub fn leave_out(&mut self, frames: i64) {
        self.expected = self.expected.saturating_add(frames);
    }

    /// Appends a packet that lies `at` on the container's clock; behind a hole it waits.
    pub fn place(
        &mut self,
        packet: &GenericAudioBufferRef<'_>,
        at: i64,
        grid: Grid,
        out: &mut Vec<Frame>,
    ) {
        let length = packet.frames().cast_signed() as i64;
        let before = self.expected;
        let at = self.believe(at.saturating_sub(self.origin), grid);
        self.expected = at + length;
        let skip = (self.next - at).max(0);
        let kept = grid.end.map_or(length, |end| length.min(end - at));
        if skip >= kept {
            return;
        }
        let hole = (at - self.next).max(0);
        let out = if hole > 0 {
            self.damage
                .gap(Frames(self.next as u64), Frames(hole as u64));
            (self.hole, self.through) = (hole, 0);
            (self.dying, self.coming, self.since) = (self.last, EDGE, hole);
            &mut self.waiting
        } else {
            if at < before && before == self.next {
                // Some of it was there before, and the rest joins what is other sound.
                (self.dying, self.coming, self.since) = (self.last, EDGE, 0);
            }
            out
        };
        let begin = out.len();
        self.damage.wild += convert::append(packet, skip as usize, out);
        out.truncate(out.len() - (length - kept) as usize);
        for frame in &mut out[begin..] {
            if self.coming == 0 {
                break;
            }
            let behind = EDGE - self.coming;
            let [new, old] = [behind, EDGE - 1 - behind - self.since].map(edge);
            let samples = frame.iter_mut().zip(self.dying);
            samples.for_each(|(sample, dying)| *sample = *sample * new + dying * old);
            self.coming -= 1;
        }
        self.last = out.last().copied().unwrap_or(SILENCE);
        self.next = at + kept;
    }

    /// Where a packet lies: at its own time, or right behind the last one where that time is out
    /// of reason or only rounded.
    fn believe(&mut self, at: i64, grid: Grid) -> i64 {
        let off = at.saturating_sub(self.expected);
        if off.unsigned_abs() <= grid.rounding {
            return self.expected;
        }
        if off.unsigned_abs() <= grid.leeway.unsigned_abs() {
            self.uneven = true;
            return self.expected;
        }
        let believed = BELIEVED * i64::from(grid.rate.hertz());
        let silence = at.saturating_sub(self.next);
        let room = believed - self.damage.silenced.0.cast_signed();
        let back = off < -i64::from(grid.rate.hertz());
        let beyond_the_end = off > 0 && grid.length.is_some_and(|length| at > length);
        if back || off > believed || silence > room || beyond_the_end {
            self.origin = self.origin.saturating_add(off);
            return self.expected;
        }
        at
    }
}

/// The gain so many frames into an edge.
fn edge(at: i64) -> f32 {
    let part = at.clamp(0, EDGE) as f32 / EDGE as f32;
    Law::EqualGain.rising(part).0
}

/// What is known of a file's clock when a packet is placed.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub rate: Rate,
    /// How many frames a time may be off only because the clock is coarser than the rate.
    pub rounding: u64,
    /// How many frames it may be off because it was first told on a coarser clock, of another file.
    pub leeway: i64,
    /// The length that the header claims, where it can be believed.
    pub length: Option<i64>,
    /// Where the sound ends, and what comes is padding.
    pub end: Option<i64>,
}
