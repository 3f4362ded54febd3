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

/// A straight line that stands in for a part of a curve.
#[derive(Debug, Clone, Copy, Default)]
struct Chord {
    begin: Frames,
    end: Frames,
    /// The gain at `begin`, its change a frame, and the gain at `end`.
    gain: f32,
    slope: f32,
    target: f32,
}

/// Walks a curve from chord to chord.
#[derive(Debug)]
pub struct Tracer<C> {
    /// The curve that is walked.
    curve: C,
    chord: Chord,
    /// The chord after it, where the bend goes on. It is drawn one chord ahead, so that mixing does not wait for a sine.
    coming: Chord,
    /// Where the curve changes its law next.
    turn: Frames,
}

impl<C: Curve> Tracer<C> {
    /// A walk that has not begun.
    pub fn new(curve: C) -> Self {
        Self {
            curve,
            chord: Chord::default(),
            coming: Chord::default(),
            turn: Frames::ZERO,
        }
    }

    /// The curve.
    pub fn curve(&self) -> &C {
        &self.curve
    }

    /// Changes the curve; the walk looks at it afresh. Real-time safe where `change` is.
    pub fn revise(&mut self, change: impl FnOnce(&mut C)) {
        change(&mut self.curve);
        self.chord.end = Frames::ZERO;
        self.turn = Frames::ZERO;
    }

    /// The next straight stretch from frame `at`, of 1 to `most` frames. Real-time safe.
    pub fn stretch(&mut self, at: Frames, most: usize) -> Stretch {
        if at < self.chord.begin || at >= self.chord.end {
            self.go_to(at);
        }
        let left = (self.chord.end - at).0.min(most as u64) as usize;
        Stretch {
            gain: self.chord.gain,
            slope: self.chord.slope,
            index: (at - self.chord.begin).index(),
            frames: left.max(1),
        }
    }

    fn go_to(&mut self, at: Frames) {
        self.chord = if at == self.chord.end && at < self.turn {
            self.coming
        } else {
            self.look(at)
        };
        if self.chord.end < self.turn {
            self.coming = self.draw(self.chord.end, self.chord.target);
        }
    }

    /// The chord that holds at `at`, wherever the walk was before.
    fn look(&mut self, at: Frames) -> Chord {
        let begin = self.curve.turn_before(at);
        self.turn = self.curve.turn_after(at).unwrap_or(Frames(u64::MAX));
        if self.curve.is_flat(at) {
            let gain = self.curve.gain(at);
            return Chord {
                begin,
                end: self.turn,
                gain,
                slope: 0.0,
                target: gain,
            };
        }
        let chord = CHORD as u64;
        let begin = begin + Frames((at - begin).0 / chord * chord);
        self.draw(begin, self.curve.gain(begin))
    }

    /// The chord of a bend that begins at `begin` with `gain`.
    fn draw(&self, begin: Frames, gain: f32) -> Chord {
        let end = Frames((begin.0 + CHORD as u64).min(self.turn.0));
        // Just before the turn the curve may stand elsewhere than on it (a clip that ends in a gapless join).
        let target = self.curve.gain(end);
        let slope = (target - gain) / (end - begin).0 as f32;
        Chord {
            begin,
            end,
            gain,
            slope,
            target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bent between frames 100 and 400, flat around; so high at its top.
    struct Hill(f32);

    impl Curve for Hill {
        fn gain(&self, at: Frames) -> f32 {
            let way = (at.0.clamp(100, 400) - 100) as f32 / 300.0;
            self.0 * way * way
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

    fn walk(tracer: &mut Tracer<Hill>, from: usize, block: usize) -> Vec<f32> {
        let mut gains = Vec::new();
        while from + gains.len() < 600 {
            let mut left = block.min(600 - from - gains.len());
            while left > 0 {
                let stretch = tracer.stretch(Frames::from(from + gains.len()), left);
                for i in 0..stretch.frames {
                    gains.push(stretch.gain + stretch.slope * (stretch.index + i) as f32);
                }
                left -= stretch.frames;
            }
        }
        gains
    }

    fn hill() -> Tracer<Hill> {
        Tracer::new(Hill(1.0))
    }

    #[test]
    fn the_chords_follow_the_curve_whatever_the_blocks() {
        let whole = walk(&mut hill(), 0, 600);
        for block in [1, 7, 64, 128, 129, 333] {
            assert_eq!(walk(&mut hill(), 0, block), whole, "blocks of {block}");
        }
        assert_eq!(whole[99], 0.0);
        assert_eq!(whole[100], 0.0);
        assert_eq!(whole[400], 1.0);
        for (at, gain) in whole.iter().enumerate() {
            assert!(
                (gain - Hill(1.0).gain(Frames::from(at))).abs() < 0.05,
                "{at}"
            );
        }
    }

    #[test]
    fn a_walk_that_is_taken_up_anywhere_is_the_same_from_there_on() {
        let whole = walk(&mut hill(), 0, 64);
        let mut wanderer = hill();
        for from in (0..600).rev().step_by(7).chain((0..600).step_by(76)) {
            assert_eq!(walk(&mut wanderer, from, 64), whole[from..], "from {from}");
            // Left in the middle of the bend, where a chord is drawn ahead.
            let _ = wanderer.stretch(Frames(227), 1);
        }
    }

    #[test]
    fn a_curve_that_was_changed_holds_from_the_next_frame() {
        let higher = walk(&mut Tracer::new(Hill(2.0)), 0, 64);
        // On the seam of two chords, beside it, and within the last.
        for at in [0, 99, 100, 227, 228, 229, 399] {
            let mut tracer = hill();
            for frame in 0..at {
                let _ = tracer.stretch(Frames(frame), 1);
            }
            tracer.revise(|hill| hill.0 = 2.0);
            let at = at as usize;
            assert_eq!(walk(&mut tracer, at, 64), higher[at..], "at {at}");
        }
        let mut tracer = hill();
        let first = tracer.stretch(Frames::ZERO, 64);
        tracer.revise(|_| ());
        assert_eq!(tracer.stretch(Frames::ZERO, 64), first);
    }
}
