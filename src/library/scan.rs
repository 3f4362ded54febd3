//! One file, decoded once from its first frame to its last.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::meter::Meter;
use super::remarks::remarks;
use super::{Facts, Fault};
use crate::decode::{DecodeError, Decoder};

/// The blake3 of a file's bytes, in hex.
pub(super) fn hash(path: &Path) -> Result<String, Fault> {
    let hashed = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let mut hasher = blake3::Hasher::new();
        let mut bytes = vec![0; 256 * 1024];
        loop {
            match file.read(&mut bytes)? {
                0 => return Ok(hasher.finalize().to_hex().to_string()),
                count => hasher.update(&bytes[..count]),
            };
        }
    };
    hashed().map_err(|error| Fault::Unplayable(error.into()))
}

/// Everything that is to be known of a file whose bytes have this hash.
///
/// A file on which a decoder fails in an unforeseen way is unplayable, and ends nothing else.
pub(super) fn scan(path: &Path, hash: String) -> Result<Facts, Fault> {
    catch_unwind(AssertUnwindSafe(|| decode(path, hash))).unwrap_or(Err(Fault::Broken))
}

fn decode(path: &Path, hash: String) -> Result<Facts, Fault> {
    let mut decoder = Decoder::open_checked(path)?;
    let mut meter = Meter::new(decoder.rate()).map_err(|_| Fault::Broken)?;
    let mut frames = Vec::new();
    while decoder.read(&mut frames)? > 0 {
        meter.add(&frames).map_err(|_| Fault::Broken)?;
        frames.clear();
    }
    let measured = meter.finish().map_err(|_| Fault::Broken)?;
    if measured.frames.0 == 0 {
        return Err(Fault::Unplayable(DecodeError::Silent));
    }
    let altered = decoder.is_altered()?;
    let tags = decoder.tags().clone();
    Ok(Facts {
        hash,
        codec: decoder.codec().to_owned(),
        rate: decoder.rate(),
        channels: decoder.channels(),
        silenced: decoder.damage().silenced,
        remarks: remarks(&decoder, &measured, altered),
        title: tags.title,
        artist: tags.artist,
        frames: measured.frames,
        loudness: measured.loudness,
        true_peak: measured.true_peak,
        short_term: measured.short_term,
        head: measured.head,
        tail: measured.tail,
    })
}
