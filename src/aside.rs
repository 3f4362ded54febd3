//! Work that may hang, on a thread that nobody waits for.

use std::thread;

/// Does work that may hang on a thread of this name. Does not block. Where there is no thread to be had the work is dropped,
/// and with it the ends of its channels.
pub(crate) fn aside(name: &str, work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name(name.to_owned());
    if let Err(error) = thread.spawn(work) {
        tracing::warn!("the system gives no thread for `{name}`: {error}");
    }
}
