//! The library: the decoded facts of every file a session names, and how alike those are that cross, kept in a cache on
//! disk.

mod alike;
mod audible;
mod cache;
mod cores;
mod facts;
mod fault;
#[allow(
    clippy::module_inception,
    reason = "the library is what this room is named for"
)]
mod library;
mod meter;
mod overlap;
mod progress;
mod remarks;
mod scan;
mod slow;
mod steep;

pub use cache::Cache;
pub use facts::Facts;
pub use fault::Fault;
pub use library::Library;
pub use overlap::Overlap;
pub use progress::{Progress, Watch};
