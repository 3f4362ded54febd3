//! From a file's frames to frames at the session's rate.

mod resampler;

pub use resampler::{ResampleError, Resampler};
