//! From a file to exact stereo frames at the file's own rate.

mod convert;
mod damage;
mod decoder;
mod disk;
mod edit_list;
mod error;
mod open;
mod tape;
mod window;

pub use damage::Damage;
pub use decoder::Decoder;
pub use disk::{Disk, Medium, OwnDisk};
pub use error::DecodeError;
pub use open::{Ahead, Tags, audio_file};
