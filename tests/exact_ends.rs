//! The first and the last frame of files whose encoders put silence before and behind the sound.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::boxes::{opus, part, parts};
use common::decoded::{data, fault, remarks, rest};
use common::pages::pages;
use common::sounds::{difference, noise, quantised};
use undersong::decode::{Ahead, DecodeError, Decoder, OwnDisk};
use undersong::frame::Frame;
use undersong::time::Frames;

/// A file's frames, and whether it is said to have exact ends.
fn decode(path: &Path) -> (Vec<Frame>, bool) {
    let mut decoder = Decoder::open(path).unwrap();
    let sound = rest(&mut decoder);
    assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
    (sound, decoder.exact_ends())
}

/// Where a box of that kind begins; the last one in the file.
fn place(bytes: &[u8], kind: [u8; 4]) -> usize {
    let found = bytes.windows(4).rposition(|four| *four == kind);
    found.unwrap() - 4
}

/// An M4A file whose bytes a test may change.
struct M4a {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl M4a {
    /// 30,011 frames, with an edit list. Its index is behind its sound.
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            bytes: fs::read(data("aac.m4a")).unwrap(),
        }
    }

    fn without_edits(mut self) -> Self {
        let at = place(&self.bytes, *b"edts");
        self.bytes[at + 4..at + 8].copy_from_slice(b"free");
        self
    }

    /// Overwrites four bytes of the edit list, `at` bytes into it.
    fn edit(mut self, at: usize, number: u32) -> Self {
        let list = place(&self.bytes, *b"elst") + 8 + at;
        self.bytes[list..list + 4].copy_from_slice(&number.to_be_bytes());
        self
    }

    /// With these edits, each its length on the file's clock, where it starts on the track's, and how fast it is.
    fn edits(mut self, edits: &[(u32, i32, u32)]) -> Self {
        let number = edits.len() as u32;
        let mut inside = [[0; 4], number.to_be_bytes()].concat();
        for (length, start, speed) in edits {
            inside.extend(length.to_be_bytes());
            inside.extend(start.to_be_bytes());
            inside.extend(speed.to_be_bytes());
        }
        let list = part(*b"elst", &inside);
        let at = place(&self.bytes, *b"elst");
        let more = (list.len() - 28) as u32;
        self.bytes.splice(at..at + 28, list);
        for kind in [*b"moov", *b"trak", *b"edts"] {
            let at = place(&self.bytes, kind);
            let size = u32::from_be_bytes(*self.bytes[at..].first_chunk().unwrap()) + more;
            self.bytes[at..at + 4].copy_from_slice(&size.to_be_bytes());
        }
        self
    }

    /// With other lengths of its packets, in ticks of its clock.
    fn times(mut self, lengths: &[u32]) -> Self {
        let runs = lengths.iter().flat_map(|length| [1, *length]);
        let inside = [0, lengths.len() as u32].into_iter().chain(runs);
        let inside: Vec<u8> = inside.flat_map(u32::to_be_bytes).collect();
        let at = place(&self.bytes, *b"stts");
        let size =
            |bytes: &[u8], at: usize| u32::from_be_bytes(*bytes[at..].first_chunk().unwrap());
        let old = size(&self.bytes, at);
        let new = inside.len() as u32 + 8;
        for kind in [*b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl"] {
            let at = place(&self.bytes, kind);
            let grown = size(&self.bytes, at) + new - old;
            self.bytes[at..at + 4].copy_from_slice(&grown.to_be_bytes());
        }
        let times = [&new.to_be_bytes()[..], b"stts", &inside].concat();
        self.bytes.splice(at..at + old as usize, times);
        self
    }

    /// With the comment that iTunes writes.
    fn comment(mut self, text: &str) -> Self {
        let inside = [
            part(*b"mean", b"\0\0\0\0com.apple.iTunes"),
            part(*b"name", b"\0\0\0\0iTunSMPB"),
            part(*b"data", &[b"\0\0\0\x01\0\0\0\0", text.as_bytes()].concat()),
        ];
        let tag = part(*b"----", &inside.concat());
        // all of these reach to the end of the file
        for kind in [*b"moov", *b"udta", *b"meta", *b"ilst"] {
            let at = place(&self.bytes, kind);
            let size = (self.bytes.len() - at + tag.len()) as u32;
            self.bytes[at..at + 4].copy_from_slice(&size.to_be_bytes());
        }
        self.bytes.extend(tag);
        self
    }

    fn path(&self) -> PathBuf {
        let path = self.folder.path().join("a.m4a");
        fs::write(&path, &self.bytes).unwrap();
        path
    }
}

#[test]
fn the_edit_list_of_an_m4a_is_kept_to() {
    let (padded, exact) = decode(&M4a::new().without_edits().path());
    assert_eq!((padded.len(), exact), (31_744, false));
    let (sound, exact) = decode(&data("aac.m4a"));
    assert!(exact);
    assert!(sound == padded[1_024..1_024 + 30_011]);

    // its length is in milliseconds; where it is not that of all packets, it counts
    let (shorter, exact) = decode(&M4a::new().edit(8, 500).path());
    assert!(!exact, "milliseconds are too coarse for a join");
    assert!(shorter == sound[..22_050]);
    let (later, exact) = decode(&M4a::new().edit(12, 5_000).path());
    assert!(exact);
    assert!(later == padded[5_000..1_024 + 30_011]);
    let (whole, exact) = decode(&M4a::new().edit(8, 0).path());
    assert!(exact && whole == sound, "no length is all of it");
}

#[test]
fn the_comment_of_itunes_is_kept_to() {
    let (sound, _) = decode(&data("aac.m4a"));
    let text = " 00000000 00000400 000002C5 000000000000753B 00000000";
    let (commented, exact) = decode(&M4a::new().without_edits().comment(text).path());
    assert!(exact && commented == sound);
    for wrong in [
        "",
        " 00000000 00000400",
        " 0 0 0 FFFFFFFFFFFFFFFF",
        " 0 FFFFFFFFFFFFFFFF 0 2",
        " 0 400 0 0",
        "\u{e4} \u{f6} \u{fc} x",
    ] {
        let (padded, exact) = decode(&M4a::new().without_edits().comment(wrong).path());
        assert_eq!((padded.len(), exact), (31_744, false), "{wrong}");
    }
}

/// The usual speed.
const USUAL: u32 = 0x0001_0000;

#[test]
fn what_was_cut_out_of_an_m4a_is_never_heard() {
    let (sound, _) = decode(&data("aac.m4a"));
    for name in ["aac.m4a", "lossless.m4a"] {
        for edits in [
            // without its middle, twice, the later part first, faster, and nothing of it
            &[(30, 1_024, USUAL), (30, 3_500, USUAL)][..],
            &[(60, 1_024, USUAL), (60, 1_024, USUAL)],
            &[(30, 3_500, USUAL), (30, 1_024, USUAL)],
            &[(30, 1_024, USUAL), (20, -1, USUAL), (30, 3_500, USUAL)],
            &[(60, 1_024, 2 * USUAL)],
            &[(60, 40_000, USUAL)],
        ] {
            let mut cut = M4a::new();
            cut.bytes = fs::read(data(name)).unwrap();
            let cut = cut.edits(edits);
            let path = cut.path();
            match Decoder::open_checked(&path, &|| false) {
                Ok(mut decoder) => panic!("{edits:?}: {}", rest(&mut decoder).len()),
                Err(error) => assert_eq!(error, Decoder::open(&path).err().unwrap()),
            }
            let fault = fault(&path);
            assert!(
                fault.contains("was cut in a way that is not played"),
                "{fault}"
            );
            assert!(fault.contains("save it as FLAC"), "{fault}");
        }
    }
    // What only says when the sound begins beside a picture, or that silence follows, cuts nothing.
    let whole = (680, 1_024, USUAL);
    for edits in [&[(700, -1, USUAL), whole][..], &[whole, (700, -1, USUAL)]] {
        let (heard, exact) = decode(&M4a::new().edits(edits).path());
        assert!(exact && heard == sound, "{edits:?}");
    }
    // No edit at all is none.
    let (padded, exact) = decode(&M4a::new().edit(4, 0).path());
    assert_eq!((padded.len(), exact), (31_744, false));
}

#[test]
fn a_cut_that_is_newer_than_the_comment_of_itunes_counts() {
    let (padded, _) = decode(&M4a::new().without_edits().path());
    let text = " 00000000 00000400 000002C5 000000000000753B 00000000";
    let (later, _) = decode(&M4a::new().edit(12, 9_001).comment(text).path());
    assert!(later == padded[9_001..1_024 + 30_011]);
    let (shorter, _) = decode(&M4a::new().edit(8, 500).comment(text).path());
    assert!(shorter == padded[1_024..1_024 + 22_050]);
}

/// The head and the fragments of `fragments.m4a`.
fn in_fragments(bytes: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let parts = parts(bytes);
    let head = parts[..2].iter().flat_map(|(_, part)| *part).copied();
    let fragments = parts[2..]
        .chunks_exact(2)
        .filter(|pair| pair[0].0 == *b"moof");
    let fragments = fragments.map(|pair| [pair[0].1, pair[1].1].concat());
    (head.collect(), fragments.collect())
}

/// Puts them together again, each with something `before` it.
fn together(head: &[u8], before: &[u8], fragments: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    for fragment in fragments {
        bytes.extend(before);
        let mut fragment = fragment.clone();
        // It says where it lies.
        let at = place(&fragment, *b"tfhd") + 16;
        fragment[at..at + 8].copy_from_slice(&(bytes.len() as u64).to_be_bytes());
        bytes.extend(fragment);
    }
    bytes
}

#[test]
fn a_fragment_that_is_missing_or_there_twice_is_not_passed_over() {
    let (head, fragments) = in_fragments(&fs::read(data("fragments.m4a")).unwrap());
    assert_eq!(fragments.len(), 4);
    let mut file = M4a::new();
    for (kept, whole) in [
        (&[0, 1, 2, 3][..], true),
        (&[0, 2, 3], false),
        (&[0, 1, 3], false),
        (&[0, 1, 1, 2, 3], false),
        (&[0, 2, 1, 3], false),
    ] {
        let kept_ones: Vec<_> = kept.iter().map(|at| fragments[*at].clone()).collect();
        file.bytes = together(&head, &[], &kept_ones);
        if whole {
            assert_eq!(decode(&file.path()).0.len(), 31_744);
            assert_eq!(remarks(&file.path()).len(), 1);
            continue;
        }
        let error = Decoder::open_checked(&file.path(), &|| false).err();
        let said = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(
            said.contains("do not follow each other"),
            "{kept:?}: {said}"
        );
        assert!(said.contains("copy it again"), "{said}");
    }
}

#[test]
fn an_index_of_each_fragment_says_nothing_of_the_length_of_all() {
    let (head, fragments) = in_fragments(&fs::read(data("fragments.m4a")).unwrap());
    // One packet that lasts for a tenth of a second.
    let numbers = [0, 1, 44_100, 0, 0, 1, 1_000, 4_410, 0];
    let numbers: Vec<u8> = numbers
        .iter()
        .flat_map(|it: &u32| it.to_be_bytes())
        .collect();
    let index = part(*b"sidx", &numbers);
    let mut file = M4a::new();
    file.bytes = together(&head, &index, &fragments);
    let told = remarks(&file.path());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("exact start and end"), "{told:?}");
    assert_eq!(Decoder::open(&file.path()).unwrap().claimed_length(), None);
    file.bytes.truncate(file.bytes.len() / 2);
    let told = remarks(&file.path());
    assert!(told[0].contains("it is cut off at 0:00; copy"), "{told:?}");
}

/// What was copied from a file whose clock is coarser keeps the times that were rounded there.
#[test]
fn times_that_were_rounded_make_no_holes_in_an_m4a_and_seeking_counts_packets() {
    let (sound, _) = decode(&data("aac.m4a"));
    for (above, below) in [(1_000, 44_100), (90_000, 44_100), (600, 44_100)] {
        let time = |packet: u64| {
            let coarse = (packet * 1_024 * above + below / 3) / below;
            coarse * below / above
        };
        let lengths: Vec<u32> = (0..31)
            .map(|packet| (time(packet + 1) - time(packet)) as u32)
            .collect();
        let m4a = M4a::new().times(&lengths);
        let path = m4a.path();
        let mut decoder = Decoder::open(&path).unwrap();
        let read = rest(&mut decoder);
        assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
        assert!(read.len().abs_diff(sound.len()) < 100, "{}", read.len());
        let same = read.len().min(sound.len());
        assert!(read[..same] == sound[..same], "{above}");
        for to in [20_000, 3, 1_023, 29_000] {
            let mut fresh = Decoder::open(&path).unwrap();
            fresh.seek(Frames(to as u64)).unwrap();
            let off = difference(&rest(&mut fresh), &read[to..]);
            assert!(off <= 1e-3, "from {to}: off by {off}");
        }
    }
}

#[test]
fn seeking_in_an_m4a_counts_from_the_first_frame_that_is_heard() {
    let (sound, _) = decode(&data("aac.m4a"));
    let mut decoder = Decoder::open(&data("aac.m4a")).unwrap();
    for to in [0, 1, 1_023, 1_024, 20_000, 30_010, 30_011, 40_000, 7] {
        decoder.seek(Frames(to as u64)).unwrap();
        let read = rest(&mut decoder);
        let wanted = sound.get(to..).unwrap_or_default();
        let off = difference(&read, wanted);
        assert!(off <= 1e-3, "from {to}: off by {off}");
    }
}

#[test]
fn aac_without_recorded_ends_is_told_apart() {
    for (name, codec) in [
        ("fragments.m4a", "AAC in fragments"),
        ("stream.aac", "AAC stream"),
    ] {
        let mut decoder = Decoder::open(&data(name)).unwrap();
        assert_eq!((decoder.codec(), decoder.exact_ends()), (codec, false));
        assert_eq!(rest(&mut decoder).len(), 31_744, "{name}");
        assert!(decoder.damage().is_none());
        let remarks = remarks(&data(name));
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(remarks[0].contains("exact start and end are not recorded"));
        assert!(remarks[0].contains("convert"), "{remarks:?}");
    }
    assert_eq!(remarks(&data("aac.m4a")), [""; 0]);
}

#[test]
fn opus_in_an_mp4_that_does_not_say_where_it_begins_is_told() {
    let bytes = fs::read(data("tone.opus")).unwrap();
    let mut packets = vec![Vec::new()];
    for page in &pages(&bytes)[2..] {
        let mut body = &page.body[..];
        for segment in &page.segments {
            let (some, behind) = body.split_at(usize::from(*segment));
            packets.last_mut().unwrap().extend(some);
            body = behind;
            if *segment < 255 {
                packets.push(Vec::new());
            }
        }
    }
    packets.pop();
    let mut file = M4a::new();
    file.bytes = opus(&packets);
    let (sound, exact) = decode(&file.path());
    assert_eq!((sound.len(), exact), (960 * packets.len(), false));
    let told = remarks(&file.path());
    assert!(
        told[0].contains("exact start and end are not recorded"),
        "{told:?}"
    );
}

/// The demuxer guesses a length by what some packets weigh.
#[test]
fn a_bare_stream_of_aac_has_no_length_that_it_could_miss() {
    let bytes = fs::read(data("stream.aac")).unwrap();
    let mut packets = Vec::new();
    let mut left = &bytes[..];
    while let [_, _, _, high, middle, low, ..] = *left {
        let size = usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low) >> 5;
        let (packet, behind) = left.split_at(size);
        packets.push(packet);
        left = behind;
    }
    assert_eq!(packets.len(), 31);
    // First what is light, and then all the rest.
    let lightest = *packets.iter().min_by_key(|packet| packet.len()).unwrap();
    let light = lightest.repeat(400);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("light.aac");
    fs::write(&path, [&light[..], &bytes.repeat(20)].concat()).unwrap();
    for path in [path, data("stream.aac")] {
        let mut decoder = Decoder::open(&path).unwrap();
        assert_eq!(decoder.claimed_length(), None);
        rest(&mut decoder);
        assert!(decoder.damage().is_none());
        let remarks = remarks(&path);
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(remarks[0].contains("exact start and end"), "{remarks:?}");
    }
}

#[test]
fn an_m4a_that_is_cut_off_is_found_out() {
    // with its index at the end, or at the start
    for name in ["aac.m4a", "index_first.m4a"] {
        let mut cut = M4a::new();
        cut.bytes = fs::read(data(name)).unwrap();
        cut.bytes.truncate(5_000);
        assert_eq!(Decoder::open(&cut.path()).err(), Some(DecodeError::CutOff));
    }
    let mut cut = M4a::new();
    cut.bytes = fs::read(data("fragments.m4a")).unwrap();
    cut.bytes.truncate(5_000);
    let remarks = remarks(&cut.path());
    assert!(remarks[0].contains("it is cut off"), "{remarks:?}");
}

#[test]
fn a_spoiled_index_never_panics_or_hangs() {
    let whole = M4a::new().comment(" 0 400 2C5 753B");
    let from = place(&whole.bytes, *b"moov");
    for at in (from..whole.bytes.len()).step_by(3) {
        let byte = [0, 1, 0x7F, 0xFF][at % 4];
        let mut spoiled = M4a::new();
        spoiled.bytes.clone_from(&whole.bytes);
        spoiled.bytes[at] = byte;
        let Ok(mut decoder) = Decoder::open(&spoiled.path()) else {
            continue;
        };
        let mut out = Vec::new();
        while out.len() < 10_000_000 && decoder.read(&mut out).unwrap() > 0 {}
        assert!(out.len() < 10_000_000, "byte {at} as {byte}");
    }
}

/// No sum covers a packet of Apple Lossless.
#[test]
fn what_is_spoilt_in_apple_lossless_is_a_hole_and_never_noise() {
    let whole = fs::read(data("quiet.m4a")).unwrap();
    let (sound, _) = decode(&data("quiet.m4a"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spoilt.m4a");
    let begin = place(&whole, *b"mdat") + 8;
    let length = 21_000;
    let loudest = |sound: &[Frame]| {
        let samples = sound.as_flattened().iter();
        samples.fold(0.0, |most: f32, sample| most.max(sample.abs()))
    };
    let most = loudest(&sound);
    let decoded = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let mut decoder = Decoder::open(&path).unwrap();
        let read = rest(&mut decoder);
        assert_eq!(read.len(), sound.len());
        (read, decoder.damage().gaps)
    };
    for at in (7..length).step_by(811) {
        for (count, byte) in [(512, 0), (64, 0), (200, 0xFF), (100, 0x55)] {
            let mut spoilt = whole.clone();
            spoilt[begin + at..begin + at + count].fill(byte);
            let (read, gaps) = decoded(&spoilt);
            assert_eq!(gaps, 1, "{count} of {byte} at {at}");
            assert!(loudest(&read) <= most, "{count} of {byte} at {at}");
        }
    }
    // A bit that stands for a part of one number alone may pass.
    let (mut flips, mut found) = (0, 0);
    for at in (11..length).step_by(97) {
        let mut spoilt = whole.clone();
        spoilt[begin + at] ^= 1 << (at % 8);
        flips += 1;
        found += decoded(&spoilt).1;
    }
    assert!(found > flips / 2, "{found} of {flips}");
}

#[test]
fn lossless_files_of_other_kinds_are_exact_read_ahead_or_not() {
    let sound = quantised(&noise(13, 0.5, 5_001), 16);
    for (name, codec) in [
        ("lossless.m4a", "Apple Lossless"),
        ("big_endian.aiff", "WAV"),
    ] {
        let ahead = Ahead {
            disk: Arc::new(OwnDisk),
            path: data(name),
            frames: Frames(500),
            whole: Frames(5_001),
        };
        for decoder in [Decoder::open(&data(name)), Decoder::open_ahead(ahead)] {
            let mut decoder = decoder.unwrap();
            assert_eq!((decoder.codec(), decoder.exact_ends()), (codec, true));
            assert!(rest(&mut decoder) == sound, "{name}");
            decoder.seek(Frames(1_234)).unwrap();
            assert!(rest(&mut decoder) == sound[1_234..], "{name}");
            assert!(decoder.damage().is_none());
        }
    }
}
