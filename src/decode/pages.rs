//! Whether an Ogg file is whole: every page has a sum and a number, and every stream a last one. The demuxer passes over
//! pages that are missing, and where those are the first or the last ones nobody hears of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::last::{Kind, Part};
use super::{CalledOff, DecodeError};

/// The bytes of a page's head, without the table of its segments.
const HEAD: usize = 27;

/// The bytes of the longest page.
const LONGEST: u64 = HEAD as u64 + 255 + 255 * 255;

/// A file with more streams than this at a time is none that we play.
const MOST_STREAMS: usize = 64;

/// How a file that can be decoded is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A part of it is something else, or is missing.
    Altered,
    /// It was never finished, or has lost its end.
    Unfinished,
}

/// Whether this is an Ogg file of which a page is missing or is not what it was. Reads all of it. Blocking.
///
/// # Errors
/// Where the disk fails, and where it is called off.
pub(super) fn flaw(path: &Path, called_off: CalledOff<'_>) -> Result<Option<Flaw>, DecodeError> {
    let mut bytes = BufReader::with_capacity(64 * 1024, File::open(path)?);
    let mut streams = BTreeMap::new();
    let mut first = true;
    loop {
        if called_off() {
            return Err(DecodeError::CalledOff);
        }
        match page(&mut bytes)? {
            Page::None if first => return Ok(None),
            // A tag may lie behind the last page.
            Page::None if streams.is_empty() => return Ok(None),
            Page::None => return Ok(Some(Flaw::Unfinished)),
            Page::Damaged => return Ok(Some(Flaw::Altered)),
            Page::Whole(page) => {
                if !page.follows(&mut streams) {
                    return Ok(Some(Flaw::Altered));
                }
            }
        }
        first = false;
    }
}

/// The pages of an Ogg file.
pub(super) struct Pages;

impl Kind for Pages {
    fn longest(&self) -> u64 {
        LONGEST
    }

    fn may_begin(&self, here: &[u8]) -> bool {
        here.starts_with(b"OggS")
    }

    fn whole(&mut self, mut here: &[u8]) -> Option<Part> {
        let there = here.len();
        match page(&mut here) {
            Ok(Page::Whole(_)) => Some(Part {
                length: there - here.len(),
                is_last: true,
            }),
            _ => None,
        }
    }

    /// The file's last page says that it is the last one: it is told by that.
    fn is_torn(&self, _: &[u8]) -> bool {
        false
    }

    /// Its pages are pages, and are played.
    fn is_another(&self, _: &[u8]) -> bool {
        false
    }
}

enum Page {
    None,
    Damaged,
    Whole(About),
}

/// What a page says of itself.
struct About {
    stream: u32,
    number: u32,
    begins: bool,
    ends: bool,
}

impl About {
    /// Whether it is the page that its stream has next; `streams` are the numbers that come next in those that go on.
    fn follows(self, streams: &mut BTreeMap<u32, u32>) -> bool {
        let expected = streams.remove(&self.stream);
        let follows = match expected {
            None => self.begins && streams.len() < MOST_STREAMS,
            Some(number) => !self.begins && number == self.number,
        };
        if !self.ends {
            streams.insert(self.stream, self.number.wrapping_add(1));
        }
        follows
    }
}

fn page(bytes: &mut impl Read) -> io::Result<Page> {
    let mut page = vec![0; HEAD];
    let there = fill(bytes, &mut page)?;
    if there < HEAD || !page.starts_with(b"OggS") {
        return Ok(Page::None);
    }
    let segments = usize::from(page[26]);
    page.resize(HEAD + segments, 0);
    let mut there = fill(bytes, &mut page[HEAD..])?;
    let body: usize = page[HEAD..].iter().map(|length| usize::from(*length)).sum();
    page.resize(HEAD + segments + body, 0);
    there += fill(bytes, &mut page[HEAD + segments..])?;
    if there < segments + body {
        return Ok(Page::Damaged);
    }
    let number =
        |at: usize| u32::from_le_bytes([page[at], page[at + 1], page[at + 2], page[at + 3]]);
    let (stream, sequence, expected) = (number(14), number(18), number(22));
    let flags = page[5];
    // The sum is made with its own place empty.
    page[22..26].fill(0);
    if sum(&page) != expected {
        return Ok(Page::Damaged);
    }
    Ok(Page::Whole(About {
        stream,
        number: sequence,
        begins: flags & 2 != 0,
        ends: flags & 4 != 0,
    }))
}

/// Reads as many bytes as there are, and says how many.
fn fill(bytes: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut there = 0;
    while there < into.len() {
        match bytes.read(&mut into[there..]) {
            Ok(0) => break,
            Ok(count) => there += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}

/// A cyclic sum of 32 bits, the highest bit first, from zero.
fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        let index = (sum >> 24) as u8 ^ byte;
        (sum << 8) ^ TABLE[usize::from(index)]
    })
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let mut sum = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            let carries = sum >> 31 == 1;
            sum <<= 1;
            if carries {
                sum ^= 0x04C1_1DB7;
            }
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
};
