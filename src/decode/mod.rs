//! From a file to exact stereo frames at the file's own rate.

mod convert;
mod damage;
mod decoder;
mod error;
mod open;
mod tape;

pub use damage::Damage;
pub use decoder::Decoder;
pub use error::DecodeError;
pub use open::{Tags, audio_file};
