//! Whether an output still plays.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::time::{Frames, Rate};

/// A device that takes no frame for this long does not play any more; most say nothing when they die.
const SILENT: Duration = Duration::from_secs(2);
/// A device that reports errors gets this long to take a frame; many recover by themselves.
const TROUBLED: Duration = Duration::from_millis(500);
/// A device that said that it is gone gets this long to prove the contrary.
const GONE: Duration = Duration::from_millis(250);
/// Who looks less often than this slept himself (a closed lid, a stopped process), and can say nothing of the device.
const ASLEEP: Duration = Duration::from_millis(750);
/// So many errors without a frame between them are a storm; some devices start with thousands, and play.
const STORM: u32 = 10_000;

/// Counts what an output did; written on the audio thread, read by anyone. A dying device may report half a million
/// errors a second, so they are counted and nothing else.
#[derive(Debug)]
pub struct Health {
    begun: Instant,
    frames: AtomicU64,
    played: AtomicU64,
    /// The last block of the engine's: nanoseconds from `begun`, and frames.
    last: AtomicU64,
    length: AtomicU64,
    xruns: AtomicU32,
    gone: AtomicU32,
    other: AtomicU32,
    in_a_row: AtomicU32,
    worst: AtomicU64,
    astray: AtomicBool,
    wants: AtomicBool,
    /// 0: not known yet, 1: it has it, 2: it was refused.
    real_time: AtomicU8,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            frames: AtomicU64::default(),
            played: AtomicU64::default(),
            last: AtomicU64::default(),
            length: AtomicU64::default(),
            xruns: AtomicU32::default(),
            gone: AtomicU32::default(),
            other: AtomicU32::default(),
            in_a_row: AtomicU32::default(),
            worst: AtomicU64::default(),
            astray: AtomicBool::default(),
            wants: AtomicBool::default(),
            real_time: AtomicU8::default(),
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Health {
    /// Counts frames that were handed over: since when they were made, and whether the engine made them, or nobody and they
    /// are silent. Real-time safe.
    pub fn advance(&self, frames: usize, plays: bool, since: Instant) {
        let frames = frames as u64;
        self.frames.fetch_add(frames, Ordering::Relaxed);
        self.in_a_row.store(0, Ordering::Relaxed);
        if plays {
            let last = since.saturating_duration_since(self.begun);
            self.last.store(nanoseconds(last), Ordering::Relaxed);
            self.length.store(frames, Ordering::Relaxed);
            self.played.fetch_add(frames, Ordering::Release);
        }
        let took = nanoseconds(since.elapsed());
        self.worst.fetch_max(took, Ordering::Relaxed);
    }

    /// When the engine's next block is due, or was: when the last one began, and as much later as it is long. `None` where
    /// it played none.
    #[must_use]
    pub fn due(&self, rate: Rate) -> Option<Instant> {
        if self.played.load(Ordering::Acquire) == 0 {
            return None;
        }
        let last = Duration::from_nanos(self.last.load(Ordering::Relaxed));
        let length = Frames(self.length.load(Ordering::Relaxed));
        Some(self.begun + last + rate.duration(length))
    }

    /// Asks the audio thread to take real-time priority in its next block.
    pub fn want_real_time(&self) {
        self.wants.store(true, Ordering::Relaxed);
    }

    pub(super) fn wants_real_time(&self) -> bool {
        self.wants.load(Ordering::Relaxed)
    }

    pub(super) fn show_real_time(&self, has: bool) {
        let word = if has { 1 } else { 2 };
        self.real_time.store(word, Ordering::Relaxed);
    }

    /// Whether the audio thread has real-time priority; `None` where it was not asked to, or not yet.
    #[must_use]
    pub fn real_time(&self) -> Option<bool> {
        match self.real_time.load(Ordering::Relaxed) {
            0 => None,
            word => Some(word == 1),
        }
    }

    /// What the output takes is heard from another device: from its next block on it is given silence, for good.
    pub fn lead_astray(&self) {
        self.astray.store(true, Ordering::Relaxed);
    }

    /// Whether it was led to another device. Real-time safe.
    #[must_use]
    pub fn is_astray(&self) -> bool {
        self.astray.load(Ordering::Relaxed)
    }

    /// The longest that one block took to make.
    #[must_use]
    pub fn worst(&self) -> Duration {
        Duration::from_nanos(self.worst.load(Ordering::Relaxed))
    }

    /// Counts an error by its kind. Real-time safe.
    pub fn count(&self, error: cpal::ErrorKind) {
        use cpal::ErrorKind::{
            DeviceChanged, DeviceNotAvailable, HostUnavailable, RealtimeDenied, StreamInvalidated,
            Xrun,
        };
        let counter = match error {
            Xrun => &self.xruns,
            DeviceNotAvailable | HostUnavailable | StreamInvalidated => &self.gone,
            // Nothing is wrong with the sound.
            DeviceChanged | RealtimeDenied => return,
            _ => &self.other,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.in_a_row.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether errors come without end and without a frame between them: then whoever reports them should wait, or it keeps
    /// a processor from everybody else. Real-time safe.
    #[must_use]
    pub fn is_storm(&self) -> bool {
        self.in_a_row.load(Ordering::Relaxed) > STORM
    }

    /// The frames that the output took so far.
    #[must_use]
    pub fn frames(&self) -> Frames {
        Frames(self.frames.load(Ordering::Relaxed))
    }

    /// Those of them that the engine made.
    #[must_use]
    pub fn played(&self) -> Frames {
        Frames(self.played.load(Ordering::Acquire))
    }

    /// How often the device ran dry.
    #[must_use]
    pub fn xruns(&self) -> u32 {
        self.xruns.load(Ordering::Relaxed)
    }

    /// How often the device said that it is gone.
    #[must_use]
    pub fn gone(&self) -> u32 {
        self.gone.load(Ordering::Relaxed)
    }

    /// How many errors of other kinds it reported; many recover by themselves.
    #[must_use]
    pub fn other(&self) -> u32 {
        self.other.load(Ordering::Relaxed)
    }
}

/// Tells whether an output is dead: by its frames, since errors come late, too often or never.
#[derive(Debug)]
pub struct Watch {
    frames: Frames,
    since: Instant,
    looked: Instant,
    gone: Claim,
    troubled: Claim,
}

/// What a device said of itself: how often, and when first without being proved wrong.
#[derive(Debug, Default)]
struct Claim {
    count: u32,
    since: Option<Instant>,
}

impl Claim {
    fn hear(&mut self, count: u32, now: Instant) {
        if count != self.count {
            self.count = count;
            self.since.get_or_insert(now);
        }
    }

    fn is_older(&self, than: Duration, now: Instant) -> bool {
        self.since.is_some_and(|at| now.duration_since(at) > than)
    }
}

impl Watch {
    /// Begins to watch.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            frames: Frames::ZERO,
            since: now,
            looked: now,
            gone: Claim::default(),
            troubled: Claim::default(),
        }
    }

    /// Looks again at an output that took so many `frames`: all of them, or while it has the engine, those that the engine
    /// made. Ask several times a second. True where the output is dead, or plays elsewhere.
    pub fn is_dead(&mut self, health: &Health, frames: Frames, now: Instant) -> bool {
        let asleep = now.duration_since(self.looked) > ASLEEP;
        self.looked = now;
        self.gone.hear(health.gone(), now);
        self.troubled.hear(health.other(), now);
        if asleep || frames != self.frames {
            self.frames = frames;
            self.since = now;
            self.troubled.since = None;
            // Its last frames may come with the word that it is gone.
            if self.gone.is_older(GONE * 2, now) {
                self.gone.since = None;
            }
        }
        let silent = now.duration_since(self.since);
        let claims = [(&self.gone, GONE), (&self.troubled, TROUBLED)];
        let mut claims = claims.iter();
        health.is_astray()
            || silent > SILENT
            || claims.any(|(claim, patience)| silent > *patience && claim.is_older(*patience, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(begin: Instant, milliseconds: u64) -> Instant {
        begin + Duration::from_millis(milliseconds)
    }

    fn is_dead(watch: &mut Watch, health: &Health, now: Instant) -> bool {
        watch.is_dead(health, health.played(), now)
    }

    fn advance(health: &Health) {
        health.advance(1024, true, Instant::now());
    }

    #[test]
    fn a_device_that_falls_silent_is_dead_after_two_seconds() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        for step in 1..20 {
            advance(&health);
            assert!(!is_dead(&mut watch, &health, at(begin, step * 500)));
        }
        // It asks for frames, and the engine's sound is not in them.
        let dead = (20..40).find(|step| {
            health.advance(1024, false, Instant::now());
            is_dead(&mut watch, &health, at(begin, step * 500))
        });
        assert_eq!(dead, Some(24));
    }

    #[test]
    fn a_device_that_says_so_is_dead_at_once_unless_it_plays_on() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        health.count(cpal::ErrorKind::DeviceNotAvailable);
        advance(&health);
        assert!(!is_dead(&mut watch, &health, at(begin, 100)));
        assert!(!is_dead(&mut watch, &health, at(begin, 300)));
        assert!(is_dead(&mut watch, &health, at(begin, 400)));
        for step in 5..15 {
            advance(&health);
            assert!(!is_dead(&mut watch, &health, at(begin, step * 100)));
        }
        // It proved the contrary, so it is given as long as any other.
        assert!(!is_dead(&mut watch, &health, at(begin, 2_000)));
    }

    #[test]
    fn a_storm_of_errors_alone_is_no_death_and_neither_is_our_own_sleep() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        for step in 1..100 {
            health.count(cpal::ErrorKind::BackendError);
            advance(&health);
            assert!(!is_dead(&mut watch, &health, at(begin, step * 300)));
        }
        assert!(!is_dead(&mut watch, &health, at(begin, 60_000)));
        assert_eq!((health.other(), health.xruns(), health.gone()), (99, 0, 0));
    }

    #[test]
    fn a_storm_without_a_frame_is_a_death_and_a_burst_after_a_stall_is_none() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        let storm = || (0..=STORM).for_each(|_| health.count(cpal::ErrorKind::BackendError));
        advance(&health);
        assert!(!is_dead(&mut watch, &health, at(begin, 500)));
        assert!(!is_dead(&mut watch, &health, at(begin, 1_000)));
        storm();
        assert!(health.is_storm());
        assert!(!is_dead(&mut watch, &health, at(begin, 1_500)), "a burst");
        advance(&health);
        assert!(!health.is_storm());
        assert!(!is_dead(&mut watch, &health, at(begin, 1_600)));
        storm();
        assert!(!is_dead(&mut watch, &health, at(begin, 2_000)));
        assert!(is_dead(&mut watch, &health, at(begin, 2_600)), "a storm");
    }

    #[test]
    fn the_next_block_is_due_when_the_last_one_is_over() {
        let (health, rate) = (Health::default(), Rate::DEFAULT);
        assert_eq!(health.due(rate), None);
        let begun = Instant::now();
        health.advance(480, true, begun);
        health.advance(480, false, Instant::now());
        let due = health.due(rate).unwrap();
        assert_eq!(due.duration_since(begun), Duration::from_millis(10));
    }
}
