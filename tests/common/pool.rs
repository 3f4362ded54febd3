//! The sounds that random sessions play: written once, looked at once, and decoded whole for who asks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use undersong::decode::Decoder;
use undersong::frame::Frame;
use undersong::library::{Cache, Library};
use undersong::stream::Resampler;
use undersong::time::Rate;

use super::files::{Wav, flac, wav};
use super::sounds::{noise, rate, sine};
use super::stage::Stage;

/// Music that lasts a second at least: what a playlist must hold one of.
pub const LONG: [&str; 8] = [
    "long.wav",
    "mid.flac",
    "short.wav",
    "second.wav",
    "head.wav",
    "tail.wav",
    "odd.wav",
    "square.wav",
];

/// Pieces of an album that runs through.
pub const ALBUM: [&str; 3] = ["part 1.wav", "part 2.wav", "part 3.wav"];

/// Too short for music: left out of a playlist.
pub const BRIEF: [&str; 2] = ["brief.wav", "one.wav"];

/// What is chimed and said: from a single frame to one that is too long for memory.
pub const CUES: [&str; 7] = [
    "word.wav",
    "bell.wav",
    "brief.wav",
    "one.wav",
    "two.wav",
    "few.flac",
    "speech.wav",
];

/// Files by name and rate.
type Whole = HashMap<(PathBuf, Rate), Arc<[Frame]>>;

/// Files and what is known of them.
pub struct Pool {
    stage: Stage,
    /// What is known of its files.
    pub cache: Cache,
    whole: Mutex<Whole>,
}

/// Noise as soft at the top as music is.
pub fn music(seed: u64, peak: f32, frames: usize) -> Vec<Frame> {
    let mut sound = noise(seed, peak * 2.5, frames);
    let mut last = [[0.0; 2]; 2];
    for frame in &mut sound {
        for pole in &mut last {
            for (sample, last) in frame.iter_mut().zip(pole) {
                *last += 0.4 * (*sample - *last);
                *sample = *last;
            }
        }
    }
    sound
}

/// What does not swing around nought has something in common with all that does not.
fn raised(mut sound: Vec<Frame>) -> Vec<Frame> {
    let samples = sound.as_flattened_mut().iter_mut();
    samples.for_each(|sample| *sample += 0.03);
    sound
}

fn scaled(sound: &mut [Frame], gain: f32) {
    for frame in sound {
        *frame = frame.map(|sample| sample * gain);
    }
}

impl Pool {
    pub fn new() -> Self {
        let stage = Stage::new();
        write(&stage);
        let names = LONG.iter().chain(&ALBUM).chain(&CUES);
        let files: Vec<PathBuf> = names.map(|name| stage.path(name)).collect();
        let bed = stage.path("bed.wav");
        let all = files.into_iter().chain([bed]);
        let cache = Cache::at(&stage.path("cache"));
        let scanned = Library::scan(all.clone(), &cache, &|_| ());
        all.for_each(|path| assert!(scanned.facts(&path).is_ok()));
        Self {
            cache,
            stage,
            whole: Mutex::default(),
        }
    }

    /// Where a script of this name belongs.
    pub fn path(&self, name: &str) -> PathBuf {
        self.stage.path(name)
    }

    /// Crossfades of random sessions are hardly met again, and thousands of sessions would fill the disk with them.
    pub fn forget_crossfades(&self) {
        let _ = std::fs::remove_dir_all(self.stage.path("cache/crossfades"));
    }

    /// A file from its first frame to its last at a rate.
    pub fn whole(&self, file: &Path, rate: Rate) -> Arc<[Frame]> {
        let key = (file.to_owned(), rate);
        if let Some(sound) = self.whole.lock().unwrap().get(&key) {
            return Arc::clone(sound);
        }
        let sound: Arc<[Frame]> = as_one(&[file], rate).into();
        self.whole.lock().unwrap().insert(key, Arc::clone(&sound));
        sound
    }
}

/// Files of one rate, one after the other, converted as one.
pub fn as_one(files: &[&Path], rate: Rate) -> Vec<Frame> {
    let mut decoded = Vec::new();
    let mut own = rate;
    for file in files {
        let mut decoder = Decoder::open(file).unwrap();
        own = decoder.rate();
        while decoder.read(&mut decoded).unwrap() > 0 {}
    }
    let mut resampler = Resampler::new(own, rate).unwrap();
    let mut sound = Vec::new();
    resampler.push(&decoded, &mut sound);
    resampler.finish(&mut sound);
    sound
}

fn write(stage: &Stage) {
    let plain = |name: &str, sound: &[Frame], hertz, channels, kind| {
        wav(&stage.path(name), sound, hertz, channels, kind);
    };
    let sixteen = Wav::Bits(16);
    plain(
        "long.wav",
        &raised(music(1, 0.1, 33 * 22_050 + 7)),
        22_050,
        2,
        sixteen,
    );
    flac(
        &stage.path("mid.flac"),
        &raised(music(2, 0.2, 11 * 44_100 + 13_331)),
        44_100,
        1,
        16,
    );
    plain(
        "short.wav",
        &music(3, 0.05, 3 * 8_000 + 801),
        8_000,
        1,
        Wav::Bits(24),
    );
    plain(
        "second.wav",
        &music(4, 0.1, 48_000 + 480),
        48_000,
        2,
        Wav::Float,
    );
    plain(
        "odd.wav",
        &raised(music(5, 0.1, 6 * 12_345 + 8_642)),
        12_345,
        1,
        sixteen,
    );
    let mut head = music(6, 0.1, 7 * 16_000 + 3);
    head[..27_201].fill([0.0; 2]);
    let ends = head.len() - 14_403;
    head[ends..].fill([0.0; 2]);
    plain("head.wav", &head, 16_000, 2, sixteen);
    let mut tail = music(7, 0.1, 7 * 11_025);
    scaled(&mut tail[4 * 11_025..], 0.01);
    plain("tail.wav", &tail, 11_025, 1, Wav::Float);
    let square: Vec<Frame> = (0..=5 * 44_100)
        .map(|at| {
            if at % 441 < 220 {
                [0.99, -0.99]
            } else {
                [-0.99, 0.99]
            }
        })
        .collect();
    plain("square.wav", &square, 44_100, 2, sixteen);
    for (number, name) in ALBUM.into_iter().enumerate() {
        let frames = 2 * 22_050 + 7_777 * number + 1;
        plain(
            name,
            &music(8 + number as u64, 0.1, frames),
            22_050,
            2,
            sixteen,
        );
    }
    plain("word.wav", &music(11, 0.1, 27_201), 16_000, 1, sixteen);
    let mut bell = sine(523.0, -6.0, 44_100, 3 * 44_100);
    for (at, frame) in bell.iter_mut().enumerate() {
        *frame = frame.map(|sample| sample * (-(at as f32) / 22_050.0).exp());
    }
    plain("bell.wav", &bell, 44_100, 2, sixteen);
    plain("brief.wav", &music(12, 0.1, 2_400), 8_000, 1, sixteen);
    plain("one.wav", &[[0.3, -0.3]], 48_000, 2, sixteen);
    plain("two.wav", &[[0.3, -0.3], [0.1, 0.2]], 48_000, 2, Wav::Float);
    flac(&stage.path("few.flac"), &music(13, 0.1, 333), 44_100, 2, 24);
    plain(
        "speech.wav",
        &music(14, 0.05, 21 * 8_000 + 5),
        8_000,
        1,
        sixteen,
    );
    plain("bed.wav", &music(15, 0.05, 8_000), 8_000, 1, sixteen);
}

/// The session rates that random sessions have.
pub fn rates() -> [Rate; 8] {
    [
        8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
    ]
    .map(rate)
}
