//! Whether a file is whole, as the check tells it: cut off, altered, or with pages missing.

mod common;

use std::fs;
use std::path::PathBuf;

use common::decoded::{data, fault, remarks, rest};
use common::files::{flac, ogg, ogg_flac};
use common::pages::{Page, file, pages};
use common::sounds::{noise, quantised};
use undersong::decode::{DecodeError, Decoder};
use undersong::time::Frames;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("any")
    }

    fn remarks(&self, bytes: &[u8]) -> Vec<String> {
        fs::write(self.path(), bytes).unwrap();
        remarks(&self.path())
    }
}

#[test]
fn an_mp3_that_is_shorter_than_its_tag_says_is_cut_off() {
    let folder = Folder::new();
    for name in ["tagged_cbr.mp3", "tagged_mono.mp3"] {
        let whole = fs::read(data(name)).unwrap();
        assert_eq!(folder.remarks(&whole), [""; 0]);
        for kept in [whole.len() / 3, whole.len() * 2 / 3, whole.len() - 700] {
            let remarks = folder.remarks(&whole[..kept]);
            assert_eq!(remarks.len(), 1, "{kept} of {name}: {remarks:?}");
            // Both are of the same second.
            assert!(
                remarks[0].starts_with("it is cut off: it stops at 0:00."),
                "{remarks:?}"
            );
            assert!(remarks[0].contains(", its header says 0:00."));
        }
    }
}

#[test]
fn the_tag_of_another_encoder_counts_the_frames_and_leaves_out_where_they_begin() {
    let folder = Folder::new();
    let mut other = fs::read(data("tagged_cbr.mp3")).unwrap();
    let mut tag = other.windows(4);
    let tag = tag.position(|four| four == b"Info").unwrap();
    let at = tag + 120;
    assert!(other[at..].starts_with(b"Lavc"));
    other[at..at + 4].copy_from_slice(b"GOGO");
    let remarks = folder.remarks(&other);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("exact start and end are not recorded"));
    let sound = rest(&mut Decoder::open(&folder.path()).unwrap());
    assert_eq!(sound.len() % 1152, 0, "nothing is taken away");
    assert!(sound.len() > 30_011);
    let remarks = folder.remarks(&other[..other.len() / 2]);
    assert!(remarks[0].contains("it is cut off"), "{remarks:?}");
}

#[test]
fn an_mp3_without_a_tag_loses_nothing_and_it_is_said_what_can_be_done() {
    let folder = Folder::new();
    let whole = fs::read(data("untagged_vbr.mp3")).unwrap();
    assert_eq!(
        folder.remarks(&whole),
        [
            "its exact start and end are not recorded in the file; a gapless join may be heard; no sound is lost, \
          but for such a join make it anew from what it was made of, best as FLAC"
        ]
    );
    let sound = rest(&mut Decoder::open(&folder.path()).unwrap());
    assert_eq!(sound.len(), 28 * 1152);
}

#[test]
fn an_ogg_file_that_lost_any_page_is_told() {
    let folder = Folder::new();
    let path = ogg(&folder.path(), &noise(41, 0.3, 150_001), 44_100, 2);
    let bytes = fs::read(path).unwrap();
    assert_eq!(folder.remarks(&bytes), [""; 0]);
    let whole = pages(&bytes);
    assert!(whole.len() > 10);
    for page in 2..whole.len() {
        let mut torn = whole.clone();
        torn.remove(page);
        assert_ne!(
            folder.remarks(&file(&torn)),
            [""; 0],
            "page {page} is missing"
        );
    }
    // All behind a page is nothing, up to the last one, which is whole.
    let last = bytes.len() - file(&whole[whole.len() - 1..]).len();
    for from in [last / 2, last * 3 / 4, last - 2_000] {
        let mut spoilt = bytes.clone();
        spoilt[from..last].fill(0x55);
        assert_ne!(folder.remarks(&spoilt), [""; 0], "spoilt from {from} on");
    }
    // What others write behind the last page is no part of it.
    let tagged = [&bytes[..], b"TAG", &[0; 125]].concat();
    assert_eq!(folder.remarks(&tagged), [""; 0]);
}

#[test]
fn a_recording_that_begins_later_on_its_clock_is_whole() {
    let folder = Folder::new();
    let path = ogg(&folder.path(), &noise(42, 0.3, 50_001), 44_100, 2);
    let mut later = pages(&fs::read(path).unwrap());
    let first = later.iter().position(|page| page.ends_at > 0).unwrap();
    for page in &mut later[first..] {
        page.ends_at += 10_000_000;
    }
    assert_eq!(folder.remarks(&file(&later)), [""; 0]);
}

#[test]
fn what_was_altered_is_only_told_where_all_of_it_was_decoded_in_its_turn() {
    let folder = Folder::new();
    let path = flac(&folder.path(), &noise(43, 0.3, 30_001), 44_100, 2, 16);
    let mut bytes = fs::read(&path).unwrap();
    let whole = Decoder::open_checked(&path, &|| false).map(|mut decoder| {
        rest(&mut decoder);
        decoder.flaw(&|| false).unwrap()
    });
    assert_eq!(whole, Ok(None));
    // The sum of the sound lies in the last 16 of the header's 34 bytes, which begin behind the first 8.
    bytes[8 + 18] ^= 1;
    assert!(folder.remarks(&bytes)[0].contains("its checksum differs"));
    let mut decoder = Decoder::open_checked(&path, &|| false).unwrap();
    assert!(
        decoder.flaw(&|| false).unwrap().is_none(),
        "nothing was read yet"
    );
    rest(&mut decoder);
    assert!(decoder.flaw(&|| false).unwrap().is_some());
    // Back to the start and once more: all is decoded again.
    decoder.seek(Frames(0)).unwrap();
    assert!(decoder.flaw(&|| false).unwrap().is_none());
    rest(&mut decoder);
    assert!(
        decoder.flaw(&|| false).unwrap().is_none(),
        "the first frame was decoded to open it"
    );
    // Whole files that were sought are never called altered.
    bytes[8 + 18] ^= 1;
    fs::write(&path, bytes).unwrap();
    let mut decoder = Decoder::open_checked(&path, &|| false).unwrap();
    for to in [10_000, 0, 25_000] {
        decoder.seek(Frames(to)).unwrap();
        rest(&mut decoder);
        assert!(decoder.flaw(&|| false).unwrap().is_none(), "from {to}");
    }
    let mut decoder = Decoder::open(&path).unwrap();
    rest(&mut decoder);
    assert!(
        decoder.flaw(&|| false).unwrap().is_none(),
        "it was not opened to be checked"
    );
}

#[test]
fn an_ogg_file_that_never_ended_is_called_that_and_not_altered() {
    let folder = Folder::new();
    let sound = noise(44, 0.3, 50_001);
    let vorbis = pages(&fs::read(ogg(&folder.path(), &sound, 44_100, 2)).unwrap());
    for mut pages in [vorbis, ogg_flac(&sound, 44_100, 16)] {
        assert_eq!(folder.remarks(&file(&pages)), [""; 0]);
        pages.last_mut().unwrap().flags = 0;
        let remarks = folder.remarks(&file(&pages));
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(remarks[0].contains("cut off"), "{remarks:?}");
        assert!(!remarks[0].contains("checksum"), "{remarks:?}");
    }
}

#[test]
fn flac_in_ogg_loses_nothing_whatever_its_pages_say() {
    let folder = Folder::new();
    let sound = noise(45, 0.3, 150_001);
    let expected = quantised(&sound, 16);
    let whole = ogg_flac(&sound, 44_100, 16);
    for shift in [
        0_u64,
        0_u64.wrapping_sub(100_000),
        0_u64.wrapping_sub(1_000_000),
        777_777,
    ] {
        let mut shifted = whole.clone();
        for page in &mut shifted[2..] {
            page.ends_at = page.ends_at.wrapping_add(shift);
        }
        assert_eq!(folder.remarks(&file(&shifted)), [""; 0], "by {shift}");
        let mut decoder = Decoder::open(&folder.path()).unwrap();
        assert_eq!(decoder.claimed_length(), Some(Frames(150_001)));
        assert!(rest(&mut decoder) == expected, "by {shift}");
        for to in [5_000, 149_000, 0, 99_999] {
            decoder.seek(Frames(to)).unwrap();
            assert!(
                rest(&mut decoder) == expected[to as usize..],
                "by {shift}, from {to}"
            );
        }
    }
    // The first block counts the frames, whatever the pages say.
    let mut fewer = whole.clone();
    fewer.drain(20..30);
    for (number, page) in fewer.iter_mut().enumerate().skip(20) {
        page.number = number as u32;
        page.ends_at -= 10 * 4096;
    }
    let remarks = folder.remarks(&file(&fewer));
    assert!(
        remarks[0].contains("it is cut off: it stops at 0:02, its header says 0:03"),
        "{remarks:?}"
    );
}

#[test]
fn a_picture_that_is_larger_than_any_is_called_what_it_is() {
    let folder = Folder::new();
    let mut pages = ogg_flac(&noise(46, 0.3, 9_001), 44_100, 16);
    let rest = pages.split_off(2);
    let mut large = pages.pop().unwrap();
    (large.segments, large.body) = (vec![255; 255], vec![0x55; 255 * 255]);
    for number in 1..270 {
        let flags = u8::from(number > 1);
        pages.push(Page {
            flags,
            number,
            ..large.clone()
        });
    }
    pages.extend(rest.into_iter().map(|page| Page {
        number: page.number + 268,
        ..page
    }));
    fs::write(folder.path(), file(&pages)).unwrap();
    assert_eq!(fault(&folder.path()), DecodeError::HugeTags.to_string());
}
