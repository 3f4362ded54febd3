//! From a file to exact stereo frames at the file's own rate.

mod aac;
mod aiff;
mod alac;
mod bare;
mod behind;
mod bits;
mod boxes;
mod chunks;
mod clock;
mod convert;
mod damage;
mod dates;
mod decoder;
mod disk;
mod edit_list;
mod error;
mod flac;
mod foreign;
mod fragments;
mod glance;
mod heads;
mod last;
mod mended;
mod open;
mod opus;
mod pages;
mod playable;
mod prediction;
mod sample_entry;
mod seeking;
mod sound;
mod tags;
mod tape;
mod unbroken;
mod window;

pub use damage::Damage;
pub use decoder::Decoder;
pub use disk::{AGAIN, Disk, Medium, OwnDisk};
pub use error::DecodeError;
pub use open::{Ahead, audio_file};
pub use pages::Flaw;
pub use tags::Tags;
pub(crate) use unbroken::unbroken;

/// Whether nobody waits any more for what is found out about a file. Asked often.
pub type CalledOff<'a> = &'a dyn Fn() -> bool;
