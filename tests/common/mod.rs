//! Sounds and files for the tests.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod card;
pub mod disk;
pub mod files;
pub mod plans;
pub mod program;
pub mod sounds;
pub mod stage;
pub mod stalling;
