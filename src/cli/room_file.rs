//! Which room file is meant where none is named.

use std::path::{Path, PathBuf};

use crate::cli::screen::{complain, printable};
use crate::cli::steer::block_on;
use crate::cli::{Exit, ROOM, SOCKET};
use crate::control::{Client, ClientError};

/// The room file of the daemon that runs: `UNDERSONG_SOCKET` says where it listens. Where nobody listens, or the daemon cannot
/// be asked, which is said on the standard error, the usual one, where that is there. Blocking, some seconds at most.
pub fn usual() -> Option<PathBuf> {
    let socket = std::env::var_os("UNDERSONG_SOCKET");
    let socket = socket.map_or_else(|| PathBuf::from(SOCKET), PathBuf::from);
    let mut file = None;
    block_on(async {
        match Client::new(&socket).status().await {
            Ok(status) => file = Some(status.room_file),
            Err(ClientError::Nobody(_)) => {}
            Err(error) => complain(&printable(&format!(
                "the daemon could not be asked for its room file, so {ROOM} is looked for: {error}"
            ))),
        }
        Exit::Done
    });
    // One of before it told its room file says nothing.
    let file = file.filter(|file| !file.is_empty()).map(PathBuf::from);
    let there = || {
        let usual = Path::new(ROOM);
        (!matches!(usual.try_exists(), Ok(false))).then(|| usual.to_owned())
    };
    file.or_else(there)
}
