//! Integration: quiet and hopeful.

use crate::air::Air;
use crate::bowl::{Bells, Metal};
use crate::drone::Drone;
use crate::hall::Hall;
use crate::harp::Harp;
use crate::pad::Pad;
use crate::piece::Piece;
use crate::score::{Chords, Tuning::Equal, chorale, held, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The pieces of this phase.
pub fn pieces() -> Vec<Piece> {
    vec![
        Piece {
            file: "small-lanterns",
            title: "Small Lanterns",
            phases: &["integration"],
            intensity: 1,
            rate: 44_100,
            seconds: 67.4,
            loudness: -19.8,
            hall: Hall {
                decay: 5.0,
                damping: 0.38,
                size: 0.8,
                ahead: 0.02,
            },
            edges: (10.0, 11.0),
            play: small_lanterns,
        },
        Piece {
            file: "after-rain",
            title: "After Rain",
            phases: &["integration", "return"],
            intensity: 1,
            rate: 44_100,
            seconds: 83.2,
            loudness: -19.9,
            hall: Hall {
                decay: 5.8,
                damping: 0.36,
                size: 0.9,
                ahead: 0.022,
            },
            edges: (7.5, 11.5),
            play: after_rain,
        },
    ]
}

/// E flat, five notes only in the bells.
fn small_lanterns(stage: &mut Stage) {
    let chords: Chords = &[
        (8.5, "Eb3 Bb3 F4 G4"),
        (8.5, "C3 Bb3 Eb4 G4"),
        (8.5, "Ab2 C4 Eb4 G4"),
        (8.5, "Bb2 C4 Eb4 F4"),
        (8.5, "G2 Bb3 Eb4 G4"),
        (8.5, "Ab2 C4 Eb4 F4"),
        (10.3, "Eb3 Bb3 Eb4 G4"),
    ];
    let glass = Pad {
        colour: Colour::Glass,
        attack: 2.6,
        release: 3.4,
        shade: (600.0, 3_500.0),
        period: 15.0,
        width: 0.8,
    };
    let notes = chorale(Equal, 0.0, chords);
    let pad = stage.pad(&glass, &notes);
    stage.put(&pad, place(0.0, 0.7));
    let warm = Pad {
        colour: Colour::Warm,
        attack: 3.0,
        release: 3.6,
        shade: (450.0, 2_400.0),
        period: 18.0,
        width: 0.7,
    };
    let body = stage.pad(&warm, &notes);
    stage.put(&body, place(-2.0, 0.5));
    let line = [
        (5.0, "Bb4", 1.0, -5.0),
        (7.8, "F5", 1.0, -1.0),
        (9.6, "G5", 1.0, 0.0),
        (13.8, "Eb5", 1.0, -2.0),
        (18.2, "C5", 1.0, -2.0),
        (20.3, "Eb5", 1.0, -1.0),
        (24.5, "Bb4", 1.0, -3.0),
        (28.2, "F5", 1.0, -1.0),
        (33.1, "Eb5", 1.0, -2.0),
        (36.5, "G5", 1.0, 0.0),
        (38.5, "Bb5", 1.0, -2.0),
        (42.9, "G5", 1.0, -2.0),
        (46.2, "F5", 1.0, -2.0),
        (51.0, "Eb5", 1.0, -3.0),
        (55.4, "Bb4", 1.0, -4.0),
    ];
    let bell = Bells {
        metal: Metal::Bell,
        decay: 5.5,
        attack: 0.07,
        width: 0.6,
    };
    let bells = stage.bells(&bell, &melody(Equal, &line));
    stage.put(&bells, place(-5.5, 0.9));
    let hush = stage.air(&Air {
        tone: (380.0, 1_000.0),
        focus: 0.6,
        period: 10.0,
        rest: 0.1,
    });
    stage.put(&hush, place(-19.0, 0.4));
}

/// The harp of "After Rain": seconds, name, held seconds, decibels.
const PLUCKS: [(f64, &str, f64, f64); 20] = [
    (5.0, "C3", 1.0, -6.0),
    (6.7, "G3", 1.0, -3.0),
    (8.0, "E4", 1.0, -2.0),
    (14.8, "A3", 1.0, -2.0),
    (16.5, "E4", 1.0, -3.0),
    (24.4, "F3", 1.0, -1.0),
    (26.1, "C4", 1.0, -3.0),
    (28.0, "A4", 1.0, -2.0),
    (34.8, "G3", 1.0, -2.0),
    (36.5, "D4", 1.0, -3.0),
    (44.8, "E3", 1.0, -1.0),
    (46.5, "B3", 1.0, -3.0),
    (48.5, "G4", 1.0, -2.0),
    (54.8, "A3", 1.0, -2.0),
    (56.6, "E4", 1.0, -3.0),
    (58.5, "C5", 1.0, -3.0),
    (64.4, "D3", 1.0, -2.0),
    (66.1, "C4", 1.0, -3.0),
    (74.0, "C3", 1.0, -3.0),
    (75.9, "G3", 1.0, -5.0),
];

/// C major without haste: pads, a few low harp notes, drops of glass.
fn after_rain(stage: &mut Stage) {
    let chords: Chords = &[
        (10.0, "C3 G3 D4 E4"),
        (10.0, "A2 G3 C4 E4"),
        (10.0, "F2 A3 C4 E4"),
        (10.0, "G2 A3 C4 D4"),
        (10.0, "E3 G3 B3 D4"),
        (10.0, "A2 G3 C4 E4"),
        (9.6, "D3 F3 C4 E4"),
        (11.3, "C3 G3 C4 E4"),
    ];
    let warm = Pad {
        colour: Colour::Warm,
        attack: 3.4,
        release: 4.2,
        shade: (520.0, 3_100.0),
        period: 20.0,
        width: 0.8,
    };
    let pad = stage.pad(&warm, &chorale(Equal, 0.0, chords));
    stage.put(&pad, place(0.0, 0.7));
    let above: Chords = &[
        (10.0, "G4 E5"),
        (20.0, "A4 E5"),
        (10.0, "A4 D5"),
        (10.0, "B4 D5"),
        (19.6, "A4 E5"),
        (11.3, "G4 E5"),
    ];
    let glass = Pad {
        colour: Colour::Glass,
        attack: 4.0,
        release: 5.0,
        shade: (700.0, 4_200.0),
        period: 16.0,
        width: 0.9,
    };
    let sky = stage.pad(&glass, &chorale(Equal, 0.0, above));
    stage.put(&sky, place(-6.5, 1.0));
    let harp = Harp {
        decay: 6.5,
        attack: 0.045,
        light: 0.3,
        width: 0.5,
    };
    let harp = stage.harp(&harp, &melody(Equal, &PLUCKS));
    stage.put(&harp, place(-5.0, 0.8));
    let drops = [
        (11.3, "E5", 1.0, -2.0),
        (21.3, "G5", 1.0, -3.0),
        (31.3, "D5", 1.0, -1.0),
        (40.5, "B5", 1.0, -4.0),
        (51.3, "D5", 1.0, -1.0),
        (61.3, "E5", 1.0, -2.0),
        (70.5, "G5", 1.0, -4.0),
        (79.2, "E5", 1.0, -6.0),
    ];
    let glass = Bells {
        metal: Metal::Glass,
        decay: 6.0,
        attack: 0.09,
        width: 0.8,
    };
    let bells = stage.bells(&glass, &melody(Equal, &drops));
    stage.put(&bells, place(-10.0, 1.2));
    let ground = Drone {
        partials: 6,
        steep: 1.9,
        period: 17.0,
        edge: 5.0,
    };
    let drone = stage.drone(&ground, &[held(Equal, "C3", 0.0)]);
    stage.put(&drone, place(-11.0, 0.3));
    let hush = stage.air(&Air {
        tone: (450.0, 1_400.0),
        focus: 0.5,
        period: 13.0,
        rest: 0.2,
    });
    stage.put(&hush, place(-18.0, 0.3));
}
