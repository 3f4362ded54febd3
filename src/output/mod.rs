//! Where the sound goes: files, devices, and a clock where there is no device.

mod file;
mod flac;
mod partial;
mod pcm;
mod wav;

pub use file::{FileError, Target, Writer, check_place};
pub use partial::Partial;
pub use pcm::Bits;
