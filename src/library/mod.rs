//! The library: the decoded facts of every file a session names, kept in a cache on disk.

mod facts;

pub use facts::Facts;
