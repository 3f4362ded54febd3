//! The pieces, a file a phase.

pub mod integration;
pub mod onset;
pub mod peak;
pub mod r#return;
pub mod settling;
pub mod tide;
