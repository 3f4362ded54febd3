//! Work that may hang, on a thread that can be given up.

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

/// How long a sound system may take to open, close or describe a device.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Does `work` on a thread of its own and waits for it. Blocking. `None` where it takes longer than `patience`: then
/// the thread is left to itself, and what it may yet bring is dropped there.
pub fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = sync_channel(1);
    let thread = thread::Builder::new().name("device".to_owned());
    let begun = thread.spawn(move || {
        hush();
        let _ = done.send(work());
    });
    begun.ok()?;
    result.recv_timeout(patience).ok()
}

/// ALSA writes to the screen whatever it finds in its configuration; on this thread it does not.
#[cfg(target_os = "linux")]
fn hush() {
    let _ = alsa::Output::local_error_handler();
}

#[cfg(not(target_os = "linux"))]
fn hush() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_given_up() {
        let (release, hang) = sync_channel::<()>(0);
        let given_up = within(Duration::from_millis(1), move || hang.recv().is_ok());
        assert_eq!(given_up, None);
        drop(release);
        assert_eq!(within(PATIENCE, || 7), Some(7));
    }
}
