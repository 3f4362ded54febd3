//! Files of sound that are known by how they begin, and are not played. Where they are looked through for a beginning that is
//! played, one is found in the middle of them.

use std::io::{self, Read};

use symphonia::core::io::MediaSourceStream;

use super::DecodeError;
use super::glance::glance;
use super::last::pass_tag;

/// How they begin, and what people call them.
const BEGINNINGS: [(&[u8], &str); 16] = [
    (b"\x1A\x45\xDF\xA3", "Matroska or WebM"),
    (b"RIFX", "WAV with the highest byte first, RIFX"),
    (b"caff", "CAF"),
    (b"\x30\x26\xB2\x75\x8E\x66", "WMA"),
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio"),
    (b"TTA1", "True Audio"),
    (b"MPCK", "Musepack"),
    (b"MP+", "Musepack"),
    (b"DSD ", "DSD"),
    (b"FRM8", "DSD"),
    (b".snd", "AU"),
    (b"#!AMR", "AMR"),
    (b"FLV\x01", "Flash"),
    (b"ADIF", "AAC with an ADIF head"),
    (b"APETAGEX", "what lies behind an APE tag"),
];

/// So much of them is looked at, in bytes, behind their name.
const LOOKED_AT: u64 = 40;

/// Where the first packet of an Ogg file's first page lies.
const PACKET: usize = 28;

/// Why a file of a known kind is not played. Goes back to the start. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn refusal(bytes: &mut MediaSourceStream<'_>) -> io::Result<Option<DecodeError>> {
    glance(bytes, |bytes| {
        let mut name = [0; 4];
        bytes.read_exact(&mut name)?;
        let tagged = name.starts_with(b"ID3");
        if tagged {
            pass_tag(bytes)?;
            bytes.read_exact(&mut name)?;
        }
        let mut begin = name.to_vec();
        bytes.take(LOOKED_AT).read_to_end(&mut begin)?;
        Ok(kind(&begin, tagged).map(DecodeError::Unsupported))
    })
}

/// What people call a file that begins like that; `tagged` where a tag lies before.
fn kind(begin: &[u8], tagged: bool) -> Option<&'static str> {
    let begins_at = |at: usize, sign: &[u8]| begin.get(at..).is_some_and(|it| it.starts_with(sign));
    let mut known = BEGINNINGS.iter();
    if let Some((_, kind)) = known.find(|(sign, _)| begins_at(0, sign)) {
        return Some(kind);
    }
    if begins_at(0, b"OggS") && begins_at(PACKET, b"Speex   ") {
        return Some("Speex");
    }
    if tagged && begins_at(4, b"ftyp") {
        return Some("an M4A behind something else");
    }
    is_free_format(begin).then_some("MP3 of free format")
}

/// Whether a packet of MP3 begins here that does not say how many bits it has.
fn is_free_format(begin: &[u8]) -> bool {
    let [0xFF, second, third, ..] = *begin else {
        return false;
    };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    second >> 5 == 7 && version != 1 && layer == 1 && third >> 4 == 0 && third >> 2 & 3 != 3
}
