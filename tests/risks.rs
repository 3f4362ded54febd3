//! The risks of a session that only its samples can answer for, each by its number: R1 abrupt silence, R2 a click, R3 too
//! loud, R12 a corrupt track, R17 a hostile script.

mod common;
mod room;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use common::dice::Dice;
use common::ears::{Ears, Expected};
use common::files::{Wav, flac, ogg, wav};
use common::judge::true_peak;
use common::pool::music;
use common::rot::{Rot, rot};
use common::sounds::sine;
use common::stage::{Stage, play, power, sentences};
use common::world::Weather;
use common::worlds::{Worlds, rate};
use room::{Room, cue, phase};
use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::time::{Frames, Rate};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;
const NEVER: f64 = f64::INFINITY;

/// -6 dBFS and 0.2 dB, linear.
const CEILING: f64 = 0.501_19 * 1.023_3;

#[test]
fn r1_no_disk_no_loss_and_no_kill_makes_50_ms_of_silence() {
    let worlds = Worlds::new();
    let weather = Weather {
        changes: NEVER,
        stalls: 45.0,
        papers: NEVER,
        losses: 50.0,
        kills: 70.0,
    };
    let (mut judged, mut stalls, mut kills, mut losses) = (0, 0, 0, 0);
    for seed in 1..=8 {
        let story = worlds.play(seed, 5.0, weather);
        assert!(story.faults.is_empty(), "SEED={seed} {:#?}", story.faults);
        judged += story.judged;
        stalls += story.stalls;
        kills += story.kills;
        losses += story.losses;
    }
    println!("{judged} windows of 50 ms, {stalls} stalls, {kills} kills, {losses} losses");
    assert!(judged > 10_000 && stalls > 10 && kills > 10 && losses > 10);
}

#[test]
fn r2_ten_thousand_commands_make_no_step() {
    let worlds = Worlds::new();
    let weather = Weather {
        changes: 0.3,
        stalls: NEVER,
        papers: NEVER,
        losses: NEVER,
        kills: NEVER,
    };
    let mut seed = 0;
    let mut commands = 0;
    while commands < 10_000 {
        seed += 1;
        let story = worlds.play(seed, 6.0, weather);
        assert!(story.faults.is_empty(), "SEED={seed} {:#?}", story.faults);
        commands += story.changes;
        assert!(seed < 200, "hardly any command is taken: {commands}");
    }
    println!("{commands} commands in {seed} sessions");
}

#[test]
fn r2_the_ears_hear_a_step_of_minus_60_decibels() {
    let tone = sine(50.0, -20.0, 8_000, 16_000);
    let mut four: Vec<f32> = tone
        .iter()
        .flat_map(|frame| [frame[0], frame[1], frame[0], frame[1]])
        .collect();
    let hear = |sound: &[f32]| {
        let mut ears = Ears::new(rate());
        ears.hear(Frames::ZERO, sound, Expected::default());
        ears.faults.len()
    };
    let clean = hear(&four);
    for sample in &mut four[4 * 9_001 + 1..].chunks_mut(4) {
        sample[0] += 0.0013;
    }
    assert!(hear(&four) > clean);
}

/// What is loud, by name: what a person may own, and what no file should hold.
fn loud() -> Vec<(&'static str, Vec<Frame>)> {
    let frames = 14 * 48_000;
    let at_quarter = |at: usize| [[0.99; 2], [0.99; 2], [-0.99; 2], [-0.99; 2]][at % 4];
    let wild = |at: usize, frame: Frame| match at % 50_021 {
        7 => [f32::NAN, 0.1],
        8 => [f32::INFINITY, f32::NEG_INFINITY],
        9 => [1.9e6, -1.9e6],
        _ => frame,
    };
    let clipped = music(3, 0.9, frames)
        .into_iter()
        .map(|f| f.map(|s| (s * 9.0).clamp(-1.0, 1.0)));
    vec![
        (
            "square",
            (0..frames)
                .map(|at| if at % 441 < 220 { [1.0; 2] } else { [-1.0; 2] })
                .collect(),
        ),
        ("quarter", (0..frames).map(at_quarter).collect()),
        ("tone", sine(997.0, 0.0, 48_000, frames)),
        ("high", sine(15_001.0, 0.0, 48_000, frames)),
        (
            "impulses",
            (0..frames)
                .map(|at| {
                    if at % 4_801 == 0 {
                        [1.0, -1.0]
                    } else {
                        [0.0; 2]
                    }
                })
                .collect(),
        ),
        ("clipped noise", clipped.collect()),
        (
            "wild",
            music(5, 0.4, frames)
                .into_iter()
                .enumerate()
                .map(|(at, f)| wild(at, f))
                .collect(),
        ),
        ("beyond", music(7, 3.0, frames)),
    ]
}

#[test]
fn r3_nothing_at_any_input_is_too_loud_or_no_number() {
    let stage = Stage::new();
    let beyond = music(9, 4.0, 48_000);
    wav(&stage.path("short.wav"), &beyond, 48_000, 2, Wav::Float);
    let mut loudest = 0.0_f64;
    for (name, sound) in loud() {
        wav(&stage.path("loud.wav"), &sound, 48_000, 2, Wav::Float);
        // As music, as a cue from memory, as one that is streamed, as the bed, and as all of them at once.
        wav(
            &stage.path("long.wav"),
            &sound.repeat(2),
            48_000,
            2,
            Wav::Float,
        );
        let script = "undersong: 1\ntitle: Loud\nmusic: { loudness: as-is, crossfade: 3s, fade-in: 0s, fade-out: 0s, bed: loud.wav }\n\
             phases:\n\
             \x20 - { name: music, length: 12s, level: 3 dB, playlist: [loud.wav, loud.wav], cues: [\
             { at: 2s, chime: short.wav }, { at: 3s, voice: loud.wav }, { at: 4s, voice: long.wav } ] }\n\
             \x20 - { name: gone, length: 10s, playlist: [gone.wav] }\n";
        wav(&stage.path("gone.wav"), &sound, 48_000, 2, Wav::Float);
        let prepared = stage.prepare(script, RATE);
        // The bed is heard where a file is gone.
        fs::remove_file(stage.path("gone.wav")).unwrap();
        let heard = play(&prepared, Frames::ZERO).frames();
        let mut samples = heard.as_flattened().iter();
        assert!(samples.all(|sample| sample.is_finite()), "{name}");
        let peak = true_peak(&heard, RATE);
        println!("{name}: {:.2} dBTP", 20.0 * peak.log10());
        assert!(peak <= CEILING, "{name}: a true peak of {peak}");
        assert!(peak > 0.3, "{name} was not heard");
        loudest = loudest.max(peak);
    }
    // A decibel below the ceiling: so low is held what would be above it.
    assert!(loudest > 0.445, "nothing came near the ceiling");
}

/// Three files of each kind whose sums tell damage, at 16 kHz; and the bed that stands in for them.
fn sound_files(stage: &Stage) -> Vec<PathBuf> {
    let bed = music(4, 0.1, 16_000);
    wav(&stage.path("bed.wav"), &bed, 16_000, 1, Wav::Bits(16));
    let sound = |seed| music(seed, 0.1, 16_000 * 7 + 333);
    vec![
        flac(&stage.path("1.flac"), &sound(1), 16_000, 2, 16),
        ogg(&stage.path("2.ogg"), &sound(2), 16_000, 2),
        flac(&stage.path("3.flac"), &sound(3), 16_000, 1, 16),
    ]
}

const ROTTEN: &str = "undersong: 1\ntitle: Rot\nmusic: { loudness: as-is, crossfade: 2s, fade-in: 0s, fade-out: 0s, bed: bed.wav }\n\
     phases: [{ name: all, length: 15s, playlist: [1.flac, 2.ogg, 3.flac] }]\n";

#[test]
fn r12_a_corrupt_track_is_found_at_the_check() {
    let stage = Stage::new();
    let files = sound_files(&stage);
    let rate = Rate::new(16_000).unwrap();
    let decode = |file: &PathBuf| {
        let mut frames = Vec::new();
        let mut decoder = Decoder::open(file).ok()?;
        while decoder.read(&mut frames).ok()? > 0 {}
        Some(frames)
    };
    assert!(stage.prepare(ROTTEN, rate).remarks.is_empty());
    let mut found = 0;
    for seed in 0..120 {
        let mut dice = Dice::new(seed);
        let file = &files[seed as usize % files.len()];
        let bytes = fs::read(file).unwrap();
        let whole = decode(file);
        let (rot, rotten) = rot(&mut dice, &bytes, 0);
        match rotten {
            Some(rotten) => fs::write(file, rotten).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        let told = match stage.try_prepare(ROTTEN, rate) {
            Ok(prepared) => sentences(&prepared.remarks),
            Err(mistakes) => sentences(&mistakes),
        };
        if told.contains(name) {
            found += 1;
        } else {
            // What is not told is not heard: nothing of the sound was hit.
            let same = decode(file) == whole;
            assert!(same, "SEED={seed} {rot:?} of {name}: {told}");
        }
        fs::write(file, bytes).unwrap();
    }
    println!("{found} of 120 are told");
    assert!(found > 90, "{found} of 120");
}

#[test]
fn r12_a_track_that_rots_after_the_check_is_no_silence_and_not_too_loud() {
    let stage = Stage::new();
    let files = sound_files(&stage);
    let rate = Rate::new(16_000).unwrap();
    let good: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let prepared = stage.prepare(ROTTEN, rate);
    let mut different = 0;
    let whole = play(&prepared, Frames::ZERO).frames();
    for seed in 0..60 {
        let mut dice = Dice::new(1_000 + seed);
        let mut story = Vec::new();
        for (file, bytes) in files.iter().zip(&good) {
            let (rot, rotten) = rot(&mut dice, bytes, 0);
            story.push(rot);
            match rotten {
                Some(rotten) => fs::write(file, rotten).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
        }
        let heard = play(&prepared, Frames::ZERO).frames();
        assert_eq!(heard.len(), whole.len(), "SEED={seed} {story:?}");
        different += usize::from(heard != whole);
        // A first file that is not there is waited for by the bed, which comes from silence.
        for (at, window) in heard.chunks_exact(800).enumerate().skip(4) {
            assert!(
                power(window) > -70.0,
                "SEED={seed} {story:?}: silence at {} ms",
                at * 50
            );
        }
        assert!(
            heard.as_flattened().iter().all(|s| s.is_finite()),
            "SEED={seed}"
        );
        let peak = true_peak(&heard, rate);
        assert!(peak <= CEILING, "SEED={seed} {story:?}: {peak}");
        for (file, bytes) in files.iter().zip(&good) {
            fs::write(file, bytes).unwrap();
        }
    }
    assert!(different > 50, "hardly anything rotted: {different}");
}

#[test]
fn r2_r12_a_tone_that_is_cut_or_gone_after_the_check_makes_no_step() {
    let stage = Stage::new();
    let hertz = 16_000;
    wav(
        &stage.path("bed.wav"),
        &sine(75.0, -24.0, hertz, 32_000),
        hertz,
        1,
        Wav::Bits(16),
    );
    let files: Vec<_> = ["1.wav", "2.wav", "3.wav"]
        .into_iter()
        .zip([50.0, 40.0, 45.0])
        .map(|(name, tone)| {
            let mut sound = sine(tone, -20.0, hertz, 16_000 * 7 + 333);
            for (at, frame) in sound.iter_mut().take(1_600).enumerate() {
                *frame = frame.map(|sample| sample * at as f32 / 1_600.0);
            }
            wav(&stage.path(name), &sound, hertz, 2, Wav::Float)
        })
        .collect();
    let good: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let rate = Rate::new(hertz).unwrap();
    let script = ROTTEN
        .replace("1.flac, 2.ogg, 3.flac", "1.wav, 2.wav, 3.wav")
        .replace("fade-out: 0s", "fade-out: 1s");
    let prepared = stage.prepare(&script, rate);
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        for (file, bytes) in files.iter().zip(&good) {
            match rot(&mut dice, bytes, 100) {
                (Rot::Cut, Some(cut)) => fs::write(file, cut).unwrap(),
                (Rot::Gone, _) => fs::remove_file(file).unwrap(),
                _ => {}
            }
        }
        let heard = play(&prepared, Frames::ZERO).frames();
        let four: Vec<f32> = heard
            .iter()
            .flat_map(|f| [f[0], f[1], f[0], f[1]])
            .collect();
        let mut ears = Ears::new(rate);
        ears.hear(Frames::ZERO, &four, Expected::default());
        assert!(ears.faults.is_empty(), "SEED={seed} {:?}", ears.faults);
        for (file, bytes) in files.iter().zip(&good) {
            fs::write(file, bytes).unwrap();
        }
    }
}

/// Scripts and playlists that are made to cost: aliases of aliases, depth, length, and all that is asked of YAML and XML.
fn bombs() -> Vec<(String, String)> {
    let ten = |before: usize| vec![format!("*a{before}"); 10].join(",");
    let laughs: Vec<String> = (1..30)
        .map(|n| format!("a{n}: &a{n} [{}]", ten(n - 1)))
        .collect();
    let spiral: Vec<String> = (1..9_000)
        .map(|n| format!("a{n}: &a{n} [*a{}]", n - 1))
        .collect();
    let merges: Vec<String> = (1..4_000)
        .map(|n| format!("m{n}: &m{n} {{<<: *m{}, k{n}: x}}", n - 1))
        .collect();
    let phases: Vec<String> = (0..201)
        .map(|n| format!("  - {{name: p{n}, length: 10s, music: silence}}"))
        .collect();
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><playlist>&b;</playlist>";
    [
        (
            "evening.yaml",
            format!("a0: &a0 [x]\n{}", laughs.join("\n")),
        ),
        (
            "evening.yaml",
            format!("a0: &a0 [x]\n{}", spiral.join("\n")),
        ),
        (
            "evening.yaml",
            format!("m0: &m0 {{a: b}}\n{}", merges.join("\n")),
        ),
        ("evening.yaml", format!("a: {}", "[".repeat(200_000))),
        ("evening.yaml", "{a: ".repeat(60_000)),
        ("evening.yaml", "- ".repeat(100_000)),
        ("evening.yaml", "? ".repeat(100_000)),
        ("evening.yaml", "\"".repeat(262_143)),
        ("evening.yaml", "x".repeat(300_000)),
        (
            "evening.yaml",
            format!("undersong: 1\nphases:\n{}", phases.join("\n")),
        ),
        (
            "evening.yaml",
            phase(&format!(
                "    cues:\n{}",
                "      - {remind: x}\n".repeat(5_001)
            )),
        ),
        ("list.xspf", "<a>".repeat(9_000)),
        ("list.xspf", entities.to_owned()),
        ("list.m3u8", "music/1.flac\n".repeat(10_001)),
        (
            "list.pls",
            format!("[playlist]\n{}", "File1=x\n".repeat(20_000)),
        ),
        ("list.yaml", format!("tracks: {}", "[".repeat(100_000))),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

#[test]
fn r17_a_bomb_is_refused_within_200_ms() {
    let room = Room::new();
    for (number, (name, text)) in bombs().into_iter().enumerate() {
        // The least of three: the machine may do something else meanwhile.
        let took = (0..3).map(|_| {
            let path = room.0.path().join(&name);
            fs::write(&path, &text).unwrap();
            let begun = Instant::now();
            let refused = if name == "evening.yaml" {
                undersong::script::read(&path).session.is_none()
            } else {
                undersong::playlist::read(&path).is_err()
            };
            assert!(refused, "bomb {number} is a session");
            begun.elapsed()
        });
        let took = took.min().unwrap();
        println!("bomb {number}: {took:?}");
        assert!(
            took < Duration::from_millis(200),
            "bomb {number} took {took:?}"
        );
    }
}

#[test]
fn r17_no_script_runs_a_command_or_reads_what_is_no_sound() {
    let room = Room::new();
    let canary = room.0.path().join("canary");
    fs::write(room.0.path().join("secret.txt"), "CANARY-7f3a").unwrap();
    let touch = format!("touch {}", canary.display());
    for text in [
        cue(&format!("say: \"$({touch})\", sound: cues/a.flac")),
        cue(&format!("say: \"`{touch}`\", sound: cues/a.flac")),
        cue(&format!("voice: \"|{touch}\"")),
        cue(&format!("voice: \"cues/a.flac; {touch}\"")),
        phase(&format!("    exec: \"{touch}\"")),
        phase(&format!(
            "    level: !!python/object/apply:os.system [\"{touch}\"]"
        )),
        cue("voice: secret.txt"),
        cue("voice: ../../../../../../etc/shadow"),
        cue("voice: /proc/self/environ"),
        cue("voice: /dev/zero"),
        cue("voice: \"file:///etc/passwd\""),
        cue("voice: \"http://a.example/b.flac\""),
        "undersong: 1\nphases: !include secret.txt\n".to_owned(),
        "undersong: 1\nphases:\n  - { name: a, length: 1m, playlist: secret.txt }\n".to_owned(),
        "undersong: 1\nphases:\n  - { name: a, length: 1m, playlist: /etc/passwd }\n".to_owned(),
        "undersong: 1\nphases:\n  - { name: a, length: 1m, playlist: ../../../../../etc }\n"
            .to_owned(),
    ] {
        let begun = Instant::now();
        let told = room.told(&text).join("\n");
        assert!(begun.elapsed() < Duration::from_secs(2), "{text}");
        assert!(
            !told.contains("CANARY") && !told.contains("root:"),
            "{text}\n{told}"
        );
        assert!(!canary.exists(), "{text}");
    }
}
