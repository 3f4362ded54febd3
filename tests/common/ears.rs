//! What must never be heard, looked for in the samples as they come: silence, steps, too loud, the wrong ear.

use undersong::time::{Frames, Rate};

/// -70 dBFS, as a mean square.
const SILENT: f64 = 1e-7;
/// A step of this height bends the sound by as much: -60 dBFS. The music of these tests bends by less.
const STEP: f32 = 1e-3;
/// -6 dBFS, and a little for the filter's rounding.
const CEILING: f32 = 0.5012;

/// What is to be heard in a block.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    /// Music sounds, in every zone, from its first frame to its last.
    pub music: bool,
    /// These zones are without any sound.
    pub still: [bool; 2],
}

/// Two listeners' ears. Plain samples go in, four channels a frame; faults are kept as sentences.
#[derive(Debug)]
pub struct Ears {
    window: usize,
    before: [[f32; 2]; 4],
    power: [f64; 2],
    filled: usize,
    /// What was wrong, and where.
    pub faults: Vec<String>,
    /// How many windows were judged: a check that sees nothing finds nothing.
    pub judged: usize,
}

impl Ears {
    pub fn new(rate: Rate) -> Self {
        Self {
            window: rate.hertz() as usize / 20,
            before: [[0.0; 2]; 4],
            power: [0.0; 2],
            filled: 0,
            faults: Vec::new(),
            judged: 0,
        }
    }

    /// Whether the sound stops dead with this frame: nothing in any channel, and a step to it.
    pub fn stops_with(&self, frame: &[f32]) -> bool {
        let bends = self
            .before
            .iter()
            .any(|[first, second]| (first - 2.0 * second).abs() > STEP);
        bends && frame.iter().all(|sample| *sample == 0.0)
    }

    /// What was heard was cut off by something that is not ours: what comes next comes after silence.
    pub fn cut(&mut self) {
        self.before = [[0.0; 2]; 4];
        self.filled = 0;
        self.power = [0.0; 2];
    }

    /// Hears a block that begins at this frame.
    pub fn hear(&mut self, at: Frames, block: &[f32], expected: Expected) {
        for (offset, frame) in block.chunks_exact(4).enumerate() {
            let at = at + Frames::from(offset);
            self.samples(at, frame);
            for (zone, pair) in frame.chunks_exact(2).enumerate() {
                if expected.still[zone] && pair.iter().any(|sample| *sample != 0.0) {
                    self.fault(at, "sound where there is to be none");
                }
                let squares = pair.iter().map(|s| f64::from(*s).powi(2));
                self.power[zone] += squares.sum::<f64>() / 2.0;
            }
            if !expected.music {
                self.filled = 0;
                self.power = [0.0; 2];
                continue;
            }
            self.filled += 1;
            if self.filled == self.window {
                let means = self.power.map(|power| power / self.window as f64);
                if means.iter().any(|mean| *mean < SILENT) {
                    self.fault(at, "50 ms of silence");
                }
                self.judged += 1;
                self.filled = 0;
                self.power = [0.0; 2];
            }
        }
    }

    fn samples(&mut self, at: Frames, frame: &[f32]) {
        for (channel, sample) in frame.iter().enumerate() {
            let [first, second] = self.before[channel];
            let bend = (first - 2.0 * second + sample).abs();
            if !sample.is_finite() || sample.abs() > CEILING {
                self.fault(at, "too loud");
            } else if bend > STEP {
                self.fault(at, "a step");
            }
            self.before[channel] = [second, *sample];
        }
    }

    fn fault(&mut self, at: Frames, what: &str) {
        // One tells as much as a thousand.
        if self.faults.len() < 20 {
            self.faults.push(format!("{what} at frame {}", at.0));
        }
    }
}
