//! Work on files, which may hang or break.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::stream::feed::StreamError;

/// Does work that may hang on a thread that nobody waits for. Where there is none to be had the work is dropped, and with
/// it the ends of its channels.
pub fn aside(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name("file".into());
    if let Err(error) = thread.spawn(work) {
        tracing::warn!("the system gives no thread to read a file in: {error}");
    }
}

/// A file on which a decoder fails in an unforeseen way ends its own stream, and no other.
pub fn unbroken<T>(work: impl FnOnce() -> Result<T, StreamError>) -> Result<T, StreamError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StreamError::Broken))
}
