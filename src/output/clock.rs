//! Clocks for an output that has no sound card.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::time::{Frames, Rate};

/// Says when a frame is due.
pub trait Clock: Send {
    /// Waits until `frame` is due, counted from the clock's first call. Blocking. False where the clock has stopped for
    /// good.
    fn wait_until(&mut self, frame: Frames) -> bool;
}

/// Runs as real time does. Each wait is reckoned from the first, so nothing adds up over hours.
#[derive(Debug)]
pub struct RealTime {
    rate: Rate,
    begin: Option<Instant>,
}

impl RealTime {
    /// Who is later than this does not catch up in a rush: the time is lost, as on a card that ran dry.
    const LATE: Duration = Duration::from_millis(250);

    /// A clock of a session's rate, which starts when it is first asked.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        Self { rate, begin: None }
    }
}

impl Clock for RealTime {
    fn wait_until(&mut self, frame: Frames) -> bool {
        let now = Instant::now();
        let begin = *self.begin.get_or_insert(now);
        let due = begin + self.rate.duration(frame);
        sleep(due.saturating_duration_since(now));
        let late = now.saturating_duration_since(due);
        if late > Self::LATE {
            self.begin = Some(begin + late);
        }
        true
    }
}

/// Real time that goes on from an instant in the past: what was due since then comes faster, until it is made up for, so
/// that nothing is lost.
#[derive(Debug)]
pub struct MakingUp {
    rate: Rate,
    begin: Instant,
    /// The frame that was waited for last, and when it came.
    last: Option<(Frames, Instant)>,
    even: Arc<AtomicBool>,
}

impl MakingUp {
    /// So many times faster: the decoder keeps up with it, and no ring runs dry.
    const FASTER: u32 = 8;
    /// More than this is not made up for: whoever stood still for so long slept, and the time is lost.
    const MOST: Duration = Duration::from_secs(10);
    /// Who is no later than this is even.
    const EVEN: Duration = Duration::from_millis(30);

    /// A clock that began at an instant, and whether it has made up for the time since then.
    #[must_use]
    pub fn since(begin: Instant, rate: Rate) -> (Self, Arc<AtomicBool>) {
        let even = Arc::new(AtomicBool::new(false));
        let clock = Self {
            rate,
            begin,
            last: None,
            even: Arc::clone(&even),
        };
        (clock, even)
    }
}

impl Clock for MakingUp {
    fn wait_until(&mut self, frame: Frames) -> bool {
        let now = Instant::now();
        let due = self.begin + self.rate.duration(frame);
        let late = now.saturating_duration_since(due);
        if late > Self::MOST {
            self.begin += late;
        }
        self.even.store(late <= Self::EVEN, Ordering::Relaxed);
        let soonest = self.last.map_or(now, |(last, at)| {
            at + self.rate.duration(frame - last) / Self::FASTER
        });
        let then = due.max(soonest);
        sleep(then.saturating_duration_since(now));
        self.last = Some((frame, then.max(now)));
        true
    }
}

/// A clock that is turned by hand.
#[derive(Debug)]
pub struct Turned {
    turns: Receiver<Frames>,
    now: Frames,
}

/// Turns a [`Turned`] clock, which stops for good when this is dropped.
#[derive(Debug)]
pub struct Crank(SyncSender<Frames>);

impl Turned {
    /// A clock that stands at its first frame, and its crank.
    #[must_use]
    pub fn new() -> (Self, Crank) {
        let (crank, turns) = sync_channel(1024);
        let clock = Self {
            turns,
            now: Frames::ZERO,
        };
        (clock, Crank(crank))
    }
}

impl Clock for Turned {
    fn wait_until(&mut self, frame: Frames) -> bool {
        while self.now < frame {
            match self.turns.recv() {
                Ok(turn) => self.now += turn,
                Err(_) => return false,
            }
        }
        true
    }
}

impl Crank {
    /// Turns the clock on. Blocks only where it is a thousand turns ahead.
    pub fn turn(&self, frames: Frames) {
        // Nobody waits for a clock whose output was closed.
        let _ = self.0.send(frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_clock_stops_with_its_crank() {
        let (mut clock, crank) = Turned::new();
        assert!(clock.wait_until(Frames::ZERO));
        crank.turn(Frames(5));
        crank.turn(Frames(5));
        assert!(clock.wait_until(Frames(7)) && clock.wait_until(Frames(10)));
        drop(crank);
        assert!(!clock.wait_until(Frames(11)));
    }

    #[test]
    fn real_time_does_not_run_ahead() {
        let mut clock = RealTime::new(Rate::DEFAULT);
        let begin = Instant::now();
        assert!(clock.wait_until(Frames::ZERO) && clock.wait_until(Frames(480)));
        assert!(begin.elapsed() >= Duration::from_millis(10));
    }

    #[test]
    fn what_was_missed_is_made_up_for_faster_and_not_at_once() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let (mut clock, even) = MakingUp::since(now.checked_sub(second).unwrap(), Rate::DEFAULT);
        let mut frame = Frames::ZERO;
        while !even.load(Ordering::Relaxed) {
            clock.wait_until(frame);
            frame += Frames(480);
        }
        let took = now.elapsed();
        assert!(took >= Duration::from_millis(100), "{took:?}");
        let due = Rate::DEFAULT.frames(second + took);
        assert!(frame + Frames(4_800) > due, "{frame:?} of {due:?}");
        clock.begin = now.checked_sub(second * 100).unwrap();
        clock.wait_until(frame);
        clock.wait_until(frame + Frames(480));
        assert!(even.load(Ordering::Relaxed), "the time of a sleep is lost");
    }

    #[test]
    fn who_is_late_loses_the_time() {
        let mut clock = RealTime::new(Rate::DEFAULT);
        let begin = Instant::now();
        clock.begin = begin.checked_sub(Duration::from_secs(1));
        clock.wait_until(Frames::ZERO);
        clock.wait_until(Frames(480));
        assert!(begin.elapsed() >= Duration::from_millis(10));
    }
}
