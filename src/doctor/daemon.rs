//! Whether a daemon answers, and what it is about.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::Finding;

const CHECK: &str = "daemon";
/// An answer is not longer, in bytes.
const LONGEST: u64 = 256 << 10;

/// A daemon that answers.
#[derive(Debug)]
pub struct Daemon {
    /// What it is about, in its own word (`idle`, `playing`, ...).
    pub state: String,
    /// Its process's number, where the system tells.
    pub process: Option<u32>,
}

/// The daemon that listens; `None` where none does. Blocking, two seconds at most.
///
/// # Errors
/// Where one listens and does not answer, or may not be asked.
pub fn look(socket: &Path) -> io::Result<Option<Daemon>> {
    let mut stream = match UnixStream::connect(socket) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        stream => stream?,
    };
    let process = process(&stream);
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /v1/status HTTP/1.1\r\nhost: undersong\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let status: serde_json::Value = serde_json::from_str(body.trim())?;
    Ok(status["state"].as_str().map(|state| Daemon {
        state: state.to_owned(),
        process,
    }))
}

/// The number of the process that listens.
#[cfg(target_os = "linux")]
fn process(stream: &UnixStream) -> Option<u32> {
    let peer = rustix::net::sockopt::socket_peercred(stream).ok()?;
    peer.pid.as_raw_nonzero().get().try_into().ok()
}

#[cfg(not(target_os = "linux"))]
fn process(_: &UnixStream) -> Option<u32> {
    None
}

/// What it means.
#[must_use]
pub fn judge(socket: &Path, daemon: &io::Result<Option<Daemon>>) -> Finding {
    let shown = socket.display();
    match daemon {
        Ok(Some(Daemon { state, .. })) => {
            Finding::ok(CHECK, format!("the daemon answers on {shown} ({state})"))
        }
        Ok(None) => {
            let says = format!("no daemon listens on {shown}");
            let advice =
                "begin it with `systemctl start undersong`, or `undersong serve --room ROOM.yaml`";
            Finding::warn(CHECK, says, advice)
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let says = format!("a daemon listens on {shown}, and this user may not speak to it");
            Finding::warn(
                CHECK,
                says,
                "as root: `adduser USER undersong`, then log in again",
            )
        }
        Err(_) => {
            let says = format!("what listens on {shown} does not answer as a daemon does");
            Finding::fail(
                CHECK,
                says,
                "begin it anew with `systemctl restart undersong`",
            )
        }
    }
}
