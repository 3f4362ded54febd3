//! Work that may hang, on a thread that can be given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

/// How long a sound system may take to open, close or describe a device.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Threads that were given up and hang yet.
static GIVEN_UP: AtomicUsize = AtomicUsize::new(0);

/// How many threads were given up and hang yet.
pub fn given_up() -> usize {
    GIVEN_UP.load(Ordering::Relaxed)
}

/// Does `work` on a thread of its own and waits for it. Blocking. `None` where it takes longer than `patience`: then
/// the thread is left to itself, and what it may yet bring is dropped there.
pub fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    // It holds nothing: what nobody takes is dropped by whoever made it, which may hang.
    let (done, result) = sync_channel(0);
    let over = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&over);
    let thread = thread::Builder::new().name("device".to_owned());
    let begun = thread.spawn(move || {
        hush();
        drop(done.send(work()));
        // Whoever comes second knows that it was given up.
        if is_over.swap(true, Ordering::Relaxed) {
            GIVEN_UP.fetch_sub(1, Ordering::Relaxed);
        }
    });
    begun.ok()?;
    let result = result.recv_timeout(patience).ok();
    if result.is_none() {
        GIVEN_UP.fetch_add(1, Ordering::Relaxed);
        if over.swap(true, Ordering::Relaxed) {
            GIVEN_UP.fetch_sub(1, Ordering::Relaxed);
        }
    }
    result
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
