//! Sounds and files for the tests.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod boxes;
pub mod card;
pub mod chance;
pub mod changing;
pub mod chunks;
pub mod decoded;
#[path = "../../playlists/composer/dice.rs"]
pub mod dice;
pub mod disk;
pub mod ears;
pub mod files;
pub mod judge;
pub mod pages;
pub mod place;
pub mod plans;
pub mod pool;
pub mod program;
pub mod reference;
pub mod room;
pub mod rot;
pub mod server;
pub mod sounds;
pub mod stage;
pub mod stalling;
pub mod world;
pub mod worlds;
