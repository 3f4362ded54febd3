//! Somebody who listens to all that the card is given, as it comes; nothing is kept.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::pipe::fcntl_setpipe_size;
use undersong::time::{Frames, Rate};

use super::alone::Alone;
use super::common::ears::{Ears, Expected};
use super::fault::Fault;
use super::mood::{Mood, Now};

/// What the system lets anybody have: 1.3 s of the card's sound.
const PIPE: usize = 1 << 20;

/// What was heard in all.
#[derive(Debug)]
pub struct Account {
    /// What was wrong.
    pub faults: Vec<String>,
    /// Frames that came.
    pub frames: usize,
    /// When the sound was cut off and began anew from nothing, in milliseconds since 1970.
    pub cuts: Vec<u64>,
    /// Seconds in which music was to be heard, and was looked for.
    pub music: f64,
    /// Seconds of stillness.
    pub stillness: f64,
    /// How often each listener heard words of its own there.
    pub alone: [usize; 2],
}

/// A listener.
pub struct Listener {
    ending: Arc<AtomicBool>,
    thread: JoinHandle<Account>,
}

impl Listener {
    /// Listens at a pipe that the card writes to.
    pub fn at(pipe: &Path, mood: Arc<Mood>, fault: Option<Fault>) -> Self {
        // For both ways, so that it does not end where the card is closed.
        let pipe = OpenOptions::new().read(true).write(true).open(pipe);
        let pipe = pipe.expect("the card's pipe");
        // A busy machine lets the listener wait, and the card with it where the pipe is full.
        fcntl_setpipe_size(&pipe, PIPE).expect("a pipe of 1 MiB");
        let ending = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ending);
        let thread = thread::spawn(move || Listening::new(mood, fault).hear_out(pipe, &end));
        Self { ending, thread }
    }

    /// Ends, with what comes next.
    pub fn end(self) -> Account {
        self.ending.store(true, Ordering::Relaxed);
        self.thread.join().expect("the listener")
    }
}

struct Listening {
    mood: Arc<Mood>,
    fault: Option<Fault>,
    struck: usize,
    ears: Ears,
    alone: Alone,
    faults: Vec<String>,
    at: usize,
    cuts: Vec<u64>,
    begun: Instant,
}

impl Listening {
    fn new(mood: Arc<Mood>, fault: Option<Fault>) -> Self {
        Self {
            mood,
            fault,
            struck: 0,
            ears: Ears::new(Rate::DEFAULT),
            alone: Alone::default(),
            faults: Vec::new(),
            at: 0,
            cuts: Vec::new(),
            begun: Instant::now(),
        }
    }

    fn hear_out(mut self, mut pipe: File, ending: &AtomicBool) -> Account {
        let mut bytes = vec![0; 64 * 1024];
        let mut filled = 0;
        while !ending.load(Ordering::Relaxed) {
            let read = pipe.read(&mut bytes[filled..]).expect("the card's pipe");
            filled += read;
            let whole = filled - filled % 16;
            let floats = bytes[..whole].chunks_exact(4);
            let mut block: Vec<f32> = floats
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            self.hear(&mut block);
            bytes.copy_within(whole..filled, 0);
            filled -= whole;
        }
        let second = f64::from(Rate::DEFAULT.hertz());
        self.faults.extend(self.ears.faults);
        Account {
            faults: self.faults,
            frames: self.at,
            cuts: self.cuts,
            music: self.ears.judged as f64 / 20.0,
            stillness: self.alone.judged as f64 / second,
            alone: self.alone.heard,
        }
    }

    fn hear(&mut self, block: &mut [f32]) {
        let now = self.mood.now();
        if now == Now::Nothing {
            return;
        }
        if let Some(fault) = self.fault {
            fault.strike(self.at, now, block, &mut self.struck);
        }
        let known = self.ears.faults.len();
        let expected = Expected {
            music: now == Now::Music,
            ..Expected::default()
        };
        for (offset, frame) in block.chunks_exact(4).enumerate() {
            if self.ears.stops_with(frame) {
                self.ears.cut();
                self.cuts.push(wall());
            }
            let at = Frames::from(self.at + offset);
            self.ears.hear(at, frame, expected);
        }
        for fault in &mut self.ears.faults[known..] {
            fault.push_str(&clock(self.begun.elapsed()));
        }
        if now == Now::Stillness {
            for frame in block.chunks_exact(4) {
                let wrong = self.alone.hear(frame);
                let few = self.faults.len() < 20;
                self.faults.extend(
                    wrong
                        .filter(|_| few)
                        .map(|wrong| wrong + &clock(self.begun.elapsed())),
                );
            }
        } else {
            self.alone.forget();
        }
        self.at += block.len() / 4;
    }
}

fn wall() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_millis() as u64)
}

fn clock(elapsed: Duration) -> String {
    format!(", {:.1} s after the beginning", elapsed.as_secs_f64())
}
