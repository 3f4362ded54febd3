//! The quiet seamless loop that is always ready below the music.

use std::sync::Arc;

use crate::engine::deck::REFUGE;
use crate::frame::Frame;
use crate::level::Gain;
use crate::time::Frames;

/// A loop in memory that rises where the music cannot go on, and is silent otherwise.
#[derive(Debug)]
pub struct Bed {
    sound: Arc<[Frame]>,
    gain: Gain,
    /// How far it has risen, 0 to [`REFUGE`].
    risen: usize,
}

impl Bed {
    /// A bed that is silent until it is needed.
    #[must_use]
    pub fn new(sound: Arc<[Frame]>, gain: Gain) -> Self {
        Self {
            sound,
            gain,
            risen: 0,
        }
    }

    /// Mixes the bed into all buses while it is `needed` or still sinks. Real-time safe.
    pub fn mix(&mut self, at: Frames, needed: bool, buses: &mut [&mut [Frame]]) {
        if (!needed && self.risen == 0) || self.sound.is_empty() {
            return;
        }
        let before = self.risen;
        let length = self.sound.len() as u64;
        for bus in buses {
            let mut risen = before;
            let mut place = (at.0 % length) as usize;
            for sum in bus.iter_mut() {
                let gain = self.gain.0 * (risen as f32 / REFUGE as f32);
                if let Some(frame) = self.sound.get(place) {
                    sum[0] += frame[0] * gain;
                    sum[1] += frame[1] * gain;
                }
                risen = if needed {
                    (risen + 1).min(REFUGE)
                } else {
                    risen.saturating_sub(1)
                };
                place = if place + 1 == self.sound.len() {
                    0
                } else {
                    place + 1
                };
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
        let mut bed = Bed::new(vec![[0.5, 0.5]; 777].into(), Gain::UNITY);
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
