//! What a whole rendering costs, against a bare decode of the same files in the same run, each in a process of its own.
//!
//! `cargo bench --bench session`: the bundled pieces at 44.1 kHz, as Ogg, FLAC and (where a folder is named by
//! `MUSIC=`) whatever lies there, to 48 kHz and, for the cost without resampling, to 44.1: loudness, crossfades, ducked cues,
//! guard and limiter and all. Written to nothing. `check` is the wall time of a look at files that the cache does not know, on
//! all cores, against a decode of each on one; `unchanged` that of a session whose files it knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use undersong::decode::Decoder;
use undersong::library::{Cache, Library};
use undersong::player::{Beginning, Player, render};
use undersong::prepare::{Prepared, prepare};
use undersong::time::{Frames, Rate};

mod floor;

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
        "{:>6} {:>5} {:>8} {:>6} {:>6} {:>6} {:>9} {:>9} {:>11} {:>6} {:>10}",
        "music",
        "kHz",
        "length",
        "CPU",
        "wall",
        "check",
        "decode s",
        "render s",
        "x real time",
        "MiB",
        "unchanged"
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
    for hertz in [48_000, 44_100] {
        run("known", script, hertz, folder);
        let mut best: BTreeMap<String, f64> = BTreeMap::new();
        for _ in 0..ROUNDS {
            for job in ["decode", "render", "once", "look"] {
                for (what, value) in run(job, script, hertz, folder) {
                    let best = best.entry(format!("{job} {what}")).or_insert(f64::INFINITY);
                    *best = best.min(value);
                }
            }
        }
        let of = |what: &str| best.get(what).copied().unwrap_or(f64::NAN);
        println!(
            "{name:>6} {:>5} {:>7.0}s {:>6.2} {:>6.2} {:>6.2} {:>9.2} {:>9.2} {:>11.0} {:>6.1} {:>7.1} ms",
            f64::from(hertz) / 1e3,
            of("render length"),
            of("render cpu") / of("decode cpu"),
            of("render wall") / of("decode wall"),
            of("look wall") / of("once wall"),
            of("decode cpu"),
            of("render cpu"),
            of("render length") / of("render wall"),
            of("render memory"),
            of("render prepare"),
        );
    }
}

/// Runs a job in a process of its own and reads what it says of itself.
fn run(job: &str, script: &Path, hertz: u32, folder: &Path) -> Vec<(String, f64)> {
    let this = std::env::current_exe().expect("this program");
    let child = Command::new(this)
        .env("UNDERSONG_JOB", job)
        .env("UNDERSONG_SCRIPT", script)
        .env("UNDERSONG_RATE", hertz.to_string())
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
    let rate = std::env::var("UNDERSONG_RATE").ok();
    let rate = rate.and_then(|hertz| Rate::new(hertz.parse().ok()?));
    let rate = rate.expect("a rate");
    let begin = Instant::now();
    let prepared = prepare(script, rate, &cache, &|_| ());
    let prepared = prepared.expect("a script that can be played");
    println!("prepare {}", begin.elapsed().as_secs_f64() * 1e3);
    let (begin, before) = (Instant::now(), cpu_seconds());
    match job {
        "decode" => decode(&prepared),
        "render" => play(&prepared),
        "once" => tracks(&prepared)
            .iter()
            .for_each(|file| floor::decode(file)),
        "look" => drop(Library::scan(tracks(&prepared), &Cache::none(), &|_| ())),
        _ => return,
    }
    println!("wall {}", begin.elapsed().as_secs_f64());
    println!("cpu {}", cpu_seconds() - before);
    println!("memory {}", peak_mebibytes());
    println!("length {}", rate.seconds(prepared.timeline.length));
}

/// The files, each once.
fn tracks(prepared: &Prepared) -> BTreeSet<PathBuf> {
    let clips = prepared.timeline.clips.iter();
    clips.map(|clip| clip.track.to_path_buf()).collect()
}

/// Symphonia alone, over the files of every clip.
fn decode(prepared: &Prepared) {
    for clip in &prepared.timeline.clips {
        floor::decode(&clip.track);
    }
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
