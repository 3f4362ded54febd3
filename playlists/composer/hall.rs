//! The room around the music: early reflections, then a feedback delay network.

use std::f64::consts::TAU;

use crate::cubic::cubic;
use crate::dice::Dice;
use crate::filter::{highpass, lowpass};
use crate::sound::Sound;

/// Lines in the network.
const LINES: usize = 16;

/// How the room answers.
pub struct Hall {
    /// Seconds for the low tones to fall by 60 dB.
    pub decay: f64,
    /// What part of that the highest tones last.
    pub damping: f64,
    /// Size against a large church (1).
    pub size: f64,
    /// Seconds before the first answer.
    pub ahead: f64,
}

/// A delay that can be read between its samples.
struct Delay {
    samples: Vec<f64>,
    head: usize,
}

impl Delay {
    /// A delay of at most so many samples.
    fn new(most: usize) -> Self {
        Self {
            samples: vec![0.0; (most + 4).next_power_of_two()],
            head: 0,
        }
    }

    /// Takes a sample.
    fn push(&mut self, value: f64) {
        self.head = (self.head + 1) & (self.samples.len() - 1);
        self.samples[self.head] = value;
    }

    /// The sample that came so many pushes ago.
    fn ago(&self, pushes: usize) -> f64 {
        let size = self.samples.len();
        self.samples[(self.head + size - pushes) & (size - 1)]
    }

    /// The value between two samples, by a cubic.
    fn between(&self, pushes: f64) -> f64 {
        let whole = pushes as usize;
        let samples = [whole - 1, whole, whole + 1, whole + 2].map(|at| self.ago(at));
        cubic(samples, pushes - whole as f64)
    }
}

/// An allpass that smears what goes in.
struct Smear {
    delay: Delay,
    length: usize,
}

impl Smear {
    /// Takes a sample and gives the smeared one.
    fn pass(&mut self, input: f64) -> f64 {
        let old = self.delay.ago(self.length - 1);
        let inner = input - 0.62 * old;
        self.delay.push(inner);
        old + 0.62 * inner
    }
}

/// One line of the network.
struct Line {
    delay: Delay,
    length: f64,
    gain: f64,
    pole: f64,
    held: f64,
    phase: f64,
    speed: f64,
    depth: f64,
}

impl Line {
    /// What comes out of the line now, damped.
    fn next(&mut self) -> f64 {
        self.phase += self.speed;
        let value = self
            .delay
            .between(self.length + self.depth * self.phase.sin());
        self.held = (1.0 - self.pole) * value * self.gain + self.pole * self.held;
        self.held
    }
}

impl Hall {
    /// What the room answers to a sound, without the sound itself.
    pub fn answer(&self, sound: &Sound, dice: &mut Dice) -> Sound {
        let mut input = sound.clone();
        highpass(&mut input, 90.0);
        lowpass(&mut input, 7_000.0);
        let rate = f64::from(sound.rate);
        let mut lines = self.lines(rate, dice);
        let mut smears = [0.0, 0.37].map(|shift| {
            [4.31, 6.83, 10.7, 15.9].map(|ms| {
                let length = ((ms + shift) * 0.001 * self.size * rate) as usize;
                Smear {
                    delay: Delay::new(length),
                    length,
                }
            })
        });
        let taps = self.taps(rate, dice);
        let ahead = (self.ahead * rate) as usize;
        let longest = taps
            .iter()
            .flatten()
            .map(|tap| tap.0)
            .max()
            .unwrap_or(0)
            .max(ahead);
        let mut before = [Delay::new(longest), Delay::new(longest)];
        let mut answer = Sound::silent(sound.rate, sound.frames());
        for at in 0..input.frames() {
            let frame = [f64::from(input.left[at]), f64::from(input.right[at])];
            let mut early = [0.0; 2];
            let mut into = [0.0; 2];
            for side in 0..2 {
                before[side].push(frame[side]);
                early[side] = taps[side]
                    .iter()
                    .map(|tap| tap.1 * before[side].ago(tap.0))
                    .sum();
                into[side] = smears[side]
                    .iter_mut()
                    .fold(before[side].ago(ahead), |value, smear| smear.pass(value));
            }
            let mut values = [0.0; LINES];
            for (value, line) in values.iter_mut().zip(&mut lines) {
                *value = line.next();
            }
            let (left, right) = ears(&values);
            hadamard(&mut values);
            for (place, (value, line)) in values.iter().zip(&mut lines).enumerate() {
                let sign = if place % 4 < 2 { 1.0 } else { -1.0 };
                line.delay.push(value + sign * into[place % 2]);
            }
            // the early answer crosses over a little, as walls do
            let (l, r) = (early[0] + 0.4 * early[1], early[1] + 0.4 * early[0]);
            answer.add_frame(at, 0.3 * left + 0.35 * l, 0.3 * right + 0.35 * r);
        }
        answer
    }

    /// The lines: lengths without common measure, each with the loss that its length asks for.
    fn lines(&self, rate: f64, dice: &mut Dice) -> Vec<Line> {
        (0..LINES)
            .map(|place| {
                let ms = 33.7 * (113.0_f64 / 33.7).powf(place as f64 / (LINES - 1) as f64);
                let length = ms * dice.between(0.97, 1.03) * 0.001 * self.size * rate;
                let loss = |decay: f64| 10_f64.powf(-3.0 * length / (decay * rate));
                let share = loss(self.decay * self.damping) / loss(self.decay);
                Line {
                    delay: Delay::new(length as usize + 64),
                    length,
                    gain: loss(self.decay),
                    pole: (1.0 - share) / (1.0 + share),
                    held: 0.0,
                    phase: dice.angle(),
                    speed: TAU * dice.between(0.07, 0.31) / rate,
                    depth: dice.between(5.0, 11.0),
                }
            })
            .collect()
    }

    /// Early reflections for each side: delay in samples, and gain.
    fn taps(&self, rate: f64, dice: &mut Dice) -> [Vec<(usize, f64)>; 2] {
        [0, 1].map(|_| {
            (0..9)
                .map(|place| {
                    let ms = 13.0 * 1.29_f64.powi(place) * dice.between(0.93, 1.07) * self.size;
                    let sign = if dice.unit() < 0.5 { -1.0 } else { 1.0 };
                    (
                        (ms * 0.001 * rate) as usize,
                        sign * 0.42 * 0.84_f64.powi(place),
                    )
                })
                .collect()
        })
    }
}

/// What the two ears hear of the lines: two sums that share nothing.
fn ears(values: &[f64; LINES]) -> (f64, f64) {
    let sum = |bit: usize| -> f64 {
        let signed = values.iter().enumerate();
        signed
            .map(|(place, value)| {
                if place >> bit & 1 == 0 {
                    *value
                } else {
                    -value
                }
            })
            .sum()
    };
    (sum(1), sum(2))
}

/// Mixes all lines into all, keeping the power.
fn hadamard(values: &mut [f64; LINES]) {
    let mut half = 1;
    while half < LINES {
        for start in (0..LINES).step_by(2 * half) {
            for at in start..start + half {
                let (a, b) = (values[at], values[at + half]);
                values[at] = a + b;
                values[at + half] = a - b;
            }
        }
        half *= 2;
    }
    for value in values {
        *value /= (LINES as f64).sqrt();
    }
}
