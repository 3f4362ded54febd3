//! Which part of the sound in an MP4 file (M4A) is meant to be heard: encoders put silence before and behind it, and say so
//! in an edit list, or in the comment that iTunes writes. The demuxer passes over both.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::formats::Track;
use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::boxes::{Boxes, MOST_BOXES, first, heading, number, ticks, wide};
use super::glance::glance;
use super::{DecodeError, sample_entry};

/// The longest index that is looked at, in bytes: that of some twenty hours.
const LARGEST_INDEX: u64 = 16 << 20;

/// Where the sound lies in fragments, an edit that leaves out no more of it than a second has of this only passes over what
/// an encoder puts before it.
const BEFORE: u32 = 4;

/// How far the ends that iTunes writes may miss the sound that there is, in frames: a packet of either kind of AAC.
const LEEWAY: u64 = 2048;

/// The part of a track that is meant to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// In ticks of the track's clock.
    pub ticks: Range<i64>,
    /// Whether both ends are right to the tick.
    pub exact: bool,
}

/// What the index of an MP4 file says about the ends of its sounds. Never trusted blindly: hostile numbers give no part.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what a file says of itself, each apart from the others"
)]
pub(super) struct EditList {
    tracks: Vec<Edits>,
    comment: Option<Comment>,
    /// Whether there is an index at all.
    found: bool,
    /// Why the sound that the index describes is not played.
    refusal: Option<DecodeError>,
    /// The tracks of sound, where they lie in fragments, whose lengths no index knows.
    pub fragments: Option<Vec<InFragments>>,
    /// Whether each fragment says of itself alone how long it is.
    told_apart: bool,
    /// Whether the file ends before a part of it does.
    lost: bool,
    /// Whether its packets do not all take as long, to the frame: only counting tells where a frame lies.
    uneven: bool,
}

/// What one track's edit list says.
#[derive(Debug, Default, Clone, Copy)]
struct Edits {
    track: u32,
    /// Ticks of the track's own clock in a second.
    ticks: u32,
    /// Ticks of the file's clock in a second, which counts the edits' lengths.
    coarse_ticks: u32,
    /// The only edit that plays: where it starts on the track's clock, and its length on the file's.
    only: Option<(u64, u64)>,
    /// Whether there are several, or one at another speed.
    several: bool,
}

/// A track of sound that lies in fragments.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct InFragments {
    pub track: u32,
    /// Ticks of its clock in a second.
    pub ticks: u32,
    /// How long a packet is whose length is not told, in ticks.
    pub usual: u32,
}

/// What iTunes and others write: frames before the sound, and of the sound.
#[derive(Debug, Clone, Copy)]
struct Comment {
    delay: u64,
    frames: u64,
}

impl EditList {
    /// Reads the index where this is an MP4 file, and goes back to the start. Blocking.
    ///
    /// # Errors
    /// Only where the disk fails.
    pub fn read(bytes: &mut MediaSourceStream<'_>) -> io::Result<Self> {
        glance(bytes, Self::find)
    }

    fn find(bytes: &mut MediaSourceStream<'_>) -> io::Result<Self> {
        let length = bytes.byte_len().unwrap_or(u64::MAX);
        let (mut at, mut found) = (0_u64, None);
        let (mut within, mut told_apart) = (false, false);
        for _ in 0..MOST_BOXES {
            let mut head = [0; 16];
            let there = length.saturating_sub(at).min(16) as usize;
            bytes.read_exact(&mut head[..there])?;
            let heading = heading(&head).filter(|_| there >= 8);
            let Some((kind, header, size)) = heading else {
                break;
            };
            if at == 0 && kind != *b"ftyp" {
                return Ok(Self::default());
            }
            let end = at.saturating_add(size);
            if kind == *b"moov" {
                let mut index = Vec::new();
                bytes.seek(SeekFrom::Start(at + header))?;
                let inside = (size - header).min(LARGEST_INDEX);
                bytes.take(inside).read_to_end(&mut index)?;
                found = Some(Self::of_index(&index));
            }
            within |= kind == *b"moof";
            told_apart |= within && kind == *b"sidx";
            // A last box may say that it reaches to the end, wherever that is.
            let lost = end > length && size != u64::MAX;
            let enough =
                found.as_ref().is_some_and(|found| !found.fragmented()) && kind == *b"mdat";
            if lost || enough {
                return Ok(Self {
                    told_apart,
                    lost,
                    ..found.unwrap_or_default()
                });
            }
            if end >= length {
                break;
            }
            at = end;
            bytes.seek(SeekFrom::Start(at))?;
        }
        Ok(Self {
            told_apart,
            ..found.unwrap_or_default()
        })
    }

    /// Whether there is an index at all.
    pub fn found(&self) -> bool {
        self.found
    }

    /// Why what the index describes is not played: a kind of sound, or a cut that nothing here follows.
    pub fn refusal(&self) -> Option<DecodeError> {
        self.refusal.clone()
    }

    /// Whether each fragment says of itself alone how long it is, and nothing how long all of them are.
    pub fn told_apart(&self) -> bool {
        self.told_apart
    }

    /// Whether it is an MP4 file that ends before a part of it does.
    pub fn lost(&self) -> bool {
        self.lost
    }

    /// Whether the sound lies in fragments, whose lengths no index knows.
    pub fn fragmented(&self) -> bool {
        self.fragments.is_some()
    }

    /// Whether the packets' times do not say where a frame lies.
    pub fn uneven(&self) -> bool {
        self.uneven
    }

    fn of_index(index: &[u8]) -> Self {
        let coarse_ticks = first(index, *b"mvhd").and_then(ticks).unwrap_or(0);
        let extends = first(index, *b"mvex");
        let tracks = || {
            let boxes = Boxes(index).take(MOST_BOXES);
            boxes.filter(|(kind, _)| kind == b"trak")
        };
        let edits: Vec<_> = tracks()
            .filter_map(|(_, track)| Edits::of_track(track, coarse_ticks))
            .collect();
        let fragments = extends.map(|extends| {
            let sounds = tracks().filter_map(|(_, track)| InFragments::of_track(track, extends));
            sounds.collect()
        });
        let is_cut = |edits: &Edits| edits.is_cut(extends.is_some());
        let cut = edits.iter().any(is_cut).then_some(DecodeError::Cut);
        let mut kinds = tracks().filter_map(|(_, track)| sample_entry::refusal(track));
        Self {
            uneven: tracks().any(|(_, track)| is_uneven(track) == Some(true)),
            refusal: kinds.next().or(cut),
            comment: Comment::find(index),
            fragments,
            found: true,
            tracks: edits,
            ..Self::default()
        }
    }

    /// The part of a track that is meant to be heard; `None` where the file does not say.
    ///
    /// # Errors
    /// Where nothing of it is.
    pub fn part(&self, track: &Track) -> Result<Option<Part>, DecodeError> {
        let Some(all) = track.duration.filter(|_| !self.fragmented()) else {
            return Ok(None);
        };
        let all = all.get();
        // The comment counts frames; they are ticks where the demuxer takes ticks for frames.
        let comment = self.comment.filter(|_| track.num_frames.is_some());
        let told = comment.and_then(|comment| part(comment.part(all)?, true));
        let mut edits = self.tracks.iter();
        let edits = edits.find(|edits| edits.track == track.id && edits.only.is_some());
        let edited = match edits {
            Some(edits) => Some(edits.part(all).ok_or(DecodeError::Cut)?),
            None => None,
        };
        Ok(match (told, edited) {
            // It was cut after the comment was written.
            (Some(told), Some(edited)) if edited.leaves_out_of(&told) => Some(edited),
            (told, edited) => told.or(edited),
        })
    }
}

impl Part {
    /// Whether more of another part is left out here than its rounding.
    fn leaves_out_of(&self, other: &Self) -> bool {
        let leeway = LEEWAY.cast_signed();
        self.ticks.start > other.ticks.start.saturating_add(leeway)
            || self.ticks.end < other.ticks.end.saturating_sub(leeway)
    }
}

impl InFragments {
    fn of_track(track: &[u8], extends: &[u8]) -> Option<Self> {
        let number_of = track_number(track)?;
        let of_it = |(kind, usual): &([u8; 4], &[u8])| {
            kind == b"trex" && number(usual, 4) == Some(number_of)
        };
        let usual = Boxes(extends).find(of_it);
        sample_entry::is_sound(track).then_some(Self {
            track: number_of,
            ticks: first(first(track, *b"mdia")?, *b"mdhd").and_then(ticks)?,
            usual: usual.and_then(|(_, usual)| number(usual, 12)).unwrap_or(0),
        })
    }
}

fn track_number(track: &[u8]) -> Option<u32> {
    let head = first(track, *b"tkhd")?;
    number(head, if *head.first()? == 1 { 20 } else { 12 })
}

fn part(ticks: Range<u64>, exact: bool) -> Option<Part> {
    let ticks = i64::try_from(ticks.start).ok()?..i64::try_from(ticks.end).ok()?;
    (!ticks.is_empty()).then_some(Part { ticks, exact })
}

impl Edits {
    fn of_track(track: &[u8], coarse_ticks: u32) -> Option<Self> {
        let list = first(first(track, *b"edts")?, *b"elst")?;
        let mut played = played(list)?;
        let (only, more) = (played.next(), played.next());
        let is_usual = only.is_none_or(|edit| edit.usual_speed);
        sample_entry::is_sound(track).then_some(Self {
            track: track_number(track)?,
            ticks: first(first(track, *b"mdia")?, *b"mdhd").and_then(ticks)?,
            coarse_ticks,
            only: only.map(|edit| (edit.start, edit.length)),
            several: more.is_some() || !is_usual,
        })
    }

    /// Whether it takes more than to begin later and to end sooner, which is all that is done here; in fragments not even that.
    fn is_cut(&self, fragmented: bool) -> bool {
        let begins_late = |(start, _)| start > u64::from(self.ticks / BEFORE);
        self.several || (fragmented && self.only.is_some_and(begins_late))
    }

    /// `all` is the length of all packets. Where the edit ends with it, but for the rounding of a coarser clock, that is
    /// the end.
    fn part(&self, all: u64) -> Option<Part> {
        let (start, length) = self.only?;
        if self.ticks == 0 || self.coarse_ticks == 0 {
            return None;
        }
        let fine = u128::from(length) * u128::from(self.ticks) / u128::from(self.coarse_ticks);
        let end = start.checked_add(u64::try_from(fine).ok()?)?;
        let coarse = self.coarse_ticks < self.ticks;
        let rounding = if coarse {
            self.ticks / self.coarse_ticks + 1
        } else {
            0
        };
        // What was written to a pipe has an edit without a length.
        if length == 0 || end.saturating_add(u64::from(rounding)) >= all {
            return part(start..all, true);
        }
        part(start..end, !coarse)
    }
}

/// An edit that plays.
#[derive(Clone, Copy)]
struct Edit {
    start: u64,
    length: u64,
    usual_speed: bool,
}

/// The edits that play, in their order.
fn played(list: &[u8]) -> Option<impl Iterator<Item = Edit>> {
    let long = match *list.first()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let size = if long { 20 } else { 12 };
    let count = number(list, 4)? as usize;
    let edits = list.get(8..)?.chunks_exact(size).take(count);
    Some(edits.filter_map(move |edit| {
        let (length, start) = if long {
            (wide(edit, 0)?, wide(edit, 8)?.cast_signed())
        } else {
            let start = number(edit, 4)?.cast_signed();
            (u64::from(number(edit, 0)?), i64::from(start))
        };
        Some(Edit {
            // An empty edit only says when the sound begins, beside a picture.
            start: u64::try_from(start).ok()?,
            length,
            usual_speed: number(edit, size - 4)? == 0x0001_0000,
        })
    }))
}

impl Comment {
    /// Finds ` 00000000 00000840 000001CA 00000000003F31F6 ...` among the tags.
    fn find(index: &[u8]) -> Option<Self> {
        let meta = first(first(index, *b"udta")?, *b"meta")?;
        let tags = first(meta.get(4..)?, *b"ilst")?;
        Boxes(tags)
            .filter(|(kind, _)| kind == b"----")
            .find_map(|(_, tag)| {
                let name = first(tag, *b"name")?.get(4..)?;
                let text = first(tag, *b"data")?.get(8..)?;
                (name == b"iTunSMPB").then(|| Self::of_text(text)).flatten()
            })
    }

    fn of_text(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut numbers = text.split_ascii_whitespace().skip(1);
        let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
        let (delay, _padding, frames) = (next()?, next()?, next()?);
        Some(Self { delay, frames })
    }

    fn part(self, all: u64) -> Option<Range<u64>> {
        let end = self.delay.checked_add(self.frames)?;
        (self.frames > 0 && end <= all.saturating_add(LEEWAY)).then(|| self.delay..end.min(all))
    }
}

/// Whether a sound's packets are of several lengths, the last one apart.
fn is_uneven(track: &[u8]) -> Option<bool> {
    if !sample_entry::is_sound(track) {
        return None;
    }
    let table = first(first(first(track, *b"mdia")?, *b"minf")?, *b"stbl")?;
    let times = first(table, *b"stts")?;
    let count = number(times, 4)? as usize;
    let runs = times.get(8..)?.chunks_exact(8).take(count);
    let mut runs: Vec<_> = runs
        .filter_map(|run| Some((number(run, 0)?, number(run, 4)?)))
        .filter(|(packets, _)| *packets > 0)
        .collect();
    if runs.last().is_some_and(|(packets, _)| *packets == 1) {
        runs.pop();
    }
    Some(runs.windows(2).any(|pair| pair[0].1 != pair[1].1))
}
