//! The library: facts that are right, found out once, kept on disk, and never trusted blindly.

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::chunks::place;
use common::files::{Wav, flac, ogg, wav};
use common::pages::pages;
use common::sounds::{noise, sine};
use undersong::decode::{DecodeError, Decoder};
use undersong::frame::{Frame, SILENCE};
use undersong::level::Decibels;
use undersong::library::{Cache, Facts, Fault, Library, Progress, Watch};
use undersong::time::Frames;

fn scan(paths: &[&Path], cache: &Cache) -> Library {
    Library::scan(paths.iter().map(PathBuf::from), cache, &|_| {})
}

fn facts_of(path: &Path) -> Facts {
    Facts::clone(scan(&[path], &Cache::none()).facts(path).unwrap())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Every file of a cache, however deep.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            found.extend(entries(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}

#[test]
fn loudness_and_peaks_are_those_of_the_standard() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    // a stereo sine of 997 Hz at -20 dBFS is at -20 LUFS
    for (rate, channels) in [(48_000, 2), (44_100, 2), (96_000, 1)] {
        let sound = sine(997.0, -20.0, rate, rate as usize * 7 + 4_321);
        wav(&path, &sound, rate, channels, Wav::Float);
        let facts = facts_of(&path);
        let loudness = facts.loudness.unwrap().0;
        assert!((loudness + 20.0).abs() < 0.05, "{rate}: {loudness}");
        let peak = facts.true_peak.decibels().0;
        assert!((peak + 20.0).abs() < 0.1, "{rate}: {peak}");
        assert_eq!(facts.frames, Frames::from(sound.len()));
        assert_eq!(facts.channels, channels as u8);
        assert_eq!(facts.seconds.len(), 8);
        for second in 0..8 {
            for loudness in [facts.seconds[second], facts.short_term(second).unwrap()] {
                assert!((loudness.0 + 20.0).abs() < 0.1, "{rate}: {loudness}");
            }
        }
        assert_eq!(facts.remarks, [""; 0]);
    }
}

#[test]
fn silence_at_the_ends_is_measured_and_quiet_music_is_none() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let quiet = Decibels(-65.0).gain().0;
    let mut sound = vec![SILENCE; 1_001];
    sound.extend(noise(1, 0.3, 30_000));
    sound.push([quiet, -quiet]);
    sound.extend(vec![SILENCE; 77_777]);
    wav(&path, &sound, 44_100, 2, Wav::Float);
    let facts = facts_of(&path);
    assert_eq!((facts.head, facts.tail), (Frames(1_001), Frames(77_777)));
    assert_eq!(facts.sounding(), Frames(30_001));

    wav(&path, &vec![SILENCE; 5_001], 44_100, 2, Wav::Bits(16));
    let facts = facts_of(&path);
    assert_eq!(facts.sounding(), Frames::ZERO);
    assert_eq!(facts.loudness, None);
    assert_eq!(
        facts.remarks,
        ["it is silent from its beginning to its end"]
    );
}

/// A struck tone of a third of a second came as loud as its file.
#[test]
fn what_is_shorter_than_the_blocks_of_the_gate_is_as_loud_as_it_is() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let of = |frames| {
        wav(
            &path,
            &sine(1_000.0, -9.0, 44_100, frames),
            44_100,
            2,
            Wav::Float,
        );
        facts_of(&path).loudness.unwrap().0
    };
    let long = of(44_100);
    for frames in [5_003, 13_331, 17_639] {
        let short = of(frames);
        assert!((short - long).abs() < 0.5, "{short} {long}");
    }
}

#[test]
fn a_side_on_which_there_is_nothing_is_told() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let sided = |[left, right]: [f32; 2]| {
        let sound = noise(1, 0.3, 30_011).into_iter();
        let sound: Vec<Frame> = sound.map(|[l, r]| [l * left, r * right]).collect();
        wav(&path, &sound, 37_800, 2, Wav::Float);
        facts_of(&path).remarks
    };
    let hiss = Decibels(-45.0).gain().0;
    for (sides, alive) in [([1.0, hiss], "left"), ([0.0, 0.5], "right")] {
        let remarks = sided(sides);
        let only = format!("only its {alive} side holds sound");
        assert!(remarks[0].starts_with(&only), "{remarks:?}");
    }
    for sides in [[1.0, 1.0], [0.02, 1.0]] {
        assert_eq!(sided(sides), [""; 0]);
    }
    // A file in which nothing sounds has no side either.
    let silent = "it is silent from its beginning to its end";
    assert_eq!(sided([1e-4, 0.0]), [silent]);
    // Nor is a constant offset anything that is heard.
    let music = noise(1, 0.3, 30_011).into_iter();
    let sound: Vec<Frame> = music.map(|[left, _]| [left * 0.1, 0.3]).collect();
    wav(&path, &sound, 37_800, 2, Wav::Float);
    let remarks = facts_of(&path).remarks;
    assert!(remarks[0].contains("constant offset"), "{remarks:?}");
    assert!(remarks[1].starts_with("only its left"), "{remarks:?}");
}

#[test]
fn a_side_that_is_gone_for_long_is_told() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let rate = 22_050;
    let gone = |side: usize, from: usize, to: usize| {
        let mut sound = noise(1, 0.3, 45 * rate + 1_003);
        for frame in &mut sound[from * rate / 10..to * rate / 10] {
            frame[side] *= 1e-3;
        }
        wav(&path, &sound, rate as u32, 2, Wav::Float);
        facts_of(&path).remarks
    };
    for (side, alive) in [(0, "right"), (1, "left")] {
        let remarks = gone(side, 195, 405);
        let told = format!("from 0:20 to 0:40 only its {alive} side holds sound");
        assert!(remarks[0].starts_with(&told), "{remarks:?}");
        assert_eq!(remarks.len(), 1);
        assert!(gone(side, 195, 296)[0].starts_with("from 0:20 to 0:29"));
        assert_eq!(gone(side, 195, 285), [""; 0]);
    }
    // To the end of the file.
    let remarks = gone(1, 300, 450);
    assert!(remarks[0].starts_with("from 0:30 to 0:45"), "{remarks:?}");
}

#[test]
fn what_is_prepared_is_prepared_to_its_end_though_nothing_is_compared() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    wav(&path, &noise(1, 0.3, 50_000), 44_100, 2, Wav::Float);
    let parts = std::sync::Mutex::new(Vec::new());
    let told = |progress: undersong::library::Progress| parts.lock().unwrap().push(progress.part());
    let cache = Cache::none();
    let mut library = Library::scan([path], &cache, &told);
    library.compare(Vec::new(), &cache, &told);
    assert_eq!(parts.lock().unwrap().last(), Some(&1.0));
}

#[test]
fn damage_is_said_in_plain_words() {
    let folder = folder();
    let path = flac(
        &folder.path().join("a.flac"),
        &noise(2, 0.5, 600_007),
        44_100,
        2,
        16,
    );
    let mut bytes = fs::read(&path).unwrap();
    let (spoiled, length) = (bytes.len() * 3 / 4, bytes.len());
    bytes[spoiled..spoiled + 50].fill(0x55);
    fs::write(&path, &bytes[..length - length / 8]).unwrap();
    let mistakes = facts_of(&path).mistakes;
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].starts_with("1 stretch at 0:10 cannot be decoded and would be silent"));
    assert!(
        mistakes[1].contains("it stops at 0:11, its header says 0:13"),
        "{mistakes:?}"
    );

    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/untagged_vbr.mp3");
    let remarks = facts_of(&data).remarks;
    assert!(
        remarks[0].contains("exact start and end are not recorded"),
        "{remarks:?}"
    );
}

#[test]
fn a_flac_whose_checksum_differs_is_spoken_of() {
    let folder = folder();
    let sound = noise(12, 0.5, 50_003);
    for (bits, channels) in [(16, 1), (24, 1), (24, 2)] {
        let path = folder.path().join("a.flac");
        flac(&path, &sound, 44_100, channels, bits);
        assert_eq!(facts_of(&path).remarks, [""; 0], "{bits} bits");
        let mut bytes = fs::read(&path).unwrap();
        // the checksum: the last 16 bytes of the first block, behind `fLaC` and its heading of 4
        bytes[4 + 4 + 18] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let remarks = facts_of(&path).remarks;
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(
            remarks[0].contains("its checksum differs")
                && remarks[0].ends_with("copy the file again")
        );
        // none was made
        bytes[8 + 18..8 + 34].fill(0);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(facts_of(&path).remarks, [""; 0], "{bits} bits");
    }
}

#[test]
fn one_bad_file_spoils_no_other() {
    let folder = folder();
    let good = wav(
        &folder.path().join("a.wav"),
        &noise(3, 0.5, 5_001),
        44_100,
        2,
        Wav::Bits(16),
    );
    let bad = folder.path().join("b.wav");
    fs::write(&bad, "no sound").unwrap();
    let missing = folder.path().join("c.wav");
    let library = scan(&[&good, &bad, &missing, folder.path()], &Cache::none());
    assert_eq!(library.facts(&good).unwrap().frames, Frames(5_001));
    assert_eq!(
        library.facts(&bad).unwrap_err(),
        &Fault::Unplayable(DecodeError::NotAudio)
    );
    assert_eq!(
        library.facts(&missing).unwrap_err(),
        &Fault::Unplayable(DecodeError::Missing)
    );
    assert_eq!(
        library.facts(folder.path()).unwrap_err(),
        &Fault::Unplayable(DecodeError::Folder)
    );
    assert_eq!(
        library.facts(Path::new("d.wav")).unwrap_err(),
        &Fault::NotScanned
    );
}

#[test]
fn the_cache_gives_back_what_was_found_out() {
    let (folder, cache_folder) = (folder(), folder());
    let cache = Cache::at(cache_folder.path());
    let path = wav(
        &folder.path().join("a.wav"),
        &noise(4, 0.5, 99_001),
        44_100,
        2,
        Wav::Bits(16),
    );
    let first = Facts::clone(scan(&[&path], &cache).facts(&path).unwrap());
    assert_eq!(entries(cache_folder.path()).len(), 2);
    assert_eq!(**scan(&[&path], &cache).facts(&path).unwrap(), first);

    // a copy is known by its content
    let copy = folder.path().join("b.wav");
    fs::copy(&path, &copy).unwrap();
    assert_eq!(**scan(&[&copy], &cache).facts(&copy).unwrap(), first);
    assert_eq!(entries(cache_folder.path()).len(), 3);
}

/// Puts other facts into the cache, with whatever heading they need, to see whether it is read.
fn forge(cache: &Path) {
    for entry in entries(&cache.join("facts")) {
        let text = fs::read_to_string(&entry).unwrap();
        let (head, body) = text.split_once('\n').unwrap();
        let body = body.replace("\"codec\":\"WAV\"", "\"codec\":\"Forged\"");
        let version = head.rsplit_once(' ').unwrap().0;
        let sum = blake3::hash(body.as_bytes()).to_hex();
        fs::write(&entry, format!("{version} {sum}\n{body}")).unwrap();
    }
}

#[test]
fn an_unchanged_file_is_not_decoded_again_and_a_changed_one_is() {
    let (folder, cache_folder) = (folder(), folder());
    let cache = Cache::at(cache_folder.path());
    let path = folder.path().join("a.wav");
    wav(&path, &noise(5, 0.5, 9_001), 44_100, 2, Wav::Bits(16));
    drop(scan(&[&path], &cache));
    forge(cache_folder.path());
    assert_eq!(scan(&[&path], &cache).facts(&path).unwrap().codec, "Forged");

    // the same size, another content: only its time tells
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    wav(&path, &noise(6, 0.5, 9_001), 44_100, 2, Wav::Bits(16));
    let later = before + std::time::Duration::from_millis(5);
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    assert_eq!(scan(&[&path], &cache).facts(&path).unwrap().codec, "WAV");

    // the same time too, set back by whoever wrote it
    forge(cache_folder.path());
    let before = fs::metadata(&path).unwrap();
    let now = || fs::metadata(&path).unwrap();
    loop {
        wav(&path, &noise(7, 0.5, 9_001), 44_100, 2, Wav::Bits(16));
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
        // a file system's clock is coarse
        if (now().ctime(), now().ctime_nsec()) != (before.ctime(), before.ctime_nsec()) {
            break;
        }
    }
    assert_eq!(now().modified().unwrap(), before.modified().unwrap());
    assert_eq!((now().ino(), now().len()), (before.ino(), before.len()));
    assert_eq!(scan(&[&path], &cache).facts(&path).unwrap().codec, "WAV");
}

#[test]
fn a_file_of_which_much_is_missing_is_a_mistake_and_a_little_is_a_remark() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    for (seconds, missing, grave) in [
        (20, 1, false),
        (20, 3, true),
        (20, 17, true),
        (400, 28, false),
        (400, 32, true),
    ] {
        wav(
            &path,
            &noise(8, 0.5, 8_000 * seconds),
            8_000,
            1,
            Wav::Bits(8),
        );
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - missing * 8_000]).unwrap();
        let facts = facts_of(&path);
        let (told, other) = if grave {
            (facts.mistakes, facts.remarks)
        } else {
            (facts.remarks, facts.mistakes)
        };
        assert_eq!((told.len(), other.len()), (1, 0), "{missing} of {seconds}");
        assert!(
            told[0].starts_with("it is cut off: it stops at "),
            "{told:?}"
        );
    }
}

#[test]
fn a_length_that_no_file_has_is_not_said() {
    let folder = folder();
    let path = folder.path().join("a.flac");
    flac(&path, &noise(9, 0.5, 50_003), 44_100, 1, 16);
    let mut bytes = fs::read(&path).unwrap();
    // the last 36 bits of the first block before its checksum
    bytes[8 + 13] |= 0x0F;
    fs::write(&path, bytes).unwrap();
    let mistakes = facts_of(&path).mistakes;
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    assert!(
        mistakes[0].contains("its header says more than any file holds"),
        "{mistakes:?}"
    );
}

#[test]
fn a_file_that_is_mostly_wild_is_a_mistake() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let wild = [f32::NAN, f32::INFINITY, 1e30, -9.0];
    for (every, grave) in [(2, true), (250, true), (2_500, false)] {
        let mut sound = noise(10, 0.5, 20_001);
        for at in (0..sound.len()).step_by(every) {
            sound[at] = [wild[at % 4]; 2];
        }
        wav(&path, &sound, 44_100, 2, Wav::Float);
        let facts = facts_of(&path);
        assert_eq!(
            (facts.mistakes.len(), facts.remarks.len()),
            if grave { (1, 0) } else { (0, 1) },
            "{every}: {:?} {:?}",
            facts.mistakes,
            facts.remarks
        );
    }
    wav(
        &path,
        &vec![[f32::NAN, 1e30]; 20_001],
        44_100,
        2,
        Wav::Float,
    );
    let mistakes = facts_of(&path).mistakes;
    assert!(
        mistakes[0].starts_with("100.0 % of its samples"),
        "{mistakes:?}"
    );
}

#[test]
fn a_constant_offset_is_no_sound() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let with = |sound: Vec<Frame>, offset: Frame| {
        let shift = |frame: Frame| [frame[0] + offset[0], frame[1] + offset[1]];
        let sound: Vec<Frame> = sound.into_iter().map(shift).collect();
        wav(&path, &sound, 44_100, 2, Wav::Float);
        facts_of(&path).mistakes
    };
    let told = |mistakes: Vec<String>| {
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(mistakes[0].contains("constant offset"), "{mistakes:?}");
    };
    let seconds = 3 * 44_100;
    told(with(vec![SILENCE; seconds], [0.5, 0.5]));
    told(with(vec![SILENCE; seconds], [0.01, -0.01]));
    told(with(noise(11, 0.001, seconds), [0.3, 0.3]));
    // A wave that is too slow for ears is no more of a sound.
    for (hertz, level) in [
        (0.05, -6.0),
        (0.5, -6.0),
        (0.5, -40.0),
        (2.0, -1.0),
        (6.0, -6.0),
        (12.0, -6.0),
        (15.0, -20.0),
        (18.0, -3.0),
        (20.0, -6.0),
    ] {
        told(with(sine(hertz, level, 44_100, 20 * 44_100), SILENCE));
    }
    told(with(sine(0.5, -9.0, 44_100, 20 * 44_100), [0.3, 0.3]));
    // Music that stands a little aside is music, and so is what is very low.
    assert_eq!(with(noise(11, 0.1, seconds), [0.1, 0.1]), [""; 0]);
    for pitch in [22.0, 25.0, 27.5, 30.0, 41.2] {
        let low = sine(pitch, -20.0, 44_100, seconds);
        assert_eq!(with(low.clone(), SILENCE), [""; 0], "{pitch} Hz");
        assert_eq!(with(low, [0.05, 0.05]), [""; 0], "{pitch} Hz");
    }
    assert_eq!(with(noise(11, 0.000_2, seconds), SILENCE), [""; 0]);
    let mut rumbling = sine(0.5, -20.0, 44_100, seconds);
    for (frame, heard) in rumbling.iter_mut().zip(noise(11, 0.05, seconds)) {
        *frame = [frame[0] + heard[0], frame[1] + heard[1]];
    }
    assert_eq!(with(rumbling, SILENCE), [""; 0]);
}

/// A pedal of an organ: each partial has so many decibels.
fn pedal(pitch: f64, partials: &[f64], rate: u32, frames: usize) -> Vec<Frame> {
    let partials = (1..).zip(partials);
    let tones =
        partials.map(|(partial, level)| sine(pitch * f64::from(partial), *level, rate, frames));
    let sum = |sum: Vec<Frame>, tone: Vec<Frame>| {
        let both = sum.iter().zip(tone);
        both.map(|(sum, tone)| [sum[0] + tone[0], sum[1] + tone[1]])
            .collect()
    };
    tones.fold(vec![SILENCE; frames], sum)
}

#[test]
fn what_is_felt_and_not_heard_is_no_music_and_a_pedal_of_an_organ_is() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    for rate in [22_050, 48_000, 96_000] {
        let frames = 4 * rate as usize + 77;
        for (partials, heard) in [
            (&[-6.0][..], false),
            (&[-6.0, -45.0, -50.0], false),
            (&[-6.0, -20.0, -30.0], true),
            (&[-12.0, -14.0, -18.0, -24.0], true),
        ] {
            wav(
                &path,
                &pedal(16.35, partials, rate, frames),
                rate,
                2,
                Wav::Float,
            );
            let Facts {
                mistakes, remarks, ..
            } = facts_of(&path);
            assert_eq!(remarks, [""; 0], "{partials:?} at {rate} Hz");
            assert_eq!(mistakes.is_empty(), heard, "{partials:?} at {rate} Hz");
        }
    }
}

#[test]
fn what_is_too_slow_to_be_heard_is_told_where_it_takes_room_from_the_music() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let told = |music: &[Frame], slow: &[Frame], offset: f32, rate: u32| {
        let both = music.iter().zip(slow);
        let sound: Vec<Frame> = both
            .map(|(music, slow)| [music[0] + slow[0] + offset, music[1] + slow[1]])
            .collect();
        wav(&path, &sound, rate, 2, Wav::Float);
        let Facts {
            mistakes, remarks, ..
        } = facts_of(&path);
        assert_eq!(mistakes, [""; 0]);
        ["constant offset", "waves too slow"].map(|what| {
            remarks
                .iter()
                .filter(|remark| remark.contains(what))
                .count()
        })
    };
    for rate in [22_050, 44_100, 96_000] {
        let frames = 7 * rate as usize + 1_001;
        let (loud, quiet) = (noise(31, 0.4, frames), noise(32, 0.012, frames));
        let nothing = vec![SILENCE; frames];
        for (offset, is_told) in [(0.0, 0), (0.008, 0), (-0.012, 1), (0.1, 1)] {
            assert_eq!(
                told(&loud, &nothing, offset, rate),
                [is_told, 0],
                "{offset}"
            );
        }
        assert_eq!(told(&quiet, &nothing, 0.008, rate), [1, 0]);
        assert_eq!(told(&quiet, &nothing, 0.003, rate), [0, 0]);
        for (hertz, level, is_told) in [
            (0.3, -9.0, 1),
            (3.0, -9.0, 1),
            (10.0, -6.0, 1),
            (3.0, -30.0, 0),
            (10.0, -30.0, 0),
            // The lowest pipe of an organ.
            (16.35, -3.0, 0),
        ] {
            let slow = sine(hertz, level, rate, frames);
            assert_eq!(told(&loud, &slow, 0.0, rate), [0, is_told], "{hertz} Hz");
        }
        assert_eq!(
            told(&loud, &sine(3.0, -9.0, rate, frames), 0.1, rate),
            [1, 1]
        );
        // Of a word or a chime it cannot be told, unless it stands well aside.
        let short = &loud[..rate as usize / 2];
        assert_eq!(told(short, &nothing, 0.012, rate), [0, 0]);
        assert_eq!(told(short, &nothing, 0.3, rate), [1, 0]);
        // A blow on the table, which is over.
        let mut blow = nothing.clone();
        let length = rate as usize / 8;
        for (at, frame) in blow[rate as usize..][..length].iter_mut().enumerate() {
            let rise = std::f32::consts::PI * at as f32 / length as f32;
            *frame = [0.4 * rise.sin(); 2];
        }
        assert_eq!(told(&loud, &blow, 0.0, rate), [0, 0]);
    }
}

#[test]
fn damaged_entries_are_found_out_anew() {
    let (folder, cache_folder) = (folder(), folder());
    let cache = Cache::at(cache_folder.path());
    let path = wav(
        &folder.path().join("a.wav"),
        &noise(7, 0.5, 9_001),
        44_100,
        2,
        Wav::Bits(16),
    );
    let facts = Facts::clone(scan(&[&path], &cache).facts(&path).unwrap());
    let spoilt: [fn(Vec<u8>) -> Vec<u8>; 6] = [
        |_| Vec::new(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| [&bytes[..bytes.len() - 9], b"7"].concat(),
        |_| b"undersong library 0 abc\n{}".to_vec(),
        |_| vec![0xFF; 5_000],
        // still JSON, but not what was written
        |bytes| {
            String::from_utf8(bytes)
                .unwrap()
                .replace("WAV", "WAX")
                .into_bytes()
        },
    ];
    for spoil in spoilt {
        for entry in entries(cache_folder.path()) {
            fs::write(&entry, spoil(fs::read(&entry).unwrap())).unwrap();
        }
        assert_eq!(**scan(&[&path], &cache).facts(&path).unwrap(), facts);
        forge(cache_folder.path());
        assert_eq!(
            scan(&[&path], &cache).facts(&path).unwrap().codec,
            "Forged",
            "rebuilt"
        );
        for entry in entries(cache_folder.path()) {
            fs::remove_file(entry).unwrap();
        }
        drop(scan(&[&path], &cache));
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_no_error() {
    let folder = folder();
    let path = wav(
        &folder.path().join("a.wav"),
        &noise(8, 0.5, 9_001),
        44_100,
        2,
        Wav::Bits(16),
    );
    // a file stands where the folder should be
    let cache = Cache::at(&path);
    assert!(scan(&[&path], &cache).facts(&path).is_ok());
}

#[test]
fn many_readers_and_writers_share_a_cache() {
    let (folder, cache_folder) = (folder(), folder());
    let paths: Vec<PathBuf> = (0..9_u32)
        .map(|at| {
            let sound = noise(u64::from(at), 0.5, 3_001);
            wav(
                &folder.path().join(format!("{at}.wav")),
                &sound,
                44_100,
                2,
                Wav::Bits(16),
            )
        })
        .collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let cache = Cache::at(cache_folder.path());
                for _ in 0..5 {
                    let library = scan(&paths, &cache);
                    assert!(paths.iter().all(|path| library.facts(path).is_ok()));
                    for entry in entries(cache_folder.path()) {
                        if !entry
                            .file_name()
                            .unwrap()
                            .to_string_lossy()
                            .starts_with('.')
                        {
                            fs::write(&entry, "half").unwrap();
                        }
                    }
                }
            });
        }
    });
    let strays = entries(cache_folder.path()).len();
    assert_eq!(strays, 2 * paths.len(), "no temporary file stays behind");
}

#[test]
fn progress_reaches_its_end_once() {
    let folder = folder();
    let path = wav(
        &folder.path().join("a.wav"),
        &noise(9, 0.5, 90_001),
        44_100,
        2,
        Wav::Bits(16),
    );
    let other = wav(
        &folder.path().join("b.wav"),
        &noise(10, 0.5, 901),
        44_100,
        2,
        Wav::Bits(16),
    );
    let seen = Mutex::new(Vec::new());
    let paths = [&path, &other, &path].map(Clone::clone);
    let library = Library::scan(paths, &Cache::none(), &|progress: Progress| {
        let Progress::Files {
            files,
            all_files,
            bytes,
            all_bytes,
        } = progress
        else {
            panic!("{progress:?}")
        };
        seen.lock()
            .unwrap()
            .push((files, all_files, bytes, all_bytes));
    });
    assert!(library.facts(&path).is_ok() && library.facts(&other).is_ok());
    let seen = seen.into_inner().unwrap();
    let mut counts: Vec<usize> = seen.iter().map(|(files, ..)| *files).collect();
    counts.dedup();
    assert_eq!(counts, [0, 1, 2]);
    // Of a long file it is told how far it is within it.
    assert!(
        seen.is_sorted_by_key(|(.., bytes, _)| *bytes) && seen.len() > 20,
        "{seen:?}"
    );
    let (files, all_files, bytes, all_bytes) = *seen.last().unwrap();
    assert_eq!((files, bytes), (all_files, all_bytes));
}

/// Calls off after it was asked so often.
struct Patience(AtomicUsize);

impl Watch for Patience {
    fn tell(&self, _: Progress) {}
    fn is_called_off(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) == 0
    }
}

#[test]
fn what_is_called_off_is_left_within_a_file() {
    let (folder, cache_folder) = (folder(), folder());
    let cache = Cache::at(cache_folder.path());
    let path = folder.path().join("a.wav");
    wav(&path, &noise(12, 0.5, 300_001), 44_100, 2, Wav::Bits(16));
    // Of 1.2 MB the hash takes 5 looks or more, and the sound some hundred.
    for looks in [0, 3, 40, 200] {
        let patience = Patience(AtomicUsize::new(looks));
        let library = Library::scan([path.clone()], &cache, &patience);
        assert_eq!(library.facts(&path), Err(&Fault::CalledOff), "{looks}");
    }
    assert!(entries(cache_folder.path()).is_empty(), "nothing is kept");
    assert!(scan(&[&path], &cache).facts(&path).is_ok());
}

#[test]
fn what_is_changed_while_it_is_listened_to_is_not_known() {
    let (folder, cache_folder) = (folder(), folder());
    let cache = Cache::at(cache_folder.path());
    let path = folder.path().join("a.wav");
    wav(&path, &noise(12, 0.5, 300_001), 44_100, 2, Wav::Bits(16));
    let other = folder.path().join("other.wav");
    wav(&other, &noise(14, 0.5, 44_100), 44_100, 2, Wav::Bits(16));
    let half = |progress: Progress| {
        if (0.4..0.6).contains(&progress.part()) {
            let _ = fs::rename(&other, &path);
        }
    };
    let library = Library::scan([path.clone()], &cache, &half);
    assert_eq!(library.facts(&path), Err(&Fault::Changed));
    let library = scan(&[&path], &cache);
    assert_eq!(library.facts(&path).unwrap().frames, Frames(44_100));
}

/// Counts how often it is asked.
struct Counting(AtomicUsize);

impl Watch for Counting {
    fn tell(&self, _: Progress) {}
    fn is_called_off(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        false
    }
}

#[test]
fn what_is_read_whole_beside_the_sound_can_be_called_off_too() {
    let folder = folder();
    let sound = noise(13, 0.5, 400_001);
    let asked = |path: &Path| {
        let counting = Counting(AtomicUsize::new(0));
        let library = Library::scan([path.to_owned()], &Cache::none(), &counting);
        assert!(library.facts(path).is_ok());
        counting.0.into_inner()
    };
    let stays_off = |path: &Path, looks: usize| {
        for looks in (0..looks).step_by(7) {
            let patience = Patience(AtomicUsize::new(looks));
            let library = Library::scan([path.to_owned()], &Cache::none(), &patience);
            assert_eq!(library.facts(path), Err(&Fault::CalledOff), "{looks}");
        }
    };
    // A sound of unknown length is looked through for what else may lie there: 1.6 MB, 64 KiB at a time.
    let path = folder.path().join("a.wav");
    wav(&path, &sound, 44_100, 2, Wav::Bits(16));
    let told = asked(&path);
    let mut bytes = fs::read(&path).unwrap();
    let data = place(&bytes, b"data") + 4..place(&bytes, b"data") + 8;
    bytes[data.clone()].fill(0xFF);
    fs::write(&path, &bytes).unwrap();
    let unknown = asked(&path);
    assert!(unknown >= told + 24, "{unknown}, {told}");
    stays_off(&path, unknown.min(60));
    // So is what lies behind a sound, for whether it is nothing.
    bytes[data].copy_from_slice(&1_600_004_u32.to_le_bytes());
    bytes.resize(bytes.len() + (4 << 20), 0);
    fs::write(&path, &bytes).unwrap();
    let behind = asked(&path);
    assert!(behind >= told + 64, "{behind}, {told}");
    // The pages of an Ogg file are summed up once it was played: one without a sum at its end was not looked at.
    let path = folder.path().join("a.ogg");
    ogg(&path, &sound, 44_100, 2);
    let pages = pages(&fs::read(&path).unwrap()).len();
    let mut decoder = Decoder::open(&path).unwrap();
    let (mut reads, mut frames) = (0, Vec::new());
    while decoder.read(&mut frames).unwrap() > 0 {
        reads += 1;
        frames.clear();
    }
    let whole = asked(&path);
    assert!(whole >= reads + pages, "{whole}, {reads}, {pages}");
    let patience = Patience(AtomicUsize::new(whole - 2));
    let library = Library::scan([path.clone()], &Cache::none(), &patience);
    assert_eq!(library.facts(&path), Err(&Fault::CalledOff));
}

#[test]
fn a_title_without_end_is_cut() {
    let folder = folder();
    let path = folder.path().join("a.flac");
    flac(&path, &noise(14, 0.5, 5_001), 44_100, 2, 16);
    let bytes = fs::read(&path).unwrap();
    // A block of tags behind the first one, which is the last one no more.
    let fields =
        ["TITLE=", "ARTIST="].map(|name| format!("{name}{}", "Still wäter ".repeat(50_000)));
    let mut tags = [0_u32, 2].map(u32::to_le_bytes).concat();
    for field in fields {
        tags.extend((field.len() as u32).to_le_bytes());
        tags.extend(field.as_bytes());
    }
    let (first, sound) = bytes.split_at(4 + 4 + 34);
    let mut first = first.to_vec();
    first[4] &= 0x7F;
    let mut heading = (tags.len() as u32).to_be_bytes();
    heading[0] = 0x84;
    fs::write(&path, [&first[..], &heading, &tags, sound].concat()).unwrap();
    let facts = facts_of(&path);
    for name in [facts.title.unwrap(), facts.artist.unwrap()] {
        assert_eq!(name.chars().count(), 200);
        assert!(
            name.starts_with("Still wäter Still") && name.ends_with('…'),
            "{name}"
        );
    }
}
