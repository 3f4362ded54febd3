//! Why nothing is known of a file.

use std::path::Path;

use crate::decode::DecodeError;

/// Why nothing is known of a file, as a part of a sentence that begins with the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be played.
    #[error(transparent)]
    Unplayable(DecodeError),
    /// Whoever wanted to know went away meanwhile.
    #[error("{}", DecodeError::CalledOff)]
    CalledOff,
    /// Somebody wrote to it meanwhile, so that what is known of it may not be so any more.
    #[error("was changed while it was listened to; check it again once it is written")]
    Changed,
    /// Nobody asked for it when the library was made.
    #[error("was not looked at when the session was prepared; check the session again")]
    NotScanned,
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::CalledOff => Self::CalledOff,
            error => Self::Unplayable(error),
        }
    }
}

impl Fault {
    /// With the file that is meant, as one sentence.
    #[must_use]
    pub fn at(&self, path: &Path) -> String {
        format!("{} {self}", path.display())
    }
}
