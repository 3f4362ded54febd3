//! `render` writes whole files or none.

mod common;

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use common::program::{COUPLE, Desk, said};
use common::sounds::{noise, quantised};
use undersong::decode::Decoder;
use undersong::output::{Bits, Target, Writer};
use undersong::time::{Frames, Rate};

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("evening.yaml", COUPLE);
    desk
}

fn render(desk: &Desk, args: &[&str]) {
    let said = desk.run(&[&["render", "evening.yaml"], args].concat());
    assert_eq!(said.code, 0, "{args:?}: {}", said.err);
}

/// The specification and the integers, or the floats' bits, of a WAV file.
fn read(desk: &Desk, name: &str) -> (hound::WavSpec, Vec<i32>) {
    let mut wav = hound::WavReader::open(desk.path(name)).unwrap();
    let spec = wav.spec();
    let samples = match spec.sample_format {
        hound::SampleFormat::Int => wav.samples::<i32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Float => {
            let samples = wav.samples::<f32>().map(Result::unwrap);
            samples.map(|s| s.to_bits().cast_signed()).collect()
        }
    };
    (spec, samples)
}

fn floats(bits: &[i32]) -> impl Iterator<Item = f32> {
    bits.iter().map(|bits| f32::from_bits(bits.cast_unsigned()))
}

#[test]
fn every_width_holds_the_same_sound() {
    let desk = desk();
    let said = desk.run(&["render", "evening.yaml", "-o", "24.wav"]);
    assert!(
        said.out.starts_with("Rendered 0:31 to 24.wav in "),
        "{}",
        said.out
    );
    render(&desk, &["-o", "16.wav", "--bits", "16"]);
    render(&desk, &["-o", "float.wav", "--bits", "float"]);
    let (spec, narrow) = read(&desk, "16.wav");
    assert_eq!(
        (spec.bits_per_sample, spec.channels, spec.sample_rate),
        (16, 4, 48_000)
    );
    let (spec, wide) = read(&desk, "24.wav");
    assert_eq!((spec.bits_per_sample, spec.channels), (24, 4));
    let (spec, float) = read(&desk, "float.wav");
    assert_eq!(spec.sample_format, hound::SampleFormat::Float);
    assert_eq!(wide.len(), 31 * 48_000 * 4);
    assert_eq!((narrow.len(), float.len()), (wide.len(), wide.len()));
    for ((narrow, wide), float) in narrow.iter().zip(&wide).zip(floats(&float)) {
        assert_eq!((float * 8_388_608.0).round() as i32, *wide);
        // One step of dither either way, and half a step of rounding.
        assert!((f64::from(*narrow) - f64::from(float) * 32_768.0).abs() <= 1.5);
    }
    assert!(wide.iter().any(|sample| *sample != 0));
}

#[test]
fn flac_holds_the_same_integers_as_wav() {
    let desk = desk();
    let single = COUPLE.replace(", to: a", "");
    desk.write("evening.yaml", &single);
    for (bits, scale) in [("16", 32_768.0), ("24", 8_388_608.0)] {
        for rate in ["48000", "44100", "96000"] {
            render(&desk, &["-o", "s.wav", "--bits", bits, "--rate", rate]);
            render(&desk, &["-o", "s.flac", "--bits", bits, "--rate", rate]);
            let (spec, integers) = read(&desk, "s.wav");
            assert_eq!(spec.sample_rate.to_string(), rate);
            let mut decoder = Decoder::open(&desk.path("s.flac")).unwrap();
            assert_eq!(decoder.rate().hertz(), spec.sample_rate);
            let mut frames = Vec::new();
            while decoder.read(&mut frames).unwrap() > 0 {}
            let decoded: Vec<i32> = frames
                .iter()
                .flatten()
                .map(|sample| (sample * scale) as i32)
                .collect();
            assert!(decoded == integers, "{bits} bits at {rate} Hz differ");
        }
    }
}

#[test]
fn a_flac_file_of_loud_noise_is_exact_and_no_larger_than_its_samples() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.flac");
    for (peak, bits) in [(1.0, 24), (0.5, 24), (0.02, 24), (1.0, 16)] {
        let sound = quantised(&noise(31, peak, 50_003), bits);
        let width = if bits == 24 {
            Bits::TwentyFour
        } else {
            Bits::Sixteen
        };
        let target = Target::Flac(path.clone(), width);
        let length = Frames::from(sound.len());
        let mut writer = Writer::create(&target, Rate::DEFAULT, 2, length).unwrap();
        writer.write(sound.as_flattened()).unwrap();
        writer.complete().unwrap();
        let size = fs::metadata(&path).unwrap().len();
        let samples = 2 * 50_003 * u64::from(bits) / 8;
        assert!(
            size < samples + samples / 100,
            "{peak}: {size}, not {samples}"
        );
        let mut decoder = Decoder::open(&path).unwrap();
        let mut frames = Vec::new();
        while decoder.read(&mut frames).unwrap() > 0 {}
        assert_eq!(frames.len(), sound.len());
        // 16 bits are dithered.
        assert!(bits == 16 || frames == sound, "{peak} differs");
    }
}

#[test]
fn raw_samples_are_those_of_a_float_file_and_nothing_else() {
    let desk = desk();
    render(
        &desk,
        &["-o", "s.wav", "--bits", "float", "--rate", "32000"],
    );
    let raw = desk
        .command(&["render", "evening.yaml", "-o", "-", "--rate", "32000"])
        .output()
        .unwrap();
    assert!(raw.status.success());
    let samples = raw.stdout.chunks_exact(4);
    let samples = samples.map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    assert!(samples.eq(floats(&read(&desk, "s.wav").1)));
    let err = String::from_utf8(raw.stderr).unwrap();
    assert!(
        err.starts_with("Rendered 0:31 to the standard output in "),
        "{err}"
    );
}

#[test]
fn a_wrong_call_says_so_before_it_looks_at_any_file() {
    let desk = desk();
    desk.write("file", "");
    std::fs::create_dir(desk.path("folder.wav")).unwrap();
    let before = desk.names();
    for args in [
        &["-o", "s.mp3"][..],
        &["-o", "s"],
        &["-o", "s.flac", "--bits", "float"],
        &["-o", "s.wav", "--bits", "12"],
        &["-o", "nope/s.wav"],
        &["-o", "file/s.wav"],
        &["-o", "folder.wav"],
        &["-o", "s.flac/"],
        &[],
    ] {
        let said = desk.run(&[&["render", "nope.yaml"], args].concat());
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(!said.err.is_empty() && said.out.is_empty());
    }
    let said = desk.run(&["render", "evening.yaml", "-o", "music.wav"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("part of this session"), "{}", said.err);
    assert_eq!(desk.names(), before);
}

#[test]
fn mistakes_end_it_and_leave_the_file_that_was_there() {
    let desk = desk();
    desk.write("s.wav", "as it was");
    desk.write("evening.yaml", &COUPLE.replace("length: 11s", "length: 11"));
    let said = desk.run(&["render", "evening.yaml", "-o", "s.wav"]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("1 mistake in evening.yaml"),
        "{}",
        said.err
    );
    assert_eq!(
        std::fs::read_to_string(desk.path("s.wav")).unwrap(),
        "as it was"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_that_takes_no_file_is_the_machines_failure() {
    let desk = desk();
    let said = desk.run(&["render", "evening.yaml", "-o", "/proc/s.wav"]);
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("`/proc/s.wav` cannot be written"),
        "{}",
        said.err
    );
}

#[test]
fn a_limit_on_files_is_told_and_nothing_is_left_behind() {
    let desk = desk();
    render(&desk, &["-o", "first.wav"]);
    let before = desk.names();
    for name in ["first.wav", "second.flac"] {
        // In blocks of 512 bytes: less than a second of sound.
        let script = format!(
            "ulimit -f 500 && exec '{}' render evening.yaml -o {name}",
            env!("CARGO_BIN_EXE_undersong")
        );
        let mut shell = Command::new("sh");
        desk.dress(&mut shell);
        let said = said(&shell.args(["-c", &script]).output().unwrap());
        assert_eq!(said.code, 3, "{}", said.err);
        assert!(said.err.contains("nothing was kept of it"), "{}", said.err);
        assert_eq!(desk.names(), before);
    }
    assert_eq!(read(&desk, "first.wav").1.len(), 31 * 48_000 * 4);
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let desk = desk();
    desk.write(
        "evening.yaml",
        &COUPLE.replace("length: 20s", "length: 12h"),
    );
    let before = desk.names();
    for signal in ["-INT", "-TERM"] {
        let mut child = desk
            .command(&["render", "evening.yaml", "-o", "s.wav"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let begun = || {
            desk.names()
                .iter()
                .any(|name| name.starts_with(".undersong"))
        };
        while !begun() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert!(err.contains("stopped; nothing was kept"), "{err}");
        assert_eq!(desk.names(), before);
    }
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let desk = desk();
    desk.write(
        "evening.yaml",
        &COUPLE.replace("length: 20s", "length: 12h"),
    );
    let mut child = desk
        .command(&["render", "evening.yaml", "-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut few = [0; 1000];
    child.stdout.take().unwrap().read_exact(&mut few).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn raw_samples_that_find_no_room_or_no_reader_are_not_called_a_file() {
    let desk = desk();
    let onto = |out: fs::File| {
        let mut render = desk.command(&["render", "evening.yaml", "-o", "-"]);
        said(&render.stdout(out).output().unwrap())
    };
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let said = onto(full);
    assert_ne!(said.code, 0);
    assert!(
        said.err.contains(
            "the disk has no more room for the samples; what was written of them is not all"
        ),
        "{}",
        said.err
    );
    let said = onto(fs::File::open("/dev/null").unwrap());
    assert!(
        said.code != 0
            && said
                .err
                .contains("the samples cannot be written to the standard output: "),
        "{}",
        said.err
    );
    let mut render = desk.command(&["render", "evening.yaml", "-o", "-"]);
    let mut render = render
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(render.stdout.take());
    let said = said_of(render);
    assert!(said.contains("nobody reads the samples any more"), "{said}");
}

fn said_of(ended: std::process::Child) -> String {
    String::from_utf8(ended.wait_with_output().unwrap().stderr).unwrap()
}
