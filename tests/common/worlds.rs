//! Worlds by their seeds, on files that all of them use.

use std::time::Duration;

use undersong::library::Cache;
use undersong::prepare::{Prepared, prepare};
use undersong::time::Rate;

use super::stage::{Stage, sentences};
use super::world::script::{files, session};
use super::world::{Story, Weather, World};

/// The rate of every world.
pub fn rate() -> Rate {
    Rate::new(8_000).unwrap()
}

/// The files of all worlds, and their journals.
pub struct Worlds {
    stage: Stage,
    cache: Cache,
}

impl Worlds {
    pub fn new() -> Self {
        let stage = Stage::new();
        files(&stage);
        let cache = Cache::at(&stage.path("cache"));
        std::fs::create_dir(stage.path("journals")).unwrap();
        Self { stage, cache }
    }

    fn prepare(&self, seed: u64, minutes: f64) -> Prepared {
        let path = self.stage.path(&format!("{seed}.yaml"));
        std::fs::write(&path, session(seed, minutes)).unwrap();
        prepare(&path, rate(), &self.cache, &|_| ())
            .unwrap_or_else(|mistakes| panic!("{}", sentences(&mistakes)))
    }

    /// Plays a session of about so many minutes in such a weather.
    pub fn play(&self, seed: u64, minutes: f64, weather: Weather) -> Story {
        let prepared = self.prepare(seed, minutes);
        let most = rate().frames(Duration::from_secs_f64(minutes * 90.0));
        let world = World::new(&prepared, &self.stage.path("journals"), seed, weather);
        world.run(most)
    }
}
