//! Onset: opening and rising.

use crate::air::Air;
use crate::bow::Bow;
use crate::drone::Drone;
use crate::hall::Hall;
use crate::harp::Harp;
use crate::pad::Pad;
use crate::piece::Piece;
use crate::score::{Chords, Tuning::Equal, broken, chorale, held, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The pieces of this phase.
pub fn pieces() -> Vec<Piece> {
    vec![
        Piece {
            file: "lifting-fog",
            title: "Lifting Fog",
            phases: &["onset"],
            intensity: 2,
            rate: 44_100,
            seconds: 76.3,
            loudness: -19.0,
            hall: Hall {
                decay: 7.0,
                damping: 0.33,
                size: 1.0,
                ahead: 0.026,
            },
            edges: (7.5, 11.0),
            play: lifting_fog,
        },
        Piece {
            file: "open-water",
            title: "Open Water",
            phases: &["onset", "peak"],
            intensity: 3,
            rate: 48_000,
            seconds: 86.7,
            loudness: -18.7,
            hall: Hall {
                decay: 8.0,
                damping: 0.36,
                size: 1.1,
                ahead: 0.03,
            },
            edges: (5.5, 13.5),
            play: open_water,
        },
    ]
}

/// D Dorian: bass and melody climb by step for a minute, then come down together.
fn lifting_fog(stage: &mut Stage) {
    let chords: Chords = &[
        (8.8, "D3 A3 C4 F4"),
        (8.8, "D3 B3 D4 G4"),
        (8.8, "E3 B3 D4 G4"),
        (8.8, "F3 A3 E4 A4"),
        (8.8, "G3 C4 E4 B4"),
        (8.8, "A3 C4 E4 C5"),
        (8.8, "G3 D4 G4 B4"),
        (11.4, "D3 C4 F4 A4"),
    ];
    let strings = Pad {
        colour: Colour::Strings,
        attack: 3.0,
        release: 3.8,
        shade: (420.0, 3_500.0),
        period: 19.0,
        width: 0.9,
    };
    let rising = [(0.0, -4.0), (26.4, -1.5), (49.3, 0.0), (72.2, -3.0)];
    let pad = stage
        .pad(&strings, &chorale(Equal, 0.0, chords))
        .swell(&rising);
    stage.put(&pad, place(0.0, 0.7));
    let choir = Pad {
        colour: Colour::Choir,
        attack: 4.0,
        release: 5.0,
        shade: (600.0, 3_800.0),
        period: 13.0,
        width: 1.0,
    };
    let far: Chords = &[
        (8.8, "E4 A4"),
        (8.8, "E4 B4"),
        (8.8, "E4 C5"),
        (8.8, "D4 B4"),
        (9.7, "D4 A4"),
    ];
    let voices = stage.pad(&choir, &chorale(Equal, 26.4, far));
    stage.put(&voices, place(-7.0, 1.2));
    let harp = Harp {
        decay: 5.0,
        attack: 0.05,
        light: 0.35,
        width: 0.6,
    };
    let figure = broken(
        Equal,
        8.8,
        &chords[1..],
        1.76,
        &[0, 1, 2, 3, 2],
        &mut stage.dice,
    );
    let harp =
        stage
            .harp(&harp, &figure)
            .swell(&[(8.8, -8.0), (35.2, 0.0), (61.6, 0.0), (75.7, -6.0)]);
    stage.put(&harp, place(-9.0, 0.9));
    let ground = Drone {
        partials: 8,
        steep: 1.7,
        period: 14.0,
        edge: 5.0,
    };
    let drone = stage.drone(&ground, &[held(Equal, "D2", 0.0)]);
    stage.put(&drone, place(-10.0, 0.3));
    let fog = stage.air(&Air {
        tone: (420.0, 1_500.0),
        focus: 0.6,
        period: 12.0,
        rest: 0.15,
    });
    stage.put(&fog, place(-16.0, 0.5));
}

/// G Lydian with one look aside to C: swells that follow each other like long waves.
fn open_water(stage: &mut Stage) {
    let chords: Chords = &[
        (10.6, "G2 D4 F#4 B4"),
        (10.6, "A2 C#4 E4 B4"),
        (10.6, "B2 D4 E4 A4"),
        (10.6, "E2 D4 G4 B4"),
        (10.6, "C3 E4 G4 B4"),
        (10.6, "D3 E4 F#4 A4"),
        (10.6, "A2 C#4 E4 A4"),
        (11.4, "G2 D4 F#4 B4"),
    ];
    let glass = Pad {
        colour: Colour::Glass,
        attack: 3.6,
        release: 4.6,
        shade: (700.0, 4_300.0),
        period: 23.0,
        width: 0.95,
    };
    let notes = chorale(Equal, 0.0, chords);
    let pad = stage.pad(&glass, &notes);
    stage.put(&pad, place(0.0, 0.8));
    let strings = Pad {
        colour: Colour::Strings,
        attack: 4.2,
        release: 5.0,
        shade: (380.0, 2_600.0),
        period: 12.0,
        width: 0.9,
    };
    let waves = [
        (0.0, -6.0),
        (12.3, -1.0),
        (22.9, -5.0),
        (35.2, 0.0),
        (44.9, -4.0),
        (56.3, 0.0),
        (67.8, -5.0),
        (83.6, -3.0),
    ];
    let low = stage.pad(&strings, &notes).swell(&waves);
    stage.put(&low, place(-1.5, 0.7));
    let line = [
        (32.6, "B4", 4.4, -4.0),
        (38.3, "D5", 3.5, -2.0),
        (43.1, "E5", 5.7, 0.0),
        (50.2, "D5", 2.6, -2.0),
        (54.1, "A4", 6.2, -2.0),
        (64.2, "C#5", 3.5, -3.0),
        (69.1, "B4", 3.5, -4.0),
        (74.4, "F#4", 7.0, -5.0),
    ];
    let bow = Bow {
        attack: 1.4,
        release: 2.2,
        light: 0.4,
        vibrato: 7.0,
        breath: 0.05,
        place: 0.15,
    };
    let song = stage.bow(&bow, &melody(Equal, &line));
    stage.put(&song, place(-9.0, 1.3));
    let ground = Drone {
        partials: 10,
        steep: 1.6,
        period: 16.0,
        edge: 6.0,
    };
    let low = [held(Equal, "G2", 0.0), held(Equal, "D3", -6.0)];
    let drone = stage.drone(&ground, &low);
    stage.put(&drone, place(-10.0, 0.3));
    let surf = stage.air(&Air {
        tone: (240.0, 1_300.0),
        focus: 0.5,
        period: 13.0,
        rest: 0.12,
    });
    stage.put(&surf, place(-13.0, 0.3));
}
