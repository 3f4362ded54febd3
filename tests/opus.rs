//! Opus in Ogg: every frame that was encoded, and where it stood.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::decoded::{data, fault, remarks, rest};
use common::pages::{Page, file, pages};
use common::sounds::{difference, mono, noise, sinad, sine};
use undersong::decode::{Ahead, DecodeError, Decoder, OwnDisk};
use undersong::frame::{Frame, SILENCE};
use undersong::time::Frames;

/// What the header of our files has for what comes before the sound, in frames.
const BEFORE: usize = 312;

/// Speech is not quite the same after a seek: its decoder remembers for longer than anybody goes back.
const SPEECH: f32 = 0.01;

fn decode(path: &Path) -> Vec<Frame> {
    let mut decoder = Decoder::open(path).unwrap();
    let sound = rest(&mut decoder);
    assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
    sound
}

/// What `tone.opus` and `word.opus` were made of.
fn original(hertz: f64, seed: u64, frames: usize) -> Vec<Frame> {
    let tone = sine(hertz, -12.0, 48_000, frames);
    let both = tone.into_iter().zip(noise(seed, 0.01, frames));
    both.map(|(tone, noise)| [tone[0] + noise[0], tone[1] * 0.5 + noise[1]])
        .collect()
}

/// A file whose pages a test may change.
struct Ogg {
    folder: tempfile::TempDir,
    pages: Vec<Page>,
}

impl Ogg {
    fn of(names: &[&str]) -> Self {
        let pages = names
            .iter()
            .flat_map(|name| pages(&fs::read(data(name)).unwrap()));
        Self {
            folder: tempfile::tempdir().unwrap(),
            pages: pages.collect(),
        }
    }

    fn tone() -> Self {
        Self::of(&["tone.opus"])
    }

    fn head(&mut self) -> &mut Vec<u8> {
        &mut self.pages[0].body
    }

    fn last(&mut self) -> &mut Page {
        self.pages.last_mut().unwrap()
    }

    fn path(&self) -> PathBuf {
        let path = self.folder.path().join("a.opus");
        fs::write(&path, file(&self.pages)).unwrap();
        path
    }

    fn decode(&self) -> Vec<Frame> {
        decode(&self.path())
    }

    fn remarks(&self) -> String {
        remarks(&self.path()).join("\n")
    }
}

/// The demuxer would seek in them for ever.
#[test]
fn two_sounds_side_by_side_are_refused() {
    let [mut one, mut two] = ["tone.opus", "word.opus"].map(|name| Ogg::of(&[name]).pages);
    for page in &mut two {
        page.stream = one[0].stream.wrapping_add(1);
    }
    // Both begin before either goes on.
    let begins = [one.remove(0), two.remove(0)];
    let both = begins.into_iter().chain(one).chain(two);
    let ogg = Ogg {
        folder: tempfile::tempdir().unwrap(),
        pages: both.collect(),
    };
    let refused = Decoder::open(&ogg.path()).err();
    assert_eq!(refused, Some(DecodeError::SideBySide));
}

#[test]
fn every_frame_that_was_encoded_is_there_as_opusdec_has_it() {
    for (name, frames, channels) in [
        ("tone", 125_003, 2),
        ("word", 70_001, 1),
        ("first_half", 20_003, 2),
    ] {
        let mut decoder = Decoder::open(&data(&format!("{name}.opus"))).unwrap();
        assert_eq!((decoder.codec(), decoder.rate().hertz()), ("Opus", 48_000));
        assert_eq!(decoder.channels(), channels);
        assert_eq!(decoder.claimed_length(), Some(Frames(frames as u64)));
        assert!(decoder.exact_ends());
        let sound = rest(&mut decoder);
        assert_eq!(sound.len(), frames, "{name}");
        assert!(decoder.damage().is_none());
        assert!(channels == 2 || sound == mono(&sound), "{name}");
        let ahead = Ahead {
            disk: Arc::new(OwnDisk),
            path: data(&format!("{name}.opus")),
            frames: Frames(500),
            whole: Frames(frames as u64),
        };
        assert!(rest(&mut Decoder::open_ahead(ahead).unwrap()) == sound);
        if name != "first_half" {
            let recorded = decode(&data(&format!("{name}.opusdec.flac")));
            let off = difference(&sound[..recorded.len()], &recorded);
            assert!(off < 3e-4, "{name} is off by {off}");
        }
    }
}

#[test]
fn each_frame_stands_where_it_stood_before_it_was_encoded() {
    let sound = decode(&data("tone.opus"));
    let original = original(440.0, 21, sound.len());
    let middle = 5_000..120_000;
    let off = |by: usize| {
        difference(
            &sound[middle.start + by..middle.end + by],
            &original[middle.clone()],
        )
    };
    // What is left is the noise that the encoder makes of the noise.
    assert!(off(0) < 0.05, "off by {}", off(0));
    assert!(
        off(1) > off(0) && off(3) > off(0) + 0.01,
        "{} {}",
        off(1),
        off(3)
    );
}

#[test]
fn what_comes_before_the_sound_and_its_gain_are_those_of_the_header() {
    let whole = decode(&data("tone.opus"));
    let mut later = Ogg::tone();
    later.head()[10..12].copy_from_slice(&(BEFORE as u16 + 100).to_le_bytes());
    assert!(later.decode() == whole[100..]);
    for (steps, gain) in [(-1_541_i16, 0.5), (512, 1.258_925)] {
        let mut other = Ogg::tone();
        other.head()[16..18].copy_from_slice(&steps.to_le_bytes());
        let other = other.decode();
        let expected: Vec<Frame> = whole.iter().map(|frame| frame.map(|s| s * gain)).collect();
        let off = difference(&other, &expected);
        assert!(off < 1e-4 && other != whole, "{steps}: off by {off}");
    }
}

#[test]
fn the_last_page_says_where_the_sound_ends() {
    let whole = decode(&data("tone.opus"));
    let mut shorter = Ogg::tone();
    shorter.last().ends_at -= 77;
    let kept = whole.len() - 77;
    assert!(shorter.decode() == whole[..kept]);
    let mut decoder = Decoder::open(&shorter.path()).unwrap();
    decoder.seek(Frames(kept as u64 - 10)).unwrap();
    assert!(rest(&mut decoder) == whole[kept - 10..kept]);
}

#[test]
fn a_stream_without_its_last_page_is_cut_off() {
    let whole = decode(&data("tone.opus"));
    for pages in [1, 3] {
        let mut cut = Ogg::tone();
        cut.pages.truncate(cut.pages.len() - pages);
        let mut decoder = Decoder::open(&cut.path()).unwrap();
        let left = rest(&mut decoder);
        assert!(left.len() < whole.len() && left[..] == whole[..left.len()]);
        assert!(decoder.damage().ends_early);
        assert!(
            cut.remarks().contains("it is cut off at 0:02"),
            "{}",
            cut.remarks()
        );
    }
    // What is there is all there, but for the word that this is the end.
    let mut unsaid = Ogg::tone();
    unsaid.last().flags = 0;
    assert!(
        unsaid.remarks().contains("it is cut off"),
        "{}",
        unsaid.remarks()
    );
    let mut second = Ogg::of(&["tone.opus", "word.opus"]);
    second.pages.pop();
    assert!(
        second.remarks().contains("it is cut off"),
        "{}",
        second.remarks()
    );
}

#[test]
fn pages_that_are_missing_anywhere_are_told() {
    assert_eq!(Ogg::tone().remarks(), "");
    assert_eq!(Ogg::of(&["tone.opus", "word.opus"]).remarks(), "");
    let count = Ogg::tone().pages.len();
    assert!(count > 20);
    for page in 2..count {
        let mut torn = Ogg::tone();
        torn.pages.remove(page);
        assert_ne!(torn.remarks(), "", "page {page} of {count} is missing");
    }
    // All from a page on is there and is nothing.
    let ogg = Ogg::tone();
    let bytes = file(&ogg.pages);
    let path = ogg.folder.path().join("b.opus");
    for kept in [3_000, 9_000, bytes.len() - 700, bytes.len() - 5] {
        let mut spoilt = bytes.clone();
        spoilt[kept..].fill(0x55);
        fs::write(&path, spoilt).unwrap();
        assert_ne!(remarks(&path), [""; 0], "spoilt from {kept} on");
    }
}

#[test]
fn a_recording_that_begins_in_the_middle_of_a_broadcast_is_whole() {
    let mut later = Ogg::tone();
    for page in &mut later.pages[2..] {
        page.ends_at += 90_000_000;
    }
    let whole = decode(&data("tone.opus"));
    assert!(later.decode() == whole);
    assert_eq!(later.remarks(), "");
    let mut decoder = Decoder::open(&later.path()).unwrap();
    assert_eq!(decoder.claimed_length(), Some(Frames(whole.len() as u64)));
    decoder.seek(Frames(100_000)).unwrap();
    assert!(rest(&mut decoder) == whole[100_000..]);
}

#[test]
fn a_chain_plays_on_with_each_streams_own_channels_and_gain() {
    let mut chain = Ogg::of(&["tone.opus", "word.opus", "first_half.opus"]);
    let second = chain
        .pages
        .iter()
        .rposition(|page| page.stream == 2 && page.flags == 2);
    let head = &mut chain.pages[second.unwrap()].body;
    head[16..18].copy_from_slice(&(-1_541_i16).to_le_bytes());
    let [tone, mut word, half] =
        ["tone", "word", "first_half"].map(|name| decode(&data(&format!("{name}.opus"))));
    for frame in &mut word {
        *frame = frame.map(|sample| sample * 0.5);
    }
    let expected = [tone, word, half].concat();
    let sound = chain.decode();
    let off = difference(&sound, &expected);
    assert!(off < 1e-4, "off by {off}");
    let mut decoder = Decoder::open(&chain.path()).unwrap();
    for to in [150_000, 60_000, 196_000] {
        decoder.seek(Frames(to)).unwrap();
        let off = difference(&rest(&mut decoder), &sound[to as usize..]);
        assert!(off < SPEECH, "from {to}: off by {off}");
    }
}

/// A jump leads into either of them.
#[test]
fn two_streams_of_the_same_number_one_behind_the_other_are_refused() {
    let twice = Ogg::of(&["tone.opus", "tone.opus"]);
    assert_eq!(fault(&twice.path()), DecodeError::Twins.to_string());
    let mut other = twice;
    let half = other.pages.len() / 2;
    for page in &mut other.pages[half..] {
        page.stream = 9;
    }
    let whole = other.decode();
    let mut decoder = Decoder::open(&other.path()).unwrap();
    decoder.seek(Frames(200_001)).unwrap();
    assert!(rest(&mut decoder) == whole[200_001..]);
}

#[test]
fn seeking_equals_reading_up_to_there() {
    // Music is the same to the bit.
    for (name, allowed) in [("tone.opus", 0.0), ("word.opus", SPEECH)] {
        let whole = decode(&data(name));
        let mut decoder = Decoder::open(&data(name)).unwrap();
        for to in [
            0, 1, 311, 312, 65_432, 3_000, 69_000, 70_000, 124_999, 200_000,
        ] {
            decoder.seek(Frames(to)).unwrap();
            let wanted = whole.get(to as usize..).unwrap_or_default();
            let off = difference(&rest(&mut decoder), wanted);
            assert!(off <= allowed, "{name} from {to}: off by {off}");
            assert!(decoder.damage().is_none());
        }
    }
}

#[test]
fn two_halves_join_without_a_frame_more_or_less() {
    let halves = ["first_half.opus", "second_half.opus"].map(|name| decode(&data(name)));
    let lengths = [halves[0].len(), halves[1].len()];
    assert_eq!(lengths, [20_003, 20_011]);
    let joined = halves.concat();
    let tone = |sound: &[Frame]| sinad(&sound[12_000..28_000], 441.0, 48_000);
    let joined_well = tone(&joined);
    let late = [&joined[..20_003], &joined[20_002..]].concat();
    let early = [&joined[..20_002], &joined[20_003..]].concat();
    // The ends of a tone are coded less well than its middle, but no worse than that.
    assert!(joined_well > 40.0, "{joined_well} dB");
    assert!(joined_well > tone(&late) + 10.0 && joined_well > tone(&early) + 10.0);
}

#[test]
fn what_follows_a_damaged_page_keeps_its_place() {
    let whole = decode(&data("tone.opus"));
    let mut bytes = file(&Ogg::tone().pages);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2_000].fill(0x55);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.opus");
    fs::write(&path, bytes).unwrap();
    let mut decoder = Decoder::open(&path).unwrap();
    let damaged = rest(&mut decoder);
    let damage = *decoder.damage();
    assert_eq!(damaged.len(), whole.len());
    assert!(damage.gaps == 1 && damage.silenced > Frames(4_000) && !damage.ends_early);
    // The first page behind a lost one carries no time of its own: it stands in the hole, and the silence behind it.
    let spoilt = 125_003 * 4 / 10;
    assert!(damaged[..spoilt] == whole[..spoilt]);
    let behind = damage.first_gap.unwrap().index() + damage.silenced.index();
    let quiet = behind - damage.silenced.index() + 441..behind;
    assert!(damaged[quiet].iter().all(|frame| *frame == SILENCE));
    // The decoder comes to itself within half a second.
    assert!(damaged[behind + 24_000..] == whole[behind + 24_000..]);
    let loudest = damaged
        .as_flattened()
        .iter()
        .fold(0.0, |most: f32, s| most.max(s.abs()));
    assert!(loudest < 0.4, "{loudest}");
}

#[test]
fn more_than_two_channels_are_refused_with_the_usual_sentence() {
    let mut three = Ogg::tone();
    let head = three.head();
    head[9] = 3;
    head[18] = 1;
    head.extend([2, 1, 0, 2, 1]);
    three.pages[0].segments = vec![three.pages[0].body.len() as u8];
    assert_eq!(
        Decoder::open(&three.path()).err(),
        Some(DecodeError::Channels(3))
    );
    // Two that come in one stream, told in the longer way, are two.
    let mut two = Ogg::tone();
    let head = two.head();
    head[18] = 1;
    head.extend([1, 1, 0, 1]);
    two.pages[0].segments = vec![two.pages[0].body.len() as u8];
    assert!(two.decode() == decode(&data("tone.opus")));
}

#[test]
fn kinds_of_opus_that_take_several_decoders_are_called_what_they_are() {
    for (family, channels, mapping) in [
        (1, 2, &[2, 0, 0, 1][..]),
        (255, 2, &[2, 0, 0, 1]),
        (255, 1, &[1, 0, 0]),
        (2, 4, &[4, 0, 0, 1, 2, 3]),
        (3, 4, &[2, 2, 0, 0, 0, 0]),
        (255, 8, &[8, 0, 0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        let mut other = Ogg::tone();
        let head = other.head();
        (head[9], head[18]) = (channels, family);
        head.extend(mapping);
        other.pages[0].segments = vec![other.pages[0].body.len() as u8];
        let expected = match channels {
            3.. => DecodeError::Channels(usize::from(channels)),
            _ => DecodeError::Unsupported("Opus of several streams"),
        };
        assert_eq!(
            Decoder::open(&other.path()).err(),
            Some(expected),
            "{family}"
        );
    }
}

#[test]
fn an_end_at_the_end_of_all_numbers_is_believed_by_nobody() {
    for end in [i64::MIN, i64::MIN + 1, i64::MAX].map(i64::cast_unsigned) {
        for page in [1, 2, 3] {
            let mut ogg = Ogg::tone();
            ogg.pages[page].ends_at = end;
            if let Ok(mut decoder) = Decoder::open(&ogg.path()) {
                let mut sound = Vec::new();
                while decoder.read(&mut sound).unwrap_or(0) > 0 {}
                assert!(sound.len() < 10_000_000);
            }
        }
    }
}

#[test]
fn spoilt_packets_never_panic_or_hang() {
    // The sums are right, so that the decoder gets to see them.
    let mut state = 5_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for round in 0..60 {
        let mut spoilt = Ogg::of(&[["tone.opus", "word.opus"][round % 2]]);
        for _ in 0..=round {
            let page = random(spoilt.pages.len());
            let body = &mut spoilt.pages[page].body;
            let at = random(body.len());
            body[at] = random(256) as u8;
        }
        let Ok(mut decoder) = Decoder::open(&spoilt.path()) else {
            continue;
        };
        let sound = rest(&mut decoder);
        assert!(sound.len() < 1_000_000);
        assert!(sound.as_flattened().iter().all(|sample| sample.is_finite()));
    }
}
