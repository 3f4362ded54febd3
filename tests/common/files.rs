//! Audio files, written to a temporary folder.

use std::io::Write;
use std::num::{NonZeroU8, NonZeroU32};
use std::path::{Path, PathBuf};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, Stream};
use flacenc::error::Verify;
use undersong::frame::Frame;

use super::pages::Page;

/// How a WAV file holds its samples.
#[derive(Debug, Clone, Copy)]
pub enum Wav {
    /// 8, 16, 24 or 32 bits.
    Bits(u16),
    /// 32-bit floating point.
    Float,
}

/// Writes a WAV file; of one channel, the left one is taken.
pub fn wav(path: &Path, sound: &[Frame], rate: u32, channels: u16, kind: Wav) -> PathBuf {
    let (bits, format) = match kind {
        Wav::Bits(bits) => (bits, hound::SampleFormat::Int),
        Wav::Float => (32, hound::SampleFormat::Float),
    };
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: bits,
        sample_format: format,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples(sound, channels) {
        match kind {
            Wav::Bits(bits) => file.write_sample(whole(sample, bits)).unwrap(),
            Wav::Float => file.write_sample(sample).unwrap(),
        }
    }
    file.finalize().unwrap();
    path.to_owned()
}

/// Writes a WAV file of so many seconds of silence, which takes no room on the disk.
pub fn long_silence(path: &Path, seconds: u32) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let file = std::fs::File::create(path).unwrap();
    let length = seconds * 48_000 * 4;
    let mut head = spec.into_header_for_infinite_file();
    let at = head.len();
    head[at - 4..].copy_from_slice(&length.to_le_bytes());
    (&file).write_all(&head).unwrap();
    file.set_len(at as u64 + u64::from(length)).unwrap();
}

/// Writes a FLAC file of 16 or 24 bits.
pub fn flac(path: &Path, sound: &[Frame], rate: u32, channels: u16, bits: u16) -> PathBuf {
    let stream = flac_stream(sound, rate, channels, bits);
    std::fs::write(path, bytes(&stream)).unwrap();
    path.to_owned()
}

/// The same of 16 bits and two channels where each frame says the number of its first sample, though all are as long.
pub fn flac_by_samples(path: &Path, sound: &[Frame], rate: u32) -> PathBuf {
    let stream = flac_stream(sound, rate, 2, 16);
    let frames: Vec<Vec<u8>> = (0..stream.frame_count())
        .map(|frame| bytes(stream.frame(frame).unwrap()))
        .collect();
    let mut file = bytes(&stream);
    let sum = |bytes: &[u8], bits: u32, law: u32| {
        bytes.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << (bits - 8), |sum, _| {
                let carries = sum >> (bits - 1) & 1 == 1;
                (sum << 1 ^ if carries { law } else { 0 }) & ((1 << bits) - 1)
            })
        })
    };
    file.truncate(file.len() - frames.iter().map(Vec::len).sum::<usize>());
    let mut at = 0;
    for (number, frame) in frames.iter().enumerate() {
        let more = match frame[2] >> 4 {
            6 => 1,
            7 => 2,
            _ => 0,
        };
        assert!(number < 128 && frame[2] & 15 < 12);
        let mut counted = vec![0xFF, 0xF9, frame[2], frame[3]];
        let first = char::from_u32(at).unwrap();
        counted.extend(first.encode_utf8(&mut [0; 4]).as_bytes());
        counted.extend(&frame[5..5 + more]);
        counted.push(sum(&counted, 8, 0x07) as u8);
        counted.extend(&frame[6 + more..frame.len() - 2]);
        counted.extend((sum(&counted, 16, 0x8005) as u16).to_be_bytes());
        file.extend(counted);
        at += stream.frame(number).unwrap().block_size() as u32;
    }
    std::fs::write(path, file).unwrap();
    path.to_owned()
}

/// The pages of FLAC in Ogg, of two channels, a frame a page.
pub fn ogg_flac(sound: &[Frame], rate: u32, bits: u16) -> Vec<Page> {
    let stream = flac_stream(sound, rate, 2, bits);
    let mut head = b"\x7FFLAC\x01\0\0\x01".to_vec();
    head.extend(&bytes(&stream)[..42]);
    // The first of more blocks.
    head[13] = 0;
    let comment = b"\x84\0\0\x08\0\0\0\0\0\0\0\0".to_vec();
    let mut bodies = vec![(head, 0), (comment, 0)];
    let mut at = 0;
    for frame in 0..stream.frame_count() {
        let frame = stream.frame(frame).unwrap();
        at += frame.block_size() as u64;
        bodies.push((bytes(frame), at));
    }
    let last = bodies.len() - 1;
    let page = |(number, (body, ends_at)): (usize, (Vec<u8>, u64))| Page {
        flags: match number {
            0 => 2,
            _ if number == last => 4,
            _ => 0,
        },
        ends_at,
        stream: 7,
        number: number as u32,
        segments: lacing(body.len()),
        body,
    };
    bodies.into_iter().enumerate().map(page).collect()
}

/// The lengths of the segments of one packet that ends on its page.
pub fn lacing(length: usize) -> Vec<u8> {
    let mut segments = vec![255; length / 255];
    segments.push((length % 255) as u8);
    segments
}

fn bytes(part: &impl BitRepr) -> Vec<u8> {
    let mut sink = ByteSink::new();
    part.write(&mut sink).unwrap();
    sink.as_slice().to_vec()
}

fn flac_stream(sound: &[Frame], rate: u32, channels: u16, bits: u16) -> Stream {
    let whole: Vec<i32> = samples(sound, channels)
        .map(|sample| whole(sample, bits))
        .collect();
    let mut config = flacenc::config::Encoder::default();
    // Of noise in 24 bits flacenc would make frames that are longer than FLAC has them.
    config.subframe_coding.use_fixed = false;
    let config = config.into_verified().unwrap();
    let source = flacenc::source::MemSource::from_samples(
        &whole,
        usize::from(channels),
        usize::from(bits),
        rate as usize,
    );
    let mut stream =
        flacenc::encode_with_fixed_block_size(&config, source, config.block_size).unwrap();
    // flacenc counts the short last block as the smallest, which FLAC does not, and decoders then
    // find no frame at all
    let (info, block) = (stream.stream_info_mut(), config.block_size);
    info.set_block_sizes(block, block).unwrap();
    stream
}

/// Writes an Ogg Vorbis file.
pub fn ogg(path: &Path, sound: &[Frame], rate: u32, channels: u8) -> PathBuf {
    let mut encoder = vorbis_rs::VorbisEncoderBuilder::new(
        NonZeroU32::new(rate).unwrap(),
        NonZeroU8::new(channels).unwrap(),
        std::fs::File::create(path).unwrap(),
    )
    .unwrap()
    .build()
    .unwrap();
    for block in sound.chunks(1000) {
        let planes: Vec<Vec<f32>> = (0..usize::from(channels))
            .map(|channel| block.iter().map(|frame| frame[channel]).collect())
            .collect();
        encoder.encode_audio_block(planes).unwrap();
    }
    encoder.finish().unwrap();
    path.to_owned()
}

fn samples(sound: &[Frame], channels: u16) -> impl Iterator<Item = f32> {
    sound
        .iter()
        .flat_map(move |frame| frame[..usize::from(channels)].to_vec())
}

fn whole(sample: f32, bits: u16) -> i32 {
    let steps = 2_f64.powi(i32::from(bits) - 1);
    (f64::from(sample) * steps)
        .round()
        .clamp(-steps, steps - 1.0) as i32
}
