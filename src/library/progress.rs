//! How far it is with finding out about a session's files.

/// How far it is, first of the files, then of what crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Each file is looked at.
    Files {
        /// Files that are done.
        files: usize,
        /// All files.
        all_files: usize,
        /// Bytes of the files that are done, and of what was heard of the others.
        bytes: u64,
        /// Bytes of all files.
        all_bytes: u64,
    },
    /// Those that cross are compared.
    Crossfades {
        /// Crossfades that are done.
        crossfades: usize,
        /// All crossfades of which it is not known yet.
        all_crossfades: usize,
    },
}

/// Who waits until a session's files are known. A function that takes the progress is one.
pub trait Watch: Sync {
    /// How far it is now; told from any thread.
    fn tell(&self, progress: Progress);

    /// Whether nobody waits any more: what was begun is then left as it is. Asked often, from any thread.
    fn is_called_off(&self) -> bool {
        false
    }
}

impl<F: Fn(Progress) + Sync> Watch for F {
    fn tell(&self, progress: Progress) {
        self(progress);
    }
}

impl Progress {
    /// The part of all that is done, 0 to 1. The files are nearly all of it.
    #[must_use]
    pub fn part(self) -> f64 {
        const FILES: f64 = 0.9;
        let of = |done: f64, all: f64| if all > 0.0 { done / all } else { 1.0 };
        match self {
            Self::Files {
                bytes, all_bytes, ..
            } => FILES * of(bytes as f64, all_bytes as f64),
            Self::Crossfades {
                crossfades,
                all_crossfades,
            } => FILES + (1.0 - FILES) * of(crossfades as f64, all_crossfades as f64),
        }
    }
}
