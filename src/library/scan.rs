//! One file, decoded once from its first frame to its last.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::meter::Meter;
use super::remarks::Said;
use super::sudden::Found;
use super::{Facts, Fault, Watch};
use crate::decode::{DecodeError, Decoder, unbroken};

/// The blake3 of a file's bytes, in hex.
pub(super) fn hash(path: &Path, watch: &dyn Watch) -> Result<String, Fault> {
    let mut file = File::open(path).map_err(DecodeError::from)?;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = vec![0; 256 * 1024];
    loop {
        if watch.is_called_off() {
            return Err(Fault::CalledOff);
        }
        match file.read(&mut bytes).map_err(DecodeError::from)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            count => hasher.update(&bytes[..count]),
        };
    }
}

/// Everything that is to be known of a file whose bytes have this hash.
///
/// A file on which a decoder fails in an unforeseen way is unplayable, and ends nothing else.
/// `heard` is told how many bytes of it were decoded.
pub(super) fn scan(
    path: &Path,
    hash: String,
    watch: &dyn Watch,
    heard: &dyn Fn(u64),
) -> Result<Facts, Fault> {
    unbroken(|| decode(path, hash, watch, heard))
}

fn decode(
    path: &Path,
    hash: String,
    watch: &dyn Watch,
    heard: &dyn Fn(u64),
) -> Result<Facts, Fault> {
    let called_off = || watch.is_called_off();
    let mut decoder = Decoder::open_checked(path, &called_off)?;
    let mut meter = Meter::new(decoder.rate()).map_err(|_| DecodeError::Broken)?;
    let mut frames = Vec::new();
    while decoder.read(&mut frames)? > 0 {
        meter.add(&frames).map_err(|_| DecodeError::Broken)?;
        frames.clear();
        heard(decoder.taken());
        if called_off() {
            return Err(Fault::CalledOff);
        }
    }
    let (measured, listening) = meter.finish().map_err(|_| DecodeError::Broken)?;
    if measured.frames.0 == 0 {
        return Err(Fault::Unplayable(DecodeError::Silent));
    }
    let flaw = decoder.flaw(&called_off)?;
    let Said { remarks, mistakes } = Said::of(&decoder, &measured, flaw);
    let tags = decoder.tags().clone();
    // What is not played bursts in on nobody.
    let found = if mistakes.is_empty() {
        listening.finish(&measured)
    } else {
        Found::default()
    };
    Ok(Facts {
        hash,
        codec: decoder.codec().to_owned(),
        rate: decoder.rate(),
        channels: decoder.channels(),
        remarks,
        mistakes,
        title: tags.title,
        artist: tags.artist,
        frames: measured.frames,
        loudness: measured.loudness,
        true_peak: measured.true_peak,
        seconds: measured.seconds,
        head: measured.head,
        tail: measured.tail,
        silences: measured.silences,
        bursts: found.bursts,
        falls: found.falls,
    })
}
