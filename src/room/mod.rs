//! The room file: what the daemon of one room plays on, reads from and keeps, from YAML to a checked [`Room`].

mod check;
mod language;
mod wiring;

use std::path::{Path, PathBuf};

use crate::mistake::Mistake;
use crate::reading::mistakes::Mistakes;
use crate::reading::text::{self, Encoding};
use crate::reading::yaml::{self, Written};
use crate::time::Rate;
use crate::zone::{Caps, Listener};

pub use wiring::{Heard, Verified};

/// A room file is at most this large, in bytes.
const LARGEST: u64 = 64 * 1024;

/// A room, and the machine in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// Its file, as an absolute path.
    pub file: PathBuf,
    /// What people call it.
    pub name: String,
    /// What the sound goes to.
    pub output: Output,
    /// The rate of every session; the device's own where none is named.
    pub rate: Option<Rate>,
    /// Frames that the device takes in one go.
    pub period: u32,
    /// Which channels of the device each listener hears; empty: as the session lays them out.
    pub zones: Vec<(Listener, Channels)>,
    /// How far up the level goes for each listener, and where it is limited.
    pub caps: Caps,
    /// Scripts, and all files that they name, lie beneath these; each an absolute path without links.
    pub media: Vec<PathBuf>,
    /// Where the journals are kept.
    pub journal: PathBuf,
    /// Where the daemon listens.
    pub socket: PathBuf,
}

/// What stands for a device where there is none.
pub const PACED: &str = "paced";

/// What everybody should know of a room without a device.
pub const UNHEARD: &str = "nobody hears anything: the room file says `device: paced`, which is no sound device but a clock to try things out";

/// What a room's sound goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// One device and never another, by its identity as `undersong devices` shows it.
    Device(String),
    /// None: real time without a sound.
    Paced,
}

impl Output {
    /// As the room file names it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Device(id) => id,
            Self::Paced => PACED,
        }
    }
}

/// The two channels of a device that one listener hears, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// The left one.
    pub left: u16,
    /// The right one.
    pub right: u16,
}

/// Reads a room file. Blocking.
///
/// # Errors
/// All mistakes at once.
pub fn read(path: &Path) -> Result<Room, Vec<Mistake>> {
    let (source, _) = text::read(path, LARGEST, Encoding::Utf8).map_err(|mistake| vec![mistake])?;
    let mut mistakes = Mistakes::new(&source);
    let written =
        yaml::parse(&mut mistakes).and_then(|tree| language::RoomFile::read(&tree, &mut mistakes));
    let room = written.map(|written| check::room(&written, path, &mut mistakes));
    match room {
        Some(room) if !mistakes.any_error() => Ok(room),
        _ => Err(mistakes.in_order()),
    }
}
