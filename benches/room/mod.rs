//! What the long measurements share: a daemon in a folder of its own, somebody who steers it by chance, and what the
//! system tells of it.

#![allow(dead_code, reason = "each measurement uses its own part of this")]

pub mod daemon;
#[allow(clippy::duplicate_mod, reason = "the tests' common part has it too")]
#[path = "../../playlists/composer/dice.rs"]
pub mod dice;
pub mod load;
pub mod process;
pub mod setting;
pub mod therapist;
pub mod tones;
pub mod trend;
pub mod watchers;
