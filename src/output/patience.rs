//! Work that may hang, on a thread that can be given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
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

/// Lowers the count at the end of a thread that was given up, however that comes.
struct Over {
    given_up: &'static AtomicUsize,
    /// Whoever comes second, this or who waits, knows of the other.
    is_over: Arc<AtomicBool>,
}

impl Drop for Over {
    fn drop(&mut self) {
        if self.is_over.swap(true, Ordering::Relaxed) {
            self.given_up.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Does `work` on a thread of its own and waits for it. Blocking. `None` where it takes longer than `patience`: then
/// the thread is left to itself, and what it may yet bring is dropped there; or where it breaks.
pub fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    counted(&GIVEN_UP, patience, work)
}

fn counted<T: Send + 'static>(
    given_up: &'static AtomicUsize,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    // It holds nothing: what nobody takes is dropped by whoever made it, which may hang.
    let (done, result) = sync_channel(0);
    let over = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&over);
    let end = Over { given_up, is_over };
    let thread = thread::Builder::new().name("device".to_owned());
    let begun = thread.spawn(move || {
        let _end = end;
        hush();
        drop(done.send(work()));
    });
    begun.ok()?;
    let result = result.recv_timeout(patience);
    // What broke does not hang.
    if matches!(result, Err(RecvTimeoutError::Timeout)) {
        given_up.fetch_add(1, Ordering::Relaxed);
        if over.swap(true, Ordering::Relaxed) {
            given_up.fetch_sub(1, Ordering::Relaxed);
        }
    }
    result.ok()
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
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_hangs_is_given_up() {
        let (release, hang) = sync_channel::<()>(0);
        let given_up = within(Duration::from_millis(1), move || hang.recv().is_ok());
        assert_eq!(given_up, None);
        drop(release);
        assert_eq!(within(PATIENCE, || 7), Some(7));
    }

    #[test]
    fn what_broke_hangs_no_more_however_late_it_broke() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let now = counted(&COUNT, PATIENCE, || panic!("in a test"));
        assert_eq!((now, COUNT.load(Ordering::Relaxed)), (None::<u8>, 0));
        let (release, hang) = sync_channel::<()>(0);
        let late = counted(&COUNT, Duration::from_millis(1), move || {
            hang.recv().expect("it is told to break");
        });
        assert_eq!((late, COUNT.load(Ordering::Relaxed)), (None, 1));
        drop(release);
        let begun = Instant::now();
        while COUNT.load(Ordering::Relaxed) > 0 {
            assert!(begun.elapsed() < PATIENCE, "it hangs for good");
            thread::yield_now();
        }
    }
}
