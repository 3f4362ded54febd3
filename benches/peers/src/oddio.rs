//! oddio's mixer over frames with a gain.

use oddio::{Frames, FramesSignal, Gain, GainControl, frame_stereo};

use crate::mixer::Mixer;
use crate::work::{RATE, Work};

pub struct Oddio {
    mixer: oddio::Mixer<[f32; 2]>,
    gains: Vec<GainControl>,
}

impl Oddio {
    pub fn new(work: &Work) -> Self {
        let (mut control, mixer) = oddio::Mixer::new();
        let mut gains = Vec::new();
        for (number, sound) in work.sounds.iter().enumerate() {
            let (_, signal) = FramesSignal::new(Frames::from_slice(RATE, sound), 0.0);
            let (gain, mut signal) = Gain::new(signal);
            signal.set_amplitude_ratio(Work::ramp(number)[0]);
            control.play(signal);
            gains.push(gain);
        }
        Self { mixer, gains }
    }
}

impl Mixer for Oddio {
    fn control(&mut self, stretch: usize) {
        for (number, gain) in self.gains.iter_mut().enumerate() {
            gain.set_amplitude_ratio(Work::target(number, stretch));
        }
    }

    fn block(&mut self, out: &mut [f32]) {
        oddio::run(&mut self.mixer, RATE, frame_stereo(out));
    }
}
