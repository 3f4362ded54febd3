//! The facts of every file that a session names.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::alike::correlation;
use super::cache::{Cache, Stamp};
use super::cores::share;
use super::scan::{hash, scan};
use super::{Facts, Fault, Overlap, Progress, Watch};
use crate::decode::audio_file;
use crate::fade::Correlation;

/// More crossfades than this are not compared, the first ones are: a day of music has some hundreds.
const MOST: usize = 2_000;

type Files = HashMap<PathBuf, Result<Known, Fault>>;

/// The facts of every file that a session names, or what is wrong with it; and how alike those are that cross.
#[derive(Debug, Default)]
pub struct Library {
    files: Files,
    alike: HashMap<Overlap, Correlation>,
}

/// A file that can be played.
#[derive(Debug, Clone)]
struct Known {
    facts: Arc<Facts>,
    /// The file as it was looked at.
    stamp: Option<Stamp>,
}

/// A file to scan, and all the names it was given.
struct Job {
    stamp: Stamp,
    paths: Vec<PathBuf>,
}

impl Library {
    /// Decodes every file that the cache does not know, on all cores, each file once. Blocking.
    /// `watch` is told at the start, while a file is listened to, and after each file; once it calls off, no file is looked at any further.
    #[must_use]
    pub fn scan(
        paths: impl IntoIterator<Item = PathBuf>,
        cache: &Cache,
        watch: &dyn Watch,
    ) -> Self {
        let (jobs, mut files) = distinct(paths);
        let all_bytes = jobs.iter().map(|job| job.stamp.size()).sum();
        let so_far = Mutex::new((0, 0));
        let advance = |files, bytes| {
            let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
            so_far.0 += files;
            so_far.1 += bytes;
            watch.tell(Progress::Files {
                files: so_far.0,
                all_files: jobs.len(),
                bytes: so_far.1,
                all_bytes,
            });
        };
        advance(0, 0);
        let found = share(&jobs, |job| {
            let (size, told) = (job.stamp.size(), Cell::new(0));
            let heard = |bytes: u64| {
                let more = bytes.min(size) - told.get();
                // A hundredth at a time.
                if more * 100 >= size {
                    told.set(told.get() + more);
                    advance(0, more);
                }
            };
            let found = find_out(job, cache, watch, &heard);
            advance(1, size - told.get());
            (&job.paths, found)
        });
        for (paths, found) in found {
            files.extend(paths.iter().map(|path| (path.clone(), found.clone())));
        }
        let alike = HashMap::new();
        Self { files, alike }
    }

    /// Finds out how alike the files are at these overlaps: decodes those that the cache does not know, on all cores.
    /// Blocking. `watch` is told at the start and after each one, from any thread; once it calls off, nothing is compared any
    /// further.
    ///
    /// What cannot be decoded counts as having nothing in common.
    pub fn compare(&mut self, overlaps: Vec<Overlap>, cache: &Cache, watch: &dyn Watch) {
        let mut unknown = Vec::new();
        for overlap in overlaps.into_iter().take(MOST) {
            let Some(known) = self.both(&overlap) else {
                continue;
            };
            let hashes = known.map(|known| known.facts.hash.clone());
            match cache.alike(&overlap, &hashes) {
                Some(alike) => {
                    self.alike.insert(overlap, alike);
                }
                None => unknown.push((overlap, hashes)),
            }
        }
        let so_far = Mutex::new(0);
        let advance = |crossfades| {
            let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
            *so_far += crossfades;
            watch.tell(Progress::Crossfades {
                crossfades: *so_far,
                all_crossfades: unknown.len(),
            });
        };
        advance(0);
        let found = share(&unknown, |(overlap, hashes)| {
            let alike = correlation(overlap, watch);
            // Of a file that was changed meanwhile nothing is kept.
            if let (Some(alike), true) = (alike, self.is_unchanged(overlap)) {
                cache.keep_alike(overlap, hashes, alike);
            }
            advance(1);
            Some((overlap.clone(), alike?))
        });
        self.alike.extend(found.into_iter().flatten());
    }

    /// How alike what crosses is, where it was compared.
    #[must_use]
    pub fn alike(&self, overlap: &Overlap) -> Correlation {
        let found = self.alike.get(overlap);
        found.copied().unwrap_or(Correlation::NONE)
    }

    /// The same library, in which it is known how alike these are.
    #[must_use]
    pub fn with_alike(mut self, known: impl IntoIterator<Item = (Overlap, Correlation)>) -> Self {
        self.alike.extend(known);
        self
    }

    fn both(&self, overlap: &Overlap) -> Option<[&Known; 2]> {
        let known = |file: &Path| self.files.get(file)?.as_ref().ok();
        let [leaves, comes] = &overlap.files;
        Some([known(leaves)?, known(comes)?])
    }

    /// Whether both files are still those that were looked at.
    fn is_unchanged(&self, overlap: &Overlap) -> bool {
        let now = |path: &Path| audio_file(path).ok().map(|about| Stamp::of(&about));
        let same =
            |(known, path): (&Known, &Arc<Path>)| known.stamp.is_some() && known.stamp == now(path);
        let both = self.both(overlap);
        both.is_some_and(|both| both.into_iter().zip(&overlap.files).all(same))
    }

    /// A library of files whose facts are known.
    #[must_use]
    pub fn known(files: impl IntoIterator<Item = (PathBuf, Facts)>) -> Self {
        let files = files.into_iter();
        Self {
            files: files
                .map(|(path, facts)| (path, Ok(Known::from(facts))))
                .collect(),
            alike: HashMap::new(),
        }
    }

    /// The facts of a file, by the path it was scanned under.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn facts(&self, path: &Path) -> Result<&Arc<Facts>, &Fault> {
        match self.files.get(path) {
            Some(found) => found.as_ref().map(|known| &known.facts),
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

impl From<Facts> for Known {
    fn from(facts: Facts) -> Self {
        Self {
            facts: Arc::new(facts),
            stamp: None,
        }
    }
}

/// The facts of a file: from the cache, or by decoding it.
fn find_out(
    job: &Job,
    cache: &Cache,
    watch: &dyn Watch,
    heard: &dyn Fn(u64),
) -> Result<Known, Fault> {
    let Some(path) = job.paths.first() else {
        return Err(Fault::NotScanned);
    };
    let known = |facts: Facts| Known {
        stamp: Some(job.stamp.clone()),
        ..Known::from(facts)
    };
    let hash_before = cache.hash(path, &job.stamp);
    if let Some(facts) = hash_before.as_deref().and_then(|hash| cache.facts(hash)) {
        return Ok(known(facts));
    }
    let hash = hash(path, watch)?;
    let facts = match cache.facts(&hash) {
        Some(facts) => facts,
        None => scan(path, hash, watch, heard)?,
    };
    if audio_file(path).is_ok_and(|about| Stamp::of(&about) == job.stamp) {
        cache.keep(path, &job.stamp, &facts);
        Ok(known(facts))
    } else {
        Err(Fault::Changed)
    }
}
