//! A filter that is steep.

use crate::section::Section;

/// The four parts of a filter of eighth order that is as flat as can be (Butterworth), each by its quality.
const QUALITIES: [f64; 4] = [
    0.509_795_579_104_159,
    0.601_344_886_935_045,
    0.899_976_223_136_416,
    2.562_915_447_741_506,
];

/// A filter of eighth order: 48 dB an octave. What comes first counts as having been there for ever.
#[derive(Debug)]
pub(super) struct Steep {
    parts: [Section; QUALITIES.len()],
    begun: bool,
}

impl Steep {
    /// Of four parts, each of a quality.
    pub fn new(part: impl Fn(f64) -> Section) -> Self {
        Self {
            parts: QUALITIES.map(part),
            begun: false,
        }
    }

    /// The next frame.
    pub fn run(&mut self, frame: [f64; 2]) -> [f64; 2] {
        if !self.begun {
            let parts = self.parts.iter_mut();
            parts.fold(frame, |frame, part| part.begin(frame));
            self.begun = true;
        }
        let parts = self.parts.iter_mut();
        parts.fold(frame, |frame, part| part.run(frame))
    }

    /// For between blocks.
    pub fn settle(&mut self) {
        self.parts.iter_mut().for_each(Section::settle);
    }
}
