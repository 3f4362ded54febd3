//! Any session, changed in any way at any time: what `tests/revise.rs` holds true of random ones, of those that the bytes
//! lead to.

#![no_main]

#[path = "../../tests/common/changing.rs"]
#[allow(dead_code, reason = "the test uses more of it")]
mod changing;
#[path = "../../tests/common/plans.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod plans;

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use plans::{HEADS, PhasePlan, Plan};
use undersong::level::Decibels;
use undersong::timeline::Change;

/// Bytes that choose; zero once they are used up.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn byte(&mut self) -> u64 {
        self.0.next().copied().unwrap_or_default().into()
    }

    /// A number from `low` up to `high`, which is left out.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        let wide = (0..3).fold(0, |wide, _| wide << 8 | self.byte());
        low + wide * (high - low) / (1 << 24)
    }

    fn yes(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn some<T>(&mut self, most: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = 1 + self.byte() % most;
        (0..count).map(|_| one(self)).collect()
    }

    fn plan(&mut self) -> Plan {
        let rates = [44_100, 48_000, 96_000, 37_800];
        Plan {
            tracks: self.some(6, |bytes| {
                let rate = rates[bytes.byte() as usize % rates.len()];
                (rate, bytes.between(1_400, 400_000), bytes.between(HEADS.start, HEADS.end))
            }),
            phases: self.some(5, Self::phase),
            crossfade: if self.yes() {
                0
            } else {
                self.between(1, 60_000)
            },
            phase_crossfade: self.between(0, 40_000),
            fade_in: self.between(0, 10_000),
            fade_out: self.between(0, 30_000),
            seed: self.byte(),
        }
    }

    fn phase(&mut self) -> PhasePlan {
        PhasePlan {
            seconds: self.between(10, 900),
            shorter: self.between(0, 300),
            longer: self.between(0, 300),
            silent: self.byte() % 7 == 6,
            shuffle: self.yes(),
            cues: self.some(4, |bytes| {
                let at = bytes.between(0, 600);
                (
                    at,
                    bytes.yes(),
                    bytes.between(0, 60),
                    (bytes.byte() % 3) as u8,
                )
            }),
            reminder: self.between(0, 60),
        }
    }

    fn change(&mut self) -> Change {
        let length = |bytes: &mut Self| Duration::from_secs(bytes.between(1, 600));
        match self.byte() % 11 {
            0 => Change::Hold,
            1 => Change::Continue,
            2 => Change::Extend { by: length(self) },
            3 => Change::Shorten { by: length(self) },
            4 => Change::BringBack {
                to: Some(format!("phase {}", self.byte() % 5)),
            },
            5 => Change::Skip,
            6 => Change::Intensity {
                by: self.byte() as i8 % 3,
                at_once: self.yes(),
            },
            7 => Change::Level {
                to: Decibels(self.between(0, 720) as f32 / 10.0 - 60.0),
            },
            8 => Change::Cue {
                name: format!("{} {}", self.byte() % 4, self.byte() % 3),
            },
            9 => Change::Speak { on: self.yes() },
            _ => Change::Undo,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = Bytes(bytes.iter());
    let plan = bytes.plan();
    let changes = bytes.some(11, |bytes| (bytes.change(), bytes.between(100, 20_000_000)));
    if let Err(error) = changing::keep_what_was_and_cut_nothing(&plan, &changes) {
        panic!("{error}\n{plan:?}\n{changes:?}");
    }
});
