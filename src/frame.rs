//! One stereo instant, the unit that crosses every queue: left and right can never slip.

/// The two samples of one instant, left and right; 1 is full scale.
pub type Frame = [f32; 2];

/// Nothing to hear.
pub const SILENCE: Frame = [0.0; 2];

/// What is let in from a file at most, +18 dBFS: decoders of damaged files were seen to hand over a million times full scale.
/// What is louder is no sound, and silence in its place is the softest click.
pub const LOUDEST: f32 = 8.0;

/// What is smaller counts as nothing, -480 dBFS: no fade and no gain makes numbers of the rest with which a processor is slow
/// (denormal ones, below 1e-38).
pub const LEAST: f32 = 1e-24;

/// A sample as it is let in from a file: as it is between [`LEAST`] and [`LOUDEST`], and 0 where it is neither that nor a
/// number.
#[must_use]
pub fn tame(sample: f32) -> f32 {
    if (LEAST..=LOUDEST).contains(&sample.abs()) {
        sample
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_let_in_is_finite_and_bounded() {
        assert_eq!(tame(0.25), 0.25);
        assert_eq!(tame(-1.9e6), 0.0);
        assert_eq!(tame(f32::NAN), 0.0);
        assert_eq!(tame(f32::INFINITY), 0.0);
        assert_eq!(tame(-2e-24), -2e-24);
        assert_eq!(tame(3e-39), 0.0);
    }
}
