//! The name of a clip or a cue across the engine's boundary.

/// Names a clip or a cue across the boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);
