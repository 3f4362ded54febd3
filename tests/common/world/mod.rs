//! A world in which everything goes wrong: a session plays in it on a clock that the test turns, is steered, stalled, cut
//! off, killed and taken up again, by a seed.

pub mod paper;
pub mod script;

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use undersong::engine::{Engine, Stop};
use undersong::journal::{Account, Ending, Entry, Journal, Started, read};
use undersong::level::Decibels;
use undersong::player::{Beginning, Player, What};
use undersong::prepare::Prepared;
use undersong::time::Frames;
use undersong::timeline::{Change, Clip, CueId, PlacedCue, Timeline, gain_at};
use undersong::zone::{Caps, Listener};

use super::dice::Dice;
use super::ears::{Ears, Expected};
use super::stalling::{Mood, Stalling};
use paper::Quality;

/// A file that does not come in so much of the test's own time never comes: that is a fault of ours.
const PATIENCE: Duration = Duration::from_secs(10);
/// After a stall of the disk the streams catch up within this.
const RECOVERY: Duration = Duration::from_secs(60);
/// What comes back comes within this.
const RAMP: Duration = Duration::from_millis(500);

/// How often things go wrong and somebody does something, each in seconds of the session, on average.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    pub changes: f64,
    pub stalls: f64,
    pub papers: f64,
    pub losses: f64,
    pub kills: f64,
}

/// What came of a session.
#[derive(Debug, Default)]
pub struct Story {
    pub faults: Vec<String>,
    pub judged: usize,
    pub changes: usize,
    pub kills: usize,
    pub losses: usize,
    pub stalls: usize,
    pub cues: usize,
    pub left_out: usize,
    pub heard: Frames,
}

/// The world.
pub struct World<'a> {
    prepared: &'a Prepared,
    weather: Weather,
    dice: Dice,
    disk: Stalling,
    quality: Quality,
    journal: PathBuf,
    ears: Ears,
    /// `None` between a kill and the next start.
    stage: Option<Stage>,
    /// When the disk and the paper are well again, in frames that were rendered.
    well: [Option<Frames>; 2],
    /// The device is away until then.
    away: Option<Frames>,
    /// What sounds is on its way from silence until then.
    coming: Frames,
    rendered: Frames,
    recovered: Frames,
    troubled: bool,
    story: Story,
}

struct Stage {
    player: Player,
    engine: Engine,
    journal: Arc<Journal>,
    over: bool,
}

impl<'a> World<'a> {
    pub fn new(prepared: &'a Prepared, folder: &Path, seed: u64, weather: Weather) -> Self {
        let (disk, quality) = (Stalling::default(), Quality::default());
        let path = folder.join(format!("{seed}.jsonl"));
        let journal = paper::journal(&path, &quality, 0, 0);
        journal.append(
            Some(Frames::ZERO),
            Entry::Started(Started {
                title: format!("World {seed}"),
                script: "world.yaml".into(),
                hash: prepared.session.hash.clone(),
                rate: prepared.timeline.rate,
                caps: Caps::default(),
                zones: vec![Listener::A, Listener::B],
                seed,
                undersong: "test".into(),
                boot: String::new(),
            }),
        );
        let beginning = Beginning::new(prepared.steered(), Frames::ZERO);
        let stage = Stage::set(beginning, journal, &disk);
        Self {
            prepared,
            weather,
            dice: Dice::new(seed),
            disk,
            quality,
            journal: path,
            ears: Ears::new(prepared.timeline.rate),
            stage: Some(stage),
            well: [None; 2],
            away: None,
            coming: prepared.timeline.rate.frames(Duration::from_secs(2)),
            rendered: Frames::ZERO,
            recovered: Frames::ZERO,
            troubled: false,
            story: Story::default(),
        }
    }

    /// Plays the session to its end, or for so long.
    pub fn run(self, most: Frames) -> Story {
        self.run_watched(most, |_| ())
    }

    /// The same; `watch` is told how much was rendered, after each block.
    pub fn run_watched(mut self, most: Frames, mut watch: impl FnMut(Frames)) -> Story {
        while !self.stage().over && self.rendered < most {
            self.happen();
            self.block();
            watch(self.rendered);
        }
        while self.stage().player.is_changing() {
            self.block();
        }
        self.be_well();
        self.player().pause(false);
        self.player().stop(Stop::Quick);
        self.coming = self.rendered + self.frames(10.0);
        while !self.stage().over {
            self.block();
        }
        let how = Ending::Faded;
        let stage = self.stage();
        let at = Some(stage.player.position());
        stage.journal.append(at, Entry::Ended { how });
        assert!(stage.journal.flush(PATIENCE));
        self.judge_cues();
        self.story.heard = self.rendered;
        self.story.judged = self.ears.judged;
        self.story.faults.append(&mut self.ears.faults);
        self.story
    }

    fn stage(&self) -> &Stage {
        self.stage.as_ref().unwrap()
    }

    fn stage_mut(&mut self) -> &mut Stage {
        self.stage.as_mut().unwrap()
    }

    fn player(&mut self) -> &mut Player {
        &mut self.stage_mut().player
    }

    fn frames(&self, seconds: f64) -> Frames {
        self.prepared
            .timeline
            .rate
            .frames(Duration::from_secs_f64(seconds))
    }

    /// Whether something that comes every so many seconds comes within a block.
    fn comes(&mut self, every: f64) -> bool {
        self.dice.unit() * every < 0.15
    }

    fn happen(&mut self) {
        for (at, well) in self.well.into_iter().enumerate() {
            if well.is_some_and(|well| self.rendered >= well) {
                self.well[at] = None;
                match at {
                    0 => self.disk.be(Mood::Well),
                    _ => self.quality.be(paper::Mood::Well),
                }
            }
        }
        if self.comes(self.weather.stalls) && self.well[0].is_none() {
            self.story.stalls += 1;
            let mood = if self.dice.unit() < 0.7 {
                Mood::Hangs
            } else {
                Mood::Fails
            };
            self.disk.be(mood);
            let length = self.dice.between(1.0, 100.0);
            self.well[0] = Some(self.rendered + self.frames(length));
        }
        if self.comes(self.weather.papers) && self.well[1].is_none() {
            let mood = match self.dice.unit() {
                ..0.4 => paper::Mood::Full,
                ..0.7 => paper::Mood::Hangs,
                _ => paper::Mood::Fails,
            };
            self.quality.be(mood);
            let length = self.dice.between(0.5, 40.0);
            self.well[1] = Some(self.rendered + self.frames(length));
        }
        if self.comes(self.weather.losses) && self.away.is_none() {
            self.story.losses += 1;
            let length = self.dice.between(0.02, 12.0);
            self.away = Some(self.rendered + self.frames(length));
        }
        if self.away.is_some_and(|away| self.rendered >= away) {
            self.away = None;
            self.come_back(RAMP);
        }
        if self.comes(self.weather.kills) {
            self.kill();
        }
        if self.comes(self.weather.changes) {
            self.steer();
        }
    }

    fn come_back(&mut self, ramp: Duration) {
        let ramp = self.prepared.timeline.rate.frames(ramp);
        self.stage_mut().engine.come_back(ramp);
        self.ears.cut();
        self.coming = self.rendered + ramp;
    }

    fn steer(&mut self) {
        let seconds = |dice: &mut Dice| Duration::from_secs_f64(dice.between(1.0, 400.0));
        let change = match (self.dice.unit() * 14.0) as u32 {
            0 => Change::Hold,
            1 => Change::Continue,
            2 => Change::Extend {
                by: seconds(&mut self.dice),
            },
            3 => Change::Shorten {
                by: seconds(&mut self.dice),
            },
            4 => Change::Skip,
            5 => Change::Undo,
            6 => Change::Intensity {
                by: if self.dice.unit() < 0.5 { 1 } else { -1 },
                at_once: self.dice.unit() < 0.5,
            },
            7 => Change::Level {
                to: Decibels(self.dice.between(-12.0, 0.0) as f32),
            },
            8 => Change::Cue {
                name: format!("cue {}", (self.dice.unit() * 6.0) as u32),
            },
            9 => Change::Speak {
                on: self.dice.unit() < 0.5,
            },
            10 if self.dice.unit() < 0.1 => Change::BringBack { to: None },
            11 => {
                self.player().pause(true);
                return;
            }
            _ => {
                if self.stage().player.is_paused() {
                    self.coming = self.rendered + self.frames(3.2);
                }
                self.player().pause(false);
                return;
            }
        };
        if !self.stage().player.is_changing() && self.player().steer(&change).is_ok() {
            self.story.changes += 1;
        }
    }

    fn block(&mut self) {
        let frames = 17 + (self.dice.unit() * 2_400.0) as usize;
        let Some(stage) = &mut self.stage else { return };
        for happening in stage.player.tick() {
            match happening.what {
                What::Over => stage.over = true,
                What::Trouble(_) => self.troubled = true,
                _ => {}
            }
        }
        if self.well[1].is_none() {
            assert!(stage.journal.flush(PATIENCE), "the journal hangs");
        }
        let ahead = Frames::from(frames);
        // At rest no ring is emptied, so nothing catches up.
        let rests = stage.player.is_paused() && self.rendered < self.recovered;
        if rests || self.well != [None; 2] {
            self.recovered = self.rendered + self.prepared.timeline.rate.frames(RECOVERY);
        } else if self.rendered < self.recovered {
            // A ring that is full of what is past is emptied by rendering, not by waiting.
            let _ = stage.player.wait_ready(ahead, Duration::from_millis(20));
        } else if !stage.player.wait_ready(ahead, PATIENCE) {
            let at = stage.player.position();
            self.ears.faults.push(format!("never ready at {}", at.0));
            stage.player.give_up(ahead);
        }
        let from = stage.player.position();
        let mut block = vec![0.0; frames * 4];
        stage.engine.render(&mut block);
        let (to, paused) = (stage.player.position(), stage.player.is_paused());
        self.rendered += ahead;
        let expected = self.expected(from, to, ahead);
        if self.away.is_none() {
            self.ears.hear(from, &block, expected);
        }
        if paused {
            self.coming = self.coming.max(self.rendered + self.frames(0.1));
        }
    }

    /// What is to be heard between two frames of the session.
    fn expected(&self, from: Frames, to: Frames, frames: Frames) -> Expected {
        let Stage { player, over, .. } = self.stage();
        let timeline = player.timeline();
        let moves = to - from == frames && !player.is_paused() && !over;
        let is_full = |clip: &&Clip| {
            let loud = |at| clip.gain_at(at).0 > 0.6 * clip.gain.0;
            [from, from + Frames((to - from).0 / 2), to]
                .into_iter()
                .all(loud)
        };
        let comes = self.rendered < self.coming + frames;
        // A tone that crosses into itself may be its own opposite, and is not judged.
        let sounding = timeline.clips.iter();
        let sounding = sounding.filter(|clip| clip.end() > from && clip.from < to);
        let tracks: Vec<_> = sounding.map(|clip| &clip.track).collect();
        let crosses_itself = (1..tracks.len()).any(|at| tracks[..at].contains(&tracks[at]));
        // So may three tones be, for as long as 50 ms; and two that beat, where they are so low that a part of them is too.
        let beats = tracks.len() > 1 && height(timeline, to) < BEATS;
        let cancels = crosses_itself || tracks.len() > 2 || beats;
        let music = moves && !comes && !cancels && timeline.clips.iter().any(|clip| is_full(&clip));
        // The bed takes half a second to sink.
        let around = from - self.frames(0.6)..to + self.frames(0.1);
        let away = |from: Frames, end: Frames| end < around.start || from > around.end;
        let nothing = timeline
            .clips
            .iter()
            .all(|clip| away(clip.from, clip.end()));
        let still = [0, 1].map(|zone| {
            let hears = |cue: &&PlacedCue| cue.zones.iter().any(|heard| heard.index() == zone);
            let mut cues = timeline.cues.iter().filter(hears);
            nothing && cues.all(|cue| away(cue.at, cue.end()))
        });
        Expected { music, still }
    }

    fn be_well(&mut self) {
        self.well = [None; 2];
        self.disk.be(Mood::Well);
        self.quality.be(paper::Mood::Well);
        if self.away.take().is_some() && self.stage.is_some() {
            self.come_back(RAMP);
        }
    }

    /// The program is killed in the middle of whatever it does, and taken up again.
    fn kill(&mut self) {
        self.story.kills += 1;
        let stage = self.stage.take().unwrap();
        let stood = stage.player.position();
        let was_well = self.well[1].is_none();
        if was_well {
            assert!(stage.journal.flush(PATIENCE));
        } else {
            // What a disk hangs on is never written.
            self.quality.be(paper::Mood::Fails);
        }
        drop(stage);
        self.quality.wait_until_let_go();
        if self.dice.unit() < 0.5 {
            let torn = b"{\"v\":1,\"n\":99,\"wall\":17,\"at\":12,\"what\":\"cue-st";
            let length = (self.dice.unit() * torn.len() as f64) as usize;
            let mut file = OpenOptions::new().append(true).open(&self.journal).unwrap();
            file.write_all(&torn[..length]).unwrap();
        }
        self.be_well();
        let account = read(&self.journal).unwrap();
        let lost = stood - account.position;
        if was_well && lost > self.frames(2.0) {
            self.ears
                .faults
                .push(format!("{} frames lost by a kill at {}", lost.0, stood.0));
        }
        self.take_up(&account);
    }

    fn take_up(&mut self, account: &Account) {
        // Another test may be starting a program, which holds what we have open until it is one.
        let begun = std::time::Instant::now();
        while Journal::reopen(&self.journal).is_err() {
            assert!(begun.elapsed().as_secs() < 10, "the journal stays in use");
            std::thread::yield_now();
        }
        let size = self.journal.metadata().unwrap().len();
        let last = account.records.iter().map(|record| record.number).max();
        let journal = paper::journal(
            &self.journal,
            &self.quality,
            last.map_or(0, |last| last + 1),
            size,
        );
        let from = account.position;
        let boot = String::new();
        journal.append(
            Some(from),
            Entry::Resumed {
                from,
                boot,
                caps: Caps::default(),
            },
        );
        let (course, refused) = self.prepared.steered().after(&account.changes);
        if !refused.is_empty() {
            self.ears
                .faults
                .push(format!("a change cannot be made again: {refused:?}"));
        }
        let beginning = Beginning::again(course, from, account.started_cues());
        self.stage = Some(Stage::set(beginning, journal, &self.disk));
        if account.is_paused {
            self.player().pause(true);
        }
        self.ears.cut();
        self.coming = self.rendered + self.frames(3.2);
    }

    /// No cue twice, and none lost without a word.
    fn judge_cues(&mut self) {
        let account = read(&self.journal).unwrap();
        let mut started: HashMap<CueId, usize> = HashMap::new();
        let mut left_out = HashSet::new();
        for record in &account.records {
            match &record.entry {
                Entry::CueStarts { cue, .. } => *started.entry(*cue).or_default() += 1,
                Entry::CueLeftOut { cue, .. } => {
                    // It may have been taken from its place before it sounded, and come later.
                    if let Some(times) = started.get_mut(cue) {
                        *times = times.saturating_sub(1);
                    }
                    left_out.insert(*cue);
                }
                _ => {}
            }
        }
        for (cue, times) in &started {
            if *times > 1 {
                self.ears
                    .faults
                    .push(format!("{cue:?} started {times} times"));
            }
        }
        let timeline = Arc::clone(self.stage().player.timeline());
        let position = self.stage().player.position();
        for cue in &timeline.cues {
            let due = cue.sound.is_some() && cue.at + self.frames(7.0) < position;
            if due
                && !self.troubled
                && !started.contains_key(&cue.id)
                && !left_out.contains(&cue.id)
            {
                self.ears.faults.push(format!(
                    "{:?} at {} was lost without a word",
                    cue.id, cue.at.0
                ));
            }
        }
        self.story.cues = started.len();
        self.story.left_out = left_out.len();
    }
}

impl Stage {
    fn set(beginning: Beginning, journal: Journal, disk: &Stalling) -> Self {
        let journal = Arc::new(journal);
        let beginning = Beginning {
            journal: Some(Arc::clone(&journal)),
            disk: Arc::new(disk.clone()),
            ..beginning
        };
        let (player, engine) = Player::live(beginning).unwrap();
        Self {
            player,
            engine,
            journal,
            over: false,
        }
    }
}

/// Two tones of one level and 3 Hz apart lose 14 dB of their power for 50 ms.
const BEATS: Decibels = Decibels(-22.0);

/// How far the music stands below its own loudness, where it is lowest.
fn height(timeline: &Timeline, at: Frames) -> Decibels {
    let of = |zone| {
        let ramps = timeline.ducks.iter().filter(|(of, _)| *of == zone);
        let ramps: Vec<_> = ramps.map(|(_, ramp)| *ramp).collect();
        gain_at(&ramps, at).decibels()
    };
    let ducks = timeline.layout.zones().map(of);
    ducks.fold(Decibels::ZERO, Decibels::min) + gain_at(&timeline.levels, at).decibels()
}
