//! Which room file is meant where none is named.

use std::path::{Path, PathBuf};

use crate::cli::{ROOM, SOCKET};
use crate::doctor::room_file_of;

/// The room file of the daemon that runs, where there is one that may be asked: `UNDERSONG_SOCKET` says where it listens. Else
/// the usual one, where that is there. Blocking, some seconds at most.
pub fn usual() -> Option<PathBuf> {
    let socket = std::env::var_os("UNDERSONG_SOCKET");
    let socket = socket.map_or_else(|| PathBuf::from(SOCKET), PathBuf::from);
    let there = || {
        let usual = Path::new(ROOM);
        (!matches!(usual.try_exists(), Ok(false))).then(|| usual.to_owned())
    };
    room_file_of(&socket).or_else(there)
}
