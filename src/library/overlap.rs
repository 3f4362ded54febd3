//! Two stretches of files that are heard together.

use std::path::Path;
use std::sync::Arc;

use crate::time::{Frames, Rate};

/// Where two pieces cross: which stretch of the one that leaves is heard together with which of the one that comes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Overlap {
    /// The file that leaves, and the one that comes.
    pub files: [Arc<Path>; 2],
    /// Where in each of them it begins, in frames at `rate`.
    pub offsets: [Frames; 2],
    /// How long it is, in frames at `rate`.
    pub length: Frames,
    /// The session's rate.
    pub rate: Rate,
}
