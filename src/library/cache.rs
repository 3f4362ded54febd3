//! What was found out about files, kept on disk between sessions.
//!
//! Three folders of small files, each written whole under another name and then renamed, so that
//! any number of programs may share them: `facts/` by the hash of a file's content, `seen/` by
//! its path, which tells an unchanged file without reading it, and `crossfades/` by the content of
//! both files and the place. An entry that is damaged, or of another version, counts as none.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Facts, Overlap};
use crate::fade::Correlation;
use crate::time::{Frames, Rate};

/// Changes whenever the facts, or how they are measured, may have changed: the build script hashes all that measures.
const VERSION: &str = concat!("undersong library ", env!("UNDERSONG_MEASURES"));

/// The cache on disk. All calls block; none of them fails, since a session needs no cache.
#[derive(Debug, Default)]
pub struct Cache {
    /// `None` for no cache at all.
    folder: Option<PathBuf>,
    /// Whether it was said that nothing can be written.
    warned: AtomicBool,
}

/// A file as it was when it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: i64,
    modified_nanos: i64,
    /// When anything of it was changed last: a time that no program can set back.
    changed: i64,
    changed_nanos: i64,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    stamp: Stamp,
    hash: String,
}

/// How alike two files are at an overlap.
#[derive(Serialize, Deserialize)]
struct Alike {
    at: Place,
    correlation: Correlation,
}

/// An overlap, by the content of its files.
#[derive(PartialEq, Serialize, Deserialize)]
struct Place {
    hashes: [String; 2],
    offsets: [Frames; 2],
    length: Frames,
    rate: Rate,
}

impl Place {
    fn of(overlap: &Overlap, hashes: &[String; 2]) -> Self {
        Self {
            hashes: hashes.clone(),
            offsets: overlap.offsets,
            length: overlap.length,
            rate: overlap.rate,
        }
    }
}

impl Cache {
    /// The user's own cache, such as `~/.cache/undersong`; none where the user has no home.
    #[must_use]
    pub fn of_user() -> Self {
        let folders = directories::ProjectDirs::from("", "", "undersong");
        Self {
            folder: folders.map(|folders| folders.cache_dir().to_owned()),
            ..Self::default()
        }
    }

    /// A cache in a folder, which is made when it is first needed.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            ..Self::default()
        }
    }

    /// No cache: every file is decoded each time.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The hash of a file that has not changed since it was last read.
    pub(super) fn hash(&self, path: &Path, stamp: &Stamp) -> Option<String> {
        let seen: Seen = read(&self.seen(path)?)?;
        (seen.stamp == *stamp).then_some(seen.hash)
    }

    /// The facts of a file's content.
    pub(super) fn facts(&self, hash: &str) -> Option<Facts> {
        read::<Facts>(&self.entry("facts", hash)?).filter(|facts| facts.hash == hash)
    }

    /// Keeps what was found out.
    pub(super) fn keep(&self, path: &Path, stamp: &Stamp, facts: &Facts) {
        let (Some(entry), Some(seen)) = (self.entry("facts", &facts.hash), self.seen(path)) else {
            return;
        };
        let now = Seen {
            stamp: stamp.clone(),
            hash: facts.hash.clone(),
        };
        self.warn(write(&entry, facts).and_then(|()| write(&seen, &now)));
    }

    /// How alike files of this content are at an overlap.
    pub(super) fn alike(&self, overlap: &Overlap, hashes: &[String; 2]) -> Option<Correlation> {
        let place = Place::of(overlap, hashes);
        let known = read::<Alike>(&self.crossfade(&place)?)?;
        (known.at == place).then_some(known.correlation)
    }

    /// Keeps how alike they are.
    pub(super) fn keep_alike(
        &self,
        overlap: &Overlap,
        hashes: &[String; 2],
        correlation: Correlation,
    ) {
        let at = Place::of(overlap, hashes);
        if let Some(entry) = self.crossfade(&at) {
            self.warn(write(&entry, &Alike { at, correlation }));
        }
    }

    fn warn(&self, kept: io::Result<()>) {
        let Err(error) = kept else { return };
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "nothing can be kept in {}: {error}; files are decoded anew each time",
                self.folder
                    .as_deref()
                    .unwrap_or(Path::new("the cache"))
                    .display()
            );
        }
    }

    fn seen(&self, path: &Path) -> Option<PathBuf> {
        let path = std::path::absolute(path).ok()?;
        let name = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        self.entry("seen", name.as_str())
    }

    fn crossfade(&self, place: &Place) -> Option<PathBuf> {
        let name = blake3::hash(&serde_json::to_vec(place).ok()?).to_hex();
        self.entry("crossfades", name.as_str())
    }

    fn entry(&self, kind: &str, name: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(kind).join(name))
    }
}

impl Stamp {
    pub fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            size: about.len(),
            modified: about.mtime(),
            modified_nanos: about.mtime_nsec(),
            changed: about.ctime(),
            changed_nanos: about.ctime_nsec(),
        }
    }

    /// Whether both are one and the same file.
    pub fn file(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// An entry that is whole: a line with version and checksum, then JSON.
/// An entry is no larger than this: the short-term loudness of days, in bytes.
const LARGEST: u64 = 16 << 20;

fn read<T: DeserializeOwned>(entry: &Path) -> Option<T> {
    // Whatever lies there in place of an entry of ours: no pipe is waited for, and no memory filled.
    let about = fs::metadata(entry).ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    let bytes = fs::read(entry).ok()?;
    let line = bytes.iter().position(|&byte| byte == b'\n')?;
    let (head, body) = (&bytes[..line], &bytes[line + 1..]);
    if head != heading(body).as_bytes() {
        return None;
    }
    serde_json::from_slice(body).ok()
}

fn write<T: Serialize>(entry: &Path, value: &T) -> io::Result<()> {
    let folder = entry.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let body = serde_json::to_vec(value)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(heading(&body).as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(&body)?;
    file.persist(entry)?;
    Ok(())
}

fn heading(body: &[u8]) -> String {
    format!("{VERSION} {}", blake3::hash(body).to_hex())
}
