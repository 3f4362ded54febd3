//! The loop that everything is measured by.

use undersong::frame::Frame;

use crate::mixer::Mixer;
use crate::work::Work;

/// Sounds and their gains, nothing else.
pub struct Plain {
    voices: Vec<Voice>,
    at: usize,
}

struct Voice {
    sound: Vec<Frame>,
    gain: f32,
    slope: f32,
}

impl Plain {
    pub fn new(work: &Work) -> Self {
        let voice = |(number, sound): (usize, &Vec<Frame>)| {
            let [from, to] = Work::ramp(number);
            Voice {
                sound: sound.clone(),
                gain: from,
                slope: (to - from) / sound.len() as f32,
            }
        };
        Self {
            voices: work.sounds.iter().enumerate().map(voice).collect(),
            at: 0,
        }
    }
}

impl Mixer for Plain {
    fn block(&mut self, out: &mut [f32]) {
        out.fill(0.0);
        let frames = out.len() / 2;
        for voice in &mut self.voices {
            let source = voice.sound[self.at..self.at + frames].as_flattened();
            add(out, source, voice.gain, voice.slope);
            voice.gain += voice.slope * frames as f32;
        }
        self.at += frames;
    }
}

/// `bus += source * (gain + i * slope)`, laid out so that the compiler vectorises it.
#[inline(never)]
fn add(bus: &mut [f32], source: &[f32], gain: f32, slope: f32) {
    const LANES: usize = 16;
    let mut gains = [0.0; LANES];
    for (at, lane) in gains.iter_mut().enumerate() {
        *lane = gain + slope * (at / 2) as f32;
    }
    let step = slope * (LANES / 2) as f32;
    for (sums, samples) in bus.chunks_exact_mut(LANES).zip(source.chunks_exact(LANES)) {
        for ((sum, sample), gain) in sums.iter_mut().zip(samples).zip(&mut gains) {
            *sum += sample * *gain;
            *gain += step;
        }
    }
}
