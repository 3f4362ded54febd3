//! What goes wrong is not heard: no silence, no click, nothing too loud.

mod common;

use std::time::Duration;

use common::files::{Wav, flac, wav};
use common::sounds::{noise, sine};
use common::stage::{Stage, cast, play, power, sentences};
use undersong::frame::Frame;
use undersong::player::{Beginning, Player, What, render};
use undersong::time::{Frames, Rate};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;

/// 50 ms windows below -70 dBFS.
fn silences(sound: &[Frame]) -> usize {
    let windows = sound.chunks_exact(RATE.hertz() as usize / 20);
    windows.filter(|window| power(window) < -70.0).count()
}

fn script(tracks: &str) -> String {
    format!(
        "undersong: 1\ntitle: Faults\nmusic: {{ crossfade: 4s, fade-in: 0s, fade-out: 0s }}\n\
         phases: [{{ name: all, length: 40s, playlist: [{tracks}] }}]\n"
    )
}

#[test]
fn the_detector_finds_silence() {
    let mut sound = sine(220.0, -20.0, 48_000, 48_000);
    assert_eq!(silences(&sound), 0);
    sound[20_000..24_800].fill([0.0, 0.0]);
    assert!(silences(&sound) >= 1);
}

#[test]
fn a_file_that_vanished_is_bridged_by_the_bed_and_told() {
    let stage = Stage::new();
    for (seed, name) in [(1, "1"), (2, "2"), (3, "3")] {
        let sound = noise(seed, 0.1, 17 * 48_000 + 5);
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            48_000,
            2,
            Wav::Float,
        );
    }
    let prepared = stage.prepare(&script("1.wav, 2.wav, 3.wav"), RATE);
    std::fs::remove_file(stage.path("2.wav")).unwrap();
    let (mut player, mut engine) = cast(&prepared, Frames::ZERO);
    let mut block = vec![0.0; 4_800 * 2];
    let (mut samples, mut troubles) = (Vec::new(), 0);
    while !player.is_over() {
        let happenings = player.tick();
        let troubled = happenings
            .iter()
            .filter(|h| matches!(h.what, What::Trouble(_)));
        troubles += troubled.count();
        assert!(player.wait_ready(Frames(4_800), Duration::from_secs(30)));
        engine.render(&mut block);
        samples.extend(block.chunks_exact(2).map(|f| [f[0], f[1]]));
    }
    assert_eq!(troubles, 1);
    samples.truncate(prepared.timeline.length.index());
    assert_eq!(silences(&samples[4_800..]), 0);
    for pair in samples[15 * 48_000..28 * 48_000].chunks_exact(2_400) {
        assert!(power(pair) > -60.0, "the bed is too quiet to be heard");
    }
}

/// Whoever hands the music over may hang: the engine knows how far it was looked after.
#[test]
fn where_nobody_looks_after_the_session_the_bed_stands_in() {
    let stage = Stage::new();
    for (seed, name) in [(1, "1"), (2, "2"), (3, "3")] {
        let sound = noise(seed, 0.1, 60 * 48_000 + 5);
        let path = stage.path(&format!("{name}.wav"));
        wav(&path, &sound, 48_000, 2, Wav::Float);
    }
    let script = "undersong: 1\ntitle: Hangs\nmusic: { crossfade: 4s, fade-in: 0s, fade-out: 0s }\nphases:\n\
                  \x20 - { name: music, length: 2m, playlist: [1.wav, 2.wav, 3.wav] }\n\
                  \x20 - { name: silence, length: 1m, music: silence }\n";
    let prepared = stage.prepare(script, RATE);
    let (mut player, mut engine) = cast(&prepared, Frames::ZERO);
    let mut heard = Vec::new();
    let mut block = vec![0.0; 4_800 * 2];
    let mut starved = 0;
    // It hangs from 5 s to 80 s. What begins within 45 s was handed over, and the first piece is over after a minute.
    let hangs = 5 * 48_000..80 * 48_000;
    while heard.len() < 170 * 48_000 {
        if hangs.contains(&heard.len()) {
            // What is handed over is read all the same.
            while player
                .read_ahead()
                .is_some_and(|ahead| ahead < Frames(3 * 48_000))
            {
                std::thread::yield_now();
            }
        } else {
            let happenings = player.tick();
            let dry = happenings
                .iter()
                .filter(|h| matches!(h.what, What::Starved(_)));
            starved += dry.count();
            assert!(player.wait_ready(Frames(4_800), Duration::from_secs(30)));
        }
        engine.render(&mut block);
        heard.extend(block.chunks_exact(2).map(|f| [f[0], f[1]]));
    }
    let level = |seconds: std::ops::Range<usize>| {
        let of = seconds.start * 48_000..seconds.end * 48_000;
        let windows = heard[of].chunks_exact(2_400).map(power);
        windows.fold(f64::INFINITY, f64::min)
    };
    assert!(level(1..59) > -40.0, "the first piece is heard to its end");
    assert_eq!(silences(&heard[48_000..119 * 48_000]), 0);
    assert!(level(61..80) > -60.0, "{}", level(61..80));
    assert!(level(82..118) > -40.0, "the music does not come back");
    assert_eq!(starved, 1);
    assert!(level(121..170) < -100.0, "a silence that is meant is none");
}

/// What a voice has become since it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Whole,
    Cut,
    Spoilt,
    Shorter,
}

/// A short voice, at odd rates and of odd lengths, that is whole or not any more.
#[test]
fn a_voice_that_is_not_whole_any_more_is_left_out_whole_and_told() {
    let script = "undersong: 1\ntitle: Voice\nmusic: { loudness: as-is }\n\
         phases: [{ name: all, length: 12s, music: silence, cues: [{ at: 2s, voice: word }] }]\n";
    for (rate, kind) in [
        (48_000, "flac"),
        (44_100, "flac"),
        (96_000, "flac"),
        (22_050, "wav"),
        (11_025, "wav"),
        (48_000, "wav"),
    ] {
        for became in [Became::Whole, Became::Cut, Became::Spoilt, Became::Shorter] {
            let stage = Stage::new();
            let word = noise(8, 0.2, 4 * rate as usize + 17);
            let path = stage.path(&format!("word.{kind}"));
            let save = |word: &[Frame]| match kind {
                "flac" => flac(&path, word, rate, 1, 16),
                _ => wav(&path, word, rate, 1, Wav::Bits(16)),
            };
            save(&word);
            let prepared = stage.prepare(&script.replace("word", &format!("word.{kind}")), RATE);
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            match became {
                Became::Whole => {}
                Became::Cut => std::fs::write(&path, &bytes[..middle + 1_001]).unwrap(),
                // Nothing in a WAV file tells that it is spoilt.
                Became::Spoilt if kind == "wav" => continue,
                Became::Spoilt => {
                    bytes[middle..middle + 3_000].fill(0xA5);
                    std::fs::write(&path, bytes).unwrap();
                }
                Became::Shorter => drop(save(&word[..word.len() - rate as usize / 50])),
            }
            let (mut player, mut engine) =
                Player::offline(Beginning::new(prepared.written(), Frames::ZERO)).unwrap();
            let mut heard = Vec::new();
            let troubles = render::<std::io::Error>(&mut player, &mut engine, |_, block| {
                heard.extend_from_slice(block);
                Ok(())
            });
            let told: Vec<String> = troubles.unwrap().iter().map(ToString::to_string).collect();
            let sounds = heard.iter().any(|sample| *sample != 0.0);
            let is_whole = became == Became::Whole;
            assert_eq!(sounds, is_whole, "{became:?} {kind} at {rate}: {told:?}");
            assert_eq!(
                told.is_empty(),
                is_whole,
                "{became:?} {kind} at {rate}: {told:?}"
            );
            let words = match became {
                Became::Spoilt => "cannot be decoded any more",
                _ => "shorter than it was",
            };
            assert!(is_whole || told[0].contains(words), "{became:?}: {told:?}");
        }
    }
}

#[test]
fn a_file_with_a_hole_is_not_played() {
    let stage = Stage::new();
    let tone = sine(220.0, -20.0, 48_000, 50 * 48_000);
    let path = flac(&stage.path("1.flac"), &tone, 48_000, 2, 16);
    assert!(stage.try_prepare(&script("1.flac"), RATE).is_ok());
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 3_000] {
        *byte = byte.wrapping_mul(31).wrapping_add(7);
    }
    std::fs::write(&path, bytes).unwrap();
    let mistakes = stage.try_prepare(&script("1.flac"), RATE).unwrap_err();
    assert!(
        sentences(&mistakes).contains("cannot be decoded"),
        "{}",
        sentences(&mistakes)
    );
}

#[test]
fn a_file_that_has_lost_a_good_part_or_is_mere_noise_is_not_played() {
    let stage = Stage::new();
    let noise = noise(4, 0.5, 50 * 48_000);
    let path = wav(&stage.path("1.wav"), &noise, 48_000, 2, Wav::Float);
    let bytes = std::fs::read(&path).unwrap();
    let told = || match stage.try_prepare(&script("1.wav"), RATE) {
        Ok(_) => String::new(),
        Err(mistakes) => sentences(&mistakes),
    };
    assert_eq!(told(), "");
    std::fs::write(&path, &bytes[..bytes.len() * 14 / 100]).unwrap();
    assert!(told().contains("cut off"), "{}", told());
    let mut wild = bytes;
    let head = wild.len() - noise.len() * 8;
    wild[head..].fill(0xFF);
    std::fs::write(&path, &wild).unwrap();
    assert!(told().contains("it would be noise"), "{}", told());
}

#[test]
fn nothing_that_a_file_holds_is_too_loud_or_not_a_number() {
    let stage = Stage::new();
    let mut wild = noise(5, 0.5, 45 * 48_000);
    for (at, frame) in wild.iter_mut().enumerate() {
        *frame = match at % 50_021 {
            7 => [f32::NAN, 0.1],
            8 => [f32::INFINITY, f32::NEG_INFINITY],
            9 => [1.9e6, -1.9e6],
            _ => frame.map(|s| s * 9.0),
        };
    }
    wav(&stage.path("wild.wav"), &wild, 48_000, 2, Wav::Float);
    let as_is = script("wild.wav").replace("crossfade: 4s", "loudness: as-is, crossfade: 4s");
    for script in [script("wild.wav"), as_is] {
        let heard = stage.hear(&script, RATE);
        let loudest = heard.samples().iter().fold(0.0_f32, |loudest, s| {
            assert!(s.is_finite());
            loudest.max(s.abs())
        });
        assert!(loudest <= 0.501_19 + 1e-4, "{loudest}");
    }
}

#[test]
fn beginning_in_the_middle_gives_what_the_whole_would_have_given() {
    let stage = Stage::new();
    for (name, rate) in [("1", 44_100), ("2", 48_000), ("3", 96_000)] {
        let sound = noise(u64::from(rate), 0.1, 17 * rate as usize + 5);
        flac(&stage.path(&format!("{name}.flac")), &sound, rate, 2, 24);
    }
    let prepared = stage.prepare(&script("1.flac, 2.flac, 3.flac"), RATE);
    let whole = play(&prepared, Frames::ZERO).frames();
    for start in [1, 14 * 48_000 + 123, 30 * 48_000 + 7] {
        let rest = play(&prepared, Frames(start)).frames();
        assert_eq!(rest.len(), whole.len() - start as usize);
        assert_eq!(rest[0], [0.0, 0.0], "from silence");
        // Half a second of ramp; then the same, but for where a chord of a fade begins.
        let (rest, whole) = (&rest[24_000..], &whole[start as usize + 24_000..]);
        let off = rest.as_flattened().iter().zip(whole.as_flattened());
        let off = off.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < 1e-6, "{off} from {start}");
    }
}
