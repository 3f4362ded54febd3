//! Washes: tones whose every partial is a narrow band instead of a line, so that one note already
//! sounds like many players.

use std::f64::consts::PI;

use crate::cubic::cubic;
use crate::dice::Dice;
use crate::fourier::Spectrum;

/// Samples in a wash: about twelve seconds before it comes round.
const SIZE: usize = 1 << 19;

/// How a wash is coloured.
#[derive(Clone, Copy)]
pub enum Colour {
    /// Round and dark, little above the third partial.
    Warm,
    /// Softly bowed strings, many of them.
    Strings,
    /// Voices on an open vowel, far off.
    Choir,
    /// Octaves and fifths, like stopped organ pipes.
    Pipes,
    /// Odd partials only: hollow, wooden.
    Hollow,
    /// A few high partials over a quiet ground.
    Glass,
}

impl Colour {
    /// How strong the nth partial of a tone is.
    fn strength(self, n: u32, hz: f64) -> f64 {
        let order = f64::from(n);
        let here = hz * order;
        let body = match self {
            Self::Warm => order.powf(-1.85),
            Self::Strings => order.powf(-1.35),
            Self::Choir => order.powf(-0.9) * vowel(here),
            Self::Pipes => match n {
                1 => 1.0,
                2 => 0.55,
                3 => 0.22,
                4 => 0.28,
                6 => 0.07,
                8 => 0.1,
                _ => 0.0,
            },
            Self::Hollow if n % 2 == 1 => order.powf(-1.7),
            Self::Hollow => 0.04 * order.powf(-1.5),
            Self::Glass => match n {
                1 => 1.0,
                2 => 0.24,
                3 => 0.14,
                4 => 0.2,
                6 => 0.09,
                8 => 0.05,
                _ => 0.0,
            },
        };
        body / (1.0 + (here / 3_800.0).powi(3)).sqrt()
    }

    /// Width of the fundamental's band in cents, and how much stays a plain line.
    fn spread(self) -> (f64, f64) {
        match self {
            Self::Warm => (22.0, 0.55),
            Self::Strings => (34.0, 0.35),
            Self::Choir => (42.0, 0.3),
            Self::Pipes => (9.0, 0.7),
            Self::Hollow => (16.0, 0.6),
            Self::Glass => (7.0, 0.7),
        }
    }
}

/// The gain of an open "ah" turning to "oh" at a frequency.
fn vowel(hz: f64) -> f64 {
    let hills = [
        (520.0, 130.0, 1.0),
        (980.0, 180.0, 0.5),
        (2_550.0, 320.0, 0.12),
    ];
    let sum: f64 = hills
        .iter()
        .map(|(centre, width, level)| level * (-((hz - centre) / width).powi(2) / 2.0).exp())
        .sum();
    0.12 + sum
}

/// A loop of samples of one tone, with a mean square of one.
pub struct Wash(Vec<f32>);

impl Wash {
    /// The wash of a tone.
    pub fn new(colour: Colour, hz: f64, rate: u32, dice: &mut Dice) -> Self {
        let mut spectrum = Spectrum::new(SIZE);
        let bin = f64::from(rate) / SIZE as f64;
        let (cents, core) = colour.spread();
        let top = 9_000.0_f64.min(f64::from(rate) * 0.4);
        for n in (1..=64).take_while(|n| f64::from(*n) * hz < top) {
            let strength = colour.strength(n, hz);
            let sigma = (hz * f64::from(n).powf(0.85) * cents / 1731.0 / 2.0).max(0.05);
            let centre = hz * f64::from(n);
            spectrum.add(
                (centre / bin).round() as usize,
                strength * core.sqrt(),
                dice.angle(),
            );
            // a band of lines whose powers add up to what is left of the partial's
            let share = strength * ((1.0 - core) * bin / (sigma * (2.0 * PI).sqrt())).sqrt();
            let reach = (3.5 * sigma / bin) as i64;
            let middle = (centre / bin).round() as i64;
            for at in (middle - reach)..=(middle + reach) {
                let away = (at as f64 * bin - centre) / sigma;
                let amplitude = share * (-away * away / 4.0).exp();
                spectrum.add(usize::try_from(at).unwrap_or(0), amplitude, dice.angle());
            }
        }
        let samples = spectrum.samples();
        let power = samples.iter().map(|x| x * x).sum::<f64>() / SIZE as f64;
        let gain = 1.0 / power.sqrt().max(1e-12);
        Self(samples.into_iter().map(|x| (x * gain) as f32).collect())
    }

    /// The value between two samples, by a cubic through four.
    pub fn at(&self, place: f64) -> f64 {
        let start = place as usize;
        let samples =
            [0, 1, 2, 3].map(|ahead| f64::from(self.0[(start + SIZE + ahead - 1) % SIZE]));
        cubic(samples, place.fract())
    }

    /// A place in the loop, as a fraction of it.
    pub fn place(fraction: f64) -> f64 {
        fraction * SIZE as f64
    }
}
