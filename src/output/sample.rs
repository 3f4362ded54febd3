//! Samples as devices take them.

use cpal::{I24, SizedSample};

use crate::output::pcm::{Bits, Quantiser};

/// A sample in one of the forms that devices take.
pub trait Sample: SizedSample {
    /// How it is rounded.
    const BITS: Bits;

    /// This form of a sample: rounded, dithered where it is short, never wrapped around. Real-time safe.
    fn from_float(sample: f32, quantiser: &mut Quantiser) -> Self;

    /// The samples themselves, where they are what the engine renders.
    #[must_use]
    fn as_floats(_: &mut [Self]) -> Option<&mut [f32]> {
        None
    }
}

impl Sample for f32 {
    const BITS: Bits = Bits::Float;

    fn from_float(sample: f32, _: &mut Quantiser) -> Self {
        sample
    }

    fn as_floats(samples: &mut [Self]) -> Option<&mut [f32]> {
        Some(samples)
    }
}

impl Sample for i32 {
    // A float has no more bits than that near full scale.
    const BITS: Bits = Bits::TwentyFour;

    fn from_float(sample: f32, quantiser: &mut Quantiser) -> Self {
        quantiser.integer(sample) << 8
    }
}

impl Sample for I24 {
    const BITS: Bits = Bits::TwentyFour;

    fn from_float(sample: f32, quantiser: &mut Quantiser) -> Self {
        Self::new(quantiser.integer(sample)).unwrap_or(cpal::Sample::EQUILIBRIUM)
    }
}

impl Sample for i16 {
    const BITS: Bits = Bits::Sixteen;

    fn from_float(sample: f32, quantiser: &mut Quantiser) -> Self {
        quantiser.integer(sample) as Self
    }
}

impl Sample for u16 {
    const BITS: Bits = Bits::Sixteen;

    fn from_float(sample: f32, quantiser: &mut Quantiser) -> Self {
        (quantiser.integer(sample) + (1 << 15)) as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert<S: Sample>(sample: f32) -> S {
        S::from_float(sample, &mut Quantiser::new(S::BITS))
    }

    #[test]
    fn full_scale_and_beyond_stay_where_they_are() {
        assert_eq!(convert::<i16>(-3.0), i16::MIN);
        assert_eq!(convert::<i16>(3.0), i16::MAX);
        assert_eq!(convert::<u16>(-3.0), u16::MIN);
        assert_eq!(convert::<u16>(3.0), u16::MAX);
        assert_eq!(convert::<i32>(-3.0), i32::MIN);
        assert_eq!(convert::<i32>(3.0), i32::MAX - 255);
        assert_eq!(convert::<I24>(3.0).inner(), 8_388_607);
        assert_eq!(convert::<f32>(0.1), 0.1);
    }

    #[test]
    fn silence_is_silence_and_what_is_no_number_too() {
        for nothing in [0.0, f32::NAN] {
            assert_eq!(convert::<i32>(nothing), 0);
            assert_eq!(convert::<I24>(nothing).inner(), 0);
        }
        assert_eq!(convert::<i16>(0.0), 0);
        assert_eq!(convert::<u16>(0.0), 1 << 15);
    }
}
