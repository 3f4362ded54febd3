//! Words for one alone, in stillness: the other ear hears exactly nothing, and each hears its own.

use super::script::OWN;

/// Shorter stretches of sound are not judged by their pitch, in frames.
const LEAST: usize = 24_000;

/// Two listeners, in stillness.
#[derive(Debug, Default)]
pub struct Alone {
    ears: [Ear; 2],
    /// How often each heard words of its own.
    pub heard: [usize; 2],
    /// How many frames were judged.
    pub judged: usize,
}

/// What an ear hears of one stretch of sound.
#[derive(Debug, Default, Clone, Copy)]
struct Ear {
    frames: usize,
    crossings: usize,
    silent: usize,
    last: f32,
}

impl Alone {
    /// Hears a frame of four channels; what is wrong with it.
    pub fn hear(&mut self, frame: &[f32]) -> Option<String> {
        self.judged += 1;
        let sounds = [0, 2].map(|left| frame[left..left + 2].iter().any(|sample| *sample != 0.0));
        let mut wrong =
            (sounds == [true, true]).then(|| "the wrong ear hears something".to_owned());
        for (zone, ear) in self.ears.iter_mut().enumerate() {
            let sample = frame[zone * 2];
            if let Some(stretch) = ear.hear(sample) {
                let wave = 2 * stretch.frames / stretch.crossings.max(1);
                if wave.abs_diff(OWN[zone]) > OWN[zone] / 10 {
                    wrong = Some(format!(
                        "ear {zone} hears a wave of {wave} frames, not its own"
                    ));
                }
                self.heard[zone] += 1;
            }
        }
        wrong
    }

    /// It is no stillness any more.
    pub fn forget(&mut self) {
        self.ears = [Ear::default(); 2];
    }
}

impl Ear {
    /// Hears a sample; a stretch of sound that is over, where it was long enough.
    fn hear(&mut self, sample: f32) -> Option<Self> {
        // A wave goes through zero; silence stays there.
        self.silent = if sample == 0.0 { self.silent + 1 } else { 0 };
        if self.silent > 1_000 {
            let stretch = std::mem::take(self);
            return (stretch.frames > LEAST).then_some(stretch);
        }
        if self.silent == 0 {
            self.frames += 1;
            self.crossings += usize::from((sample > 0.0) != (self.last > 0.0));
            self.last = sample;
        }
        None
    }
}
