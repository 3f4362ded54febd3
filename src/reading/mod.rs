//! Reading what people write: texts in their encodings, YAML with the place of every value, the files they name, and all their
//! mistakes at once.

pub mod mistakes;
pub mod named_file;
pub mod suggest;
pub mod text;
pub mod yaml;
