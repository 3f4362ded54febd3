//! Files of sound of which some would be heard wrong are refused for what they are, and with what to do.

mod common;

use std::fs;

use common::boxes::quicktime;
use common::chunks::{chunk, format, high_first, place};
use common::decoded::{Folder, data, fault, remarks, rest};
use common::files::flac;
use common::pages::{Page, file};
use common::sounds::{noise, quantised};
use undersong::decode::Decoder;
use undersong::time::Frames;

impl Folder {
    /// The file is refused, and these words tell why.
    fn refuses(&self, bytes: &[u8], words: &str) {
        let path = self.file(bytes);
        let Ok(mut decoder) = Decoder::open_checked(&path, &|| false) else {
            let fault = fault(&path);
            assert!(fault.contains(words), "{words}: {fault}");
            assert!(fault.contains("convert it to FLAC"), "{words}: {fault}");
            return;
        };
        panic!("{words}: {} frames of it", rest(&mut decoder).len());
    }
}

/// Samples of so many bits, the highest byte first.
fn samples(bits: u16) -> Vec<u8> {
    let sound = noise(5, 0.5, 4_001);
    let samples = sound.iter().flatten();
    let bytes = samples.flat_map(|sample| {
        let number = (f64::from(*sample) * 2_147_483_648.0) as i32;
        number
            .to_be_bytes()
            .into_iter()
            .chain([0; 4])
            .take(usize::from(bits / 8))
    });
    bytes.collect()
}

#[test]
fn samples_in_quicktime_are_played_only_where_their_order_is_known() {
    let folder = Folder::new();
    for (kind, bits) in [
        (b"in24", 24),
        (b"in32", 32),
        (b"fl32", 32),
        (b"fl64", 64),
        (b"twos", 8),
        (b"sowt", 8),
        (b"raw ", 8),
        (b"lpcm", 16),
        (b"ulaw", 16),
    ] {
        folder.refuses(&quicktime(*kind, bits, &samples(bits)), "PCM in QuickTime");
    }
    let sound = quantised(&noise(6, 0.5, 4_001), 16);
    let numbers: Vec<i16> = sound
        .iter()
        .flatten()
        .map(|s| (s * 32_768.0) as i16)
        .collect();
    let high: Vec<u8> = numbers.iter().flat_map(|it| it.to_be_bytes()).collect();
    let low: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
    for (kind, bytes) in [(b"twos", high), (b"sowt", low)] {
        let path = folder.file(&quicktime(*kind, 16, &bytes));
        let mut decoder = Decoder::open(&path).unwrap();
        assert!(rest(&mut decoder) == sound, "{kind:?}");
        decoder.seek(Frames(1_234)).unwrap();
        assert!(rest(&mut decoder) == sound[1_234..], "{kind:?}");
        assert_eq!(remarks(&path), [""; 0]);
    }
}

#[test]
fn aac_whose_upper_octave_would_be_missing_is_refused_however_it_says_so() {
    let folder = Folder::new();
    let plain = fs::read(data("aac.m4a")).unwrap();
    let at = place(&plain, b"\x12\x10\x56\xE5\0");
    let with = |config: &[u8; 5]| {
        let mut bytes = plain.clone();
        bytes[at..at + 5].copy_from_slice(config);
        bytes
    };
    // Behind what old players read, and before.
    folder.refuses(&with(b"\x12\x10\x56\xE5\x98"), "(HE-AAC)");
    folder.refuses(&with(b"\x13\x10\x56\xE5\x98"), "(HE-AAC)");
    folder.refuses(&with(b"\x2B\x11\x88\0\0"), "(HE-AAC)");
    folder.refuses(&with(b"\xEB\x11\x88\0\0"), "(HE-AAC)");
    folder.refuses(&with(b"\xF9\x44\0\0\0"), "(xHE-AAC)");
    // That there is none may be said as well, or nothing.
    for config in [b"\x12\x10\x56\xE5\0", b"\x12\x10\0\0\0"] {
        let path = folder.file(&with(config));
        assert_eq!(remarks(&path), [""; 0], "{config:?}");
    }
}

#[test]
fn kinds_that_are_not_played_are_called_what_they_are() {
    let folder = Folder::new();
    let mp3 = fs::read(data("tagged_cbr.mp3")).unwrap();
    let m4a = fs::read(data("aac.m4a")).unwrap();
    let behind = |begin: &[u8], rest: &[u8]| [begin, rest].concat();
    // What lies in the middle would be found.
    folder.refuses(&behind(b"\x1A\x45\xDF\xA3\x01\0\0\0", &mp3), "Matroska");
    folder.refuses(&behind(b"RIFX\0\x01\x02\x03WAVE", &[0; 400]), "RIFX");
    folder.refuses(&behind(b"caff\0\x01\0\0", &[7; 400]), "CAF");
    folder.refuses(&behind(b"wvpk", &[7; 400]), "WavPack");
    folder.refuses(
        &behind(b"APETAGEX", &[&[0; 24][..], &mp3].concat()),
        "APE tag",
    );
    folder.refuses(
        &behind(b"ID3\x03\0\0\0\0\0\x14", &[&[0; 20][..], &m4a].concat()),
        "M4A behind",
    );
    folder.refuses(
        &behind(b"\0\0\0\x10free\0\0\0\0\0\0\0\0", &m4a),
        "M4A behind",
    );
    folder.refuses(&[0xFF, 0xFB, 0x00, 0x64].repeat(1_000), "free format");
    let speex = Page {
        flags: 2,
        ends_at: 0,
        stream: 3,
        number: 0,
        segments: vec![80],
        body: [&b"Speex   1.2"[..], &[0; 69]].concat(),
    };
    folder.refuses(&file(&[speex]), "Speex");
    for (kind, words) in [(0x55, "MP3 in a WAV"), (2, "ADPCM"), (0x11, "ADPCM")] {
        let chunks = [
            chunk(*b"fmt ", &format(kind, 16)),
            chunk(*b"data", &mp3[..4_000]),
        ];
        let wav = chunk(*b"RIFF", &[b"WAVE", &chunks.concat()[..]].concat());
        folder.refuses(&wav, words);
    }
}

#[test]
fn whole_files_that_are_not_understood_are_to_be_converted_and_not_only_copied() {
    let folder = Folder::new();
    // A writer that forgot the byte which makes a length even, and samples with their lowest byte first.
    let list = b"LIST\x0D\0\0\0INFOISFT\x05\0\0\0abcde"[..21].to_vec();
    let chunks = [
        list,
        chunk(*b"fmt ", &format(1, 16)),
        chunk(*b"data", &[3; 4_000]),
    ];
    folder.refuses(
        &chunk(*b"RIFF", &[b"WAVE", &chunks.concat()[..]].concat()),
        "kind",
    );
    let rate = b"\x40\x0E\xAC\x44\0\0\0\0\0\0";
    let common = [b"\0\x02\0\0\x02\x9A\0\x18", &rate[..], b"sowt\0\0"].concat();
    let chunks = [
        high_first(*b"COMM", &common),
        high_first(*b"SSND", &[7; 4_004]),
    ];
    folder.refuses(
        &high_first(*b"FORM", &[b"AIFC", &chunks.concat()[..]].concat()),
        "kind",
    );
}

#[test]
fn a_flac_with_a_hole_is_not_to_be_made_a_flac() {
    let folder = Folder::new();
    let path = folder.0.path().join("a.flac");
    flac(&path, &noise(2, 0.5, 300_007), 44_100, 2, 16);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 9_000].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    let remarks = remarks(&path);
    assert!(remarks[0].contains("would be silent"), "{remarks:?}");
    assert!(
        remarks[0].contains("save it anew in an audio editor"),
        "{remarks:?}"
    );
    assert!(!remarks[0].contains("convert it to FLAC"), "{remarks:?}");
}
