//! Gain over time, and the way it is laid out for mixing.
//!
//! A [`Curve`] may bend as it likes; the mixing loops want straight lines. A [`Tracer`] cuts each
//! curve into chords of at most [`CHORD`] frames between points that depend on the curve alone. So
//! the samples are the same however the blocks fall.

use crate::time::Frames;

/// The longest chord that stands in for a bent curve, in frames: 2.7 ms at 48 kHz.
pub const CHORD: usize = 128;

/// A gain for each frame of the session. Every method is real-time safe.
pub trait Curve {
    /// The factor at a frame.
    fn gain(&self, at: Frames) -> f32;
    /// The last frame at or before `at` where the curve changes its law; zero where there is none.
    fn turn_before(&self, at: Frames) -> Frames;
    /// The first frame after `at` where the curve changes its law; `None` where it never does.
    fn turn_after(&self, at: Frames) -> Option<Frames>;
    /// Whether the gain stays as it is until the next turn.
    fn is_flat(&self, at: Frames) -> bool;
}

/// A straight stretch of gain: frame `i` of it has the gain `gain + slope * (index + i)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The gain where the chord begins.
    pub gain: f32,
    /// The change a frame; 0 where the gain is settled.
    pub slope: f32,
    /// How far into the chord this stretch begins; below [`CHORD`] wherever the slope is not 0.
    pub index: usize,
    /// How many frames it holds.
    pub frames: usize,
}

/// Walks a curve from chord to chord.
#[derive(Debug)]
pub struct Tracer<C> {
    /// The curve that is walked.
    curve: C,
    begin: Frames,
    end: Frames,
    gain: f32,
    slope: f32,
}

impl<C: Curve> Tracer<C> {
    /// A walk that has not begun.
    pub fn new(curve: C) -> Self {
        Self {
            curve,
            begin: Frames::ZERO,
            end: Frames::ZERO,
            gain: 0.0,
            slope: 0.0,
        }
    }

    /// The curve.
    pub fn curve(&self) -> &C {
        &self.curve
    }

    /// Changes the curve; the walk looks at it afresh. Real-time safe where `change` is.
    pub fn revise(&mut self, change: impl FnOnce(&mut C)) {
        change(&mut self.curve);
        self.end = Frames::ZERO;
    }

    /// The next straight stretch from frame `at`, of 1 to `most` frames. Real-time safe.
    pub fn stretch(&mut self, at: Frames, most: usize) -> Stretch {
        if at < self.begin || at >= self.end {
            self.draw_chord(at);
        }
        let left = (self.end - at).0.min(most as u64) as usize;
        Stretch {
            gain: self.gain,
            slope: self.slope,
            index: (at - self.begin).index(),
            frames: left.max(1),
        }
    }

    fn draw_chord(&mut self, at: Frames) {
        let turn = self.curve.turn_before(at);
        let next = self.curve.turn_after(at).unwrap_or(Frames(u64::MAX));
        if self.curve.is_flat(at) {
            (self.begin, self.end) = (turn, next);
            (self.gain, self.slope) = (self.curve.gain(at), 0.0);
            return;
        }
        let chord = CHORD as u64;
        self.begin = turn + Frames((at - turn).0 / chord * chord);
        self.end = Frames((self.begin.0 + chord).min(next.0));
        self.gain = self.curve.gain(self.begin);
        // Just before the turn the curve may stand elsewhere than on it (a clip that ends in a gapless join).
        let target = self.curve.gain(self.end);
        self.slope = (target - self.gain) / (self.end - self.begin).0 as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bent between frames 100 and 400, flat around.
    struct Hill;

    impl Curve for Hill {
        fn gain(&self, at: Frames) -> f32 {
            let way = (at.0.clamp(100, 400) - 100) as f32 / 300.0;
            way * way
        }
        fn turn_before(&self, at: Frames) -> Frames {
            Frames(match at.0 {
                0..100 => 0,
                100..400 => 100,
                _ => 400,
            })
        }
        fn turn_after(&self, at: Frames) -> Option<Frames> {
            match at.0 {
                0..100 => Some(Frames(100)),
                100..400 => Some(Frames(400)),
                _ => None,
            }
        }
        fn is_flat(&self, at: Frames) -> bool {
            at.0 < 100 || at.0 >= 400
        }
    }

    fn walk(block: usize) -> Vec<f32> {
        let mut tracer = Tracer::new(Hill);
        let mut gains = Vec::new();
        while gains.len() < 600 {
            let mut left = block.min(600 - gains.len());
            while left > 0 {
                let stretch = tracer.stretch(Frames::from(gains.len()), left);
                for i in 0..stretch.frames {
                    gains.push(stretch.gain + stretch.slope * (stretch.index + i) as f32);
                }
                left -= stretch.frames;
            }
        }
        gains
    }

    #[test]
    fn the_chords_follow_the_curve_whatever_the_blocks() {
        let whole = walk(600);
        for block in [1, 7, 64, 128, 129, 333] {
            assert_eq!(walk(block), whole, "blocks of {block}");
        }
        assert_eq!(whole[99], 0.0);
        assert_eq!(whole[100], 0.0);
        assert_eq!(whole[400], 1.0);
        for (at, gain) in whole.iter().enumerate() {
            assert!((gain - Hill.gain(Frames::from(at))).abs() < 0.05, "{at}");
        }
    }
}
