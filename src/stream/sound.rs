//! A short sound, whole in memory.

use std::path::Path;
use std::sync::Arc;

use crate::decode::Decoder;
use crate::frame::Frame;
use crate::stream::feed::StreamError;
use crate::stream::resampler::Resampler;
use crate::time::{Frames, Rate};

/// Decodes a file to memory at a rate: at most `most` frames of it. Blocking.
///
/// # Errors
/// What is wrong with the file.
pub fn load(path: &Path, rate: Rate, most: Frames) -> Result<Arc<[Frame]>, StreamError> {
    gather(Decoder::open(path)?, rate, most)
}

/// Decodes a file that is part of the program. Blocking.
///
/// # Errors
/// What is wrong with its bytes.
pub fn load_bundled(bytes: &'static [u8], rate: Rate) -> Result<Arc<[Frame]>, StreamError> {
    gather(Decoder::of_bytes(bytes)?, rate, Frames(u64::MAX))
}

fn gather(mut decoder: Decoder, rate: Rate, most: Frames) -> Result<Arc<[Frame]>, StreamError> {
    let mut resampler = Resampler::new(decoder.rate(), rate)?;
    let (mut decoded, mut sound) = (Vec::new(), Vec::new());
    while decoder.read(&mut decoded)? > 0 && (sound.len() as u64) < most.0 {
        resampler.push(&decoded, &mut sound);
        decoded.clear();
    }
    resampler.finish(&mut sound);
    sound.truncate(most.index());
    Ok(sound.into())
}
