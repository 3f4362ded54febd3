//! Where a file is shown to end: behind its last whole part, an Ogg file's page or a FLAC file's frame. Their demuxers take
//! whatever lies behind it for more of the same, and lose the last part for it, or play nothing at all.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::{MediaSource, MediaSourceStream};

use super::flac::{self, FlacFrames};
use super::glance::glance;
use super::mended::Mends;
use super::pages::Pages;

/// So much of a file is looked at in one go, and so much at its end in all.
const BLOCK: u64 = 64 * 1024;
const MOST_BEHIND: u64 = 64 << 20;

/// What seems to be a part takes time to tell: so many bytes of those are looked at, and no more.
pub(super) const MOST_SEEMING: u64 = 64 << 20;

/// The heading of an ID3 tag of the second kind, which lies before everything else.
const TAG: usize = 10;

/// Where the last whole part of a file ends.
#[derive(Debug, Default)]
pub(super) struct Last {
    /// In bytes, where that is not the file's end: it is cut off, or something else lies behind it.
    pub end: Option<u64>,
    /// Whether another part begins there, and is not whole.
    pub torn: bool,
    /// Whether another file of the same kind begins there.
    pub another: bool,
    /// What is shown in place of what there is.
    pub mends: Mends,
}

/// The kind of parts that a file is made of.
pub(super) trait Kind {
    /// The bytes of the longest one.
    fn longest(&self) -> u64;

    /// Whether one may begin here that is wanted, as far as that takes no time to tell.
    fn may_begin(&self, here: &[u8]) -> bool;

    /// The one that begins here, if it is whole.
    fn whole(&mut self, here: &[u8]) -> Option<Part>;

    /// Whether what begins here, up to the file's end, is one that is not whole.
    fn is_torn(&self, here: &[u8]) -> bool;

    /// Whether another file begins here, of which nothing would be played.
    fn is_another(&self, here: &[u8]) -> bool;
}

/// A whole part.
pub(super) struct Part {
    /// In bytes.
    pub length: usize,
    /// Whether none that belongs to the file can lie behind it; if not, it is the last one where there is no such part.
    pub is_last: bool,
}

/// Finds out where the last whole part of an Ogg or a FLAC file ends; nothing of others. Goes back to the start. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn last(bytes: &mut MediaSourceStream<'_>) -> io::Result<Last> {
    glance(bytes, |bytes| {
        let Some(length) = bytes.byte_len() else {
            return Ok(Last::default());
        };
        match &name(bytes)? {
            b"OggS" => find(bytes, length, &mut Pages),
            name if name == flac::NAME => match FlacFrames::read(bytes)? {
                Some(mut frames) => {
                    let mut mends = Mends::default();
                    if let Some((at, word)) = frames.shown_as {
                        mends.word(at, word);
                    }
                    match flac::without_tables(bytes, &mut mends) {
                        Err(error) if error.raw_os_error().is_some() => return Err(error),
                        // It ends within its head.
                        _ => {}
                    }
                    let last = find(bytes, length, &mut frames)?;
                    Ok(Last { mends, ..last })
                }
                None => Ok(Last::default()),
            },
            _ => Ok(Last::default()),
        }
    })
}

/// What the file begins with, behind a tag.
pub(super) fn name(bytes: &mut MediaSourceStream<'_>) -> io::Result<[u8; 4]> {
    let mut name = [0; 4];
    bytes.read_exact(&mut name)?;
    if name.starts_with(b"ID3") {
        pass_tag(bytes)?;
        bytes.read_exact(&mut name)?;
    }
    Ok(name)
}

/// Goes behind a tag, of which the name was read.
pub(super) fn pass_tag(bytes: &mut MediaSourceStream<'_>) -> io::Result<()> {
    let mut tag = [0; TAG - 4];
    bytes.read_exact(&mut tag)?;
    // Seven bits a byte; a flag says whether the heading stands behind it once more.
    let inside = tag[2..]
        .iter()
        .fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7F));
    let again = if tag[1] & 0x10 == 0 { 0 } else { TAG as u64 };
    bytes.seek(SeekFrom::Start(TAG as u64 + inside + again))?;
    Ok(())
}

/// Looks from the end on; the file has this `length`.
fn find(bytes: &mut MediaSourceStream<'_>, length: u64, kind: &mut impl Kind) -> io::Result<Last> {
    let mut block = Vec::new();
    let end = last_end(bytes, length, kind, &mut block)?;
    let Some(end) = end.filter(|end| *end != length) else {
        return Ok(Last::default());
    };
    block.clear();
    bytes.seek(SeekFrom::Start(end))?;
    bytes.take(kind.longest()).read_to_end(&mut block)?;
    Ok(Last {
        end: Some(end),
        torn: kind.is_torn(&block),
        another: kind.is_another(&block),
        ..Last::default()
    })
}

fn last_end(
    bytes: &mut MediaSourceStream<'_>,
    length: u64,
    kind: &mut impl Kind,
    block: &mut Vec<u8>,
) -> io::Result<Option<u64>> {
    let (mut high, mut seeming, mut found) = (length, 0, None);
    while high > length.saturating_sub(MOST_BEHIND) {
        let low = high.saturating_sub(BLOCK);
        block.clear();
        bytes.seek(SeekFrom::Start(low))?;
        bytes.take(high - low + kind.longest()).read_to_end(block)?;
        for at in (0..(high - low) as usize).rev() {
            let here = &block[at..];
            if !kind.may_begin(here) {
                continue;
            }
            if let Some(part) = kind.whole(here) {
                let end = low + (at + part.length) as u64;
                if part.is_last {
                    return Ok(Some(end));
                }
                found.get_or_insert(end);
            }
            seeming += kind.longest();
            if seeming > MOST_SEEMING {
                return Ok(found);
            }
        }
        high = low;
    }
    Ok(found)
}
