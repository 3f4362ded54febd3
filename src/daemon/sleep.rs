//! Whether the machine slept.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The clocks are not read at the same instant.
const NOISE: Duration = Duration::from_millis(500);

/// Finds out whether the machine slept: one of the system's clocks goes on meanwhile, the other stands still. No wall clock
/// is asked.
#[derive(Debug)]
pub struct Sleep {
    /// For how long it has slept since it was started.
    slept: Duration,
}

impl Sleep {
    /// Begins to watch.
    #[must_use]
    pub fn watch() -> Self {
        Self { slept: slept() }
    }

    /// For how long it slept since this was last asked; `None` where it did not.
    pub fn since(&mut self) -> Option<Duration> {
        self.at(slept())
    }

    fn at(&mut self, slept: Duration) -> Option<Duration> {
        let more = slept.saturating_sub(self.slept);
        if more < NOISE {
            return None;
        }
        self.slept = slept;
        Some(more)
    }
}

fn slept() -> Duration {
    let [all, awake] = [ClockId::Boottime, ClockId::Monotonic]
        .map(|id| Duration::try_from(clock_gettime(id)).unwrap_or_default());
    all.saturating_sub(awake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_told_once() {
        let mut sleep = Sleep {
            slept: Duration::from_secs(7),
        };
        let told = [7_000, 7_300, 9_000, 9_100, 8_000, 9_600]
            .map(|at| sleep.at(Duration::from_millis(at)));
        let seconds = told.map(|told| told.map(|told| told.as_millis()));
        assert_eq!(seconds, [None, None, Some(2_000), None, None, Some(600)]);
        assert_eq!(Sleep::watch().since(), None);
    }
}
