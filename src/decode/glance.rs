//! A look into a file before it is known what container it is.

use std::io::{self, Seek, SeekFrom};

use symphonia::core::io::{MediaSourceStream, SeekBuffered};

/// Lets `look` read, and goes back to the start; what it cannot make out is nothing. Blocking.
///
/// # Errors
/// Only where the disk fails.
pub(super) fn glance<'s, T: Default>(
    bytes: &mut MediaSourceStream<'s>,
    look: impl FnOnce(&mut MediaSourceStream<'s>) -> io::Result<T>,
) -> io::Result<T> {
    let found = look(bytes);
    // Other kinds of files lie in the buffer as they were.
    if bytes.seek_buffered(0) != 0 {
        bytes.seek(SeekFrom::Start(0))?;
    }
    match found {
        Err(error) if error.raw_os_error().is_some() => Err(error),
        found => Ok(found.unwrap_or_default()),
    }
}
