//! The kinds of WAV that there are, and FLAC of 32 bits: exactly the numbers that are in them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::decoded::rest;
use undersong::decode::{DecodeError, Decoder};
use undersong::frame::Frame;
use undersong::library::{Cache, Library};
use undersong::time::Frames;

const LENGTH: usize = 3_001;

/// Whole numbers of 32 bits, evenly spread; `thirty_two.flac` was made of the same.
fn numbers(count: usize) -> Vec<i32> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.cast_signed()
    };
    (0..count).map(|_| next()).collect()
}

/// The samples of two channels as frames.
fn frames(samples: impl IntoIterator<Item = f32>) -> Vec<Frame> {
    let samples: Vec<f32> = samples.into_iter().collect();
    samples
        .chunks_exact(2)
        .map(|pair| [pair[0], pair[1]])
        .collect()
}

/// A chunk, to an even length.
fn chunk(name: [u8; 4], inside: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend((inside.len() as u32).to_le_bytes());
    chunk.extend(inside);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// The chunk that says what the samples are: two channels at 48 kHz; `kind` is 1 for whole numbers and 3 for floats.
fn format(kind: u16, bits: u16) -> Vec<u8> {
    let frame = 2 * bits / 8;
    let mut format = kind.to_le_bytes().to_vec();
    format.extend(2_u16.to_le_bytes());
    format.extend(48_000_u32.to_le_bytes());
    format.extend((48_000 * u32::from(frame)).to_le_bytes());
    format.extend(frame.to_le_bytes());
    format.extend(bits.to_le_bytes());
    format
}

/// The same as `WAVE_FORMAT_EXTENSIBLE` has it, with so many bits of each sample in use.
fn extensible(kind: u16, bits: u16, used: u16) -> Vec<u8> {
    let mut format = format(0xFFFE, bits);
    format.extend(22_u16.to_le_bytes());
    format.extend(used.to_le_bytes());
    format.extend(3_u32.to_le_bytes());
    format.extend(kind.to_le_bytes());
    format.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71");
    format
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("a.wav");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn wav(&self, format: &[u8], sound: &[u8]) -> PathBuf {
        let chunks = [chunk(*b"fmt ", format), chunk(*b"data", sound)].concat();
        self.file(&chunk(*b"RIFF", &[b"WAVE", &chunks[..]].concat()))
    }

    /// Plain and extensible it is these frames.
    fn holds(&self, kind: u16, bits: u16, bytes: &[u8], expected: &[Frame]) {
        for format in [format(kind, bits), extensible(kind, bits, bits)] {
            let sound = decode(&self.wav(&format, bytes));
            let length = format.len();
            assert!(sound == expected, "{bits} bits, {length} bytes of format");
        }
    }
}

/// A file with lengths of 64 bits: its plain lengths say nothing, and something else lies behind the sound.
fn wide(name: [u8; 4], format: &[u8], sound: &[u8], length: u64) -> Vec<u8> {
    let mut lengths = vec![0xAA; 8];
    lengths.extend(length.to_le_bytes());
    lengths.extend([0; 12]);
    let mut data = chunk(*b"data", sound);
    data[4..8].fill(0xFF);
    let chunks = [
        chunk(*b"ds64", &lengths),
        chunk(*b"bext", &[b'x'; 603]),
        chunk(*b"fmt ", format),
        data,
        chunk(*b"LIST", &[0x7F; 400]),
    ];
    [&name[..], &[0xFF; 4], b"WAVE", &chunks.concat()].concat()
}

fn decode(path: &Path) -> Vec<Frame> {
    let mut decoder = Decoder::open(path).unwrap();
    assert!(decoder.exact_ends());
    let sound = rest(&mut decoder);
    assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
    sound
}

/// The highest `bits` of each number, little-endian, and the samples that they are.
fn whole(bits: u32) -> (Vec<u8>, Vec<Frame>) {
    let numbers = numbers(2 * LENGTH);
    let bytes = numbers.iter().flat_map(|number| {
        let kept = 4 - bits as usize / 8;
        number.to_le_bytes()[kept..].to_vec()
    });
    let full = f64::from(bits - 1).exp2();
    let samples = numbers.iter().map(|number| {
        let number = f64::from(number >> (32 - bits));
        (number / full) as f32
    });
    (bytes.collect(), frames(samples))
}

#[test]
fn whole_numbers_of_every_width_are_exact_plain_and_extensible() {
    let folder = Folder::new();
    for bits in [16, 24, 32] {
        let (bytes, expected) = whole(u32::from(bits));
        folder.holds(1, bits, &bytes, &expected);
    }
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    let eight = bytes.iter().map(|byte| (f32::from(*byte) - 128.0) / 128.0);
    let expected = frames(eight);
    for format in [format(1, 8), extensible(1, 8, 8)] {
        assert!(decode(&folder.wav(&format, &bytes)) == expected);
    }
}

#[test]
fn twenty_bits_in_use_of_twenty_four_are_as_loud_as_they_are() {
    let folder = Folder::new();
    let numbers = numbers(2 * LENGTH);
    let bytes = numbers
        .iter()
        .flat_map(|number| (number & !0xFFF).to_le_bytes()[1..].to_vec());
    let expected = frames(
        numbers
            .iter()
            .map(|number| (number >> 12) as f32 / 524_288.0),
    );
    let path = folder.wav(&extensible(1, 24, 20), &bytes.collect::<Vec<u8>>());
    assert!(decode(&path) == expected);
}

#[test]
fn floats_of_both_widths_are_exact_plain_and_extensible() {
    let folder = Folder::new();
    let samples: Vec<f64> = numbers(2 * LENGTH)
        .into_iter()
        .map(|number| f64::from(number) / 2_147_483_648.0)
        .collect();
    let expected = frames(samples.iter().map(|sample| *sample as f32));
    let narrow: Vec<u8> = samples
        .iter()
        .flat_map(|s| (*s as f32).to_le_bytes())
        .collect();
    let double: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    for (bits, bytes) in [(32, narrow), (64, double)] {
        folder.holds(3, bits, &bytes, &expected);
    }
}

#[test]
fn a_flac_of_32_bits_is_exact() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/thirty_two.flac");
    let numbers = numbers(2 * 1_001);
    let expected = frames(
        numbers
            .into_iter()
            .map(|number| number as f32 / 2_147_483_648.0),
    );
    assert!(decode(&path) == expected);
}

#[test]
fn a_wav_of_64_bit_lengths_is_exact_and_ends_where_it_says() {
    let folder = Folder::new();
    for name in [*b"RF64", *b"BW64"] {
        for bits in [16, 24] {
            let (bytes, expected) = whole(u32::from(bits));
            let file = wide(name, &format(1, bits), &bytes, bytes.len() as u64);
            let path = folder.file(&file);
            assert!(decode(&path) == expected, "{bits} bits");
            let mut decoder = Decoder::open(&path).unwrap();
            assert_eq!(decoder.claimed_length(), Some(Frames(LENGTH as u64)));
            for to in [1, 2_900, LENGTH, 77] {
                decoder.seek(Frames(to as u64)).unwrap();
                assert!(rest(&mut decoder) == expected[to..], "from {to}");
            }
            fs::write(&path, &file[..file.len() * 2 / 3]).unwrap();
            let mut decoder = Decoder::open(&path).unwrap();
            let cut = rest(&mut decoder);
            assert!(cut.len() > 1_000 && cut[..] == expected[..cut.len()]);
            assert!(decoder.damage().ends_early);
        }
    }
}

#[test]
fn a_wav_of_64_bit_lengths_from_a_pipe_or_with_wrong_ones_is_read_to_its_end() {
    let folder = Folder::new();
    let (bytes, expected) = whole(16);
    for length in [0, u64::MAX] {
        let file = wide(*b"RF64", &format(1, 16), &bytes, length);
        let sound = rest(&mut Decoder::open(&folder.file(&file)).unwrap());
        assert!(sound.len() > LENGTH && sound[..LENGTH] == expected[..]);
    }
    // Nothing needs to lie behind the sound.
    let file = wide(*b"RF64", &format(1, 16), &bytes, bytes.len() as u64);
    assert!(decode(&folder.file(&file[..file.len() - 408])) == expected);
    // Cut within its head it is none.
    let file = wide(*b"RF64", &format(1, 16), &bytes, bytes.len() as u64);
    for length in [8, 20, 35, 36, 48, 60, 680] {
        let path = folder.file(&file[..length]);
        let library = Library::scan([path.clone()], &Cache::none(), &|_| {});
        let fault = library.facts(&path).unwrap_err().to_string();
        let known = [DecodeError::NotAudio, DecodeError::Silent].map(|error| error.to_string());
        assert!(known.contains(&fault), "{length}: {fault}");
    }
    // Lengths that are none of a file never panic or hang.
    for at in 0..56 {
        let mut spoilt = file.clone();
        spoilt[at] ^= 0xFF;
        if let Ok(mut decoder) = Decoder::open(&folder.file(&spoilt)) {
            assert!(rest(&mut decoder).len() < 100_000);
        }
    }
}
