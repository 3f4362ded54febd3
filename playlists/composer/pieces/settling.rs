//! Settling: warm and simple.

use crate::air::Air;
use crate::bowl::{Bells, Metal};
use crate::drone::Drone;
use crate::hall::Hall;
use crate::pad::Pad;
use crate::piece::Piece;
use crate::score::{Chords, Tuning::Equal, chorale, held, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The pieces of this phase.
pub fn pieces() -> Vec<Piece> {
    vec![
        Piece {
            file: "first-light",
            title: "First Light",
            phases: &["settling", "integration"],
            intensity: 1,
            rate: 44_100,
            seconds: 62.3,
            loudness: -19.6,
            hall: Hall {
                decay: 5.5,
                damping: 0.32,
                size: 0.8,
                ahead: 0.018,
            },
            edges: (7.2, 10.5),
            play: first_light,
        },
        Piece {
            file: "warm-stones",
            title: "Warm Stones",
            phases: &["settling"],
            intensity: 2,
            rate: 44_100,
            seconds: 80.9,
            loudness: -19.2,
            hall: Hall {
                decay: 6.5,
                damping: 0.28,
                size: 0.95,
                ahead: 0.024,
            },
            edges: (7.5, 11.5),
            play: warm_stones,
        },
    ]
}

/// D major with no leading note: a melody that only ever steps down towards the tonic.
fn first_light(stage: &mut Stage) {
    let chords: Chords = &[
        (9.0, "D3 A3 E4 F#4"),
        (9.0, "G2 B3 D4 F#4"),
        (9.0, "B2 A3 D4 F#4"),
        (9.0, "G2 B3 D4 A4"),
        (8.5, "A2 B3 D4 G4"),
        (11.0, "D3 A3 E4 F#4"),
    ];
    let warm = Pad {
        colour: Colour::Warm,
        attack: 2.6,
        release: 3.4,
        shade: (500.0, 3_200.0),
        period: 17.0,
        width: 0.7,
    };
    let pad = stage.pad(&warm, &chorale(Equal, 0.0, chords));
    stage.put(&pad, place(0.0, 0.6));
    let ground = Drone {
        partials: 8,
        steep: 1.9,
        period: 13.0,
        edge: 4.0,
    };
    let low = [held(Equal, "D2", 0.0), held(Equal, "A2", -7.0)];
    let drone = stage.drone(&ground, &low);
    stage.put(&drone, place(-8.0, 0.2));
    let line = [
        (6.2, "A4", 3.0, -3.0),
        (10.4, "F#5", 3.0, 0.0),
        (14.9, "E5", 3.0, -2.0),
        (20.1, "D5", 3.0, -1.0),
        (24.6, "A4", 3.0, -4.0),
        (29.8, "B4", 3.0, -2.0),
        (33.5, "D5", 3.0, -1.0),
        (38.3, "E5", 3.0, 0.0),
        (43.0, "D5", 3.0, -3.0),
        (47.6, "A4", 3.0, -4.0),
        (51.2, "F#4", 3.0, -5.0),
    ];
    let glass = Bells {
        metal: Metal::Glass,
        decay: 6.0,
        attack: 0.09,
        width: 0.5,
    };
    let bells = stage.bells(&glass, &melody(Equal, &line));
    stage.put(&bells, place(-7.0, 1.1));
    let waves = stage.air(&Air {
        tone: (260.0, 900.0),
        focus: 0.55,
        period: 11.0,
        rest: 0.25,
    });
    stage.put(&waves, place(-17.0, 0.3));
}

/// F Lydian, a bowl at every second change of chord, and a breath at resting pace.
fn warm_stones(stage: &mut Stage) {
    let chords: Chords = &[
        (9.5, "F2 C4 E4 A4"),
        (9.5, "F2 B3 E4 A4"),
        (9.5, "A2 C4 E4 G4"),
        (9.5, "D3 C4 F4 G4"),
        (9.5, "C3 B3 E4 G4"),
        (9.5, "G2 B3 D4 A4"),
        (8.6, "F2 C4 D4 A4"),
        (12.0, "F2 C4 E4 G4"),
    ];
    let warm = Pad {
        colour: Colour::Warm,
        attack: 3.2,
        release: 4.2,
        shade: (420.0, 2_700.0),
        period: 21.0,
        width: 0.75,
    };
    let pad = stage.pad(&warm, &chorale(Equal, 0.0, chords));
    stage.put(&pad, place(0.0, 0.6));
    let upper: Chords = &[
        (18.9, "- - -"),
        (28.4, "E5 - -"),
        (18.1, "D5 - -"),
        (8.6, "C5 - -"),
    ];
    let pipes = Pad {
        colour: Colour::Pipes,
        attack: 4.0,
        release: 5.0,
        shade: (700.0, 3_500.0),
        period: 15.0,
        width: 0.9,
    };
    let high = stage.pad(&pipes, &chorale(Equal, 0.0, upper));
    stage.put(&high, place(-11.0, 0.9));
    let strikes = [
        (6.2, "F3", 1.0, -2.0),
        (21.5, "C4", 1.0, -3.0),
        (40.8, "G3", 1.0, -1.0),
        (59.3, "F3", 1.0, -2.0),
        (70.1, "C4", 1.0, -6.0),
    ];
    let bowl = Bells {
        metal: Metal::Bowl,
        decay: 14.0,
        attack: 0.35,
        width: 0.4,
    };
    let bowls = stage.bells(&bowl, &melody(Equal, &strikes));
    stage.put(&bowls, place(-8.0, 0.8));
    let ground = Drone {
        partials: 6,
        steep: 2.0,
        period: 19.0,
        edge: 5.0,
    };
    let drone = stage.drone(&ground, &[held(Equal, "F2", 0.0)]);
    stage.put(&drone, place(-8.0, 0.2));
    let breath = stage.air(&Air {
        tone: (275.2, 780.0),
        focus: 0.7,
        period: 10.0,
        rest: 0.06,
    });
    stage.put(&breath, place(-15.0, 0.4));
}
