//! Decoding: every frame of a file, exactly, wherever reading begins.

mod common;

use std::path::Path;

use common::files::{Wav, flac, ogg, wav};
use common::sounds::{mono, noise, quantised};
use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::time::Frames;

fn read(decoder: &mut Decoder) -> Vec<Frame> {
    let mut out = Vec::new();
    while decoder.read(&mut out).unwrap() > 0 {}
    out
}

fn decode(path: &Path) -> Vec<Frame> {
    read(&mut Decoder::open(path).unwrap())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

const LENGTH: usize = 30_011;

#[test]
fn wav_is_exact_to_the_bit() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let sound = noise(1, 0.9, LENGTH);
    for (bits, rate) in [(8, 22_050), (16, 44_100), (24, 96_000)] {
        wav(&path, &sound, rate, 2, Wav::Bits(bits));
        let expected = quantised(&sound, u32::from(bits));
        assert!(decode(&path) == expected, "{bits} bits");
        wav(&path, &sound, rate, 1, Wav::Bits(bits));
        assert!(decode(&path) == mono(&expected), "{bits} bits, mono");
    }
    let fine = quantised(&sound, 24);
    wav(&path, &fine, 48_000, 2, Wav::Bits(32));
    assert!(decode(&path) == fine, "32 bits");
    wav(&path, &sound, 48_000, 2, Wav::Float);
    assert!(decode(&path) == sound, "floats");
}

#[test]
fn flac_is_exact_to_the_bit() {
    let folder = folder();
    let path = folder.path().join("a.flac");
    let sound = noise(2, 0.9, LENGTH);
    for bits in [16, 24] {
        let expected = quantised(&sound, u32::from(bits));
        flac(&path, &sound, 44_100, 2, bits);
        assert!(decode(&path) == expected, "{bits} bits");
        flac(&path, &sound, 48_000, 1, bits);
        assert!(decode(&path) == mono(&expected), "{bits} bits, mono");
    }
}

#[test]
fn ogg_has_every_frame() {
    let folder = folder();
    let path = folder.path().join("a.ogg");
    for (length, channels) in [(LENGTH, 2), (LENGTH + 64, 1), (100, 2)] {
        ogg(&path, &noise(3, 0.5, length), 44_100, channels);
        assert_eq!(decode(&path).len(), length);
    }
}

#[test]
fn seeking_equals_reading_up_to_there() {
    let folder = folder();
    let sound = noise(4, 0.5, 200_003);
    let files = [
        wav(
            &folder.path().join("a.wav"),
            &sound,
            44_100,
            2,
            Wav::Bits(24),
        ),
        flac(&folder.path().join("a.flac"), &sound, 44_100, 2, 16),
        ogg(&folder.path().join("a.ogg"), &sound, 44_100, 2),
    ];
    for path in files {
        let whole = decode(&path);
        let mut decoder = Decoder::open(&path).unwrap();
        for to in [
            0,
            1,
            1_151,
            4_096,
            77_777,
            200_002,
            5,
            150_000,
            200_003,
            999_999_999,
        ] {
            decoder.seek(Frames(to)).unwrap();
            let rest = whole.get(to as usize..).unwrap_or_default();
            assert!(read(&mut decoder) == rest, "{} from {to}", path.display());
            assert!(decoder.damage().is_none());
        }
    }
}
