//! Writes sounds to files, after a look at what a player will decode from them.

use std::error::Error;
use std::fs;
use std::num::{NonZeroU8, NonZeroU32};
use std::path::Path;

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisDecoder, VorbisEncoderBuilder};

use crate::dice::Dice;
use crate::measure::Measure;
use crate::sound::Sound;

/// Any mistake, to be shown.
pub type Mistake = Box<dyn Error>;

/// A sound as an Ogg Vorbis file in memory.
pub fn vorbis(
    sound: &Sound,
    quality: f32,
    serial: i32,
    tags: &[(&str, &str)],
) -> Result<Vec<u8>, Mistake> {
    let rate = NonZeroU32::new(sound.rate).ok_or("a rate above zero")?;
    let channels = NonZeroU8::new(2).ok_or("two channels")?;
    let mut builder = VorbisEncoderBuilder::new_with_serial(rate, channels, Vec::new(), serial);
    builder.comment_tags(tags.iter().copied())?;
    builder.bitrate_management_strategy(VorbisBitrateManagementStrategy::QualityVbr {
        target_quality: quality,
    });
    let mut encoder = builder.build()?;
    for (left, right) in sound.left.chunks(4_096).zip(sound.right.chunks(4_096)) {
        encoder.encode_audio_block([left, right])?;
    }
    Ok(encoder.finish()?)
}

/// What a player decodes from an Ogg Vorbis file.
fn decoded(file: &[u8]) -> Result<Sound, Mistake> {
    let mut decoder = VorbisDecoder::<&[u8]>::new(file)?;
    let mut sound = Sound::silent(decoder.sampling_frequency().get(), 0);
    while let Some(block) = decoder.decode_audio_block()? {
        sound.left.extend_from_slice(block.samples()[0]);
        sound.right.extend_from_slice(block.samples()[1]);
    }
    Ok(sound)
}

/// Writes a piece as Ogg Vorbis, unless what comes out of it has a fault. Gives its measure and size.
pub fn piece(
    path: &Path,
    sound: &Sound,
    quality: f32,
    serial: i32,
    tags: &[(&str, &str)],
) -> Result<(Measure, usize), Mistake> {
    let file = vorbis(sound, quality, serial, tags)?;
    let heard = decoded(&file)?;
    if heard.frames() != sound.frames() {
        return Err(format!("{} frames became {}", sound.frames(), heard.frames()).into());
    }
    let measure = Measure::of(&heard);
    let faults = measure.faults();
    if faults.is_empty() {
        fs::write(path, &file)?;
        Ok((measure, file.len()))
    } else {
        Err(faults.join("; ").into())
    }
}

/// Writes a sound as FLAC of 16 bits, with triangular dither. Gives its size.
pub fn flac(path: &Path, sound: &Sound, dice: &mut Dice) -> Result<usize, Mistake> {
    let samples: Vec<i32> = sound
        .interleaved()
        .into_iter()
        .map(|sample| {
            let dither = dice.unit() - dice.unit();
            (f64::from(sample) * 32_767.0 + dither).round() as i32
        })
        .collect();
    let config = flacenc::config::Encoder::default()
        .into_verified()
        .map_err(|(_, mistake)| mistake)?;
    let source = flacenc::source::MemSource::from_samples(&samples, 2, 16, sound.rate as usize);
    let mut stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(|mistake| format!("{mistake:?}"))?;
    // The last block is shorter, and the format says it does not count: where the header counts it, players
    // expect blocks of changing length and find none.
    let info = stream.stream_info_mut();
    info.set_block_sizes(config.block_size, config.block_size)
        .map_err(|mistake| format!("{mistake:?}"))?;
    let mut sink = flacenc::bitsink::ByteSink::new();
    stream
        .write(&mut sink)
        .map_err(|mistake| format!("{mistake:?}"))?;
    fs::write(path, sink.as_slice())?;
    Ok(sink.as_slice().len())
}
