//! What an MP4 or `QuickTime` file says a track holds. Some of it the demuxer takes for something else.

use super::DecodeError;
use super::boxes::{Boxes, first, number};

/// Whole numbers of 16 bits, the highest or the lowest byte first: nothing else has these names.
const PLAIN: [&[u8; 4]; 2] = [b"twos", b"sowt"];

/// Samples as they are: of which width, whether they are whole numbers, and which byte is the first, is told elsewhere, and the
/// demuxer does not look there.
const SAMPLES: [&[u8; 4]; 15] = [
    b"twos", b"sowt", b"raw ", b"NONE", b"in24", b"in32", b"fl32", b"fl64", b"lpcm", b"ipcm",
    b"fpcm", b"23ni", b"42ni", b"alaw", b"ulaw",
];

/// Where an entry has the version of its own form, and the bits of its samples.
const VERSION: usize = 8;
const BITS: usize = 18;

/// Whether the track holds sound.
pub(super) fn is_sound(track: &[u8]) -> bool {
    let handler = first(track, *b"mdia").and_then(|media| first(media, *b"hdlr"));
    handler.is_some_and(|handler| handler.get(8..12) == Some(b"soun"))
}

/// Why a track's sound is not played, where the demuxer would not say it, or play it wrong.
pub(super) fn refusal(track: &[u8]) -> Option<DecodeError> {
    if !is_sound(track) {
        return None;
    }
    let mut inside = track;
    for folder in [b"mdia", b"minf", b"stbl", b"stsd"] {
        inside = first(inside, *folder)?;
    }
    if number(inside, 4)? > 1 {
        return Some(DecodeError::Cut);
    }
    let (kind, entry) = Boxes(inside.get(8..)?).next()?;
    let two = |at: usize| Some(u16::from_be_bytes(*entry.get(at..)?.first_chunk()?));
    let is_plain = PLAIN.contains(&&kind)
        && two(VERSION).is_some_and(|version| version < 2)
        && two(BITS) == Some(16);
    match &kind {
        _ if is_plain => None,
        kind if SAMPLES.contains(&kind) => {
            Some(DecodeError::Unsupported("PCM in QuickTime or MP4"))
        }
        b"ac-3" | b"ec-3" => Some(DecodeError::Unsupported("AC-3")),
        _ => None,
    }
}
