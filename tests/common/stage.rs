//! A stage: a folder with files and a script, and what is heard when it is rendered.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use undersong::engine::Engine;
use undersong::frame::Frame;
use undersong::library::Cache;
use undersong::mistake::Mistake;
use undersong::player::{Beginning, Player, render};
use undersong::prepare::{Prepared, prepare};
use undersong::time::{Frames, Rate};
use undersong::timeline::Timeline;
use undersong::zone::Listener;

/// A folder of the test's own.
pub struct Stage {
    folder: tempfile::TempDir,
}

/// What was heard.
pub struct Heard {
    pub timeline: Arc<Timeline>,
    samples: Vec<f32>,
}

impl Stage {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn script(&self, text: &str) -> PathBuf {
        let path = self.path("session.yaml");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Prepares a script at a rate; what is wrong with it, otherwise.
    pub fn try_prepare(&self, script: &str, rate: Rate) -> Result<Prepared, Vec<Mistake>> {
        self.try_prepare_with(script, rate, &Cache::none())
    }

    /// The same with what is known of the files.
    pub fn try_prepare_with(
        &self,
        script: &str,
        rate: Rate,
        cache: &Cache,
    ) -> Result<Prepared, Vec<Mistake>> {
        prepare(&self.script(script), rate, cache, &|_| ())
    }

    pub fn prepare(&self, script: &str, rate: Rate) -> Prepared {
        self.try_prepare(script, rate)
            .unwrap_or_else(|mistakes| panic!("{}", sentences(&mistakes)))
    }

    /// Renders a script from its first frame to its last, under the allocator guard.
    pub fn hear(&self, script: &str, rate: Rate) -> Heard {
        play(&self.prepare(script, rate), Frames::ZERO)
    }
}

/// All mistakes, a line each.
pub fn sentences(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Renders a prepared session from a frame on.
pub fn play(prepared: &Prepared, start: Frames) -> Heard {
    let timeline = Arc::clone(&prepared.timeline);
    let (mut player, mut engine) =
        Player::offline(Beginning::new(prepared.written(), start)).unwrap();
    let mut samples = Vec::new();
    render::<std::io::Error>(&mut player, &mut engine, |_, block| {
        samples.extend_from_slice(block);
        Ok(())
    })
    .unwrap();
    Heard { timeline, samples }
}

/// A player and an engine that wait for their first block.
pub fn cast(prepared: &Prepared, start: Frames) -> (Player, Engine) {
    Player::new(prepared.written(), start).unwrap()
}

impl Heard {
    /// What a listener hears.
    pub fn by(&self, listener: Listener) -> Vec<Frame> {
        let layout = &self.timeline.layout;
        let zone = layout.zone(listener).unwrap().index();
        let frames = self.samples.chunks_exact(layout.channels());
        frames.map(|f| [f[zone * 2], f[zone * 2 + 1]]).collect()
    }

    /// What is heard where there is one zone.
    pub fn frames(&self) -> Vec<Frame> {
        self.by(Listener::Room)
    }

    /// Every sample, as it leaves.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }
}

/// The first place where two sounds differ; their lengths where all of the shorter is equal.
pub fn first_difference(a: &[Frame], b: &[Frame]) -> Option<usize> {
    let place = a.iter().zip(b).position(|(a, b)| a != b);
    place.or_else(|| (a.len() != b.len()).then(|| a.len().min(b.len())))
}

/// The mean power of a stretch, in decibels.
pub fn power(sound: &[Frame]) -> f64 {
    let squares: f64 = sound
        .as_flattened()
        .iter()
        .map(|s| f64::from(*s).powi(2))
        .sum();
    10.0 * (squares / (sound.len() * 2) as f64).max(1e-20).log10()
}

pub fn seconds(seconds: f64, rate: Rate) -> usize {
    (seconds * f64::from(rate.hertz())) as usize
}

/// A script's path as YAML takes it.
pub fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}
