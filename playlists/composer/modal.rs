//! Things that ring: sums of dying sines.

use crate::dice::Dice;
use crate::sound::{Sound, pan, raised};

/// One way of ringing.
#[derive(Clone, Copy)]
pub struct Mode {
    /// Its frequency.
    pub hz: f64,
    /// Its level, linear.
    pub level: f64,
    /// Seconds until it has fallen by 60 dB.
    pub decay: f64,
    /// Seconds it takes to rise.
    pub attack: f64,
    /// Beats a second between its two near twins.
    pub beat: f64,
}

/// Lets modes ring from a time on, placed between left (-1) and right (1).
pub fn ring(sound: &mut Sound, at: f64, modes: &[Mode], place: f64, dice: &mut Dice) {
    for mode in modes {
        if mode.hz < f64::from(sound.rate) * 0.42 && mode.level > 1e-5 {
            let lean = dice.between(-0.35, 0.35);
            twin(sound, at, mode, -1.0, pan(place - lean), dice);
            twin(sound, at, mode, 1.0, pan(place + lean), dice);
        }
    }
}

/// One of the two sines of a mode.
fn twin(sound: &mut Sound, at: f64, mode: &Mode, side: f64, gains: (f64, f64), dice: &mut Dice) {
    let rate = f64::from(sound.rate);
    let first = (at.max(0.0) * rate) as usize;
    let turn = std::f64::consts::TAU * (mode.hz + side * mode.beat / 2.0) / rate;
    // the upper twin is a little weaker, so that a beat never falls to nothing
    let mut amplitude = mode.level * if side < 0.0 { 0.6 } else { 0.4 };
    let fall = 0.001_f64.powf(1.0 / (mode.decay * rate));
    let (turn_sin, turn_cos) = turn.sin_cos();
    let (mut sin, mut cos) = dice.angle().sin_cos();
    let rising = (mode.attack * rate) as usize;
    let length = ((mode.decay * 1.6 * rate) as usize).min(sound.frames().saturating_sub(first));
    let last = length.saturating_sub((0.05 * rate) as usize);
    for step in 0..length {
        (sin, cos) = (
            sin * turn_cos + cos * turn_sin,
            cos * turn_cos - sin * turn_sin,
        );
        amplitude *= fall;
        let mut value = amplitude * sin;
        if step < rising {
            value *= raised(step as f64 / rising as f64);
        } else if step > last {
            value *= raised((length - step) as f64 / (length - last) as f64);
        }
        sound.add_frame(first + step, value * gains.0, value * gains.1);
    }
}
