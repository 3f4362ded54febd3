//! Sessions for a world, by chance: low tones for music, so that every step of ours shows.

use std::fmt::Write as _;

use super::super::dice::Dice;
use super::super::files::{Wav, wav};
use super::super::sounds::sine;
use super::super::stage::Stage;

/// Writes the files that all sessions use: eight tones, three cues, a bed, a rated playlist.
pub fn files(stage: &Stage) {
    let mut playlist = "title: Tones\ntracks:\n".to_owned();
    for (number, seconds) in [23, 31, 47, 64, 95, 140, 210, 333].into_iter().enumerate() {
        let rate = [8_000, 11_025][number % 2];
        let tone = sine(
            38.0 + 3.0 * number as f64,
            -20.0,
            rate,
            seconds * rate as usize + 11 * number,
        );
        wav(
            &stage.path(&format!("tone {number}.wav")),
            &tone,
            rate,
            1,
            Wav::Bits(16),
        );
        let _ = writeln!(
            playlist,
            "  - {{ file: tone {number}.wav, intensity: {} }}",
            1 + number % 5
        );
    }
    std::fs::write(stage.path("tones.yaml"), playlist).unwrap();
    for (name, seconds) in [("short", 2), ("word", 5), ("long", 23)] {
        let mut sound = sine(52.0, -26.0, 8_000, seconds * 8_000 + 3);
        let length = sound.len();
        for (at, frame) in sound.iter_mut().enumerate() {
            let edge = (at.min(length - 1 - at) as f32 / 1_600.0).min(1.0);
            let gain = 0.5 - 0.5 * (std::f32::consts::PI * edge).cos();
            *frame = frame.map(|sample| sample * gain);
        }
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            8_000,
            1,
            Wav::Bits(16),
        );
    }
    wav(
        &stage.path("bed.wav"),
        // Far from every tone: nothing cancels it.
        &sine(75.0, -24.0, 8_000, 16_000),
        8_000,
        1,
        Wav::Bits(16),
    );
}

/// A session of about so many minutes, by a seed.
pub fn session(seed: u64, minutes: f64) -> String {
    let mut dice = Dice::new(seed);
    let mut roll = |low: f64, high: f64| dice.between(low, high);
    let (crossfade, phase_crossfade) = (roll(0.5, 20.0), roll(1.0, 30.0));
    let mut script = format!(
        "undersong: 1\ntitle: World {seed}\nseed: {seed}\nmusic: {{ loudness: as-is, crossfade: {crossfade:.2}s, \
         phase-crossfade: {phase_crossfade:.2}s, fade-in: 1s, fade-out: 4s, bed: bed.wav }}\nphases:\n"
    );
    let phases = roll(3.0, 7.0) as usize;
    let mut cue = 0;
    for number in 0..phases {
        let name = if number + 1 == phases {
            "return".into()
        } else {
            format!("phase {number}")
        };
        let length = (minutes * 60.0 / phases as f64 * roll(0.5, 1.5)).max(20.0);
        let _ = write!(script, "  - name: {name}\n    length: {length:.2}s\n");
        let silent = number > 0 && number + 1 < phases && roll(0.0, 1.0) < 0.2;
        if silent {
            script.push_str("    music: silence\n");
        } else {
            let _ = writeln!(
                script,
                "    playlist: {{ file: tones.yaml, order: shuffle }}"
            );
            let _ = writeln!(
                script,
                "    max: {:.2}s\n    level: {:.1} dB",
                length * 1.5,
                roll(-6.0, 0.0)
            );
            if roll(0.0, 1.0) < 0.3 {
                script.push_str("    end: hold\n");
            }
        }
        script.push_str("    cues:\n");
        for _ in 0..roll(1.0, 5.0) as usize {
            let at = roll(0.0, 0.7 * length);
            let to = ["", ", to: a", ", to: b", ""][roll(0.0, 4.0) as usize];
            let kind = [
                "chime: short.wav",
                "voice: word.wav",
                "voice: long.wav",
                "chime: word.wav, duck: true",
            ][roll(0.0, 4.0) as usize];
            let seek =
                ["", ", within: 40s", ", place: quiet, within: 30s"][roll(0.0, 3.0) as usize];
            let _ = writeln!(
                script,
                "      - {{ name: cue {cue}, at: {at:.3}s, {kind}{to}{seek} }}"
            );
            cue += 1;
        }
        let _ = writeln!(
            script,
            "      - {{ name: always {number}, every: {:.2}s, chime: short.wav, to: a }}",
            (length * 0.4).min(roll(60.0, 500.0))
        );
    }
    script
}
