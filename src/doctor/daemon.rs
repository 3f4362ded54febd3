//! Whether a daemon answers, and what it is about.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::Finding;

const CHECK: &str = "daemon";
/// An answer is not longer, in bytes.
const LONGEST: u64 = 256 << 10;

/// What a daemon is about, in its own word (`idle`, `playing`, ...); `None` where none listens. Blocking, two seconds at
/// most.
///
/// # Errors
/// Where one listens and does not answer, or may not be asked.
pub fn look(socket: &Path) -> io::Result<Option<String>> {
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
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /v1/status HTTP/1.1\r\nhost: undersong\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let status: serde_json::Value = serde_json::from_str(body.trim())?;
    Ok(status["state"].as_str().map(ToOwned::to_owned))
}

/// What it means.
#[must_use]
pub fn judge(socket: &Path, state: &io::Result<Option<String>>) -> Finding {
    let shown = socket.display();
    match state {
        Ok(Some(state)) => Finding::ok(CHECK, format!("the daemon answers on {shown} ({state})")),
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
