//! Keeping what libraries of others say off the terminal.

use std::fs::File;

use rustix::io::dup;
use rustix::stdio::{dup2_stderr, stderr};

/// Does something while nothing comes to the standard error: some sound systems' libraries chatter there, past everything
/// that could be told not to. What we have to say is said before or after.
pub fn hushed<T>(work: impl FnOnce() -> T) -> T {
    let kept = dup(stderr());
    if let (Ok(_), Ok(nowhere)) = (&kept, File::options().write(true).open("/dev/null")) {
        let _ = dup2_stderr(nowhere);
    }
    let done = work();
    if let Ok(kept) = kept {
        let _ = dup2_stderr(kept);
    }
    done
}
