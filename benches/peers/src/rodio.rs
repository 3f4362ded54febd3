//! rodio's mixer over buffers that fade.

use std::num::NonZero;

use rodio::Source;
use rodio::buffer::SamplesBuffer;
use rodio::mixer::{self, MixerSource};

use crate::mixer::Mixer;
use crate::work::{RATE, Work};

pub struct Rodio(MixerSource);

impl Rodio {
    pub fn new(work: &Work) -> Self {
        let channels = NonZero::new(2).expect("two");
        let rate = NonZero::new(RATE).expect("a rate");
        let (input, source) = mixer::mixer(channels, rate);
        for (number, sound) in work.sounds.iter().enumerate() {
            let [from, to] = Work::ramp(number);
            let sound = SamplesBuffer::new(channels, rate, sound.as_flattened());
            input.add(sound.linear_gain_ramp(Work::duration(), from, to, true));
        }
        Self(source)
    }
}

impl Mixer for Rodio {
    fn block(&mut self, out: &mut [f32]) {
        for sample in out {
            *sample = self.0.next().unwrap_or(0.0);
        }
    }
}
