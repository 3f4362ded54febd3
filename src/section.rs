//! A second-order section, of which filters are made.

use std::f64::consts::PI;

/// What is far below hearing is nothing: denormal numbers are slow.
const NOTHING: f64 = 1e-30;

/// A second-order filter on both channels, transposed direct form II, written so that a frame waits for the state before it
/// alone, and not for an output too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    /// What the input adds to the output.
    direct: f64,
    /// What it adds to each state.
    driven: [f64; 2],
    /// What the first state takes from each.
    fed_back: [f64; 2],
    state: [[f64; 2]; 2],
}

impl Section {
    /// Of the transfer function `b / a`, in powers of one frame's delay.
    pub fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        let [direct, b1, b2] = b.map(|b| b / a[0]);
        let fed_back = [a[1] / a[0], a[2] / a[0]];
        Self {
            direct,
            driven: [b1 - fed_back[0] * direct, b2 - fed_back[1] * direct],
            fed_back,
            state: [[0.0; 2]; 2],
        }
    }

    /// Takes away what is below a pitch, in hertz.
    pub fn high_pass(pitch: f64, quality: f64, rate: f64) -> Self {
        let k = (PI * pitch / rate).tan();
        Self::new([1.0, -2.0, 1.0], poles(k, quality))
    }

    /// Takes away what is above a pitch, in hertz.
    pub fn low_pass(pitch: f64, quality: f64, rate: f64) -> Self {
        let k = (PI * pitch / rate).tan();
        Self::new([k * k, 2.0 * k * k, k * k], poles(k, quality))
    }

    /// As if this had come for ever; says what has come out of it.
    pub fn begin(&mut self, x: [f64; 2]) -> [f64; 2] {
        let [c1, c2] = self.driven;
        let [a1, a2] = self.fed_back;
        let s1 = x.map(|x| x * (c1 + c2) / (1.0 + a1 + a2));
        let s2 = [0, 1].map(|at: usize| c2 * x[at] - a2 * s1[at]);
        self.state = [s1, s2];
        [0, 1].map(|at: usize| self.direct * x[at] + s1[at])
    }

    /// The next frame. Real-time safe.
    #[inline]
    pub fn run(&mut self, x: [f64; 2]) -> [f64; 2] {
        let [c1, c2] = self.driven;
        let [a1, a2] = self.fed_back;
        let [s1, s2] = self.state;
        let y = [self.direct * x[0] + s1[0], self.direct * x[1] + s1[1]];
        // What waits for the state comes last.
        self.state = [
            [
                c1 * x[0] + s2[0] - a1 * s1[0],
                c1 * x[1] + s2[1] - a1 * s1[1],
            ],
            [c2 * x[0] - a2 * s1[0], c2 * x[1] - a2 * s1[1]],
        ];
        y
    }

    /// Forgets what is far below hearing. For between blocks. Real-time safe.
    pub fn settle(&mut self) {
        for state in self.state.as_flattened_mut() {
            if state.abs() < NOTHING {
                *state = 0.0;
            }
        }
    }
}

fn poles(k: f64, quality: f64) -> [f64; 3] {
    [
        1.0 + k / quality + k * k,
        2.0 * (k * k - 1.0),
        1.0 - k / quality + k * k,
    ]
}
