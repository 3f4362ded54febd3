//! Undersong plays the sound of a guided session.

pub mod decode;
pub mod fade;
pub mod frame;
pub mod level;
pub mod library;
pub mod mistake;
pub mod playlist;
pub mod script;
pub mod stream;
pub mod time;
pub mod zone;
