//! Whether an output still plays.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::time::Frames;

/// A device that takes no frame for this long does not play any more; most say nothing when they die.
const SILENT: Duration = Duration::from_secs(2);
/// A device that said that it is gone gets this long to prove the contrary.
const GONE: Duration = Duration::from_millis(250);
/// Who looks less often than this slept himself (a closed lid, a stopped process), and can say nothing of the device.
const ASLEEP: Duration = Duration::from_millis(750);

/// Counts what an output did; written on the audio thread, read by anyone. A dying device may report half a million
/// errors a second, so they are counted and nothing else.
#[derive(Debug, Default)]
pub struct Health {
    frames: AtomicU64,
    xruns: AtomicU32,
    gone: AtomicU32,
    other: AtomicU32,
    worst: AtomicU64,
    wants: AtomicBool,
    /// 0: not known yet, 1: it has it, 2: it was refused.
    real_time: AtomicU8,
}

impl Health {
    /// Counts frames that were handed over, and how long they took to make. Real-time safe.
    pub fn advance(&self, frames: usize, took: Duration) {
        self.frames.fetch_add(frames as u64, Ordering::Relaxed);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.worst.fetch_max(nanoseconds, Ordering::Relaxed);
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
    }

    /// The frames that the output took so far.
    #[must_use]
    pub fn frames(&self) -> Frames {
        Frames(self.frames.load(Ordering::Relaxed))
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
}

impl Watch {
    /// Begins to watch.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            frames: Frames::ZERO,
            since: now,
            looked: now,
        }
    }

    /// Looks again; ask several times a second. True where the output is dead.
    pub fn is_dead(&mut self, health: &Health, now: Instant) -> bool {
        let asleep = now.duration_since(self.looked) > ASLEEP;
        self.looked = now;
        if asleep || health.frames() != self.frames {
            self.frames = health.frames();
            self.since = now;
        }
        let patience = if health.gone() > 0 { GONE } else { SILENT };
        now.duration_since(self.since) > patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(begin: Instant, milliseconds: u64) -> Instant {
        begin + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_device_that_falls_silent_is_dead_after_two_seconds() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        for step in 1..20 {
            health.advance(1024, Duration::ZERO);
            assert!(!watch.is_dead(&health, at(begin, step * 500)));
        }
        let dead = (20..40).find(|step| watch.is_dead(&health, at(begin, step * 500)));
        assert_eq!(dead, Some(24));
    }

    #[test]
    fn a_device_that_says_so_is_dead_at_once_unless_it_plays_on() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        health.count(cpal::ErrorKind::DeviceNotAvailable);
        health.advance(1, Duration::ZERO);
        assert!(!watch.is_dead(&health, at(begin, 100)));
        assert!(!watch.is_dead(&health, at(begin, 300)));
        assert!(watch.is_dead(&health, at(begin, 400)));
    }

    #[test]
    fn a_storm_of_errors_alone_is_no_death_and_neither_is_our_own_sleep() {
        let (health, begin) = (Health::default(), Instant::now());
        let mut watch = Watch::new(begin);
        for step in 1..100 {
            health.count(cpal::ErrorKind::BackendError);
            health.advance(1, Duration::ZERO);
            assert!(!watch.is_dead(&health, at(begin, step * 300)));
        }
        assert!(!watch.is_dead(&health, at(begin, 60_000)));
        assert_eq!((health.other(), health.xruns(), health.gone()), (99, 0, 0));
    }
}
