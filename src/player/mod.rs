//! The one owner of a running session: from the timeline to engine commands, in time.

mod beginning;
mod decks;
mod faders;
mod gate;
mod happening;
mod offline;
mod part;
mod replay;
mod scribe;
mod sequencer;
mod session;
mod sounds;

pub use beginning::Beginning;
pub use gate::{Gate, Open, Permit};
pub use happening::{Happening, What, between};
pub use offline::render;
pub use replay::{Replay, ReplayError};
pub use scribe::{Scribe, ending};
pub use sequencer::Trouble;
pub use session::{Player, StartError};
