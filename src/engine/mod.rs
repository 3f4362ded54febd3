//! The audio thread: decks, voices, the bed, ducks, limiters, meters.
//!
//! [`Engine::new`] gives a pair: the [`Engine`] moves to the audio thread and renders blocks of any size; the
//! [`Handle`] stays with the player. On the audio thread nothing allocates, frees, locks, logs, waits or panics, and
//! the work for each voice and frame is constant. The engine knows nothing of files, scripts or timelines: what it
//! plays comes prepared, with the frame it is due at, and goes back to be freed.
//!
//! The mix runs ahead of what leaves by the limiter's latency, so a cue due at frame f leaves at frame f.

mod bed;
mod brake;
mod curve;
mod deck;
mod ear;
mod envelope;
mod foresight;
mod handle;
mod id;
mod lane;
mod limiter;
mod message;
mod meter;
mod mix;
mod render;
mod revision;
mod rough;
mod setup;
mod startle;
mod transport;
mod voice;
mod weighting;
mod zone_bus;

pub use bed::Loop;
pub use brake::{Brake, Stop};
pub use deck::{Bus, Deck, GUARD};
pub use envelope::Envelope;
pub use foresight::Foresight;
pub use handle::{Handle, Meters};
pub use id::Id;
pub use lane::LANE;
pub use limiter::Limiter;
pub use message::{Command, Event};
pub use meter::Meter;
pub use render::{Engine, MAX_DECKS, MAX_VOICES};
pub use revision::{Fader, Revision};
pub use rough::Rough;
pub use setup::Setup;
pub use startle::StartleGuard;
pub use voice::Voice;
