//! Keeping what libraries of others say off the terminal.

use std::fs::File;
use std::os::fd::OwnedFd;

use rustix::io::dup;
use rustix::stdio::{dup2_stderr, stderr};

/// Does something while nothing comes to the standard error: some sound systems' libraries chatter there, past everything
/// that could be told not to. What we have to say is said before or after.
pub fn hushed<T>(work: impl FnOnce() -> T) -> T {
    let _until_then = Hush::begin();
    work()
}

/// Nothing comes to the standard error until this is dropped, also by a panic.
struct Hush(Option<OwnedFd>);

impl Hush {
    fn begin() -> Self {
        let kept = dup(stderr()).ok();
        if let (Some(_), Ok(nowhere)) = (&kept, File::options().write(true).open("/dev/null")) {
            let _ = dup2_stderr(nowhere);
        }
        Self(kept)
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        if let Some(kept) = self.0.take() {
            let _ = dup2_stderr(kept);
        }
    }
}
