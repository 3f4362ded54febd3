//! Pieces cross each other without a hole, a bump or a step.

mod common;

use common::files::{Wav, flac, wav};
use common::sounds::noise;
use common::stage::{Stage, power, seconds};
use undersong::time::{Frames, Rate};

#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: Rate = Rate::DEFAULT;

/// A square root of the mean over 100 ms blocks.
fn deviation(sound: &[undersong::frame::Frame], expected: f64) -> f64 {
    let blocks = sound.chunks_exact(RATE.hertz() as usize / 2);
    blocks
        .map(|block| (power(block) - expected).abs())
        .fold(0.0, f64::max)
}

#[test]
fn two_noises_hold_their_power_within_half_a_decibel() {
    let stage = Stage::new();
    for (name, seed) in [("1", 11), ("2", 12), ("3", 13)] {
        let sound = noise(seed, 0.2, 40 * 48_000 + 77);
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            48_000,
            2,
            Wav::Float,
        );
    }
    let script = "undersong: 1\ntitle: Noise\nmusic: { loudness: as-is, crossfade: 12s, phase-crossfade: 10s, fade-in: 0s }\n\
                  phases:\n\
                  \x20 - { name: one, length: 50s, playlist: [1.wav, 2.wav] }\n\
                  \x20 - { name: two, length: 30s, playlist: [3.wav] }\n";
    let heard = stage.hear(script, RATE);
    assert_eq!(heard.timeline.clips.len(), 3);
    assert_eq!(
        heard.timeline.clips[0].fade_out.length,
        RATE.frames(std::time::Duration::from_secs(12))
    );
    let sound = heard.frames();
    let steady = power(&sound[..seconds(20.0, RATE)]);
    let worst = deviation(&sound[..seconds(65.0, RATE)], steady);
    assert!(worst < 0.5, "{worst} dB");
}

/// Pieces without a seam end where they end; where that is with the phase, they go on into its change.
#[test]
fn phases_change_without_a_hole_wherever_joined_pieces_end() {
    for over in [0, 1, 480, 24_000, 72_001, 190_000, 250_000] {
        let stage = Stage::new();
        for (name, seed, frames) in [("1", 11, 20 * 48_000), ("2", 12, 20 * 48_000 + over)] {
            let sound = noise(seed, 0.2, frames);
            let path = stage.path(&format!("{name}.wav"));
            wav(&path, &sound, 48_000, 2, Wav::Float);
        }
        let script = "undersong: 1\ntitle: Ends\nmusic: { loudness: as-is, crossfade: 0s, phase-crossfade: 8s, fade-in: 0s }\n\
                      phases:\n\
                      \x20 - { name: one, length: 40s, playlist: [1.wav, 2.wav] }\n\
                      \x20 - { name: two, length: 30s, playlist: [1.wav] }\n";
        let heard = stage.hear(script, RATE);
        let sound = heard.frames();
        let steady = power(&sound[..seconds(20.0, RATE)]);
        let worst = deviation(&sound[..seconds(55.0, RATE)], steady);
        assert!(worst < 0.5, "{over}: {worst} dB");
        let [one, two] = &heard.timeline.phases[..] else {
            panic!("two phases");
        };
        let comes = heard
            .timeline
            .clips
            .iter()
            .find(|clip| clip.from == two.from);
        let change = comes.unwrap().fade_in.length;
        if over <= 24_000 {
            assert_eq!(one.length, Frames::from(40 * 48_000 + over + 1));
            assert!(change > Frames(6 * 48_000), "{over}: {change:?}");
        } else {
            assert_eq!(one.length, Frames(40 * 48_000));
            assert_eq!(change, Frames::from(over));
        }
    }
}

/// A loop whose length goes into the phase is faded out into the silence behind it, not cut.
#[test]
fn a_loop_is_faded_into_silence_where_its_phase_ends_with_it() {
    let stage = Stage::new();
    let path = stage.path("loop.wav");
    wav(&path, &noise(11, 0.2, 20 * 48_000), 48_000, 2, Wav::Float);
    for length in ["40s", "20s", "39.8s"] {
        let script = format!(
            "undersong: 1\ntitle: Loop\nmusic: {{ loudness: as-is, crossfade: 0s, phase-crossfade: 6s, fade-in: 0s }}\n\
             phases:\n\
             \x20 - {{ name: one, length: {length}, playlist: [loop.wav] }}\n\
             \x20 - {{ name: two, length: 30s, music: silence }}\n"
        );
        let heard = stage.hear(&script, RATE);
        let end = heard.timeline.phases[0].end().index();
        let sound = heard.frames();
        let level = |at: f64| {
            let from = end + seconds(at, RATE);
            power(&sound[from..from + 4_800])
        };
        let steady = level(-1.0);
        assert!((level(2.0) - steady).abs() < 3.0, "{length}");
        assert!(level(5.0) < steady - 6.0, "{length}");
        assert!(level(6.1) < -100.0, "{length}");
    }
}

#[test]
fn mono_and_stereo_of_any_rates_cross() {
    let stage = Stage::new();
    wav(
        &stage.path("1.wav"),
        &noise(1, 0.3, 20 * 44_100 + 1),
        44_100,
        1,
        Wav::Bits(16),
    );
    flac(
        &stage.path("2.flac"),
        &noise(2, 0.3, 20 * 96_000 + 3),
        96_000,
        2,
        24,
    );
    wav(
        &stage.path("3.wav"),
        &noise(3, 0.3, 20 * 37_800 + 5),
        37_800,
        2,
        Wav::Bits(8),
    );
    let script = "undersong: 1\ntitle: Any\nmusic: { crossfade: 5s, fade-in: 0s }\n\
                  phases: [{ name: all, length: 48s, playlist: [1.wav, 2.flac, 3.wav] }]\n";
    let heard = stage.hear(script, RATE);
    let sound = heard.frames();
    assert_eq!(sound.len(), 48 * 48_000);
    for (at, block) in sound[..38 * 48_000].chunks_exact(2_400).enumerate() {
        assert!(power(block) > -50.0, "a hole at {} ms", at * 50);
    }
}

#[test]
fn a_track_shorter_than_the_fade_shortens_the_fade() {
    let stage = Stage::new();
    for (seed, name) in [(1, "1"), (2, "2"), (3, "3")] {
        let sound = noise(seed, 0.2, 9 * 48_000 + 11);
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            48_000,
            2,
            Wav::Float,
        );
    }
    let script = "undersong: 1\ntitle: Short\nmusic: { loudness: as-is, crossfade: 30s, fade-in: 0s }\n\
                  phases: [{ name: all, length: 60s, playlist: [1.wav, 2.wav, 3.wav] }]\n";
    let heard = stage.hear(script, RATE);
    for pair in heard.timeline.clips.windows(2) {
        let overlap = pair[0].end() - pair[1].from;
        assert_eq!(overlap, pair[1].fade_in.length);
        assert!(overlap > Frames::ZERO && overlap.0 <= (9 * 48_000 + 11) / 3);
    }
    for block in heard.frames()[..seconds(49.0, RATE)].chunks_exact(2_400) {
        assert!(power(block) > -40.0);
    }
}

#[test]
fn a_phase_ends_with_its_music_where_it_may() {
    let stage = Stage::new();
    for (seed, name) in [(1, "1"), (2, "2"), (3, "3")] {
        let sound = noise(seed, 0.2, 30 * 48_000);
        wav(
            &stage.path(&format!("{name}.wav")),
            &sound,
            48_000,
            2,
            Wav::Float,
        );
    }
    let script = |bounds: &str| {
        format!(
            "undersong: 1\ntitle: Ends\nmusic: {{ loudness: as-is, crossfade: 6s, phase-crossfade: 8s }}\n\
             phases:\n\
             \x20 - {{ name: one, length: 50s, {bounds} playlist: [1.wav, 2.wav, 3.wav] }}\n\
             \x20 - {{ name: two, length: 27s, playlist: [3.wav] }}\n"
        )
    };
    let bound = stage.prepare(&script("min: 40s, max: 60s,"), RATE).timeline;
    // Two tracks end at 54 s; the next phase begins 8 s before.
    assert_eq!(bound.phases[1].from, Frames(46 * 48_000));
    assert_eq!(bound.clips[1].end(), Frames(54 * 48_000));
    let strict = stage.prepare(&script(""), RATE).timeline;
    assert_eq!(strict.phases[1].from, Frames(50 * 48_000));
    let crossing = strict
        .clips
        .iter()
        .find(|clip| clip.from == strict.phases[1].from)
        .unwrap();
    assert_eq!(crossing.fade_in.length, Frames(8 * 48_000));
}
