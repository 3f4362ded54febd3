//! Undersong plays the sound of a guided session: music through its phases, and cues over it, from a YAML script.
//!
//! The way of the data, and the rooms it goes through (`docs/design.md` has the whole map):
//!
//! 1. [`script`] reads a script to a checked [`script::Session`], and [`playlist`] the playlists it names.
//! 2. [`library`] decodes each file once ([`decode`]) and keeps the facts.
//! 3. [`timeline`] composes both to everything that will sound, on frames: plain data.
//! 4. [`player`] hands the timeline to the [`engine`] part by part, and opens the files' [`stream`]s in time.
//! 5. [`output`] takes the engine's blocks: a device, the laptop, a clock without a card, or a file.
//! 6. [`measure`] hears a rendering, and tells what it sounds like.
//!
//! [`prepare`] is the door to the first three, [`cli`] to everything. On the ground floor, used by all: [`time`], [`level`],
//! [`when`], [`zone`], [`frame`], [`fade`], [`between`], [`writing`] and [`mistake`].

mod aside;
pub mod between;
pub mod cli;
pub mod control;
pub mod daemon;
pub mod decode;
pub mod doctor;
pub mod engine;
pub mod fade;
pub mod frame;
pub mod journal;
pub mod level;
pub mod library;
pub mod measure;
pub mod mistake;
pub mod output;
pub mod player;
pub mod playlist;
pub mod prepare;
mod reading;
pub mod room;
pub mod script;
mod section;
pub mod stream;
pub mod time;
pub mod timeline;
mod true_peak;
pub mod when;
pub mod writing;
pub mod zone;

/// Every unit test runs under the guard: an allocation on the audio thread aborts it.
#[cfg(all(test, debug_assertions))]
#[global_allocator]
static GUARD: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
