//! The files of random sessions, written once: a tone of its own for each piece, of odd lengths and rates, some of them
//! silent at an end, some too loud; words, bells and clicks.

use std::f64::consts::TAU;
use std::path::PathBuf;

use undersong::frame::Frame;
use undersong::library::{Cache, Facts, Library};
use undersong::time::{Frames, Rate};

use super::super::files::{Wav, flac, wav};
use super::super::reference::Sounds;
use super::super::sounds::{mono, quantised, rate};
use super::super::stage::Stage;

/// What a file is used for.
pub struct File {
    pub name: String,
    pub seconds: f64,
}

/// The folder, what its files hold, and what is known of them.
pub struct Pool {
    pub stage: Stage,
    pub sounds: Sounds,
    pub music: Vec<File>,
    /// One tone cut into pieces, in their order: each goes on where the one before it ended.
    pub albums: Vec<Vec<File>>,
    pub cues: Vec<File>,
    facts: Vec<(PathBuf, Facts)>,
}

const RATES: [u32; 6] = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000];
const SECONDS: [f64; 8] = [1.1, 1.7, 2.3, 3.1, 4.9, 6.5, 9.7, 13.3];

/// How much of a tone's head and tail it takes to come and go.
const EDGE: f64 = 0.02;

impl Pool {
    pub fn new() -> Self {
        let mut pool = Self {
            stage: Stage::new(),
            sounds: Sounds::default(),
            music: Vec::new(),
            albums: Vec::new(),
            cues: Vec::new(),
            facts: Vec::new(),
        };
        for (number, seconds) in SECONDS.into_iter().cycle().take(14).enumerate() {
            let hertz = RATES[(number * 5 + number / 6) % 6];
            let frames = (seconds * f64::from(hertz)) as usize + number;
            let file = pool.write(&format!("tone {number}"), hertz, number % 4, &tone(number, hertz, frames));
            pool.music.push(file);
        }
        for (number, hertz) in [(14, 48_000), (15, 11_025)] {
            let file = pool.write(&format!("odd {hertz}"), hertz, number % 4, &tone(number, hertz, 100_003));
            pool.music.push(file);
        }
        pool.write_edges();
        pool.write_albums();
        pool.write_cues();
        let paths: Vec<PathBuf> = pool.facts.iter().map(|(path, _)| path.clone()).collect();
        let library = Library::scan(paths.clone(), &Cache::none(), &|_| ());
        let known = |path: PathBuf| {
            let facts = Facts::clone(library.facts(&path).unwrap());
            (path, facts)
        };
        pool.facts = paths.into_iter().map(known).collect();
        pool
    }

    /// What is known of all files.
    pub fn library(&self) -> Library {
        Library::known(self.facts.iter().cloned())
    }

    /// Silence before and behind, a quiet tail, far too loud.
    fn write_edges(&mut self) {
        let silence = vec![[0.0; 2]; 5_601];
        let whole = [silence.clone(), tone(16, 8_000, 40_000), silence].concat();
        let mut quiet = tone(17, 22_050, 120_001);
        for frame in &mut quiet[70_000..] {
            *frame = frame.map(|sample| sample * 0.01);
        }
        let square: Vec<Frame> = (0..70_001)
            .map(|at| if at / 140 % 2 == 0 { [0.97, -0.97] } else { [-0.97, 0.97] })
            .collect();
        for (name, hertz, sound) in [
            ("silent ends", 8_000, whole),
            ("quiet tail", 22_050, quiet),
            ("square", 16_000, square),
        ] {
            let file = self.write(name, hertz, 0, &sound);
            self.music.push(file);
        }
        let bed = tone(18, 8_000, 4_000);
        self.write("bed", 8_000, 0, &bed);
    }

    fn write_albums(&mut self) {
        for (number, hertz) in [(19, 22_050), (20, 48_000)] {
            let whole = tone(number, hertz, 9 * hertz as usize + 7);
            let third = whole.len() / 3;
            let cuts = [0, third - 1_001, 2 * third + 7, whole.len()];
            let parts = cuts.windows(2).enumerate();
            let album = parts.map(|(part, cut)| {
                self.write(&format!("album {number} {part}"), hertz, 1, &whole[cut[0]..cut[1]])
            });
            let album = album.collect();
            self.albums.push(album);
        }
    }

    fn write_cues(&mut self) {
        let mut word = tone(21, 48_000, 60_001);
        word[0] = [0.3, -0.3];
        let mut bell = tone(22, 44_100, 100_003);
        let length = bell.len() as f32;
        for (at, frame) in bell.iter_mut().enumerate() {
            *frame = frame.map(|sample| sample * (1.0 - at as f32 / length));
        }
        for (name, hertz, sound) in [
            ("click", 48_000, vec![[0.25, -0.5]]),
            ("seven", 8_000, vec![[0.1, 0.2]; 7]),
            ("short", 44_100, tone(23, 44_100, 4_801)),
            ("word", 48_000, word),
            ("bell", 44_100, bell),
            ("speech", 8_000, tone(24, 8_000, 21_000)),
            ("long", 8_000, tone(25, 8_000, 8_000 * 21 + 13)),
        ] {
            let file = self.write(name, hertz, 1, &sound);
            self.cues.push(file);
        }
    }

    /// Writes a file in one of four ways, and keeps what it then holds.
    fn write(&mut self, name: &str, hertz: u32, way: usize, sound: &[Frame]) -> File {
        let seconds = sound.len() as f64 / f64::from(hertz);
        let (ending, held) = match way {
            0 => ("wav", sound.to_vec()),
            1 => ("wav", quantised(sound, 16)),
            2 => ("flac", quantised(sound, 16)),
            _ => ("wav", mono(&quantised(sound, 24))),
        };
        let name = format!("{name}.{ending}");
        let path = self.stage.path(&name);
        match way {
            0 => wav(&path, sound, hertz, 2, Wav::Float),
            1 => wav(&path, sound, hertz, 2, Wav::Bits(16)),
            2 => flac(&path, sound, hertz, 2, 16),
            _ => wav(&path, sound, hertz, 1, Wav::Bits(24)),
        };
        self.sounds.add(path.clone(), rate(hertz), held);
        self.facts.push((path, Facts::silent(Rate::DEFAULT, Frames(1))));
        File { name, seconds }
    }
}

/// A tone that nothing else here has, another on each side; it comes and goes softly.
fn tone(number: usize, hertz: u32, frames: usize) -> Vec<Frame> {
    let rate = f64::from(hertz);
    let pitch = [61.0 + 31.0 * number as f64, 77.0 + 37.0 * number as f64];
    let edge = (EDGE * rate).min(frames as f64 / 3.0);
    (0..frames)
        .map(|at| {
            let near = (at.min(frames - 1 - at) as f64 / edge).min(1.0);
            let gain = 0.1 * (near * TAU / 4.0).sin().powi(2);
            pitch.map(|pitch| (gain * (TAU * pitch * at as f64 / rate).sin()) as f32)
        })
        .collect()
}
