//! The quiet seamless loop that is always ready below the music.

use std::sync::Arc;

use crate::engine::deck::REFUGE;
use crate::frame::Frame;
use crate::level::Gain;
use crate::time::Frames;

/// What 1.0 is in a [`Loop`].
const FULL: f32 = 32_768.0;

/// The bed's sound. It lies in memory all the time and is seldom heard, so it is kept in 16 bits; the bundled one has no
/// more.
#[derive(Debug, Clone, Default)]
pub struct Loop(Arc<[[i16; 2]]>);

impl Loop {
    /// Keeps a sound.
    #[must_use]
    pub fn of(sound: &[Frame]) -> Self {
        let kept = |sample: f32| (sample * FULL).round() as i16;
        Self(sound.iter().map(|frame| frame.map(kept)).collect())
    }

    fn at(&self, place: usize) -> Frame {
        let frame = self.0.get(place).copied().unwrap_or_default();
        frame.map(|sample| f32::from(sample) / FULL)
    }
}

/// A loop in memory that rises where the music cannot go on, and is silent otherwise.
#[derive(Debug)]
pub struct Bed {
    sound: Loop,
    gain: Gain,
    /// How far it has risen, 0 to [`REFUGE`].
    risen: usize,
}

impl Bed {
    /// A bed that is silent until it is needed.
    #[must_use]
    pub fn new(sound: Loop, gain: Gain) -> Self {
        Self {
            sound,
            gain,
            risen: 0,
        }
    }

    /// Mixes the bed into all buses while it is `needed` or still sinks. Real-time safe.
    pub fn mix(&mut self, at: Frames, needed: bool, buses: &mut [&mut [Frame]]) {
        let length = self.sound.0.len();
        if (!needed && self.risen == 0) || length == 0 {
            return;
        }
        let before = self.risen;
        for bus in buses {
            let mut risen = before;
            let mut place = (at.0 % length as u64) as usize;
            for sum in bus.iter_mut() {
                let gain = self.gain.0 * (risen as f32 / REFUGE as f32);
                let frame = self.sound.at(place);
                sum[0] += frame[0] * gain;
                sum[1] += frame[1] * gain;
                risen = if needed {
                    (risen + 1).min(REFUGE)
                } else {
                    risen.saturating_sub(1)
                };
                place = if place + 1 == length { 0 } else { place + 1 };
            }
            self.risen = risen;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_and_sinks_without_a_step() {
        let mut bed = Bed::new(Loop::of(&[[0.5, 0.5]; 777]), Gain::UNITY);
        let mut heard = Vec::new();
        for block in 0..300_u64 {
            let mut bus = [[0.0; 2]; 100];
            bed.mix(
                Frames(block * 100),
                (50..150).contains(&block),
                &mut [&mut bus],
            );
            heard.extend(bus);
        }
        assert_eq!(heard[4_999], [0.0, 0.0]);
        assert_eq!(heard[14_000], [0.5, 0.5]);
        assert_eq!(heard[29_999], [0.0, 0.0]);
        assert_eq!(bed.risen, 0);
        for pair in heard.windows(2) {
            assert!((pair[1][0] - pair[0][0]).abs() < 0.001);
        }
    }
}
