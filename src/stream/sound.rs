//! A short sound, whole in memory.

use std::sync::Arc;

use crate::decode::Decoder;
use crate::frame::Frame;
use crate::stream::feed::StreamError;
use crate::stream::resampler::Resampler;
use crate::stream::source::read;
use crate::time::{Frames, Rate};

/// Decodes a file to memory at a rate: at most `most` frames of it. Blocking.
///
/// # Errors
/// What is wrong with the file.
pub fn load(decoder: Decoder, rate: Rate, most: Frames) -> Result<Arc<[Frame]>, StreamError> {
    let enough = decoder.rate().convert(most, rate);
    let (decoded, source) = decode(decoder, enough)?;
    let mut sound = resample(&decoded, source, rate)?;
    sound.truncate(most.index());
    Ok(sound.into())
}

/// Decodes a loop to memory at a rate, at most `most` frames of its own: what is behind its end is its begin, for the
/// resampler too. Blocking.
///
/// # Errors
/// What is wrong with the file.
pub fn load_loop(decoder: Decoder, rate: Rate, most: Frames) -> Result<Arc<[Frame]>, StreamError> {
    let (once, source) = decode(decoder, most)?;
    if source == rate {
        return Ok(once.into());
    }
    let thrice = resample(&once.repeat(3), source, rate)?;
    let length = thrice.len() / 3;
    Ok(thrice[length..2 * length].into())
}

/// The first frames of a file, at its own rate.
fn decode(mut decoder: Decoder, most: Frames) -> Result<(Vec<Frame>, Rate), StreamError> {
    let mut frames = Vec::new();
    while (frames.len() as u64) < most.0 && read(&mut decoder, &mut frames)? > 0 {}
    Ok((frames, decoder.rate()))
}

fn resample(frames: &[Frame], from: Rate, to: Rate) -> Result<Vec<Frame>, StreamError> {
    let mut resampler = Resampler::new(from, to)?;
    let mut sound = Vec::new();
    resampler.push(frames, &mut sound);
    resampler.finish(&mut sound);
    Ok(sound)
}
