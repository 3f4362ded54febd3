//! The kinds of WAV that there are, and FLAC of 32 bits: exactly the numbers that are in them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::chunks::{chunk, format, place};
use common::decoded::{Folder, checked, fault, remarks, rest};
use undersong::decode::{DecodeError, Decoder};
use undersong::frame::Frame;
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

impl Folder {
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
    let mut data = chunk(*b"data", sound);
    data[4..8].fill(0xFF);
    let chunks = [
        ds64(length),
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
fn a_wav_of_64_bit_lengths_with_wrong_ones_never_breaks_anything() {
    let folder = Folder::new();
    let (bytes, expected) = whole(16);
    // Nothing needs to lie behind the sound.
    let file = wide(*b"RF64", &format(1, 16), &bytes, bytes.len() as u64);
    assert!(decode(&folder.file(&file[..file.len() - 408])) == expected);
    // Cut within its head it is none, and of what kind it was is still known.
    for length in [8, 20, 35, 36, 48, 60, 680] {
        let fault = fault(&folder.file(&file[..length]));
        let known = if length < 12 {
            DecodeError::NotAudio
        } else {
            DecodeError::Silent
        };
        assert_eq!(fault, known.to_string(), "{length}");
    }
    // Lengths that are none of a file never panic or hang.
    for at in 0..56 {
        let mut spoilt = file.clone();
        spoilt[at] ^= 0xFF;
        if let Ok(mut decoder) = Decoder::open_checked(&folder.file(&spoilt), &|| false) {
            assert!(rest(&mut decoder).len() < 100_000);
        }
    }
}

/// A file that does not say how long its sound is, with `behind` it.
fn unknown(name: [u8; 4], before: &[u8], format: &[u8], sound: &[u8], behind: &[u8]) -> Vec<u8> {
    let chunks = [
        before,
        &chunk(*b"fmt ", format),
        b"data\xFF\xFF\xFF\xFF",
        sound,
        behind,
    ];
    [&name[..], &[0xFF; 4], b"WAVE", &chunks.concat()].concat()
}

/// The chunk of lengths in 64 bits.
fn ds64(length: u64) -> Vec<u8> {
    chunk(
        *b"ds64",
        &[&[0xAA; 8][..], &length.to_le_bytes(), &[0; 12]].concat(),
    )
}

#[test]
fn what_lies_behind_a_sound_of_unknown_length_is_never_heard() {
    let folder = Folder::new();
    let nothing: &[u8] = &[];
    let before: [([u8; 4], Vec<u8>); 6] = [
        (*b"RIFF", Vec::new()),
        (*b"RIFF", ds64(1_000)),
        (*b"RF64", Vec::new()),
        (*b"RF64", ds64(0)),
        (*b"BW64", ds64(u64::MAX)),
        (*b"RF64", chunk(*b"JUNK", &[0; 28]).repeat(5_000)),
    ];
    let list = chunk(*b"LIST", &[0x7F; 400]);
    let behind = [
        list.clone(),
        list[..90].to_vec(),
        [&chunk(*b"abcd", &[0x55; 4_001])[..], &list].concat(),
        chunk(*b"id3 ", &vec![0x55; 300_001])[..300_009].to_vec(),
        ds64(6_002),
        b"ID3\x04\0 and so on".to_vec(),
        [&b"TAG"[..], &[b' '; 125]].concat(),
        chunk(*b"qrst", &[0x55; 3]),
    ];
    for bits in [16, 24] {
        let (sound, expected) = whole(u32::from(bits));
        for (name, before) in &before {
            // What comes late is not seen before the sound.
            let file = |behind| unknown(*name, before, &format(1, bits), &sound, behind);
            let many = before.len() > 100_000;
            for behind in &behind {
                let fault = fault(&folder.file(&file(behind)));
                assert_eq!(fault, DecodeError::Endless.to_string());
            }
            let path = folder.file(&file(nothing));
            if many {
                assert_eq!(fault(&path), DecodeError::Endless.to_string());
                continue;
            }
            assert!(decode(&path) == expected, "{bits} bits");
            let remarks = remarks(&path);
            assert_eq!(remarks.len(), 1, "{remarks:?}");
            assert!(remarks[0].starts_with("its header does not say how long it is"));
        }
    }
    // What sox writes to a pipe.
    let (sound, expected) = whole(24);
    let mut file = unknown(*b"RIFF", nothing, &format(1, 24), &sound, nothing);
    let place = file.len() - sound.len();
    file[place - 4..place].copy_from_slice(&0x7FFF_F000_u32.to_le_bytes());
    file[4..8].copy_from_slice(&0x7FFF_F048_u32.to_le_bytes());
    assert!(decode(&folder.file(&file)) == expected);
    assert_eq!(remarks(&folder.file(&file)).len(), 1);
}

#[test]
fn a_recording_that_was_never_finished_is_played_to_the_end_of_its_file() {
    let folder = Folder::new();
    let (sound, expected) = whole(24);
    let head = chunk(*b"fmt ", &format(1, 24));
    // What a recorder that lost its power left where both lengths belong.
    let file = |all: u32, data: u32, behind: &[u8]| {
        let lengths = [all, data].map(u32::to_le_bytes);
        let chunks = [&head[..], b"data", &lengths[1], &sound, behind].concat();
        [&b"RIFF"[..], &lengths[0], b"WAVE", &chunks].concat()
    };
    for all in [0, 4, 36, 40, 36 + sound.len() as u32, u32::MAX] {
        let path = folder.file(&file(all, 0, &[]));
        assert!(decode(&path) == expected, "{all}");
        let remarks = remarks(&path);
        assert_eq!(remarks.len(), 1, "{all}: {remarks:?}");
        assert!(remarks[0].starts_with("its header does not say how long it is"));
        assert!(remarks[0].contains("never finished"), "{remarks:?}");
        let mut decoder = Decoder::open(&path).unwrap();
        for to in [2_900, 1, LENGTH, 77] {
            decoder.seek(Frames(to as u64)).unwrap();
            assert!(rest(&mut decoder) == expected[to..], "from {to}");
        }
        // What else lies there is never heard.
        let list = chunk(*b"LIST", &[0x7F; 400]);
        let fault = fault(&folder.file(&file(all, 0, &list)));
        assert_eq!(fault, DecodeError::Endless.to_string());
        // Where the sound's own length was written, the file's says nothing.
        let path = folder.file(&file(all, sound.len() as u32, &list));
        assert!(decode(&path) == expected, "{all}");
        assert_eq!(common::decoded::remarks(&path), [""; 0]);
    }
    // A file in which there is none has none.
    let none = [&head[..], b"data\0\0\0\0", &chunk(*b"LIST", &[0x7F; 400])].concat();
    for chunks in [&none[..], &none[..head.len() + 8]] {
        let path = folder.file(&chunk(*b"RIFF", &[b"WAVE", chunks].concat()));
        assert_eq!(fault(&path), DecodeError::Silent.to_string());
    }
}

#[test]
fn another_file_behind_a_sound_of_unknown_length_is_never_heard_as_noise() {
    let folder = Folder::new();
    let (sound, _) = whole(16);
    let signs: [&[u8]; 12] = [
        b"fLaC\0\0\0\x22",
        b"fLaC\x80\0\0\x22",
        b"\0\0\0\x06\0\0\0\x0Aimage/jpeg",
        b"APIC\0\0\0\0\0\0\0image/png",
        b"RIFF\x24\x01\x02\0WAVE",
        b"RIFF\xFF\xFF\xFF\xFFWAVE",
        b"FORM\0\x01\x02\x03AIFF",
        b"OggS\0\x02",
        b"\xFF\xD8\xFF\xE0\0\x10JFIF",
        b"\xFF\xD8\xFF\xE1\x21\x33Exif\0",
        b"\x89PNG\r\n\x1A\n",
        b"\0\0\0\x20ftypM4A ",
    ];
    for sign in signs {
        let behind = [sign, &vec![0x9D; 100_003]].concat();
        let path = folder.file(&unknown(*b"RIFF", &[], &format(1, 16), &sound, &behind));
        let fault = checked(&path).err().map(|fault| fault.to_string());
        assert_eq!(fault, Some(DecodeError::Endless.to_string()), "{sign:?}");
    }
    // A chunk of a known name, cut off within.
    let tags = chunk(*b"id3 ", &vec![0x9D; 17 << 20]);
    let cut = &tags[..tags.len() - 3_001];
    let path = folder.file(&unknown(*b"RIFF", &[], &format(1, 16), &sound, cut));
    assert_eq!(fault(&path), DecodeError::Endless.to_string());
}

#[test]
fn wave64_is_called_what_it_is() {
    let folder = Folder::new();
    let guid = b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0";
    let file = [&guid[..], &9_000_u64.to_le_bytes(), &[7; 9_000]].concat();
    let fault = fault(&folder.file(&file));
    assert!(
        fault.contains("Wave64") && fault.contains("convert it to FLAC"),
        "{fault}"
    );
}

#[test]
fn many_chunks_before_the_sound_hide_no_length() {
    let folder = Folder::new();
    let (sound, expected) = whole(16);
    let before = [
        ds64(sound.len() as u64),
        chunk(*b"JUNK", &[7; 9]).repeat(300),
    ]
    .concat();
    let list = chunk(*b"LIST", &[0x7F; 400]);
    let path = folder.file(&unknown(*b"RF64", &before, &format(1, 16), &sound, &list));
    assert!(decode(&path) == expected);
    assert_eq!(remarks(&path), [""; 0]);
}

#[test]
fn a_length_in_64_bits_counts_only_where_it_is_meant() {
    let folder = Folder::new();
    let (sound, expected) = whole(16);
    let half = ds64(sound.len() as u64 / 2);
    for name in [*b"RIFF", *b"RF64"] {
        let chunks = [
            half.clone(),
            chunk(*b"fmt ", &format(1, 16)),
            chunk(*b"data", &sound),
        ];
        let path = folder.file(&chunk(name, &[b"WAVE", &chunks.concat()[..]].concat()));
        assert!(decode(&path) == expected);
        assert_eq!(remarks(&path), [""; 0]);
    }
    // A length that is less than a frame is none.
    let path = folder.file(&unknown(*b"RF64", &ds64(3), &format(1, 16), &sound, &[]));
    assert!(decode(&path) == expected);
    // How many frames there are follows from it, whatever is said of that.
    for frames in [0, 1, 99_999_999, u64::MAX] {
        let mut file = wide(*b"RF64", &format(1, 16), &sound, sound.len() as u64);
        let at = place(&file, b"ds64") + 8 + 16;
        file[at..at + 8].copy_from_slice(&frames.to_le_bytes());
        let path = folder.file(&file);
        assert!(decode(&path) == expected, "{frames}");
        assert_eq!(remarks(&path), [""; 0]);
    }
    // Where nothing else says it, it may be wrong.
    let sound = sound.repeat(4);
    let path = folder.file(&unknown(*b"RF64", &half, &format(1, 16), &sound, &[]));
    let remarks = remarks(&path);
    assert!(remarks[0].contains("lie behind the end"), "{remarks:?}");
}

#[test]
fn a_length_that_was_never_brought_up_to_date_is_a_mistake_where_most_of_the_sound_would_be_missing()
 {
    let folder = Folder::new();
    let sound = whole(16).0.repeat(4);
    for (told, grave) in [(400, true), (5_900, true), (6_100, false), (11_900, false)] {
        let mut data = chunk(*b"data", &sound);
        data[4..8].copy_from_slice(&(4 * told as u32).to_le_bytes());
        let chunks = [&b"WAVE"[..], &chunk(*b"fmt ", &format(1, 16)), &data].concat();
        let facts = checked(&folder.file(&chunk(*b"RIFF", &chunks))).unwrap();
        let mistakes = facts.mistakes.iter();
        let mistakes: Vec<_> = mistakes
            .filter(|it| it.contains("lie behind the end"))
            .collect();
        assert_eq!(mistakes.len(), usize::from(grave), "{told}: {facts:?}");
    }
}

#[test]
fn a_picture_behind_a_short_chime_is_no_sound_whatever_its_length_is_said_to_be() {
    let folder = Folder::new();
    let (sound, expected) = whole(16);
    for name in [*b"id3 ", *b"LIST"] {
        let mut picture = chunk(name, &vec![0x5A; 100_000]);
        picture[4..8].copy_from_slice(&100_077_u32.to_le_bytes());
        let format = chunk(*b"fmt ", &format(1, 16));
        let chunks = [&b"WAVE"[..], &format, &chunk(*b"data", &sound), &picture].concat();
        let path = folder.file(&chunk(*b"RIFF", &chunks));
        assert!(decode(&path) == expected);
        assert!(remarks(&path).is_empty(), "{:?}", remarks(&path));
        assert!(checked(&path).unwrap().mistakes.is_empty());
    }
}

#[test]
fn lengths_that_are_guesses_are_known_for_that() {
    let folder = Folder::new();
    let (sound, expected) = whole(24);
    for size in [
        0x7FFF_EFFF_u32,
        0x7FFF_FFFF,
        0x7FFF_FF00,
        0x8000_0000,
        0xFFFF_FFDB,
    ] {
        let mut file = unknown(*b"RIFF", &[], &format(1, 24), &sound, &[]);
        let place = file.len() - sound.len();
        file[place - 4..place].copy_from_slice(&size.to_le_bytes());
        let path = folder.file(&file);
        assert!(decode(&path) == expected, "{size:x}");
        let remarks = remarks(&path);
        assert_eq!(remarks.len(), 1, "{size:x}: {remarks:?}");
        assert!(remarks[0].starts_with("its header does not say how long it is"));
    }
}

#[test]
fn room_that_a_recorder_reserved_is_nothing_and_another_file_behind_is_refused() {
    let folder = Folder::new();
    let (sound, expected) = whole(16);
    let file = chunk(
        *b"RIFF",
        &[
            &b"WAVE"[..],
            &chunk(*b"fmt ", &format(1, 16)),
            &chunk(*b"data", &sound),
        ]
        .concat(),
    );
    let path = folder.file(&[&file[..], &vec![0; 100_003]].concat());
    assert!(decode(&path) == expected);
    assert_eq!(remarks(&path), [""; 0]);
    let path = folder.file(&[&file[..], &file].concat());
    let error = Decoder::open_checked(&path, &|| false)
        .err()
        .map(|e| e.to_string());
    assert!(error.is_some_and(|it| it.contains("several")), "it is told");
}

#[test]
fn a_byte_that_a_writer_forgot_makes_nothing_of_what_follows_sound() {
    let folder = Folder::new();
    let sound: Vec<u8> = (0..20_001_u32).map(|at| (3 + at * 7 % 251) as u8).collect();
    let mut mono = format(1, 8);
    mono[2] = 1;
    mono[12] = 1;
    let data = [&b"data"[..], &20_001_u32.to_le_bytes(), &sound].concat();
    let list = chunk(*b"LIST", &vec![0x7F; 40_000]);
    for padding in [&[][..], &[0]] {
        let chunks = [&chunk(*b"fmt ", &mono)[..], &data, padding, &list].concat();
        let path = folder.file(&chunk(*b"RIFF", &[b"WAVE", &chunks[..]].concat()));
        assert_eq!(decode(&path).len(), 20_001);
        assert_eq!(remarks(&path), [""; 0]);
    }
}

#[test]
fn a_byte_that_only_makes_an_unknown_length_even_is_not_heard() {
    let folder = Folder::new();
    let mut mono = format(1, 8);
    (mono[2], mono[12]) = (1, 1);
    let file = |sound: &[u8]| {
        let file = unknown(*b"RIFF", &[], &mono, sound, &[]);
        let mut unfinished = file.clone();
        let at = place(&file, b"data") + 4;
        unfinished[at..at + 4].fill(0);
        [file, unfinished]
    };
    let samples = |sound: &[u8]| {
        let sample = |byte: &u8| [(f32::from(*byte) - 128.0) / 128.0; 2];
        sound.iter().map(sample).collect::<Vec<Frame>>()
    };
    let sound: Vec<u8> = (0..20_001_u32).map(|at| (90 + at * 7 % 71) as u8).collect();
    let low = [&sound[..20_000], &[50]].concat();
    for (played, behind) in [
        (&sound[..], &[0][..]),
        (&sound, &[]),
        // These are samples.
        (&sound, &[1]),
        (&sound[..20_000], &[0]),
        (&low, &[0]),
        (&[200], &[0]),
    ] {
        let is_pad = behind == [0] && played.len() % 2 == 1 && played != low;
        let bytes = [played, behind].concat();
        let expected = samples(if is_pad { played } else { &bytes });
        for file in file(&bytes) {
            let path = folder.file(&file);
            let mut decoder = Decoder::open(&path).unwrap();
            assert!(rest(&mut decoder) == expected, "{}", expected.len());
            let to = expected.len() as u64 / 2;
            decoder.seek(Frames(to)).unwrap();
            assert!(rest(&mut decoder) == expected[to as usize..]);
        }
    }
}

#[test]
fn a_second_sound_behind_the_first_is_not_passed_over() {
    let folder = Folder::new();
    let (sound, _) = whole(16);
    let list = chunk(*b"LIST", &[0x7F; 401]);
    let data = chunk(*b"data", &sound);
    let chunks = [chunk(*b"fmt ", &format(1, 16)), data.clone(), list, data];
    let path = folder.file(&chunk(*b"RIFF", &[b"WAVE", &chunks.concat()[..]].concat()));
    assert_eq!(fault(&path), DecodeError::OneBehindOther.to_string());
}

#[test]
fn samples_that_lie_in_more_room_than_they_need_are_not_heard_as_noise() {
    let folder = Folder::new();
    for (kind, bits, frame) in [
        (1, 24, 8),
        (1, 8, 4),
        (1, 16, 8),
        (1, 32, 6),
        (3, 32, 4),
        (6, 8, 4),
    ] {
        for mut format in [format(kind, bits), extensible(kind, bits, bits)] {
            format[12..14].copy_from_slice(&u16::to_le_bytes(frame));
            let path = folder.wav(&format, &[1; 4_800]);
            let error = Decoder::open_checked(&path, &|| false).err();
            let said = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(
                said.contains("two different things"),
                "{bits} in {frame}: {said}"
            );
            assert!(said.contains("convert it to FLAC"), "{said}");
        }
    }
}

#[test]
fn samples_that_nothing_plays_are_called_what_they_are() {
    let folder = Folder::new();
    for bits in [12, 20, 48, 64] {
        for format in [format(1, bits), extensible(1, bits, bits)] {
            let path = folder.wav(&format, &[1; 4_800]);
            assert_eq!(fault(&path), DecodeError::Bits(bits).to_string());
        }
    }
    let mut many = format(1, 16);
    (many[2], many[12]) = (32, 64);
    let path = folder.wav(&many, &[1; 6_400]);
    assert_eq!(fault(&path), DecodeError::Channels(32).to_string());
}
