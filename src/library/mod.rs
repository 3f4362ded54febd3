//! The library: the decoded facts of every file a session names, kept in a cache on disk.

mod facts;

pub use facts::Facts;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone, thiserror::Error)]
#[error("stub")]
pub struct Fault;

#[derive(Debug, Default)]
pub struct Library(HashMap<PathBuf, Result<Arc<Facts>, Fault>>);

impl Library {
    pub fn facts(&self, path: &Path) -> Result<&Arc<Facts>, &Fault> {
        self.0.get(path).ok_or(&Fault)?.as_ref()
    }
    /// A library of files that are known already.
    #[must_use]
    pub fn known(files: impl IntoIterator<Item = (PathBuf, Facts)>) -> Self {
        Self(
            files
                .into_iter()
                .map(|(p, f)| (p, Ok(Arc::new(f))))
                .collect(),
        )
    }
}
