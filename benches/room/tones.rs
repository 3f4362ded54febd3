//! Tones for music: in a tone every step shows.

use std::path::Path;

/// Writes a tone at 48 kHz, mono, 16 bits, whose wave is a whole number of frames long, so that each wave is the same as
/// the one before it, bit for bit. `level` is its peak in dBFS.
pub fn tone(path: &Path, wave: usize, level: f64, seconds: usize) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let peak = 32_768.0 * 10_f64.powf(level / 20.0);
    let angle = |at: usize| std::f64::consts::TAU * at as f64 / wave as f64;
    let table: Vec<i16> = (0..wave)
        .map(|at| (peak * angle(at).sin()).round() as i16)
        .collect();
    let mut file = hound::WavWriter::create(path, spec).expect("room on the disk");
    for sample in table.iter().cycle().take(seconds * 48_000) {
        file.write_sample(*sample).expect("room on the disk");
    }
    file.finalize().expect("room on the disk");
}
