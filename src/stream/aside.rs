//! Work on files, which may hang.

use std::thread;

/// Does work that may hang on a thread that nobody waits for. Where there is none to be had the work is dropped, and with
/// it the ends of its channels.
pub fn aside(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name("file".into());
    if let Err(error) = thread.spawn(work) {
        tracing::warn!("the system gives no thread to read a file in: {error}");
    }
}
