//! The facts of every file that a session names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::cache::{Cache, Stamp};
use super::scan::{hash, scan};
use super::{Facts, Fault};
use crate::decode::audio_file;

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files that are done.
    pub files: usize,
    /// All files.
    pub all_files: usize,
    /// Bytes of the files that are done.
    pub bytes: u64,
    /// Bytes of all files.
    pub all_bytes: u64,
}

type Files = HashMap<PathBuf, Result<Arc<Facts>, Fault>>;

/// The facts of every file that a session names, or what is wrong with it.
#[derive(Debug, Default)]
pub struct Library {
    files: Files,
}

/// A file to scan, and all the names it was given.
struct Job {
    stamp: Stamp,
    paths: Vec<PathBuf>,
}

impl Library {
    /// Decodes every file that the cache does not know, on all cores, each file once. Blocking.
    /// `progress` is told at the start and after each file, from any thread.
    #[must_use]
    pub fn scan(
        paths: impl IntoIterator<Item = PathBuf>,
        cache: &Cache,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Self {
        let (jobs, mut files) = distinct(paths);
        let so_far = Mutex::new(Progress {
            all_files: jobs.len(),
            all_bytes: jobs.iter().map(|job| job.stamp.size()).sum(),
            ..Progress::default()
        });
        let advance = |files, bytes| {
            let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
            so_far.files += files;
            so_far.bytes += bytes;
            progress(*so_far);
        };
        advance(0, 0);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let found = find_out(job, cache).map(Arc::new);
                done.extend(job.paths.iter().map(|path| (path.clone(), found.clone())));
                advance(1, job.stamp.size());
            }
            done
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let helpers: Vec<_> = (1..cores.min(jobs.len()))
                .map(|_| scope.spawn(work))
                .collect();
            files.extend(work());
            for helper in helpers {
                files.extend(helper.join().unwrap_or_default());
            }
        });
        Self { files }
    }

    /// A library of files whose facts are known.
    #[must_use]
    pub fn known(files: impl IntoIterator<Item = (PathBuf, Facts)>) -> Self {
        let files = files.into_iter();
        Self {
            files: files
                .map(|(path, facts)| (path, Ok(Arc::new(facts))))
                .collect(),
        }
    }

    /// The facts of a file, by the path it was scanned under.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn facts(&self, path: &Path) -> Result<&Arc<Facts>, &Fault> {
        match self.files.get(path) {
            Some(found) => found.as_ref(),
            None => Err(&Fault::NotScanned),
        }
    }
}

/// The files behind the paths, the largest first, and the paths behind which there is none.
fn distinct(paths: impl IntoIterator<Item = PathBuf>) -> (Vec<Job>, Files) {
    let mut jobs: HashMap<_, Job> = HashMap::new();
    let mut faults = HashMap::new();
    for path in paths {
        match audio_file(&path) {
            Ok(about) => {
                let stamp = Stamp::of(&about);
                let paths = Vec::new();
                let job = jobs.entry(stamp.file()).or_insert(Job { stamp, paths });
                if !job.paths.contains(&path) {
                    job.paths.push(path);
                }
            }
            Err(error) => {
                faults.insert(path, Err(error.into()));
            }
        }
    }
    let mut jobs: Vec<Job> = jobs.into_values().collect();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.stamp.size()));
    (jobs, faults)
}

/// The facts of a file: from the cache, or by decoding it.
fn find_out(job: &Job, cache: &Cache) -> Result<Facts, Fault> {
    let Some(path) = job.paths.first() else {
        return Err(Fault::NotScanned);
    };
    let known = cache.hash(path, &job.stamp);
    if let Some(facts) = known.as_deref().and_then(|hash| cache.facts(hash)) {
        return Ok(facts);
    }
    let hash = hash(path)?;
    let facts = match cache.facts(&hash) {
        Some(facts) => facts,
        None => scan(path, hash)?,
    };
    // A file that is being written is looked at again the next time.
    if audio_file(path).is_ok_and(|about| Stamp::of(&about) == job.stamp) {
        cache.keep(path, &job.stamp, &facts);
    }
    Ok(facts)
}
