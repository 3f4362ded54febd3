//! The loops that sum and scale blocks: plain, branchless, laid out so that the compiler
//! vectorises them.

use crate::engine::curve::{CHORD, Stretch};
use crate::frame::Frame;

/// `0, 0, 1, 1, 2, 2 ...`: how far each sample of a stereo block lies from its chord's begin.
const STEPS: [f32; CHORD * 2] = {
    let mut steps = [0.0; CHORD * 2];
    let mut at = 0;
    while at < steps.len() {
        steps[at] = (at / 2) as f32;
        at += 1;
    }
    steps
};

fn steps(stretch: &Stretch) -> &'static [f32] {
    STEPS.get(stretch.index * 2..).unwrap_or(&[])
}

/// Adds `source` to `bus` with the gain of `stretch`. Takes as many frames as the shortest of the
/// three holds. Real-time safe.
pub fn add(bus: &mut [Frame], source: &[Frame], stretch: &Stretch) {
    let frames = stretch.frames.min(bus.len()).min(source.len());
    let bus = bus[..frames].as_flattened_mut();
    let source = source[..frames].as_flattened();
    let gain = stretch.gain;
    if stretch.slope != 0.0 {
        let slope = stretch.slope;
        for ((sum, sample), step) in bus.iter_mut().zip(source).zip(steps(stretch)) {
            *sum += sample * (gain + slope * step);
        }
    } else if gain == 1.0 {
        for (sum, sample) in bus.iter_mut().zip(source) {
            *sum += sample;
        }
    } else if gain != 0.0 {
        for (sum, sample) in bus.iter_mut().zip(source) {
            *sum += sample * gain;
        }
    }
}

/// Scales `bus` by the gain of `stretch`. Real-time safe.
pub fn scale(bus: &mut [Frame], stretch: &Stretch) {
    let frames = stretch.frames.min(bus.len());
    let bus = bus[..frames].as_flattened_mut();
    let gain = stretch.gain;
    if stretch.slope != 0.0 {
        let slope = stretch.slope;
        for (sample, step) in bus.iter_mut().zip(steps(stretch)) {
            *sample *= gain + slope * step;
        }
    } else if gain != 1.0 {
        for sample in bus {
            *sample *= gain;
        }
    }
}

/// Scales `bus` by the gain of `stretch`, but never by more than `cap`. Real-time safe.
pub fn scale_within(bus: &mut [Frame], stretch: &Stretch, cap: f32) {
    let frames = stretch.frames.min(bus.len());
    let gain = |step: f32| stretch.gain + stretch.slope * step;
    let ends = [stretch.index, stretch.index + frames].map(|index| gain(index as f32));
    if stretch.slope == 0.0 && stretch.gain > cap {
        let within = Stretch {
            gain: cap,
            ..*stretch
        };
        scale(bus, &within);
    } else if ends.iter().all(|gain| *gain <= cap) {
        scale(bus, stretch);
    } else {
        let bus = bus[..frames].as_flattened_mut();
        for (sample, step) in bus.iter_mut().zip(steps(stretch)) {
            *sample *= (stretch.gain + stretch.slope * step).min(cap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(gain: f32, slope: f32, index: usize, frames: usize) -> Stretch {
        Stretch {
            gain,
            slope,
            index,
            frames,
        }
    }

    #[test]
    fn a_ramp_gives_each_frame_its_own_gain() {
        let mut bus = vec![[1.0, -1.0]; 9];
        add(&mut bus, &[[2.0, 4.0]; 9], &stretch(0.5, 0.25, 2, 5));
        assert_eq!(bus[0], [1.0 + 2.0, -1.0 + 4.0]);
        assert_eq!(bus[4], [1.0 + 2.0 * 2.0, -1.0 + 4.0 * 2.0]);
        assert_eq!(bus[5], [1.0, -1.0], "beyond the stretch nothing changes");
    }

    #[test]
    fn unity_changes_no_bit() {
        let source: Vec<Frame> = (0..333)
            .map(|i| [(i as f32).sin(), (i as f32).cos()])
            .collect();
        let mut bus = vec![[0.0; 2]; 333];
        add(&mut bus, &source, &stretch(1.0, 0.0, 77_777, 333));
        assert_eq!(bus, source);
        scale(&mut bus, &stretch(1.0, 0.0, 77_777, 333));
        assert_eq!(bus, source);
    }
}
