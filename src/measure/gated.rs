//! Loudness over a whole programme: what is far below the rest does not count.

use crate::level::{Decibels, Loudness};

/// Loudness is told apart this finely where it is compared with a gate.
const BINS: usize = 100;
/// The lowest loudness that is kept, in LUFS: the absolute gate.
const FROM: f64 = -70.0;
/// The highest that is told apart, in LUFS.
const TO: f64 = 20.0;

/// Powers by their loudness: flat in memory, however many there are.
#[derive(Debug)]
pub struct Gated {
    bins: Vec<(u64, f64)>,
}

impl Default for Gated {
    fn default() -> Self {
        let count = (TO - FROM) as usize * BINS;
        Self {
            bins: vec![(0, 0.0); count],
        }
    }
}

/// How many bins a power lies above the lowest.
fn bins(power: f64) -> f64 {
    (f64::from(Loudness::of_power(power).0) - FROM) * BINS as f64
}

impl Gated {
    /// Takes a window's power in; what is below the absolute gate does not count.
    pub fn push(&mut self, power: f64) {
        let bin = bins(power);
        if bin > 0.0 {
            let last = self.bins.len() - 1;
            let (count, sum) = &mut self.bins[(bin as usize).min(last)];
            *count += 1;
            *sum += power;
        }
    }

    /// The bins that are no more than this below the mean of all.
    fn above(&self, gate: f64) -> &[(u64, f64)] {
        let mean = mean(&self.bins).map_or(0.0, bins);
        let first = (mean - gate * BINS as f64).max(0.0).round() as usize;
        &self.bins[first.min(self.bins.len())..]
    }

    /// The integrated loudness: the mean of all that is no more than 10 LU below the mean.
    #[must_use]
    pub fn integrated(&self) -> Option<Loudness> {
        mean(self.above(10.0)).map(Loudness::of_power)
    }

    /// The loudness range: from the tenth part to the last twentieth of all that is no more than 20 LU below the mean.
    #[must_use]
    pub fn range(&self) -> Option<Decibels> {
        let bins = self.above(20.0);
        let count: u64 = bins.iter().map(|(count, _)| count).sum();
        let place = |part: f64| {
            let nth = (part * count.checked_sub(1)? as f64).round() as u64;
            let mut below = 0;
            bins.iter().position(|(count, _)| {
                below += count;
                below > nth
            })
        };
        let steps = place(0.95)? - place(0.10)?;
        Some(Decibels(steps as f32 / BINS as f32))
    }
}

fn mean(bins: &[(u64, f64)]) -> Option<f64> {
    let (count, sum) = bins
        .iter()
        .fold((0, 0.0), |(count, sum), bin| (count + bin.0, sum + bin.1));
    (count > 0).then(|| sum / count as f64)
}
