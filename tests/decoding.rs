//! Decoding: every frame of a file, exactly, wherever reading begins.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::decoded::{data, rest};
use common::files::{Wav, flac, flac_by_samples, ogg, ogg_flac, wav};
use common::pages::{Page, file, pages};
use common::sounds::{difference, mono, noise, quantised, sine};
use undersong::decode::{DecodeError, Decoder};
use undersong::frame::{Frame, LOUDEST, SILENCE};
use undersong::time::Frames;

fn decode(path: &Path) -> Vec<Frame> {
    rest(&mut Decoder::open(path).unwrap())
}

/// What is wrong with a file that cannot be opened.
fn refusal(path: &Path) -> DecodeError {
    Decoder::open(path).err().unwrap()
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
fn a_flac_whose_frames_are_counted_by_samples_is_exact_though_they_are_all_as_long() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    let sound = quantised(&noise(8, 0.5, 41_003), 16);
    flac_by_samples(&path, &sound, 44_100);
    let bytes = fs::read(&path).unwrap();
    // With a tag before it, and without; and cut off within a frame.
    let tagged = [&b"ID3\x03\0\0\0\0\0\x14"[..], &[0; 20], &bytes].concat();
    for bytes in [&bytes[..], &tagged] {
        fs::write(&path, bytes).unwrap();
        let mut decoder = Decoder::open_checked(&path, &|| false).unwrap();
        assert!(rest(&mut decoder) == sound);
        assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
        for to in [20_000, 1, 40_999] {
            decoder.seek(Frames(to as u64)).unwrap();
            assert!(rest(&mut decoder) == sound[to..], "from {to}");
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let mut decoder = Decoder::open_checked(&path, &|| false).unwrap();
        let cut = rest(&mut decoder);
        assert!(cut.len() > 10_000 && cut[..] == sound[..cut.len()]);
        assert!(decoder.damage().ends_early);
    }
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
    // Noise that cannot be made shorter lies in the file as it is.
    let sound = noise(12, 0.5, 50_003);
    flac(&path, &sound, 44_100, 1, 24);
    let mut decoder = Decoder::open(&path).unwrap();
    assert!(rest(&mut decoder) == mono(&quantised(&sound, 24)));
    assert!(decoder.damage().is_none());
    assert!(fs::metadata(&path).unwrap().len() < 3 * 50_003 + 500);
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
fn mp3_has_every_frame_and_its_tags() {
    // made by LAME of 30,011 frames; what has no tag keeps the encoder's padding
    for (name, frames, rate, channels, exact) in [
        ("tagged_cbr.mp3", 30_011, 44_100, 2, true),
        ("tagged_mono.mp3", 15_023, 22_050, 1, true),
        ("untagged_vbr.mp3", 32_256, 44_100, 2, false),
        ("aac.m4a", 30_011, 44_100, 2, true),
    ] {
        let mut decoder = Decoder::open(&data(name)).unwrap();
        assert_eq!(decoder.rate().hertz(), rate, "{name}");
        assert_eq!(decoder.channels(), channels, "{name}");
        assert_eq!(decoder.exact_ends(), exact, "{name}");
        let sound = rest(&mut decoder);
        assert_eq!(sound.len(), frames, "{name}");
        assert!(decoder.damage().is_none(), "{name}");
        assert_eq!(channels == 1, sound == mono(&sound), "{name}");
    }
    let decoder = Decoder::open(&data("tagged_cbr.mp3")).unwrap();
    assert_eq!(decoder.codec(), "MP3");
    assert_eq!(decoder.tags().title.as_deref(), Some("Still water"));
    assert_eq!(decoder.tags().artist.as_deref(), Some("Nobody"));
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
        data("tagged_cbr.mp3"),
        data("untagged_vbr.mp3"),
        data("aac.m4a"),
        chained(&folder.path().join("b.ogg"), &sound),
    ];
    for path in files {
        // AAC remembers long, ever less
        let allowed = if path.ends_with("aac.m4a") { 1e-3 } else { 0.0 };
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
            let later = whole.get(to as usize..).unwrap_or_default();
            let read = rest(&mut decoder);
            assert_eq!(read.len(), later.len(), "{} from {to}", path.display());
            let off = difference(&read, later);
            assert!(off <= allowed, "{} from {to}: off by {off}", path.display());
            assert!(decoder.damage().is_none());
        }
        for to in [15_000, 120_000, 20_000, 14_999] {
            // from the middle of the file, not from its end
            decoder.seek(Frames(to)).unwrap();
            let mut some = Vec::new();
            while some.len() < 5_000 && decoder.read(&mut some).unwrap() > 0 {}
            let rest = whole.get(to as usize..).unwrap_or_default();
            assert!(!some.is_empty() || rest.is_empty());
            let off = difference(&some, &rest[..some.len()]);
            assert!(off <= allowed, "{} from {to}: off by {off}", path.display());
        }
    }
}

/// The same file with its sound on as few pages as can be: the last one with so many segments at most, the others full.
fn on_large_pages(bytes: &[u8], last: usize) -> Vec<u8> {
    let mut pages = pages(bytes);
    let sound = pages.iter().position(|page| page.ends_at > 0).unwrap();
    let mut large: Vec<Page> = Vec::new();
    for page in pages.drain(sound..).rev() {
        assert_ne!(
            page.segments.last(),
            Some(&255),
            "a packet ends with its page"
        );
        let room = if large.len() == 1 { last } else { 255 };
        match large.last_mut() {
            Some(later) if later.segments.len() + page.segments.len() <= room => {
                later.segments.splice(..0, page.segments);
                later.body.splice(..0, page.body);
            }
            _ => large.push(page),
        }
    }
    for mut page in large.into_iter().rev() {
        page.number = pages.len() as u32;
        pages.push(page);
    }
    file(&pages)
}

/// The demuxer may go straight to a last page, and then tells the place of what lies on it by its end, where padding lies.
#[test]
fn seeking_into_a_long_last_page_of_vorbis_is_exact() {
    let folder = folder();
    let path = folder.path().join("a.ogg");
    let small = ogg(&path, &noise(14, 0.3, 350_003), 44_100, 2);
    let large = on_large_pages(&fs::read(&small).unwrap(), 190);
    let pages = pages(&large);
    fs::write(&path, large).unwrap();
    let whole = decode(&path);
    assert_eq!(whole.len(), 350_003);
    let begins = pages[pages.len() - 2].ends_at as usize;
    assert!(whole.len() - begins > 30_000, "{begins}");
    let mut decoder = Decoder::open(&path).unwrap();
    for to in [
        250_002,
        240_000,
        begins + 20_000,
        begins + 9_000,
        begins + 3,
        begins - 3,
    ] {
        decoder.seek(Frames(to as u64)).unwrap();
        let later = &whole[to..];
        let read = rest(&mut decoder);
        assert_eq!(read.len(), later.len(), "from {to}");
        let off = difference(&read, later);
        assert!(off == 0.0, "from {to}: off by {off}");
    }
}

/// What is copied out of Matroska, without a change to its sound, keeps the times that it has there: whole milliseconds.
#[test]
fn times_that_were_rounded_to_milliseconds_are_no_holes() {
    let folder = folder();
    let path = folder.path().join("a.ogg");
    let sound = noise(15, 0.3, 400_003);
    let vorbis = fs::read(ogg(&path, &sound, 44_100, 2)).unwrap();
    let flac = file(&ogg_flac(&sound, 44_100, 16));
    for (bytes, rate) in [
        (vorbis, 44_100),
        (flac, 44_100),
        (fs::read(data("tone.opus")).unwrap(), 48_000),
    ] {
        fs::write(&path, &bytes).unwrap();
        let whole = decode(&path);
        for shift in [0, 250, 500] {
            let mut pages = pages(&bytes);
            pages.pop_if(|page| page.ends_at == u64::MAX);
            let last = pages.len() - 1;
            let sound = pages[..last].iter_mut().filter(|page| page.ends_at > 0);
            for page in sound.skip(1) {
                let milliseconds = (page.ends_at * 1_000 + shift * rate / 1_000) / rate;
                page.ends_at = milliseconds * rate / 1_000;
            }
            fs::write(&path, file(&pages)).unwrap();
            let mut decoder = Decoder::open(&path).unwrap();
            let read = rest(&mut decoder);
            // Where it ends is only told to the millisecond.
            assert!(read.len().abs_diff(whole.len()) < 50, "{}", read.len());
            let same = read.len().min(whole.len());
            assert!(read[..same] == whole[..same], "{rate}, {shift}");
            assert!(decoder.damage().is_none(), "{:?}", decoder.damage());
            for to in [90_000, 1, read.len() - 3, 50_001, 123_456] {
                decoder.seek(Frames(to as u64)).unwrap();
                assert!(rest(&mut decoder) == read[to..], "{rate}, to {to}");
                let mut fresh = Decoder::open(&path).unwrap();
                fresh.seek(Frames(to as u64)).unwrap();
                assert!(rest(&mut fresh) == read[to..], "{rate}, fresh to {to}");
            }
        }
    }
}

#[test]
fn a_hole_that_is_too_short_to_die_away_in_makes_no_step() {
    let folder = folder();
    let path = folder.path().join("a.ogg");
    let sound = quantised(&sine(220.0, -9.0, 44_100, 100_003), 16);
    for by in [-400_i64, -230, 230, 300, 440, 600, 881] {
        let mut pages = ogg_flac(&sound, 44_100, 16);
        for page in &mut pages[9..] {
            page.ends_at = page.ends_at.checked_add_signed(by).unwrap();
        }
        fs::write(&path, file(&pages)).unwrap();
        let mut decoder = Decoder::open(&path).unwrap();
        let all = rest(&mut decoder);
        assert_eq!(decoder.damage().silenced, Frames(by.max(0) as u64));
        assert_eq!(Some(all.len()), sound.len().checked_add_signed(by as isize));
        let steps = all.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs());
        let most = steps.fold(0.0, f32::max);
        assert!(most < 0.02, "{by}: {most}");
    }
}

/// A FLAC file with a table of places, of which no sum tells whether it is right.
#[test]
fn a_table_of_places_that_is_wrong_leads_nowhere() {
    let folder = folder();
    let sound = quantised(&noise(16, 0.5, 200_003), 16);
    let path = flac(&folder.path().join("a.flac"), &sound, 44_100, 2, 16);
    let bare = fs::read(&path).unwrap();
    let right = |sample: u64| sample * (bare.len() as u64 - 42) / 200_003;
    let late = |sample: u64| right(sample) + 100_000;
    let backwards = |sample: u64| right(200_003 - sample);
    let far = |sample: u64| right(sample) + (1 << 40);
    let nowhere: [&dyn Fn(u64) -> u64; 4] = [&right, &late, &backwards, &far];
    for offset in nowhere {
        let points = (0..48).flat_map(|number| {
            let sample = number * 4096;
            let place = [sample, offset(sample)].map(u64::to_be_bytes).concat();
            [&place[..], &[16, 0]].concat()
        });
        let points: Vec<u8> = points.collect();
        let mut with = bare.clone();
        with[4] &= 0x7F;
        let size = (points.len() as u32).to_be_bytes();
        let block = [&[0x83], &size[1..], &points].concat();
        with.splice(42..42, block);
        fs::write(&path, with).unwrap();
        for to in [9, 30_000, 99_999, 150_001, 199_999] {
            let mut decoder = Decoder::open(&path).unwrap();
            decoder.seek(Frames(to as u64)).unwrap();
            assert!(rest(&mut decoder) == sound[to..], "to {to}");
        }
    }
}

/// Two Ogg streams, one behind the other, as recorders of radio make them.
fn chained(path: &Path, sound: &[Frame]) -> PathBuf {
    ogg(path, &sound[..70_001], 44_100, 2);
    let mut bytes = fs::read(path).unwrap();
    ogg(path, &sound[70_001..], 44_100, 2);
    bytes.extend(fs::read(path).unwrap());
    fs::write(path, bytes).unwrap();
    path.to_owned()
}

#[test]
fn chained_ogg_plays_on() {
    let folder = folder();
    let sound = noise(5, 0.5, 100_003);
    let path = chained(&folder.path().join("a.ogg"), &sound);
    assert_eq!(decode(&path).len(), sound.len());
    // At another rate it ends there, and is not taken for a file that was cut off.
    let mut bytes = fs::read(&path).unwrap();
    ogg(&path, &sound[..20_001], 48_000, 2);
    bytes.extend(fs::read(&path).unwrap());
    fs::write(&path, bytes).unwrap();
    let mut decoder = Decoder::open(&path).unwrap();
    assert_eq!(rest(&mut decoder).len(), sound.len());
    let damage = decoder.damage();
    assert!(damage.changes && !damage.ends_early && !damage.is_none());
}

/// Spoils some bytes in the middle of a file.
fn spoil(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    for (at, byte) in bytes[middle..middle + 9_000].iter_mut().enumerate() {
        *byte = (at * 37 + 11) as u8;
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_follows_a_damaged_stretch_keeps_its_place() {
    let folder = folder();
    let sound = noise(6, 0.5, 200_003);
    for path in [
        flac(&folder.path().join("a.flac"), &sound, 44_100, 2, 16),
        ogg(&folder.path().join("a.ogg"), &sound, 44_100, 2),
    ] {
        let whole = decode(&path);
        spoil(&path);
        let mut decoder = Decoder::open(&path).unwrap();
        let damaged = rest(&mut decoder);
        let damage = *decoder.damage();
        assert_eq!(damaged.len(), whole.len());
        assert!(damaged[150_000..] == whole[150_000..]);
        // the first page of Ogg behind a lost one carries no time of its own
        if path.extension().is_some_and(|ending| ending == "flac") {
            let hole = damage.first_gap.unwrap().index();
            assert!(damaged[..hole] == whole[..hole]);
            let behind = hole + damage.silenced.index();
            // What sounds before it dies away in it, and what follows comes softly.
            let [died, come] = [hole + 441, behind + 441];
            assert!(damaged[died..behind].iter().all(|frame| *frame == SILENCE));
            assert!(damaged[come..] == whole[come..]);
            let step = |pair: &[Frame]| (pair[1][0] - pair[0][0]).abs();
            let steps = damaged[hole - 1..died].windows(2).map(step);
            assert!(steps.fold(0.0, f32::max) < 0.01, "it is cut off");
            for (at, frame) in damaged[behind..come].iter().enumerate() {
                let most = whole[behind + at][0].abs() * (at as f32 / 250.0).min(1.0);
                assert!(frame[0].abs() <= most + 1e-6, "it comes hard at {at}");
            }
        }
        assert!(damage.gaps == 1 && !damage.ends_early);
        let hole = damage.first_gap.unwrap().index();
        let behind = hole + damage.silenced.index();
        let near = [hole, behind].map(|at| [at - 500, at - 1, at, at + 1, at + 440, at + 441]);
        for to in near.concat().into_iter().chain([99_999, hole + 2_000]) {
            decoder.seek(Frames(to as u64)).unwrap();
            assert!(
                rest(&mut decoder) == damaged[to..],
                "seeking finds the same hole, to {to}"
            );
        }
    }
}

#[test]
fn a_file_that_is_cut_off_plays_to_there_and_is_remembered() {
    let folder = folder();
    let sound = noise(7, 0.5, 200_003);
    for path in [
        wav(
            &folder.path().join("a.wav"),
            &sound,
            44_100,
            2,
            Wav::Bits(16),
        ),
        flac(&folder.path().join("a.flac"), &sound, 44_100, 2, 16),
        ogg(&folder.path().join("a.ogg"), &sound, 44_100, 2),
    ] {
        let whole = decode(&path);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
        let mut decoder = Decoder::open(&path).unwrap();
        let cut = rest(&mut decoder);
        assert!(cut.len() > 100_000 && cut[..] == whole[..cut.len()]);
        assert!(decoder.damage().ends_early, "{}", path.display());
    }
}

#[test]
fn a_file_from_a_pipe_has_no_length_and_no_damage() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let sound = noise(8, 0.5, 5_001);
    wav(&path, &sound, 44_100, 2, Wav::Bits(16));
    let mut bytes = fs::read(&path).unwrap();
    let data = bytes.windows(4).position(|four| four == b"data").unwrap();
    bytes[4..8].fill(0xFF);
    bytes[data + 4..data + 8].fill(0xFF);
    fs::write(&path, bytes).unwrap();
    let mut decoder = Decoder::open(&path).unwrap();
    assert_eq!(rest(&mut decoder).len(), sound.len());
    assert!(decoder.damage().is_none());
}

#[test]
fn wild_samples_are_tamed_and_remembered() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let mut sound = noise(9, 0.5, 5_001);
    sound[100] = [f32::NAN, f32::INFINITY];
    sound[4_000] = [-1e30, LOUDEST];
    wav(&path, &sound, 48_000, 2, Wav::Float);
    let mut decoder = Decoder::open(&path).unwrap();
    let tamed = rest(&mut decoder);
    assert_eq!(tamed[100], [0.0, 0.0]);
    assert_eq!(tamed[4_000], [0.0, LOUDEST]);
    assert_eq!(tamed[4_001], sound[4_001]);
    assert_eq!(decoder.damage().wild, 3);
}

#[test]
fn the_content_decides_not_the_name() {
    let folder = folder();
    let sound = noise(10, 0.5, 5_001);
    let path = flac(&folder.path().join("a.mp3"), &sound, 44_100, 2, 16);
    let mut decoder = Decoder::open(&path).unwrap();
    assert_eq!(decoder.codec(), "FLAC");
    assert_eq!(rest(&mut decoder).len(), sound.len());
}

#[test]
fn what_is_no_sound_is_refused_with_a_sentence() {
    let folder = folder();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(
        refusal(&folder.path().join("none.wav")),
        DecodeError::Missing
    );
    assert_eq!(refusal(folder.path()), DecodeError::Folder);
    assert_eq!(refusal(&file("empty.wav", b"")), DecodeError::Empty);
    assert_eq!(
        refusal(&file("text.flac", b"Let your breath soften.\n")),
        DecodeError::NotAudio
    );
    assert_eq!(
        refusal(&file("zero.mp3", &vec![0; 20_000])),
        DecodeError::NotAudio
    );
    assert_eq!(refusal(Path::new("/dev/zero")), DecodeError::NotAFile);

    let four = hound::WavSpec {
        channels: 4,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let path = folder.path().join("four.wav");
    let mut writer = hound::WavWriter::create(&path, four).unwrap();
    (0..4_000_i16).for_each(|sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
    assert_eq!(refusal(&path), DecodeError::Channels(4));
    let sentence = refusal(&path).at(Path::new("music/four.wav"));
    assert_eq!(
        sentence,
        "music/four.wav has 4 channels; mix it down to two (stereo) or one (mono)"
    );

    let slow = wav(
        &folder.path().join("slow.wav"),
        &noise(1, 0.5, 50),
        100,
        2,
        Wav::Bits(16),
    );
    assert_eq!(refusal(&slow), DecodeError::Rate(100));
}

#[test]
fn spoiled_bytes_anywhere_never_panic_or_hang() {
    let folder = folder();
    let sound = noise(11, 0.5, 9_001);
    let files = [
        wav(
            &folder.path().join("a.wav"),
            &sound,
            44_100,
            2,
            Wav::Bits(16),
        ),
        flac(&folder.path().join("a.flac"), &sound, 44_100, 2, 16),
        ogg(&folder.path().join("a.ogg"), &sound, 44_100, 2),
        data("tagged_cbr.mp3"),
        data("aac.m4a"),
    ];
    let path = folder.path().join("spoiled");
    let mut state = 7_usize;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for round in 0..60 {
            let mut spoiled = bytes.clone();
            // every other time only the header
            let reach = if round % 2 == 0 {
                bytes.len()
            } else {
                bytes.len().min(300)
            };
            for _ in 0..=round % 7 {
                spoiled[random(reach)] = random(256) as u8;
            }
            fs::write(&path, spoiled).unwrap();
            let Ok(mut decoder) = Decoder::open(&path) else {
                continue;
            };
            let (mut out, mut frames) = (Vec::new(), 0);
            while decoder.read(&mut out).unwrap() > 0 {
                frames += out.len();
                out.clear();
            }
            // never more silence than is believed, at the highest rate
            assert!(frames < 1_000_000_000);
        }
    }
}
