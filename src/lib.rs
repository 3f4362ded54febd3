//! Undersong plays the sound of a guided session.

pub mod fade;
pub mod frame;
pub mod level;
pub mod library;
pub mod mistake;
pub mod mistakes;
pub mod named_file;
pub mod playlist;
pub mod script;
pub mod suggest;
pub mod text;
pub mod time;
pub mod yaml;
pub mod zone;
