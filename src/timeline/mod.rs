//! The timeline: the heart of the program, as plain data.
//!
//! [`compose()`] makes it from a checked script and the facts of its files. What sounds at a frame follows from it alone: the
//! player, a seek, a rendering and the picture are readers of the same data.

mod compose;
mod duck;
mod fill;
mod loudness;
mod model;
mod order;
pub mod picture;
mod piece;
mod place;
mod review;

pub use compose::{Composition, LONG, MOST_AT_ONCE, compose};
pub use model::{BedChoice, Clip, CueSort, PhaseSpan, PlacedCue, Timeline};
pub use review::{LONGEST_BED, files};
