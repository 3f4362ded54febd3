//! The timeline: the heart of the program, as plain data.
//!
//! [`compose()`] makes it from a checked script and the facts of its files. What sounds at a frame follows from it alone: the
//! player, a seek, a rendering and the picture are readers of the same data.

mod around;
mod change;
mod compose;
mod course;
mod crossing;
mod draft;
mod duck;
mod edge;
mod fill;
mod forecast;
mod gaps;
mod heard;
mod held;
mod joins;
mod landing;
mod late;
mod loudness;
mod model;
mod order;
pub mod picture;
mod piece;
mod place;
mod ramps;
mod refusal;
mod review;
mod revise;
mod score;
mod silence;
mod sudden;
mod undo;

pub use change::Change;
pub use compose::{Composition, LONG, MOST_AT_ONCE, compose};
pub use course::{Course, LEAD};
pub use crossing::overlaps;
pub use fill::CUT;
pub use forecast::{Coming, Forecast, What};
pub use heard::{LOW, against};
pub use landing::Landing;
pub use loudness::music_over;
pub use model::{BedChoice, Clip, CueId, CueSort, PhaseSpan, PlacedCue, Timeline, Wish};
pub use ramps::gain_at;
pub use refusal::Refusal;
pub use review::{LONGEST_BED, files};
pub use silence::Scripted;
