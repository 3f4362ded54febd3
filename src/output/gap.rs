//! Whether what a device plays was cut off: it was away for a while, since the machine slept, the program was stopped or the
//! device stood still; or it ran dry.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::output::device::RAMP;

/// A device that did not ask for so long has played all that it held, and what comes next would come in hard. Devices hold
/// less; no machine sleeps for less.
const LONG: Duration = Duration::from_secs(1);

/// A device that ran dry was silent for some milliseconds, and would go on in the middle of a wave: it comes back within this,
/// without a click and before anybody finds it soft.
const DRY: Duration = Duration::from_millis(50);

/// Watches what lies between a device's blocks: the time, by a clock that goes on while the machine sleeps, and how often the
/// device ran dry.
#[derive(Debug, Default)]
pub struct Gap {
    last: Option<Duration>,
    xruns: u32,
}

impl Gap {
    /// Within how long the sound has to come from silence, where it was cut off before the block that the device asks for
    /// now; so far it ran dry `xruns` times. Real-time safe: reads a clock.
    pub fn before(&mut self, xruns: u32) -> Option<Duration> {
        let now = clock_gettime(ClockId::Boottime);
        self.at(now.try_into().unwrap_or_default(), xruns)
    }

    fn at(&mut self, now: Duration, xruns: u32) -> Option<Duration> {
        let ran_dry = std::mem::replace(&mut self.xruns, xruns) != xruns;
        // Before the first block there was no sound that could be cut off.
        let last = self.last.replace(now)?;
        if now.saturating_sub(last) > LONG {
            Some(RAMP)
        } else {
            ran_dry.then_some(DRY)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_away_for_long_was_away() {
        let mut gap = Gap::default();
        let away =
            [0, 21, 43, 1_040, 2_041, 2_060, 9_000].map(|at| gap.at(Duration::from_millis(at), 0));
        let back = Some(RAMP);
        assert_eq!(away, [None, None, None, None, back, None, back]);
        assert_eq!(Gap::default().before(0), None);
    }

    #[test]
    fn what_ran_dry_comes_back_once_and_sooner_than_what_was_away() {
        let mut gap = Gap::default();
        // Some devices run dry before they play; one that slept ran dry too.
        let blocks = [(0, 3), (21, 3), (43, 4), (64, 4), (85, 6), (2_000, 7)];
        let back = blocks.map(|(at, xruns)| gap.at(Duration::from_millis(at), xruns));
        assert_eq!(back, [None, None, Some(DRY), None, Some(DRY), Some(RAMP)]);
    }
}
