//! Work on a file on which a decoder may break.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::DecodeError;

/// A file on which a decoder fails in a way that was not foreseen is of no use, and ends nothing else.
pub(crate) fn unbroken<T, E: From<DecodeError>>(
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(DecodeError::Broken.into()))
}
