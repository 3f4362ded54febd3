//! The strongest piece of the peak, in a file of its own.

use crate::air::Air;
use crate::bow::Bow;
use crate::bowl::{Bells, Metal};
use crate::drone::Drone;
use crate::pad::Pad;
use crate::score::{Chords, Tuning, chorale, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The chords.
const CHORDS: Chords = &[
    (7.6, "C3 G3 Eb4 G4"),
    (7.6, "Ab2 C4 Eb4 G4"),
    (7.6, "Eb3 Bb3 Eb4 G4"),
    (7.6, "Bb2 D4 F4 Bb4"),
    (7.6, "F3 C4 F4 Ab4"),
    (7.6, "C3 C4 Eb4 G4"),
    (7.6, "Ab2 C4 Eb4 C5"),
    (7.6, "Bb2 Bb3 G4 D5"),
    (8.1, "Eb3 Bb3 G4 Eb5"),
    (8.1, "Ab2 C4 G4 Eb5"),
    (7.6, "C3 C4 G4 D5"),
    (10.8, "C3 C4 G4 C5"),
];

/// Their roots, for the ground.
const ROOTS: Chords = &[
    (7.6, "C2"),
    (7.6, "Ab1"),
    (7.6, "Eb2"),
    (7.6, "Bb1"),
    (7.6, "F2"),
    (7.6, "C2"),
    (7.6, "Ab1"),
    (7.6, "Bb1"),
    (8.1, "Eb2"),
    (8.1, "Ab1"),
    (18.4, "C2"),
];

/// The three tides: seconds and decibels.
const TIDE: [(f64, f64); 7] = [
    (0.0, -5.0),
    (19.8, -1.5),
    (30.6, -3.5),
    (45.0, -2.5),
    (64.8, 1.5),
    (73.8, 0.5),
    (88.2, -5.0),
];

/// The bowed voice of the second tide: seconds, name, held seconds, decibels.
const LINE: [(f64, &str, f64, f64); 6] = [
    (53.6, "G4", 3.6, -4.0),
    (57.6, "Bb4", 3.6, -2.0),
    (61.6, "Eb5", 6.3, 0.0),
    (69.3, "C5", 6.3, -1.0),
    (77.4, "D5", 5.4, -3.0),
    (84.6, "C5", 7.2, -5.0),
];

/// C minor to E flat and back: three tides of strings, the second the highest.
pub fn tidal_heart(stage: &mut Stage) {
    let equal = Tuning::Equal;
    let strings = Pad {
        colour: Colour::Strings,
        attack: 2.4,
        release: 3.2,
        shade: (500.0, 4_100.0),
        period: 15.0,
        width: 0.95,
    };
    let notes = chorale(equal, 0.0, CHORDS);
    let pad = stage.pad(&strings, &notes).swell(&TIDE);
    stage.put(&pad, place(0.0, 0.7));
    let choir = Pad {
        colour: Colour::Choir,
        attack: 3.5,
        release: 4.5,
        shade: (600.0, 3_500.0),
        period: 12.0,
        width: 1.0,
    };
    let voices =
        stage
            .pad(&choir, &notes)
            .swell(&[(0.0, -14.0), (27.0, -6.0), (63.0, 1.0), (88.2, -9.0)]);
    stage.put(&voices, place(-4.0, 1.1));
    let ground = Drone {
        partials: 14,
        steep: 1.15,
        period: 9.0,
        edge: 3.0,
    };
    let drone = stage
        .drone(&ground, &chorale(equal, 0.0, ROOTS))
        .swell(&TIDE);
    stage.put(&drone, place(-4.5, 0.3));
    let bow = Bow {
        attack: 1.5,
        release: 2.5,
        light: 0.52,
        vibrato: 9.0,
        breath: 0.04,
        place: 0.1,
    };
    let song = stage.bow(&bow, &melody(equal, &LINE));
    stage.put(&song, place(-8.0, 1.2));
    let strikes = [
        (3.6, "C4", 1.0, 0.0),
        (34.2, "F3", 1.0, 0.0),
        (84.6, "C4", 1.0, -2.0),
    ];
    let bowl = Bells {
        metal: Metal::Bowl,
        decay: 15.0,
        attack: 0.5,
        width: 0.6,
    };
    let bowls = stage.bells(&bowl, &melody(equal, &strikes));
    stage.put(&bowls, place(-10.0, 1.0));
    let sea = stage.air(&Air {
        tone: (200.0, 1_100.0),
        focus: 0.55,
        period: 14.0,
        rest: 0.1,
    });
    stage.put(&sea, place(-12.0, 0.4));
}
