//! The one owner of a running session: from the timeline to engine commands, in time.

mod happening;
mod offline;
mod part;
mod sequencer;
mod session;

pub use happening::{Happening, What, between};
pub use offline::render;
pub use sequencer::Trouble;
pub use session::{Player, StartError};
