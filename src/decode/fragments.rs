//! Whether the fragments of an MP4 file follow each other. Each says when it begins; the demuxer puts them one behind the other,
//! and nobody hears of one that was lost on the way.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::boxes::{Boxes, MOST_BOXES, first, heading, number, wide};
use super::edit_list::{EditList, InFragments};
use super::{CalledOff, DecodeError};

/// So many boxes are looked at, and no more: a day in fragments of a third of a second.
const MOST: usize = 1 << 20;

/// A fragment's index is no longer than this, in bytes.
const LARGEST: u64 = 1 << 20;

/// A fragment may begin so much later or sooner than the one before ends, as a part of a second: what is not heard as a hole.
const APART: u32 = 20;

/// What is told before a packet's length, and in a fragment's place of it.
const IN_FILE: u32 = 0x1;
const DESCRIPTION: u32 = 0x2;
const USUAL: u32 = 0x8;
const FIRST_FLAGS: u32 = 0x4;
const EACH: u32 = 0x100;
const ALL_OF_EACH: u32 = 0xF00;

/// Goes from fragment to fragment. Blocking.
///
/// # Errors
/// Where one does not begin where the one before ends; where the disk fails, and where it is called off.
pub(super) fn follow(
    path: &Path,
    edits: &EditList,
    called_off: CalledOff<'_>,
) -> Result<(), DecodeError> {
    let Some(sounds) = &edits.fragments else {
        return Ok(());
    };
    let mut sounds: Vec<_> = sounds.iter().map(|sound| (*sound, None)).collect();
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut at = 0_u64;
    for _ in 0..MOST {
        if called_off() {
            return Err(DecodeError::CalledOff);
        }
        let mut head = [0; 16];
        let there = length.saturating_sub(at).min(16) as usize;
        file.read_exact_at(&mut head[..there], at)?;
        let Some((kind, header, size)) = heading(&head[..there]) else {
            break;
        };
        let Some(end) = at.checked_add(size).filter(|end| *end <= length) else {
            break;
        };
        if kind == *b"moof" && size > LARGEST {
            // What is in it is not known, nor where it ends.
            for (_, ends) in &mut sounds {
                *ends = None;
            }
        } else if kind == *b"moof" {
            let mut index = vec![0; (size - header) as usize];
            file.read_exact_at(&mut index, at + header)?;
            for (sound, ends) in &mut sounds {
                let tracks = Boxes(&index).take(MOST_BOXES);
                let tracks = tracks.filter(|(kind, _)| kind == b"traf");
                for fragment in tracks.filter_map(|(_, track)| Fragment::read(track, *sound)) {
                    if !fragment.follows(*ends, *sound) {
                        return Err(DecodeError::Disjoint);
                    }
                    let begins = fragment.begins.or(*ends);
                    *ends = begins.map(|begins| begins.saturating_add(fragment.length));
                }
            }
        }
        at = end;
    }
    Ok(())
}

/// A fragment of a track, in ticks.
struct Fragment {
    begins: Option<u64>,
    length: u64,
}

impl Fragment {
    /// `None` where it is another track's.
    fn read(track: &[u8], sound: InFragments) -> Option<Self> {
        let head = first(track, *b"tfhd").filter(|head| number(head, 4) == Some(sound.track))?;
        let flags = number(head, 0)?;
        let before = [(IN_FILE, 8), (DESCRIPTION, 4)];
        let before = before.iter().filter(|(flag, _)| flags & flag != 0);
        let at = 8 + before.map(|(_, bytes)| bytes).sum::<usize>();
        let usual = number(head, at).filter(|_| flags & USUAL != 0);
        let usual = usual.unwrap_or(sound.usual);
        let time = first(track, *b"tfdt");
        let runs = Boxes(track).filter(|(kind, _)| kind == b"trun");
        Some(Self {
            begins: time.and_then(|time| match time.first()? {
                0 => number(time, 4).map(u64::from),
                _ => wide(time, 4),
            }),
            length: runs
                .filter_map(|(_, run)| run_length(run, usual))
                .fold(0, u64::saturating_add),
        })
    }

    /// Whether it begins where the one before `ends`, as far as that is known.
    fn follows(&self, ends: Option<u64>, sound: InFragments) -> bool {
        let (Some(begins), Some(ends)) = (self.begins, ends) else {
            return true;
        };
        begins.abs_diff(ends) <= u64::from(sound.ticks / APART)
    }
}

/// The length of some packets, of which the `usual` one is that long.
fn run_length(run: &[u8], usual: u32) -> Option<u64> {
    let (flags, count) = (number(run, 0)?, number(run, 4)?);
    if flags & EACH == 0 {
        return Some(u64::from(count) * u64::from(usual));
    }
    let before = [IN_FILE, FIRST_FLAGS];
    let before = before.iter().filter(|flag| flags & *flag != 0).count();
    let size = 4 * (flags & ALL_OF_EACH).count_ones() as usize;
    let packets = run.get(8 + 4 * before..)?.chunks_exact(size);
    let lengths = packets.take(count as usize).map(|it| number(it, 0));
    Some(lengths.flatten().map(u64::from).sum())
}
