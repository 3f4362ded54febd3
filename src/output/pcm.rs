//! Samples as integers.

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// 16 bit, dithered.
    Sixteen,
    /// 24 bit.
    TwentyFour,
    /// 32 bit float, as it was rendered.
    Float,
}

impl Bits {
    /// Bytes a sample.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sixteen => 2,
            Self::TwentyFour => 3,
            Self::Float => 4,
        }
    }
}

/// Turns samples into integers: 16 bit with triangular dither of one step either way (Lipshitz et al. 1992), so that
/// quiet ends of fades do not crackle; silence stays silence. The same samples always give the same integers.
#[derive(Debug)]
pub struct Quantiser {
    full: f32,
    dither: bool,
    state: u32,
}

impl Quantiser {
    /// For 16 or 24 bit.
    #[must_use]
    pub fn new(bits: Bits) -> Self {
        Self {
            full: (1_u32 << (bits.bytes() * 8 - 1)) as f32,
            dither: bits == Bits::Sixteen,
            state: 0x9E37_79B9,
        }
    }

    /// One sample.
    pub fn integer(&mut self, sample: f32) -> i32 {
        let mut value = sample * self.full;
        if self.dither && sample != 0.0 {
            value += self.chance() - self.chance();
        }
        value.round().clamp(-self.full, self.full - 1.0) as i32
    }

    /// Even between 0 and 1.
    fn chance(&mut self) -> f32 {
        self.state = self
            .state
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.state >> 8) as f32 / (1 << 24) as f32
    }
}

/// Appends samples as little-endian floats, as they are.
pub fn append_floats(bytes: &mut Vec<u8>, samples: &[f32]) {
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

/// Appends samples as little-endian bytes.
pub fn append(bytes: &mut Vec<u8>, samples: &[f32], bits: Bits, quantiser: &mut Quantiser) {
    match bits {
        Bits::Float => append_floats(bytes, samples),
        Bits::Sixteen | Bits::TwentyFour => {
            for sample in samples {
                let integer = quantiser.integer(*sample).to_le_bytes();
                bytes.extend_from_slice(&integer[..bits.bytes()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_stays_silence_and_full_scale_does_not_wrap() {
        for bits in [Bits::Sixteen, Bits::TwentyFour] {
            let mut quantiser = Quantiser::new(bits);
            assert!((0..1000).all(|_| quantiser.integer(0.0) == 0));
            let full = 1 << (bits.bytes() * 8 - 1);
            assert!(quantiser.integer(2.0) == full - 1 && quantiser.integer(-2.0) == -full);
        }
    }

    #[test]
    fn sixteen_bit_keeps_what_lies_below_its_steps_on_the_mean() {
        let mut quantiser = Quantiser::new(Bits::Sixteen);
        let quiet = 0.3 / 32_768.0;
        let sum: i64 = (0..100_000)
            .map(|_| i64::from(quantiser.integer(quiet)))
            .sum();
        assert!((sum as f64 / 100_000.0 - 0.3).abs() < 0.02);
    }
}
