//! Which part of the sound in an MP4 file (M4A) is meant to be heard: encoders put silence before and behind it, and say so
//! in an edit list, or in the comment that iTunes writes. The demuxer passes over both.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::formats::Track;
use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::glance::glance;

/// The longest index that is looked at, in bytes: that of some twenty hours.
const LARGEST_INDEX: u64 = 16 << 20;

/// So many boxes of one folder are looked at, and no more: real files have some dozens.
const MOST_BOXES: usize = 4096;

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
pub(super) struct EditList {
    tracks: Vec<Edits>,
    comment: Option<Comment>,
    /// Whether the sound lies in fragments, whose lengths no index knows.
    fragmented: bool,
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
            // A last box may say that it reaches to the end, wherever that is.
            let lost = end > length && size != u64::MAX;
            let enough = found.as_ref().is_some_and(|found| !found.fragmented) && kind == *b"mdat";
            if lost || enough {
                return Ok(Self {
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
        Ok(found.unwrap_or_default())
    }

    /// Whether it is an MP4 file that ends before a part of it does.
    pub fn lost(&self) -> bool {
        self.lost
    }

    /// Whether the sound lies in fragments, whose lengths no index knows.
    pub fn fragmented(&self) -> bool {
        self.fragmented
    }

    /// Whether the packets' times do not say where a frame lies.
    pub fn uneven(&self) -> bool {
        self.uneven
    }

    fn of_index(index: &[u8]) -> Self {
        let coarse_ticks = first(index, *b"mvhd").and_then(ticks).unwrap_or(0);
        let tracks = Boxes(index).filter(|(kind, _)| kind == b"trak");
        Self {
            uneven: tracks
                .clone()
                .any(|(_, track)| is_uneven(track) == Some(true)),
            tracks: tracks
                .filter_map(|(_, track)| Edits::of_track(track, coarse_ticks))
                .collect(),
            comment: Comment::find(index),
            fragmented: first(index, *b"mvex").is_some(),
            lost: false,
        }
    }

    /// The part of a track that is meant to be heard; `None` where the file does not say.
    pub fn part(&self, track: &Track) -> Option<Part> {
        let all = track.duration?.get();
        if self.fragmented {
            return None;
        }
        // The comment counts frames; they are ticks where the demuxer takes ticks for frames.
        let comment = self.comment.filter(|_| track.num_frames.is_some());
        if let Some(ticks) = comment.and_then(|comment| comment.part(all)) {
            return part(ticks, true);
        }
        let mut edits = self.tracks.iter();
        edits.find(|edits| edits.track == track.id)?.part(all)
    }
}

fn part(ticks: Range<u64>, exact: bool) -> Option<Part> {
    let ticks = i64::try_from(ticks.start).ok()?..i64::try_from(ticks.end).ok()?;
    (!ticks.is_empty()).then_some(Part { ticks, exact })
}

impl Edits {
    fn of_track(track: &[u8], coarse_ticks: u32) -> Option<Self> {
        let head = first(track, *b"tkhd")?;
        let list = first(first(track, *b"edts")?, *b"elst")?;
        Some(Self {
            track: number(head, if *head.first()? == 1 { 20 } else { 12 })?,
            ticks: first(first(track, *b"mdia")?, *b"mdhd").and_then(ticks)?,
            coarse_ticks,
            only: only_edit(list),
        })
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

/// The start and the length of the only edit that plays, at the usual speed; `None` where there are others.
fn only_edit(list: &[u8]) -> Option<(u64, u64)> {
    let long = match *list.first()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let size = if long { 20 } else { 12 };
    let count = number(list, 4)? as usize;
    let mut only = None;
    for edit in list.get(8..)?.chunks_exact(size).take(count) {
        let (length, start) = if long {
            (wide(edit, 0)?, wide(edit, 8)?.cast_signed())
        } else {
            let start = number(edit, 4)?.cast_signed();
            (u64::from(number(edit, 0)?), i64::from(start))
        };
        // An empty edit only says when the sound begins, beside a picture.
        let Ok(start) = u64::try_from(start) else {
            continue;
        };
        let usual_speed = number(edit, size - 4)? == 0x0001_0000;
        if !usual_speed || only.replace((start, length)).is_some() {
            return None;
        }
    }
    only
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
    let media = first(track, *b"mdia")?;
    if first(media, *b"hdlr")?.get(8..12)? != b"soun" {
        return None;
    }
    let table = first(first(media, *b"minf")?, *b"stbl")?;
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

/// The boxes that lie one behind the other, each with what is in it; ends where they make no sense any more.
#[derive(Clone)]
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, header, size) = heading(self.0)?;
        // The last one may reach to the end, or have lost its own.
        let size = usize::try_from(size)
            .unwrap_or(usize::MAX)
            .min(self.0.len());
        let inside = self.0.get(header as usize..size)?;
        self.0 = &self.0[size..];
        Some((kind, inside))
    }
}

/// A box's kind, the bytes of its heading, and of all of it, which are no fewer.
fn heading(bytes: &[u8]) -> Option<([u8; 4], u64, u64)> {
    let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let (header, size) = match number(bytes, 0)? {
        0 => (8, u64::MAX),
        1 => (16, wide(bytes, 8)?),
        size => (8, u64::from(size)),
    };
    (size >= header).then_some((kind, header, size))
}

/// What is in the first box of a kind.
fn first(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    let mut boxes = Boxes(bytes).take(MOST_BOXES);
    boxes.find(|(is, _)| *is == kind).map(|(_, inside)| inside)
}

/// The ticks in a second, of `mvhd` and `mdhd`.
fn ticks(head: &[u8]) -> Option<u32> {
    number(head, if *head.first()? == 1 { 20 } else { 12 })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_be_bytes(*bytes))
}
