//! What ears hear of a sound, and not what is too slow for them.

use std::f64::consts::PI;

use crate::frame::Frame;
use crate::time::Rate;

/// No ear hears what is lower, in hertz.
const LOWEST: f64 = 20.0;

/// The two parts of a filter of fourth order that is as flat as can be (Butterworth), each by its quality.
const QUALITIES: [f64; 2] = [0.541_196_100_146_197, 1.306_562_964_876_377];

/// What is far below hearing is nothing: denormal numbers are slow.
const NOTHING: f64 = 1e-30;

/// Takes away what is too slow to be heard, a constant offset among it. What a sound begins with counts as having been there
/// for ever: no step is heard.
#[derive(Debug)]
pub(super) struct Audible {
    parts: [HighPass; 2],
    begun: bool,
}

impl Audible {
    pub fn new(rate: Rate) -> Self {
        Self {
            parts: QUALITIES.map(|quality| HighPass::new(quality, rate)),
            begun: false,
        }
    }

    /// The power of what is heard of these frames, both channels together, summed up.
    pub fn power(&mut self, frames: &[Frame]) -> f64 {
        if let Some(first) = frames.first().filter(|_| !self.begun) {
            self.parts[0].begin(first.map(f64::from));
            self.begun = true;
        }
        let mut power = 0.0;
        for frame in frames {
            let [one, other] = &mut self.parts;
            let heard = other.run(one.run(frame.map(f64::from)));
            power += heard[0] * heard[0] + heard[1] * heard[1];
        }
        for part in &mut self.parts {
            part.settle();
        }
        power
    }
}

/// A high-pass of second order on both channels, transposed direct form II.
#[derive(Debug)]
struct HighPass {
    direct: f64,
    back: [f64; 2],
    state: [[f64; 2]; 2],
}

impl HighPass {
    fn new(quality: f64, rate: Rate) -> Self {
        let k = (PI * LOWEST / f64::from(rate.hertz())).tan();
        let all = 1.0 + k / quality + k * k;
        Self {
            direct: 1.0 / all,
            back: [2.0 * (k * k - 1.0) / all, (1.0 - k / quality + k * k) / all],
            state: [[0.0; 2]; 2],
        }
    }

    /// As if this had come for ever, of which nothing is left.
    fn begin(&mut self, x: [f64; 2]) {
        let passed = x.map(|x| x * self.direct);
        self.state = [passed.map(|passed| -passed), passed];
    }

    fn run(&mut self, x: [f64; 2]) -> [f64; 2] {
        let [s1, s2] = self.state;
        let passed = x.map(|x| x * self.direct);
        let [a1, a2] = self.back;
        let y = [passed[0] + s1[0], passed[1] + s1[1]];
        self.state = [
            [
                s2[0] - 2.0 * passed[0] - a1 * y[0],
                s2[1] - 2.0 * passed[1] - a1 * y[1],
            ],
            [passed[0] - a2 * y[0], passed[1] - a2 * y[1]],
        ];
        y
    }

    fn settle(&mut self) {
        for state in self.state.as_flattened_mut() {
            if state.abs() < NOTHING {
                *state = 0.0;
            }
        }
    }
}
