//! Peak: wide, deep and slow, with little melody; one piece that goes further.

use crate::air::Air;
use crate::bow::Bow;
use crate::bowl::{Bells, Metal};
use crate::drone::Drone;
use crate::hall::Hall;
use crate::pad::Pad;
use crate::piece::Piece;
use crate::pieces::tide;
use crate::score::{Chords, Tuning, chorale, held, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The pieces of this phase.
pub fn pieces() -> Vec<Piece> {
    vec![
        Piece {
            file: "deep-field",
            title: "Deep Field",
            phases: &["peak"],
            intensity: 4,
            rate: 48_000,
            seconds: 93.1,
            loudness: -18.6,
            hall: Hall {
                decay: 10.0,
                damping: 0.3,
                size: 1.25,
                ahead: 0.04,
            },
            edges: (7.5, 13.0),
            play: deep_field,
        },
        Piece {
            file: "the-wide-dark",
            title: "The Wide Dark",
            phases: &["peak"],
            intensity: 4,
            rate: 44_100,
            seconds: 93.4,
            loudness: -18.9,
            hall: Hall {
                decay: 9.5,
                damping: 0.25,
                size: 1.2,
                ahead: 0.036,
            },
            edges: (7.5, 12.5),
            play: the_wide_dark,
        },
        Piece {
            file: "tidal-heart",
            title: "Tidal Heart",
            phases: &["peak"],
            intensity: 5,
            rate: 44_100,
            seconds: 93.7,
            loudness: -18.1,
            hall: Hall {
                decay: 8.5,
                damping: 0.34,
                size: 1.15,
                ahead: 0.03,
            },
            edges: (6.5, 12.0),
            play: tide::tidal_heart,
        },
    ]
}

/// A ground on D in pure intervals; only one or two voices of the chord above it move at a time.
fn deep_field(stage: &mut Stage) {
    let pure = Tuning::Pure(2);
    let chords: Chords = &[
        (16.5, "D3 A3 E4 F#4"),
        (15.7, "D3 B3 D4 F#4"),
        (15.7, "D3 A3 C#4 F#4"),
        (15.7, "D3 A3 C#4 E4"),
        (15.7, "D3 G3 B3 F#4"),
        (19.1, "D3 A3 D4 F#4"),
    ];
    let choir = Pad {
        colour: Colour::Choir,
        attack: 5.5,
        release: 7.0,
        shade: (560.0, 3_900.0),
        period: 27.0,
        width: 1.0,
    };
    let notes = chorale(pure, 0.0, chords);
    let pad = stage.pad(&choir, &notes);
    stage.put(&pad, place(0.0, 1.0));
    let warm = Pad {
        colour: Colour::Warm,
        attack: 5.0,
        release: 7.0,
        shade: (350.0, 2_000.0),
        period: 31.0,
        width: 0.8,
    };
    let body = stage.pad(&warm, &notes);
    stage.put(&body, place(-2.0, 0.6));
    let ground = Drone {
        partials: 16,
        steep: 1.25,
        period: 21.0,
        edge: 7.0,
    };
    let low = [held(pure, "D2", 0.0), held(pure, "A2", -5.0)];
    let drone = stage.drone(&ground, &low);
    stage.put(&drone, place(-4.0, 0.4));
    let strikes = [
        (7.8, "D4", 1.0, -1.0),
        (33.1, "A3", 1.0, 0.0),
        (53.1, "F#4", 1.0, -4.0),
        (73.1, "D4", 1.0, -1.0),
        (87.9, "A3", 1.0, -4.0),
    ];
    let bowl = Bells {
        metal: Metal::Bowl,
        decay: 18.0,
        attack: 0.6,
        width: 0.7,
    };
    let bowls = stage.bells(&bowl, &melody(pure, &strikes));
    stage.put(&bowls, place(-9.0, 1.2));
    let wind = stage.air(&Air {
        tone: (156.6, 620.0),
        focus: 0.8,
        period: 17.0,
        rest: 0.2,
    });
    stage.put(&wind, place(-14.0, 0.6));
}

/// E Dorian, hollow and low, with single long bowed notes far apart.
fn the_wide_dark(stage: &mut Stage) {
    let equal = Tuning::Equal;
    let chords: Chords = &[
        (13.0, "E3 B3 D4 G4"),
        (13.0, "E3 C#4 E4 A4"),
        (13.0, "D3 B3 F#4 A4"),
        (13.0, "G2 B3 D4 A4"),
        (13.0, "A2 B3 D4 G4"),
        (12.2, "B2 B3 D4 F#4"),
        (16.5, "E3 B3 E4 G4"),
    ];
    let hollow = Pad {
        colour: Colour::Hollow,
        attack: 5.0,
        release: 6.5,
        shade: (380.0, 2_300.0),
        period: 25.0,
        width: 0.9,
    };
    let notes = chorale(equal, 0.0, chords);
    let pad = stage.pad(&hollow, &notes);
    stage.put(&pad, place(0.0, 0.9));
    let strings = Pad {
        colour: Colour::Strings,
        attack: 6.0,
        release: 7.0,
        shade: (340.0, 2_600.0),
        period: 19.0,
        width: 1.0,
    };
    let body =
        stage
            .pad(&strings, &notes)
            .swell(&[(0.0, -6.0), (39.2, 0.0), (65.2, 0.0), (91.4, -5.0)]);
    stage.put(&body, place(-1.5, 0.9));
    let ground = Drone {
        partials: 12,
        steep: 1.45,
        period: 18.0,
        edge: 7.0,
    };
    let low = [held(equal, "E2", 0.0), held(equal, "B2", -7.0)];
    let drone = stage.drone(&ground, &low);
    stage.put(&drone, place(-5.0, 0.35));
    let line = [
        (20.9, "B3", 7.8, 0.0),
        (40.9, "A4", 7.0, -1.0),
        (59.2, "G4", 6.1, -1.0),
        (67.0, "F#4", 7.0, -2.0),
        (80.0, "E4", 8.7, -3.0),
    ];
    let bow = Bow {
        attack: 2.6,
        release: 3.5,
        light: 0.5,
        vibrato: 6.0,
        breath: 0.06,
        place: -0.2,
    };
    let song = stage.bow(&bow, &melody(equal, &line));
    stage.put(&song, place(-10.0, 1.6));
    let deep = stage.air(&Air {
        tone: (121.8, 480.0),
        focus: 0.6,
        period: 16.0,
        rest: 0.15,
    });
    stage.put(&deep, place(-12.0, 0.5));
}
