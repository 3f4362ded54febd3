//! Whether a device was away for a while: the machine slept, the program was stopped, the device stood still.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A device that did not ask for so long has played all that it held, and what comes next would come in hard. Devices hold
/// less; no machine sleeps for less.
const LONG: Duration = Duration::from_secs(1);

/// Watches the time between a device's blocks, by a clock that goes on while the machine sleeps.
#[derive(Debug, Default)]
pub struct Gap {
    last: Option<Duration>,
}

impl Gap {
    /// Whether the device was away before the block that it asks for now. Real-time safe: reads a clock.
    pub fn was_long(&mut self) -> bool {
        let now = clock_gettime(ClockId::Boottime);
        self.at(now.try_into().unwrap_or_default())
    }

    fn at(&mut self, now: Duration) -> bool {
        let last = self.last.replace(now);
        last.is_some_and(|last| now.saturating_sub(last) > LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_away_for_long_was_away() {
        let mut gap = Gap::default();
        let away =
            [0, 21, 43, 1_040, 2_041, 2_060, 9_000].map(|at| gap.at(Duration::from_millis(at)));
        assert_eq!(away, [false, false, false, false, true, false, true]);
        assert!(!Gap::default().was_long());
    }
}
