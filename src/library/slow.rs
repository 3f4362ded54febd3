//! What a sound holds that is too slow to be heard and takes room from what is: a constant offset, and waves.

use std::time::Duration;

use super::steep::Steep;
use crate::frame::Frame;
use crate::level::Gain;
use crate::section::Section;
use crate::time::Rate;

/// Waves below this are too slow, in hertz. The lowest pipe of an organ has 16 Hz, and is let through 20 dB below what it is.
const SLOW: f64 = 12.0;

/// So many means a second tell of the waves what there is to tell.
const MEANS: u32 = 480;

/// What is over sooner, a blow on the table or breath on a microphone, counts for less.
const LASTING: Duration = Duration::from_secs(3);

/// Measures both, the worse channel each.
#[derive(Debug)]
pub(super) struct Slow {
    /// Frames of which the mean is taken, and means in a stretch.
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
    pub fn new(rate: Rate) -> Self {
        let group = (rate.hertz() / MEANS).max(1);
        let means = f64::from(rate.hertz()) / f64::from(group);
        Self {
            group,
            stretch: (LASTING.as_secs_f64() * means) as u32,
            filter: Steep::new(|quality| Section::low_pass(SLOW, quality, means)),
            sum: [0.0; 2],
            count: 0,
            means: [0.0; 2],
            groups: 0,
            now: Stretch::default(),
            stretches: Vec::new(),
        }
    }

    pub fn add(&mut self, mut frames: &[Frame]) {
        while !frames.is_empty() {
            let left = (self.group - self.count) as usize;
            let (now, later) = frames.split_at(left.min(frames.len()));
            for frame in now {
                self.sum[0] += f64::from(frame[0]);
                self.sum[1] += f64::from(frame[1]);
            }
            self.count += now.len() as u32;
            if self.count == self.group {
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
            frames = later;
        }
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
