//! The library: the decoded facts of every file a session names, and how alike those are that cross, kept in a cache on
//! disk.

mod alike;
mod audible;
mod cache;
mod cores;
mod facts;
mod fall;
mod fault;
mod hole;
#[allow(
    clippy::module_inception,
    reason = "the library is what this room is named for"
)]
mod library;
mod means;
mod meter;
mod overlap;
mod progress;
mod remarks;
mod scan;
mod sides;
mod slow;
mod steep;
mod sudden;
mod work;

pub use cache::Cache;
pub use facts::Facts;
pub use fall::{Fall, Falls};
pub use fault::Fault;
pub use hole::Holes;
pub use library::Library;
pub use overlap::Overlap;
pub use progress::{Progress, Watch};
pub use sudden::Sudden;
pub use work::{Hold, Work, places};
