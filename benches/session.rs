//! What a whole rendering costs, against a bare decode of the same files in the same run, each in a process of its own.
//!
//! `cargo bench --bench session`: the bundled pieces at 44.1 kHz, as Ogg, FLAC and (where a folder is named by
//! `MUSIC=`) whatever lies there, to 48 kHz: loudness, crossfades, ducked cues, limiter and meters and all. Written to nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::{FormatOptions, TrackType, probe::Hint};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use undersong::decode::Decoder;
use undersong::library::Cache;
use undersong::player::{Beginning, Player, render};
use undersong::prepare::{Prepared, prepare};
use undersong::time::{Frames, Rate};

/// Each process runs this often, in turn; the best counts, since a noisy machine only ever adds.
const ROUNDS: usize = 5;

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    if let Ok(job) = std::env::var("UNDERSONG_JOB") {
        let script = PathBuf::from(std::env::var_os("UNDERSONG_SCRIPT").unwrap_or_default());
        return work(&job, &script, &folder);
    }
    std::fs::create_dir_all(&folder).expect("a folder for the bench");
    println!("A session to nothing, against a bare symphonia decode of the same files (= 1)");
    println!(
        "{:>6} {:>8} {:>9} {:>9} {:>9} {:>9} {:>11} {:>9} {:>9}",
        "music", "length", "CPU", "wall", "decode s", "render s", "x real time", "MiB", "compose"
    );
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists");
    measure(
        "Ogg",
        &script(&folder, "ogg", &pieces(&bundled, "ogg")),
        &folder,
    );
    measure(
        "FLAC",
        &script(&folder, "flac", &as_flac(&bundled, &folder)),
        &folder,
    );
    if let Some(music) = std::env::var_os("MUSIC").map(PathBuf::from) {
        let files = std::fs::read_dir(&music).expect("the folder named by MUSIC");
        let mut files: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
        files.sort();
        measure("yours", &script(&folder, "yours", &files), &folder);
    }
}

/// The 44.1 kHz pieces.
fn pieces(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("the bundled pieces");
    let mut pieces: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    pieces.retain(|path| path.extension().is_some_and(|e| e == ending));
    pieces.retain(|path| Decoder::open(path).is_ok_and(|d| d.rate().hertz() == 44_100));
    pieces.sort();
    pieces
}

fn as_flac(bundled: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for piece in pieces(bundled, "ogg") {
        let name = piece.with_extension("flac");
        let flac = folder.join(name.file_name().expect("a name"));
        if !flac.exists() {
            let mut decoder = Decoder::open(&piece).expect("a bundled piece");
            let mut frames = Vec::new();
            while decoder.read(&mut frames).expect("a bundled piece") > 0 {}
            let samples = frames.as_flattened().iter();
            let samples: Vec<i32> = samples.map(|s| (s * 32_767.0).round() as i32).collect();
            let config = flacenc::config::Encoder::default()
                .into_verified()
                .expect("the default");
            let source = flacenc::source::MemSource::from_samples(&samples, 2, 16, 44_100);
            let mut stream =
                flacenc::encode_with_fixed_block_size(&config, source, 4096).expect("encoding");
            stream
                .stream_info_mut()
                .set_block_sizes(4096, 4096)
                .expect("block sizes");
            let mut bytes = flacenc::bitsink::ByteSink::new();
            stream.write(&mut bytes).expect("memory");
            std::fs::write(&flac, bytes.as_slice()).expect("a file of the bench");
        }
        files.push(flac);
    }
    files
}

/// Two hours of these, with a spoken cue every five minutes.
fn script(folder: &Path, name: &str, files: &[PathBuf]) -> PathBuf {
    let tracks: Vec<String> = files
        .iter()
        .map(|f| format!("{:?}", f.display().to_string()))
        .collect();
    let cue = Path::new(env!("CARGO_MANIFEST_DIR")).join("cues/opening.flac");
    let text = format!(
        "undersong: 1\ntitle: Bench\nmusic: {{ crossfade: 10s }}\nphases:\n\
         \x20 - name: all\n    length: 2h\n    playlist: [{}]\n\
         \x20   cues: [{{ every: 5m, voice: {:?} }}]\n",
        tracks.join(", "),
        cue.display().to_string()
    );
    let path = folder.join(format!("{name}.yaml"));
    std::fs::write(&path, text).expect("a file of the bench");
    path
}

fn measure(name: &str, script: &Path, folder: &Path) {
    run("scan", script, folder);
    let mut best: BTreeMap<String, f64> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for job in ["decode", "render"] {
            for (what, value) in run(job, script, folder) {
                let best = best.entry(format!("{job} {what}")).or_insert(f64::INFINITY);
                *best = best.min(value);
            }
        }
    }
    let of = |what: &str| best.get(what).copied().unwrap_or(f64::NAN);
    println!(
        "{name:>6} {:>7.0}s {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>11.0} {:>9.1} {:>6.1} ms",
        of("render length"),
        of("render cpu") / of("decode cpu"),
        of("render wall") / of("decode wall"),
        of("decode cpu"),
        of("render cpu"),
        of("render length") / of("render wall"),
        of("render memory"),
        of("render compose"),
    );
}

/// Runs a job in a process of its own and reads what it says of itself.
fn run(job: &str, script: &Path, folder: &Path) -> Vec<(String, f64)> {
    let this = std::env::current_exe().expect("this program");
    let child = Command::new(this)
        .env("UNDERSONG_JOB", job)
        .env("UNDERSONG_SCRIPT", script)
        .current_dir(folder)
        .output()
        .expect("a process of the bench");
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stderr)
    );
    let said = String::from_utf8_lossy(&child.stdout);
    let lines = said.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter_map(|(what, value)| Some((what.to_owned(), value.parse().ok()?)))
        .collect()
}

fn work(job: &str, script: &Path, folder: &Path) {
    let cache = Cache::at(&folder.join("cache"));
    let begin = Instant::now();
    let prepared = prepare(script, Rate::DEFAULT, &cache, &|_| ());
    let prepared = prepared.expect("a script that can be played");
    println!("compose {}", begin.elapsed().as_secs_f64() * 1e3);
    let (begin, before) = (Instant::now(), cpu_seconds());
    match job {
        "decode" => decode(&prepared),
        "render" => play(&prepared),
        _ => return,
    }
    println!("wall {}", begin.elapsed().as_secs_f64());
    println!("cpu {}", cpu_seconds() - before);
    println!("memory {}", peak_mebibytes());
    println!("length {}", Rate::DEFAULT.seconds(prepared.timeline.length));
}

/// Symphonia alone, over the files of every clip.
fn decode(prepared: &Prepared) {
    let mut sum = 0.0;
    let mut samples: Vec<f32> = Vec::new();
    for clip in &prepared.timeline.clips {
        let file = std::fs::File::open(&clip.track).expect("a track");
        let bytes = MediaSourceStream::new(
            Box::new(file),
            symphonia::core::io::MediaSourceStreamOptions::default(),
        );
        let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
        let probe = symphonia::default::get_probe();
        let mut format = probe
            .probe(&Hint::new(), bytes, format, metadata)
            .expect("a format");
        let track = format.default_track(TrackType::Audio).expect("a track");
        let (id, params) = (track.id, track.codec_params.clone().expect("parameters"));
        let params = params.audio().expect("audio").clone();
        let mut decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&params, &AudioDecoderOptions::default())
            .expect("a codec");
        while let Ok(Some(packet)) = format.next_packet() {
            if packet.track_id == id
                && let Ok(sound) = decoder.decode(&packet)
            {
                samples.resize(sound.samples_interleaved(), 0.0);
                sound.copy_to_slice_interleaved(&mut samples);
                sum += samples.first().copied().unwrap_or(0.0);
            }
        }
    }
    std::hint::black_box(sum);
}

fn play(prepared: &Prepared) {
    let (mut player, mut engine) =
        Player::offline(Beginning::new(prepared.written(), Frames::ZERO)).expect("a player");
    render::<std::io::Error>(&mut player, &mut engine, |_, block| {
        std::hint::black_box(block);
        Ok(())
    })
    .expect("a rendering");
}

/// User and system time of this process and all its threads, those that ended too, in seconds; Linux only.
fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
    let fields = told.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn peak_mebibytes() -> f64 {
    let told = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|l| l.trim().split(' ').next()?.parse::<f64>().ok());
    kibibytes.unwrap_or(f64::NAN) / 1024.0
}
