//! Return: lighter, with plucked strings and melody.

use crate::air::Air;
use crate::bow::Bow;
use crate::bowl::{Bells, Metal};
use crate::hall::Hall;
use crate::harp::Harp;
use crate::pad::Pad;
use crate::piece::Piece;
use crate::score::{Chords, Tuning::Equal, broken, chorale, melody};
use crate::stage::{Stage, place};
use crate::wash::Colour;

/// The pieces of this phase.
pub fn pieces() -> Vec<Piece> {
    vec![
        Piece {
            file: "thread-of-gold",
            title: "Thread of Gold",
            phases: &["return", "integration"],
            intensity: 2,
            rate: 44_100,
            seconds: 71.9,
            loudness: -19.3,
            hall: Hall {
                decay: 4.8,
                damping: 0.4,
                size: 0.8,
                ahead: 0.02,
            },
            edges: (8.0, 16.0),
            play: thread_of_gold,
        },
        Piece {
            file: "far-shore",
            title: "Far Shore",
            phases: &["return"],
            intensity: 3,
            rate: 44_100,
            seconds: 83.6,
            loudness: -19.0,
            hall: Hall {
                decay: 5.5,
                damping: 0.4,
                size: 0.9,
                ahead: 0.022,
            },
            edges: (7.5, 12.0),
            play: far_shore,
        },
    ]
}

/// G major, a harp that never hurries, and a flute-like voice in the middle.
fn thread_of_gold(stage: &mut Stage) {
    let chords: Chords = &[
        (7.4, "G2 D4 G4 B4"),
        (7.4, "E3 D4 G4 B4"),
        (7.4, "C3 E4 G4 B4"),
        (7.4, "D3 E4 F#4 A4"),
        (7.4, "B2 D4 F#4 A4"),
        (7.4, "E3 D4 G4 B4"),
        (7.4, "A2 C4 E4 G4"),
        (7.4, "D3 C4 F#4 A4"),
        (10.2, "G2 B3 G4 B4"),
    ];
    let harp = Harp {
        decay: 5.5,
        attack: 0.03,
        light: 0.5,
        width: 0.7,
    };
    let pattern = [0, 1, 2, 3, 2, 1, 3, 2];
    let figure = broken(Equal, 0.6, chords, 0.92, &pattern, &mut stage.dice);
    let harp = stage
        .harp(&harp, &figure)
        .swell(&[(0.0, -30.0), (2.5, -12.0), (13.0, 0.0)]);
    stage.put(&harp, place(0.0, 0.6));
    let warm = Pad {
        colour: Colour::Warm,
        attack: 2.4,
        release: 3.2,
        shade: (600.0, 3_500.0),
        period: 14.0,
        width: 0.8,
    };
    let pad = stage.pad(&warm, &chorale(Equal, 0.0, chords));
    stage.put(&pad, place(0.0, 0.6));
    let line = [
        (16.6, "D5", 2.9, -2.0),
        (20.2, "E5", 1.7, -1.0),
        (22.4, "F#5", 2.8, 0.0),
        (25.9, "E5", 1.5, -2.0),
        (28.0, "D5", 4.6, -1.0),
        (37.7, "B4", 2.4, -3.0),
        (40.7, "D5", 2.8, -1.0),
        (44.3, "C5", 2.8, -2.0),
        (47.8, "B4", 1.5, -3.0),
        (49.9, "A4", 4.6, -2.0),
        (60.0, "G4", 5.5, -5.0),
    ];
    let flute = Bow {
        attack: 0.7,
        release: 1.2,
        light: 0.28,
        vibrato: 8.0,
        breath: 0.07,
        place: 0.2,
    };
    let song = stage.bow(&flute, &melody(Equal, &line));
    stage.put(&song, place(-4.5, 0.9));
    let leaves = stage.air(&Air {
        tone: (500.0, 1_600.0),
        focus: 0.6,
        period: 9.0,
        rest: 0.15,
    });
    stage.put(&leaves, place(-19.0, 0.4));
}

/// A Mixolydian: wider steps, a bowed voice that answers the harp.
fn far_shore(stage: &mut Stage) {
    let chords: Chords = &[
        (9.9, "A2 C#4 E4 A4"),
        (9.9, "F#3 C#4 E4 A4"),
        (9.9, "D3 D4 F#4 A4"),
        (9.9, "E3 B3 E4 G4"),
        (9.9, "G2 B3 D4 G4"),
        (9.9, "D3 A3 D4 F#4"),
        (9.0, "E3 G#3 D4 E4"),
        (9.9, "A2 A3 C#4 E4"),
    ];
    let strings = Pad {
        colour: Colour::Strings,
        attack: 2.8,
        release: 3.6,
        shade: (520.0, 3_500.0),
        period: 16.0,
        width: 0.9,
    };
    let pad = stage.pad(&strings, &chorale(Equal, 0.0, chords));
    stage.put(&pad, place(-1.5, 0.7));
    let harp = Harp {
        decay: 6.0,
        attack: 0.035,
        light: 0.45,
        width: 0.75,
    };
    let pattern = [0, 2, 1, 3, 2];
    let figure = broken(Equal, 1.0, chords, 1.24, &pattern, &mut stage.dice);
    let harp = stage.harp(&harp, &figure);
    stage.put(&harp, place(-1.5, 0.7));
    let line = [
        (12.6, "E5", 3.6, -2.0),
        (17.1, "C#5", 2.7, -2.0),
        (20.7, "D5", 3.2, -1.0),
        (24.7, "F#5", 4.5, 0.0),
        (31.0, "E5", 3.6, -1.0),
        (35.6, "D5", 2.7, -2.0),
        (40.1, "B4", 7.2, -2.0),
        (51.3, "A4", 3.6, -2.0),
        (55.8, "D5", 3.6, -1.0),
        (60.8, "B4", 5.4, -2.0),
        (69.8, "C#5", 2.7, -4.0),
        (73.4, "A4", 5.4, -5.0),
    ];
    let bow = Bow {
        attack: 1.0,
        release: 1.6,
        light: 0.42,
        vibrato: 9.0,
        breath: 0.05,
        place: -0.2,
    };
    let song = stage.bow(&bow, &melody(Equal, &line));
    stage.put(&song, place(-6.0, 1.0));
    let sparks = [
        (7.6, "A5", 1.0, -2.0),
        (27.9, "F#5", 1.0, -3.0),
        (45.4, "G5", 1.0, -2.0),
        (52.6, "A5", 1.0, -4.0),
        (77.4, "E5", 1.0, -5.0),
    ];
    let glass = Bells {
        metal: Metal::Glass,
        decay: 5.0,
        attack: 0.1,
        width: 0.8,
    };
    let bells = stage.bells(&glass, &melody(Equal, &sparks));
    stage.put(&bells, place(-12.0, 1.2));
    let surf = stage.air(&Air {
        tone: (300.0, 1_200.0),
        focus: 0.5,
        period: 11.0,
        rest: 0.1,
    });
    stage.put(&surf, place(-16.0, 0.3));
}
