//! AIFF, FLAC and Ogg files that were never finished, are cut off, or have something else behind them.

mod common;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::chunks::{high_first, place};
use common::decoded::{Folder, checked, data, fault, remarks, rest};
use common::files::{flac, ogg, ogg_flac};
use common::pages::{Page, file};
use common::sounds::{noise, quantised};
use undersong::decode::{Ahead, DecodeError, Decoder, OwnDisk};
use undersong::frame::Frame;
use undersong::time::Frames;

const LENGTH: usize = 96_001;

impl Folder {
    /// Plays these frames, from wherever reading begins, and is told of like that.
    fn holds(&self, bytes: &[u8], expected: &[Frame], told: &[&str]) {
        let path = self.file(bytes);
        let mut decoder = Decoder::open(&path).unwrap();
        assert!(rest(&mut decoder) == expected, "{told:?}");
        for to in [expected.len() * 2 / 3, 1, expected.len() - 1] {
            decoder.seek(Frames(to as u64)).unwrap();
            assert!(rest(&mut decoder) == expected[to..], "{told:?}, from {to}");
        }
        let ahead = Ahead {
            disk: Arc::new(OwnDisk),
            path: path.clone(),
            frames: Frames(20_000),
            whole: Frames(expected.len() as u64),
        };
        let played = rest(&mut Decoder::open_ahead(ahead).unwrap());
        assert!(played == expected, "{told:?}, read ahead");
        let remarks = remarks(&path);
        assert_eq!(remarks.len(), told.len(), "{remarks:?}");
        for (remark, begins) in remarks.iter().zip(told) {
            assert!(remark.starts_with(begins), "{remark}");
        }
    }
}

/// An AIFF file of 24 bits and two channels at 48 kHz, with these chunks behind its sound.
fn aiff(sound: &[Frame], behind: &[u8]) -> Vec<u8> {
    let samples = sound.as_flattened().iter();
    let numbers = samples.map(|sample| (sample * 8_388_608.0) as i32);
    let sound: Vec<u8> = numbers
        .flat_map(|number| number.to_be_bytes()[1..].to_vec())
        .collect();
    let mut about = 2_u16.to_be_bytes().to_vec();
    about.extend((sound.len() as u32 / 6).to_be_bytes());
    about.extend(24_u16.to_be_bytes());
    about.extend(b"\x40\x0E\xBB\x80\0\0\0\0\0\0");
    let chunks = [
        &b"AIFF"[..],
        &high_first(*b"COMM", &about),
        &high_first(*b"SSND", &[&[0; 8], &sound[..]].concat()),
        behind,
    ];
    high_first(*b"FORM", &chunks.concat())
}

/// The same with other lengths: of the file, of its sound in frames, and of its sound in bytes.
fn with_lengths(mut aiff: Vec<u8>, lengths: [Option<u32>; 3]) -> Vec<u8> {
    let places = [4, place(&aiff, b"COMM") + 10, place(&aiff, b"SSND") + 4];
    for (at, length) in places.into_iter().zip(lengths) {
        if let Some(length) = length {
            aiff[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    aiff
}

const OPEN: &str = "its header does not say how long it is";

#[test]
fn an_aiff_that_was_never_finished_is_played_to_the_end_of_its_file() {
    let folder = Folder::new();
    let sound = quantised(&noise(1, 0.5, LENGTH), 24);
    let whole = aiff(&sound, &[]);
    folder.holds(&whole, &sound, &[]);
    for [all, frames, bytes] in [
        [0, 0, 0],
        [0, 0, 8],
        [46, 0, 8],
        [u32::MAX, u32::MAX, u32::MAX],
        [0x7FFF_FFFF, 0x7FFF_FFFF, 0x7FFF_FFFF],
        [0x7F00_002E, 0, 0x7F00_0008],
    ] {
        let file = with_lengths(whole.clone(), [Some(all), Some(frames), Some(bytes)]);
        folder.holds(&file, &sound, &[OPEN]);
        // What else lies there is never heard.
        for behind in [
            high_first(*b"NAME", b"Still water"),
            high_first(*b"ID3 ", &[0x55; 4_001]),
            b"ID3\x04\0 and so on".to_vec(),
        ] {
            let file = [&file[..], &behind].concat();
            assert_eq!(
                fault(&folder.file(&file)),
                DecodeError::Endless.to_string(),
                "{all:x}"
            );
        }
    }
    // One of the lengths is enough.
    for lengths in [
        [Some(0), None, Some(0)],
        [Some(u32::MAX), None, Some(u32::MAX)],
        [Some(0), Some(0), None],
        [Some(0), None, None],
    ] {
        let file = with_lengths(whole.clone(), lengths);
        folder.holds(&file, &sound, &[]);
    }
}

#[test]
fn an_aiff_that_is_cut_off_plays_to_there_and_is_told() {
    let folder = Folder::new();
    let sound = quantised(&noise(2, 0.5, LENGTH), 24);
    let tags = high_first(*b"NAME", b"Still water");
    let whole = aiff(&sound, &tags);
    folder.holds(&whole, &sound, &[]);
    // Within what lies behind the sound.
    folder.holds(&whole[..whole.len() - 5], &sound, &[]);
    let sound_ends = whole.len() - tags.len();
    for missing in [1, 7, 6_000, 30_000, 300_000] {
        let kept = sound[..LENGTH - usize::div_ceil(missing, 6)].to_vec();
        folder.holds(
            &whole[..sound_ends - missing],
            &kept,
            &["it is cut off: it stops at 0:0"],
        );
    }
    // Anywhere, it is played or refused.
    for length in (1..80).chain([1_000, 5_000]) {
        let path = folder.file(&whole[..length]);
        if let Ok(mut decoder) = Decoder::open(&path) {
            let played = rest(&mut decoder);
            assert!(played == sound[..played.len()], "{length}");
            assert!(decoder.damage().ends_early, "{length}");
        }
    }
}

#[test]
fn an_aiff_that_was_written_on_after_its_head_was_is_a_mistake_where_most_would_be_missing() {
    let folder = Folder::new();
    let lies_behind = |bytes: &[u8]| {
        let facts = checked(&folder.file(bytes)).unwrap();
        let mut mistakes = facts.mistakes.iter();
        mistakes.any(|mistake| mistake.contains("lie behind the end"))
    };
    let sound = quantised(&noise(11, 0.5, LENGTH), 24);
    for (told, grave) in [(10_001, true), (47_000, true), (49_000, false)] {
        let head = aiff(&sound[..told], &[]);
        let all = aiff(&sound, &[]);
        let file = [&head[..], &all[head.len()..]].concat();
        assert_eq!(lies_behind(&file), grave, "{told}");
    }
    let about = [
        high_first(*b"(c) ", b"who made it"),
        high_first(*b"NAME", b"a title"),
    ];
    assert!(!lies_behind(&aiff(
        &sound[..101],
        &about.concat().repeat(99)
    )));
}

#[test]
fn wrong_bytes_in_the_head_of_an_aiff_never_break_anything() {
    let folder = Folder::new();
    let whole = aiff(&quantised(&noise(6, 0.5, 3_001), 24), &[]);
    for unfinished in [false, true] {
        let lengths = [Some(0); 3].map(|length| length.filter(|_| unfinished));
        let file = with_lengths(whole.clone(), lengths);
        for at in 0..54 {
            for byte in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut spoilt = file.clone();
                spoilt[at] = byte;
                if let Ok(facts) = checked(&folder.file(&spoilt)) {
                    assert!(facts.frames <= Frames(20_000), "{at}: {byte}");
                }
            }
        }
    }
}

/// FLAC in Ogg with several packets a page, as others write it: 64 KiB, or nearly.
fn on_large_pages(sound: &[Frame]) -> Vec<Page> {
    let mut large: Vec<Page> = Vec::new();
    for (number, page) in ogg_flac(sound, 44_100, 16).into_iter().enumerate() {
        match large.last_mut() {
            Some(before) if number > 2 && before.segments.len() + page.segments.len() <= 255 => {
                before.flags |= page.flags;
                before.ends_at = page.ends_at;
                before.segments.extend(page.segments);
                before.body.extend(page.body);
            }
            _ => large.push(Page {
                number: large.len() as u32,
                ..page
            }),
        }
    }
    large
}

#[test]
fn flac_in_ogg_that_is_cut_off_plays_to_its_last_whole_page() {
    let folder = Folder::new();
    let sound = quantised(&noise(3, 0.5, 200_001), 16);
    let pages = on_large_pages(&sound);
    let whole = file(&pages);
    folder.holds(&whole, &sound, &[]);
    for kept in [whole.len() - 1, whole.len() - 9_000, whole.len() / 2] {
        let path = folder.file(&whole[..kept]);
        let mut decoder = Decoder::open(&path).unwrap();
        let cut = rest(&mut decoder);
        assert!(
            cut.len() > 60_000 && cut[..] == sound[..cut.len()],
            "{kept}"
        );
        assert!(decoder.damage().ends_early, "{kept}");
        let remarks = remarks(&path);
        assert!(remarks[0].starts_with("it is cut off"), "{remarks:?}");
    }
}

/// FLAC as it is written to a pipe: it says neither how long its sound is, nor its sum.
fn to_a_pipe(mut flac: Vec<u8>) -> Vec<u8> {
    flac[21] &= 0xF0;
    flac[22..42].fill(0);
    flac
}

/// So many bytes of anything.
fn junk(seed: u64, count: usize) -> Vec<u8> {
    let samples = noise(seed, 1.0, count.div_ceil(2));
    let bytes = samples.as_flattened().iter();
    bytes
        .map(|sample| (sample * 128.0) as i8 as u8)
        .take(count)
        .collect()
}

#[test]
fn a_flac_that_was_written_to_a_pipe_and_is_cut_off_plays_to_its_last_whole_frame_and_is_told() {
    let folder = Folder::new();
    let sound = quantised(&noise(13, 0.5, LENGTH), 16);
    let bare = std::fs::read(flac(&folder.file(b""), &sound, 48_000, 2, 16)).unwrap();
    let piped = to_a_pipe(bare);
    folder.holds(&piped, &sound, &[]);
    // They begin here, each with its number, and have 4096 of ours.
    let starts: Vec<usize> = (0..LENGTH.div_ceil(4096) as u8)
        .map(|number| {
            let mut heads = piped.windows(5);
            let head = |it: &[u8]| it.starts_with(b"\xFF\xF8") && it[4] == number;
            heads.position(head).unwrap()
        })
        .collect();
    for frame in [1, 9, starts.len() - 1] {
        let kept = &sound[..frame * 4096];
        for torn in [1, 2, 3, 5, 6, 7, 15, 17, 400] {
            let cut = &piped[..starts[frame] + torn];
            folder.holds(cut, kept, &["it is cut off at 0:0"]);
        }
        // Nobody can tell.
        folder.holds(&piped[..starts[frame]], kept, &[]);
    }
    for missing in [1, 2, 3, 400] {
        let kept = &sound[..(starts.len() - 1) * 4096];
        let cut = &piped[..piped.len() - missing];
        folder.holds(cut, kept, &["it is cut off at 0:0"]);
    }
    // A last frame of another sum is none.
    let mut altered = piped.clone();
    altered[piped.len() - 400] ^= 1;
    let kept = &sound[..(starts.len() - 1) * 4096];
    folder.holds(&altered, kept, &["it is cut off at 0:0"]);
}

#[test]
fn two_flac_files_one_behind_the_other_are_not_played_as_the_first_alone() {
    let folder = Folder::new();
    let file = |seed: u64, length: usize| {
        let sound = quantised(&noise(seed, 0.5, length), 16);
        fs::read(flac(&folder.file(b""), &sound, 48_000, 2, 16)).unwrap()
    };
    let (one, same, other) = (file(18, LENGTH), file(19, LENGTH), file(20, 30_011));
    // Of those that are as long one looks like the end of the other.
    for both in [[&one, &other], [&one, &same], [&one, &one], [&other, &one]] {
        let both = both.map(Vec::as_slice).concat();
        assert_eq!(
            fault(&folder.file(&both)),
            DecodeError::OneBehindOther.to_string()
        );
    }
    // The frames alone, as those who copy streams join them.
    for both in [[&one, &other], [&one, &same], [&one, &one], [&other, &one]] {
        let [first, second] = both.map(Vec::as_slice);
        assert_eq!(
            fault(&folder.file(&[first, &second[42..]].concat())),
            DecodeError::OneBehindOther.to_string()
        );
    }
    // One that was begun and then begun again.
    let again = [&one[..one.len() / 10 * 9], &one].concat();
    assert_eq!(
        fault(&folder.file(&again)),
        DecodeError::OneBehindOther.to_string()
    );
}

#[test]
fn what_lies_behind_a_flac_file_is_no_part_of_its_last_frame_whatever_it_is() {
    let folder = Folder::new();
    let part = |flags: u32| {
        let words = [2_000_u32, 32 + 77, 1, flags, 0, 0];
        let words = words.iter().flat_map(|word| word.to_le_bytes());
        let name = b"APETAGEX".iter().copied();
        name.chain(words).collect::<Vec<u8>>()
    };
    let behind = [
        [&b"TAG"[..], &[b' '; 125]].concat(),
        [&[b'x'; 77][..], &part(0)].concat(),
        [&part(0xA000_0000)[..], &[b'x'; 77], &part(0x8000_0000)].concat(),
        b"LYRICSBEGININD0000200[00:00]Still water000046LYRICS200".to_vec(),
        [
            &b"ID3\x04\0\x10\0\0\x01\0"[..],
            &[0x55; 128],
            b"3DI\x04\0\x10\0\0\x01\0",
        ]
        .concat(),
        b"\n".to_vec(),
        b"This file was made by hand.\n".repeat(3_000),
        vec![0; 1],
        vec![0; 200_001],
        vec![0xFF; 70_001],
        junk(14, 1),
        junk(15, 17),
        junk(16, 300_001),
    ];
    for (bits, length) in [(16, LENGTH), (24, 4096 * 9)] {
        let sound = quantised(&noise(12, 0.5, length), bits);
        let bare = std::fs::read(flac(&folder.file(b""), &sound, 48_000, 2, bits as u16)).unwrap();
        let tagged = [b"ID3\x03\0\0\0\0\x01\x49", &[0; 201][..], &bare].concat();
        for file in [&bare, &to_a_pipe(bare.clone()), &tagged] {
            folder.holds(file, &sound, &[]);
            for behind in &behind {
                folder.holds(&[&file[..], behind].concat(), &sound, &[]);
            }
        }
        // Cut off, it is told as ever, and plays to its last whole frame.
        let kept = &sound[..(length - 1) / 4096 * 4096];
        for behind in &behind {
            let cut = [&bare[..bare.len() - 3], behind].concat();
            folder.holds(&cut, kept, &["it is cut off: it stops at 0:0"]);
        }
    }
}

#[test]
fn a_flac_that_goes_on_behind_the_end_that_it_gives_is_played_to_its_end() {
    let folder = Folder::new();
    let sound = quantised(&noise(17, 0.5, LENGTH), 16);
    let mut bare = std::fs::read(flac(&folder.file(b""), &sound, 48_000, 2, 16)).unwrap();
    // A whole number of frames.
    bare[22..26].copy_from_slice(&(4096_u32 * 9).to_be_bytes());
    let played = rest(&mut Decoder::open(&folder.file(&bare)).unwrap());
    assert!(played == sound);
    let remarks = remarks(&folder.file(&bare));
    assert!(
        remarks
            .iter()
            .any(|it| it.contains("though its header says")),
        "{remarks:?}"
    );
}

#[test]
fn what_lies_behind_an_ogg_file_is_no_part_of_it_however_long_it_is() {
    let folder = Folder::new();
    let sound = noise(4, 0.5, 90_001);
    let path = ogg(&folder.file(&[]), &sound, 44_100, 2);
    let vorbis = fs::read(path).unwrap();
    let flac = file(&on_large_pages(&sound));
    let junk = junk(5, 180_000);
    for bytes in [vorbis, flac, fs::read(data("tone.opus")).unwrap()] {
        let expected = rest(&mut Decoder::open(&folder.file(&bytes)).unwrap());
        for behind in [
            &vec![0; 70_001][..],
            &vec![0; 3 << 20],
            &junk,
            &junk[..70_000],
        ] {
            folder.holds(&[&bytes[..], behind].concat(), &expected, &[]);
        }
        // However many pages seem to begin there, it takes no time to tell.
        let path = folder.file(
            &[
                &bytes[..],
                &b"OggS\xFF\xFF\xFF\xFF\xFF\xFF\xFF".repeat(300_000),
            ]
            .concat(),
        );
        let begun = Instant::now();
        assert_eq!(fault(&path), DecodeError::Silent.to_string());
        assert!(begun.elapsed() < Duration::from_secs(10));
        // A page that seems to begin there is none.
        let seeming = [&junk[..66_000], &bytes[..40], &junk].concat();
        folder.holds(&[&bytes[..], &seeming].concat(), &expected, &[]);
    }
}
