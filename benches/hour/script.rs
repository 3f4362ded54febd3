//! What is played: low tones, in which every step shows, and stillness with words for one alone.

use std::fmt::Write as _;

use super::room::daemon::Folder;
use super::room::tones::{tone, word};

/// Waves of the private cues, in frames: 100 Hz for a, 240 Hz for b.
pub const OWN: [usize; 2] = [480, 200];
/// How the phases without music are called; a number follows.
pub const STILLNESS: &str = "stillness";
/// Cues that can be asked for.
pub const CUES: &[&str] = &["both 1", "for a 2", "for b 3", "both 4"];

/// Tones by their wave in frames and their level in dBFS; the loudest needs the limiter.
const TONES: [(usize, f64); 5] = [
    (480, -3.0),
    (400, -20.0),
    (320, -16.0),
    (240, -20.0),
    (192, -24.0),
];

/// Writes the music, the cues and the script.
pub fn furnish(folder: &Folder) {
    let mut list = "title: Tones\ntracks:\n".to_owned();
    for (number, (wave, level)) in TONES.iter().enumerate() {
        tone(
            &folder.path(&format!("media/{wave}.wav")),
            *wave,
            *level,
            50 + 7 * number,
        );
        let _ = writeln!(
            list,
            "  - {{ file: {wave}.wav, intensity: {} }}",
            number + 1
        );
    }
    folder.write("media/tones.yaml", &list);
    for (name, wave) in ["a", "b"].iter().zip(OWN) {
        word(&folder.path(&format!("media/{name}.wav")), wave, -24.0, 2);
    }
    folder.write("media/session.yaml", &script());
}

/// Tones for about a minute, and then stillness; five times over.
fn script() -> String {
    let mut script = "undersong: 1\ntitle: An hour\nmusic: { loudness: as-is, crossfade: 5s, phase-crossfade: 4s, \
                      fade-in: 2s, fade-out: 4s }\nphases:\n"
        .to_owned();
    for number in 1..=5 {
        let _ = writeln!(
            script,
            "  - name: tones {number}\n    length: 70s\n    min: 30s\n    max: 3m\n    \
             playlist: {{ file: tones.yaml, order: shuffle }}\n    cues:\n      \
             - {{ name: both {number}, at: 20s, voice: a.wav, within: 10s }}\n      \
             - {{ name: for a {number}, at: 35s, voice: a.wav, to: a, within: 10s }}\n      \
             - {{ name: for b {number}, at: 45s, voice: b.wav, to: b, within: 10s }}\n  \
             - name: {STILLNESS} {number}\n    length: 36s\n    music: silence\n    cues:\n      \
             - {{ name: alone a {number}, at: 14s, voice: a.wav, to: a }}\n      \
             - {{ name: alone b {number}, at: 20s, voice: b.wav, to: b }}\n      \
             - {{ name: alone again {number}, at: 26s, chime: a.wav, to: a }}"
        );
    }
    let _ = writeln!(
        script,
        "  - name: return\n    length: 60s\n    playlist: tones.yaml"
    );
    script
}
