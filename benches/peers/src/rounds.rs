//! All mixers in turn, again and again.

use std::hint::black_box;

use crate::clock;
use crate::mixer::{MIXERS, Mixer};
use crate::work::{STRETCH, STRETCHES, Work};

/// Each is measured this often.
const ROUNDS: usize = 9;

/// The shortest times of each mixer, in nanoseconds, piece by piece; a mixer's pieces are the same work in each round.
pub struct Rounds(Vec<Vec<u64>>);

impl Rounds {
    /// Times whole stretches, for what mixing costs.
    pub fn of(work: &Work) -> Self {
        Self::by(work, STRETCH / work.block)
    }

    /// Times each block, for whether one takes longer than the others.
    pub fn block_by_block(work: &Work) -> Self {
        Self::by(work, 1)
    }

    fn by(work: &Work, blocks: usize) -> Self {
        let mut shortest = vec![Vec::new(); MIXERS.len()];
        for _ in 0..ROUNDS {
            let mut heard = Vec::new();
            for ((name, make), shortest) in MIXERS.iter().zip(&mut shortest) {
                let mut round = Round::new(make(work), work, blocks);
                round.play();
                shorten(shortest, round.times);
                heard.push(round.power);
                // What is silent costs nothing.
                let part = round.power / heard[0];
                assert!(
                    (0.2..5.0).contains(&part),
                    "{name} mixed something else: {part}"
                );
            }
        }
        Self(shortest)
    }

    /// What each mixer costs, times the first.
    pub fn ratios(&self) -> Vec<f64> {
        let sums = self.0.iter().map(|times| times.iter().sum::<u64>() as f64);
        let sums: Vec<f64> = sums.collect();
        sums.iter().map(|sum| sum / sums[0]).collect()
    }

    /// The longest piece of each mixer against its median one.
    pub fn spreads(mut self) -> Vec<f64> {
        let spread = |times: &mut Vec<u64>| {
            times.sort_unstable();
            times[times.len() - 1] as f64 / times[times.len() / 2] as f64
        };
        self.0.iter_mut().map(spread).collect()
    }
}

fn shorten(shortest: &mut Vec<u64>, times: Vec<u64>) {
    if shortest.is_empty() {
        *shortest = times;
        return;
    }
    for (shortest, time) in shortest.iter_mut().zip(times) {
        *shortest = time.min(*shortest);
    }
}

/// One mixer from the first frame to the last.
struct Round {
    mixer: Box<dyn Mixer>,
    out: Vec<f32>,
    /// Blocks that are timed in one go.
    blocks: usize,
    times: Vec<u64>,
    /// The sum of squares of some blocks of each stretch.
    power: f64,
}

impl Round {
    fn new(mixer: Box<dyn Mixer>, work: &Work, blocks: usize) -> Self {
        Self {
            mixer,
            out: vec![0.0; work.block * 2],
            blocks,
            times: Vec::with_capacity(STRETCH * STRETCHES / work.block / blocks),
            power: 0.0,
        }
    }

    fn play(&mut self) {
        let pieces = STRETCH / (self.out.len() / 2) / self.blocks;
        for stretch in 0..=STRETCHES {
            self.mixer.control(stretch);
            for _ in 0..pieces {
                let time = clock::time(|| {
                    for _ in 0..self.blocks {
                        self.mixer.block(&mut self.out);
                        black_box(&mut self.out);
                    }
                });
                if stretch > 0 {
                    self.times.push(time);
                    let squares = self.out.iter().map(|s| f64::from(s * s));
                    self.power += squares.sum::<f64>();
                }
            }
        }
    }
}
