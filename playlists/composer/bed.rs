//! The bed: a loop without a seam, made in one piece from its spectrum.

use crate::chime::RATE;
use crate::dice::Dice;
use crate::fourier::Spectrum;
use crate::measure::loudness;
use crate::score::Tuning;
use crate::sound::{Sound, decibels};

/// The length in frames: 21.8 seconds.
const SIZE: usize = 1 << 20;

/// One tone of the drone: name, level, and the width of its band in Hz, which sets how slowly it moves.
const TONES: [(&str, f64, f64); 8] = [
    ("A2", 0.0, 0.09),
    ("E3", -3.0, 0.12),
    ("A3", -5.0, 0.16),
    ("B3", -13.0, 0.18),
    ("E4", -11.0, 0.2),
    ("A4", -16.0, 0.22),
    ("C#5", -22.0, 0.25),
    ("E5", -24.0, 0.25),
];

/// Makes the bed.
pub fn make(dice: &mut Dice) -> Sound {
    let mut drone = Sound::silent(RATE, SIZE);
    let mut air = Sound::silent(RATE, SIZE);
    drone.left = channel(dice, tones);
    drone.right = channel(dice, tones);
    air.left = channel(dice, rush);
    air.right = channel(dice, rush);
    let mut bed = Sound::silent(RATE, SIZE);
    // what both ears share keeps the middle firm
    let mut middle = Sound::silent(RATE, SIZE);
    middle.left = channel(dice, tones);
    middle.right.clone_from(&middle.left);
    for (layer, level) in [(middle, 0.0), (drone, -2.0), (air, -10.0)] {
        bed.add(&layer, decibels(level - loudness(&layer)));
    }
    bed.scale(decibels(-30.0 - loudness(&bed)));
    bed
}

/// One channel of a spectrum. Every bin goes round a whole number of times in the loop: what comes out cannot
/// but join on to itself.
fn channel(dice: &mut Dice, fill: fn(&mut Spectrum, &mut Dice)) -> Vec<f32> {
    let mut spectrum = Spectrum::new(SIZE);
    fill(&mut spectrum, dice);
    spectrum.samples().into_iter().map(|x| x as f32).collect()
}

/// The tones of the drone, each a firm line with a few weaker ones close around it.
fn tones(spectrum: &mut Spectrum, dice: &mut Dice) {
    let bin = f64::from(RATE) / SIZE as f64;
    for (name, level, width) in TONES {
        let centre = (Tuning::Pure(9).hz(name) / bin).round() as usize;
        spectrum.add(centre, decibels(level), dice.angle());
        let reach = (3.0 * width / bin).ceil() as usize;
        for away in 1..=reach {
            let near = (-(away as f64 * bin / width).powi(2) / 2.0).exp();
            for at in [centre - away, centre + away] {
                spectrum.add(at, 0.3 * near * decibels(level), dice.angle());
            }
        }
    }
}

/// Soft noise, fullest around 300 Hz and gone above a few kHz.
fn rush(spectrum: &mut Spectrum, dice: &mut Dice) {
    let bin = f64::from(RATE) / SIZE as f64;
    for at in 1..(9_000.0 / bin) as usize {
        let hz = at as f64 * bin;
        let octaves = (hz / 300.0).log2();
        let hill = (-octaves * octaves / 3.2).exp();
        spectrum.add(at, 0.001 * hill * dice.unit(), dice.angle());
    }
}

/// The largest step and corner across the seam against the largest anywhere else: at most 1 if there is none.
pub fn seam(sound: &Sound) -> f64 {
    let look = |samples: &[f32]| {
        let size = samples.len();
        let corner = |at: usize| {
            let [a, b, c] = [0, 1, 2].map(|ahead| f64::from(samples[(at + ahead) % size]));
            ((c - b).abs(), (a - 2.0 * b + c).abs())
        };
        let most = (0..size - 2)
            .map(corner)
            .fold((0.0_f64, 0.0_f64), |most, now| {
                (most.0.max(now.0), most.1.max(now.1))
            });
        let over = [size - 2, size - 1].map(corner);
        let ratios = over.map(|seam| (seam.0 / most.0).max(seam.1 / most.1));
        ratios[0].max(ratios[1])
    };
    look(&sound.left).max(look(&sound.right))
}
