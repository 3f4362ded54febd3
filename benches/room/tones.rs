//! Tones for music: in a tone every step shows.

use std::path::Path;

/// Writes a tone at 48 kHz, mono, 16 bits, whose wave is a whole number of frames long, so that each wave is the same as
/// the one before it, bit for bit. `level` is its peak in dBFS.
pub fn tone(path: &Path, wave: usize, level: f64, seconds: usize) {
    let table = table(wave, level);
    let sound = table.iter().cycle().take(seconds * 48_000);
    write(path, sound.copied());
}

/// The same as a cue: it comes and goes within a twentieth of a second, so that nothing bends where it begins and ends.
pub fn word(path: &Path, wave: usize, level: f64, seconds: usize) {
    let table = table(wave, level);
    let frames = seconds * 48_000;
    let sound = table.iter().cycle().take(frames).enumerate();
    let gain = |at: usize| {
        let edge = at.min(frames - at) as f64 / 2_400.0;
        (edge.min(1.0) * std::f64::consts::FRAC_PI_2).sin().powi(2)
    };
    write(
        path,
        sound.map(|(at, sample)| (f64::from(*sample) * gain(at)) as i16),
    );
}

fn table(wave: usize, level: f64) -> Vec<i16> {
    let peak = 32_768.0 * 10_f64.powf(level / 20.0);
    let angle = |at: usize| std::f64::consts::TAU * at as f64 / wave as f64;
    let samples = (0..wave).map(|at| (peak * angle(at).sin()).round() as i16);
    samples.collect()
}

fn write(path: &Path, sound: impl Iterator<Item = i16>) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("room on the disk");
    for sample in sound {
        file.write_sample(sample).expect("room on the disk");
    }
    file.finalize().expect("room on the disk");
}
