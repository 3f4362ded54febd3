//! Undersong plays the sound of a guided session.

pub mod fade;
pub mod frame;
pub mod level;
pub mod library;
pub mod mistake;
mod mistakes;
mod named_file;
pub mod playlist;
pub mod script;
mod suggest;
mod text;
pub mod time;
mod yaml;
pub mod zone;
