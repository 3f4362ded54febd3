//! Looks at a finished sound, and refuses what could frighten.

use ebur128::{EbuR128, Mode};

use crate::sound::Sound;

/// What was measured.
pub struct Measure {
    /// Integrated loudness in LUFS.
    pub loudness: f64,
    /// True peak in dBTP, of the louder channel.
    pub peak: f64,
    /// The largest change of short-term loudness within a second, in LU.
    pub jump: f64,
    /// When that was, in seconds.
    pub jump_at: f64,
    /// The largest mean of a channel.
    pub offset: f64,
    /// The largest corner (second difference) against its surroundings; a click stands out above 12.
    pub click: f64,
    /// The largest step from one sample to the next.
    pub step: f64,
}

/// The highest true peak a piece may have.
pub const CEILING: f64 = -3.0;

impl Measure {
    /// Measures a sound.
    pub fn of(sound: &Sound) -> Self {
        let mode = Mode::I | Mode::S | Mode::TRUE_PEAK;
        let mut meter = EbuR128::new(2, sound.rate, mode).expect("a stereo meter");
        let mut course = Vec::new();
        for tenth in sound.interleaved().chunks(2 * (sound.rate as usize / 10)) {
            meter.add_frames_f32(tenth).expect("whole frames");
            course.push(meter.loudness_shortterm().unwrap_or(f64::NEG_INFINITY));
        }
        let loudness = meter.loudness_global().unwrap_or(f64::NEG_INFINITY);
        let peak = (0..2).filter_map(|channel| meter.true_peak(channel).ok());
        let (jump, jump_at) = jump(&course, loudness);
        let channels = [&sound.left, &sound.right];
        let worst = |look: fn(&[f32]) -> f64| {
            channels
                .map(|one| look(one))
                .into_iter()
                .fold(0.0, f64::max)
        };
        Self {
            loudness,
            peak: 20.0 * peak.fold(1e-9, f64::max).log10(),
            jump,
            jump_at,
            offset: worst(mean),
            click: worst(corner),
            step: worst(step),
        }
    }

    /// Everything that is wrong with it, if it is a piece of music.
    pub fn faults(&self) -> Vec<String> {
        let jump = format!("change of loudness in LU a second, at {} s", self.jump_at);
        let limits = [
            ("true peak in dBTP", self.peak, CEILING),
            (jump.as_str(), self.jump, 4.0),
            ("offset", self.offset, 1e-4),
            ("click", self.click, 12.0),
            ("step between samples", self.step, 0.12),
        ];
        let over = limits
            .iter()
            .filter(|(_, value, limit)| value.is_nan() || value > limit);
        over.map(|(what, value, limit)| format!("{what}: {value:.4}, at most {limit}"))
            .collect()
    }
}

/// The loudness of a sound alone.
pub fn loudness(sound: &Sound) -> f64 {
    let mut meter = EbuR128::new(2, sound.rate, Mode::I).expect("a stereo meter");
    meter
        .add_frames_f32(&sound.interleaved())
        .expect("whole frames");
    meter.loudness_global().unwrap_or(f64::NEG_INFINITY)
}

/// The largest change within a second of a course of short-term loudness, ten values a second, where the music
/// is not fading in from or out to nothing.
fn jump(course: &[f64], loudness: f64) -> (f64, f64) {
    let heard = |value: f64| value > loudness - 12.0;
    let full = course.get(30..).unwrap_or_default();
    let mut worst = (0.0, 0.0);
    for (at, (before, after)) in full.iter().zip(full.iter().skip(10)).enumerate() {
        let jump = (after - before).abs();
        if heard(*before) && heard(*after) && jump > worst.0 {
            worst = (jump, (at + 31) as f64 / 10.0);
        }
    }
    worst
}

/// How far the middle of a channel is from zero.
fn mean(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|x| f64::from(*x)).sum();
    (sum / samples.len() as f64).abs()
}

/// The largest step.
fn step(samples: &[f32]) -> f64 {
    let steps = samples
        .windows(2)
        .map(|pair| f64::from((pair[1] - pair[0]).abs()));
    steps.fold(0.0, f64::max)
}

/// The largest corner against the usual size of corners in the 40 ms around it.
fn corner(samples: &[f32]) -> f64 {
    let corners: Vec<f64> = samples
        .windows(3)
        .map(|three| f64::from(three[0]) - 2.0 * f64::from(three[1]) + f64::from(three[2]))
        .collect();
    corners
        .chunks(1_920)
        .map(|chunk| {
            let power: f64 = chunk.iter().map(|x| x * x).sum::<f64>() / chunk.len() as f64;
            let most = chunk.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            // what is below the last bit of 16 is no click
            most / power.sqrt().max(3e-5)
        })
        .fold(0.0, f64::max)
}
