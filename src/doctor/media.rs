//! Whether the media folders are there and can be read fast enough.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Advice, fadvise};

use super::Finding;

const CHECK: &str = "media";
/// So much of one file is read, in bytes.
const PIECE: u64 = 8 << 20;
/// So many entries are looked at, and so deep.
const MOST: usize = 300;
const DEEPEST: usize = 4;
/// Bytes a second: what the heaviest session reads at once is a third of the first.
const ENOUGH: f64 = 6e6;
const LEAST: f64 = 1e6;

/// What was read of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Bytes.
    pub bytes: u64,
    /// For how long.
    pub took: Duration,
}

/// Reads from the largest file that is soon found; `None` where none is. Blocking; may hang.
///
/// # Errors
/// Where the folder or the file cannot be read.
pub fn look(folder: &Path) -> io::Result<Option<Sample>> {
    let mut largest: Option<(u64, PathBuf)> = None;
    let mut folders = vec![(folder.to_owned(), 0)];
    let mut looked = 0;
    while let Some((next, depth)) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if depth == 0 => return Err(error),
            Err(_) => continue,
            Ok(entries) => entries,
        };
        for entry in entries.flatten() {
            looked += 1;
            let Ok(about) = entry.metadata() else {
                continue;
            };
            if about.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if about.is_file()
                && largest.as_ref().is_none_or(|(size, _)| about.len() > *size)
            {
                largest = Some((about.len(), entry.path()));
            }
            if looked >= MOST {
                folders.clear();
                break;
            }
        }
    }
    largest.map(|(_, path)| read(&path)).transpose()
}

fn read(path: &Path) -> io::Result<Sample> {
    let file = File::open(path)?;
    // From the disk and not from memory, where the system plays along.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let begun = Instant::now();
    let bytes = io::copy(&mut file.take(PIECE), &mut io::sink())?;
    Ok(Sample {
        bytes,
        took: begun.elapsed(),
    })
}

/// What it means.
#[must_use]
pub fn judge(folder: &Path, read: &io::Result<Option<Sample>>) -> Finding {
    let shown = folder.display();
    let read = match read {
        Err(error) => {
            let says = format!("the media folder {shown} cannot be read: {error}");
            let advice =
                "see that its disk is there, and that the daemon's user may read everything in it";
            return Finding::fail(CHECK, says, advice);
        }
        Ok(None) => {
            let says = format!("the media folder {shown} is empty");
            return Finding::warn(CHECK, says, "put scripts and their music there");
        }
        Ok(Some(read)) => read,
    };
    let speed = read.bytes as f64 / read.took.as_secs_f64().max(1e-6);
    let says = format!(
        "{shown} is read at {:.0} MB a second",
        (speed / 1e6).max(1.0)
    );
    let advice = "keep the music on a disk in the computer, not on a memory card or over a network";
    // A small file tells more of the way to the disk than of its speed.
    if speed >= ENOUGH || read.took < Duration::from_millis(100) {
        Finding::ok(CHECK, says)
    } else if speed >= LEAST {
        Finding::warn(CHECK, format!("{says}, which is slow"), advice)
    } else {
        let says = format!("{shown} is read too slowly to play from it");
        Finding::fail(CHECK, says, advice)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_folder_that_is_gone_fails_and_an_empty_one_warns() {
        let folder = tempfile::tempdir().unwrap();
        let verdict = |path: &Path| judge(path, &look(path)).verdict;
        assert_eq!(verdict(&folder.path().join("gone")), Verdict::Fail);
        assert_eq!(verdict(folder.path()), Verdict::Warn);
        fs::create_dir(folder.path().join("music")).unwrap();
        fs::write(folder.path().join("small"), [0; 10]).unwrap();
        fs::write(folder.path().join("music/large"), vec![0; 100_000]).unwrap();
        assert_eq!(look(folder.path()).unwrap().unwrap().bytes, 100_000);
        assert_eq!(verdict(folder.path()), Verdict::Ok);
    }

    #[test]
    fn a_slow_disk_is_said() {
        let of = |bytes, seconds| {
            let took = Duration::from_secs(seconds);
            judge(Path::new("/m"), &Ok(Some(Sample { bytes, took }))).verdict
        };
        assert_eq!(of(PIECE, 1), Verdict::Ok);
        assert_eq!(of(PIECE, 4), Verdict::Warn);
        assert_eq!(of(PIECE, 10), Verdict::Fail);
    }
}
