//! From files to exact frames at the session's rate: the resampler, the streams, and the thread that fills their rings.

mod feed;
mod resampler;
mod sound;
mod source;
mod thread;

pub use feed::{Piece, Progress, Recipe, StreamError};
pub use resampler::{ResampleError, Resampler};
pub use sound::{load, load_loop};
pub use source::{BRIDGE, Reading};
pub use thread::{Report, Stream, Streams};
