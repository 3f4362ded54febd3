//! Where the sound goes: files, devices, and a clock where there is no device.
//!
//! A [`Live`] output takes an engine on loan and asks it for blocks: a device's stream ([`Device`]), the laptop's sink
//! ([`laptop()`]), or a thread with a clock ([`paced()`]). When it dies or is closed the engine comes back.

mod choice;
mod clock;
mod device;
mod device_error;
mod device_list;
mod file;
mod flac;
mod gap;
mod health;
mod host;
mod keeper;
mod laptop;
mod live;
mod loan;
mod paced;
mod partial;
mod patch;
mod patience;
mod pcm;
mod real_time;
mod rehearsal;
mod sample;
mod search;
mod trial;
mod wav;
#[cfg(all(feature = "pulseaudio", target_os = "linux"))]
mod whereabouts;

pub use clock::{Clock, Crank, RealTime, Turned};
pub use device::Device;
pub use device_error::DeviceError;
pub use device_list::{Listed, devices};
pub use file::{FileError, Target, Writer, check_place};
pub use health::{Health, Watch};
pub use keeper::{Facts, Keeper, Place, Turn};
pub use laptop::laptop;
pub use live::{Drive, Live};
pub use loan::{Lent, Loan, loan};
pub use paced::{Capture, paced};
pub use partial::Partial;
pub use patch::{Map, NobodyThere, Patch, names};
pub use patience::within;
pub use pcm::Bits;
pub use real_time::{lock_memory, take as take_real_time};
pub use rehearsal::Rehearsal;
pub use sample::Sample;
