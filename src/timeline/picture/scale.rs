//! The time axis: from frames to the page, and the times people read.

use std::time::Duration;

use super::BANDS;
use super::page::Page;
use crate::time::{Frames, Rate};

/// Steps between two times on the axis, in seconds.
const STEPS: [u64; 15] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400,
];

/// Two times stand at least this far apart.
const APART: f64 = 84.0;

/// Where the session's frames stand on the page.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    rate: Rate,
    length: Frames,
    left: f64,
    right: f64,
}

impl Scale {
    /// The session from `left` to `right`.
    pub const fn new(rate: Rate, length: Frames, left: f64, right: f64) -> Self {
        Self {
            rate,
            length,
            left,
            right,
        }
    }

    /// Where a frame stands.
    pub fn x(&self, at: Frames) -> f64 {
        let part = at.0 as f64 / self.length.0.max(1) as f64;
        self.left + part.min(1.0) * (self.right - self.left)
    }

    /// The frames between two points that stand `units` apart.
    pub fn frames(&self, units: f64) -> Frames {
        Frames((units / (self.right - self.left) * self.length.0 as f64) as u64)
    }

    /// The session's rate.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// The times that are written, in seconds, and the step between them.
    fn times(&self) -> (Vec<u64>, u64) {
        let seconds = self.rate.seconds(self.length);
        let unit = (self.right - self.left) / seconds.max(0.001);
        let step = STEPS.into_iter().find(|step| *step as f64 * unit >= APART);
        let step = step.unwrap_or(86_400);
        let times = (0..=(seconds as u64 / step)).map(|n| n * step);
        (times.collect(), step)
    }

    fn x_of_second(&self, second: u64) -> f64 {
        self.x(self.rate.frames(Duration::from_secs(second)))
    }

    /// A faint line at each time, down to `end`.
    pub fn draw_grid(&self, page: &mut Page, end: f64) {
        for time in self.times().0 {
            let x = self.x_of_second(time);
            page.line("grid", [x, BANDS, x, end]);
        }
    }

    /// The ground of the hills, and the times below it.
    pub fn draw_times(&self, page: &mut Page, ground: f64) {
        page.line("ground", [self.left, ground, self.right, ground]);
        let (times, step) = self.times();
        for time in times {
            let x = self.x_of_second(time);
            page.line("ground", [x, ground, x, ground + 5.0]);
            page.text("tick", x, ground + 19.0, &spoken(time, step));
        }
    }
}

/// A time as people say it: `1:30`, `45 min`, `2 h`, `2 h 30`.
fn spoken(second: u64, step: u64) -> String {
    let (hours, minutes) = (second / 3600, second / 60 % 60);
    if second == 0 {
        "0".to_owned()
    } else if !step.is_multiple_of(60) {
        crate::time::clock(Duration::from_secs(second))
    } else if hours == 0 {
        format!("{minutes} min")
    } else if minutes == 0 {
        format!("{hours} h")
    } else {
        format!("{hours} h {minutes:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_round_and_have_room_at_every_length() {
        for seconds in [1, 7, 130, 1_000, 10_751, 43_200, 86_400] {
            let rate = Rate::DEFAULT;
            let length = rate.frames(Duration::from_secs(seconds));
            let scale = Scale::new(rate, length, 84.0, 1544.0);
            let (times, _) = scale.times();
            assert!((1..=18).contains(&times.len()), "{seconds}: {times:?}");
            let gap = scale.x_of_second(times.get(1).copied().unwrap_or(seconds)) - 84.0;
            assert!(gap >= APART - 1e-6, "{seconds}: {times:?}");
        }
        assert_eq!(spoken(9_000, 1_800), "2 h 30");
        assert_eq!(spoken(90, 30), "1:30");
        assert_eq!(spoken(2_700, 900), "45 min");
    }

    #[test]
    fn a_session_without_a_frame_has_an_axis_too() {
        let scale = Scale::new(Rate::DEFAULT, Frames::ZERO, 84.0, 1544.0);
        assert_eq!(scale.x(Frames::ZERO), 84.0);
        assert_eq!(scale.x(Frames(5)), 1544.0);
        assert_eq!(scale.times().0, [0]);
    }
}
