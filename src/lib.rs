//! Undersong plays the sound of a guided session.

pub mod cli;
pub mod decode;
pub mod engine;
pub mod fade;
pub mod frame;
pub mod level;
pub mod library;
pub mod mistake;
pub mod output;
pub mod player;
pub mod playlist;
pub mod prepare;
mod reading;
pub mod script;
pub mod stream;
pub mod time;
pub mod timeline;
pub mod zone;

/// Every unit test runs under the guard: an allocation on the audio thread aborts it.
#[cfg(all(test, debug_assertions))]
#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
