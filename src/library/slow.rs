//! What a sound holds that is too slow to be heard and takes room from what is: a constant offset, and waves.

use std::time::Duration;

use super::means::Mean;
use super::steep::Steep;
use crate::level::Gain;
use crate::section::Section;

/// Waves below this are too slow, in hertz. The lowest pipe of an organ has 16 Hz, and is let through 20 dB below what it is.
const SLOW: f64 = 12.0;

/// So many means a second tell of the waves what there is to tell.
const SLOWER: f64 = 480.0;

/// What is over sooner, a blow on the table or breath on a microphone, counts for less.
const LASTING: Duration = Duration::from_secs(3);

/// Measures both, the worse channel each.
#[derive(Debug)]
pub(super) struct Slow {
    /// Means of which the mean is taken once more, and how many of those are in a stretch.
    group: u32,
    stretch: u32,
    filter: Steep,
    /// The group that is not full.
    sum: [f64; 2],
    count: u32,
    /// The means of all groups, and how many there are.
    means: [f64; 2],
    groups: u32,
    /// The stretch that is not full, and those before.
    now: Stretch,
    stretches: Vec<Stretch>,
}

/// The waves of a stretch, channel by channel: how many means, their sum and that of their squares.
#[derive(Debug, Default, Clone, Copy)]
struct Stretch {
    count: u32,
    sum: [f64; 2],
    squares: [f64; 2],
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slowness {
    /// The constant offset, and whether there was enough of it to tell that from a wave.
    pub offset: Gain,
    pub lasts: bool,
    /// What the waves reach where they are highest.
    pub waves: Gain,
}

impl Slow {
    /// Of a sound with so many means a second.
    pub fn new(rate: f64) -> Self {
        let group = (rate / SLOWER).max(1.0) as u32;
        let rate = rate / f64::from(group);
        Self {
            group,
            stretch: (LASTING.as_secs_f64() * rate) as u32,
            filter: Steep::new(|quality| Section::low_pass(SLOW, quality, rate)),
            sum: [0.0; 2],
            count: 0,
            means: [0.0; 2],
            groups: 0,
            now: Stretch::default(),
            stretches: Vec::new(),
        }
    }

    pub fn add(&mut self, mean: Mean) {
        self.sum = [self.sum[0] + mean.of[0], self.sum[1] + mean.of[1]];
        self.count += 1;
        if self.count < self.group {
            return;
        }
        let mean = self.sum.map(|sum| sum / f64::from(self.group));
        (self.sum, self.count) = ([0.0; 2], 0);
        self.means = [self.means[0] + mean[0], self.means[1] + mean[1]];
        self.groups += 1;
        self.now.add(self.filter.run(mean));
        if self.now.count == self.stretch {
            self.stretches.push(self.now);
            self.now = Stretch::default();
        }
    }

    /// For between blocks.
    pub fn settle(&mut self) {
        self.filter.settle();
    }

    pub fn finish(mut self) -> Slowness {
        let lasts = !self.stretches.is_empty();
        // What is left makes the last stretch longer.
        match self.stretches.last_mut() {
            Some(last) => last.append(self.now),
            None => self.stretches.push(self.now),
        }
        let offset = self
            .means
            .map(|means| means / f64::from(self.groups.max(1)));
        let powers = self.stretches.iter().map(|it| it.power(offset));
        // A wave's power is half of its peak's.
        let waves = (2.0 * powers.fold(0.0, f64::max)).sqrt();
        Slowness {
            offset: Gain(offset[0].abs().max(offset[1].abs()) as f32),
            lasts,
            waves: Gain(waves as f32),
        }
    }
}

impl Stretch {
    fn add(&mut self, x: [f64; 2]) {
        self.append(Self {
            count: 1,
            sum: x,
            squares: x.map(|x| x * x),
        });
    }

    fn append(&mut self, other: Self) {
        self.count += other.count;
        for channel in [0, 1] {
            self.sum[channel] += other.sum[channel];
            self.squares[channel] += other.squares[channel];
        }
    }

    /// Of the worse channel, around this offset.
    fn power(&self, offset: [f64; 2]) -> f64 {
        let count = f64::from(self.count);
        let power = |channel: usize| {
            let mean = offset[channel];
            let around = self.squares[channel] - 2.0 * mean * self.sum[channel];
            (around / count.max(1.0) + mean * mean).max(0.0)
        };
        power(0).max(power(1))
    }
}
