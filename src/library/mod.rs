//! The library: the decoded facts of every file a session names, kept in a cache on disk.

mod cache;
mod facts;
mod fault;
#[allow(
    clippy::module_inception,
    reason = "the library is what this room is named for"
)]
mod library;
mod meter;
mod remarks;
mod scan;

pub use cache::Cache;
pub use facts::Facts;
pub use fault::Fault;
pub use library::{Library, Progress};
