//! Whether the record of a session finds room on the disk, and how fast it gets there.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::Finding;

const CHECK: &str = "disk";
/// A journal takes its room before a session.
const LEAST: u64 = 128 << 20;
const ENOUGH: u64 = 1 << 30;
/// A cue is recorded three seconds before it sounds, and left out where the disk has not answered by then.
const SLOW: Duration = Duration::from_millis(300);
const TOO_SLOW: Duration = Duration::from_millis(2_500);

/// How much room there is in a folder, or in the nearest one above it that is there. Blocking; may hang.
///
/// # Errors
/// What the system says.
pub fn room(folder: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(nearest(folder)?)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// How long it takes until something that is written there is on the disk. Tries it with a small file that is taken away
/// again. Blocking; may hang.
///
/// # Errors
/// What the system says.
pub fn write(folder: &Path) -> io::Result<Duration> {
    let mut file = tempfile::Builder::new()
        .prefix(".doctor-")
        .tempfile_in(nearest(folder)?)?;
    file.write_all(&[b'\n'; 4096])?;
    let begun = Instant::now();
    file.as_file().sync_all()?;
    let took = begun.elapsed();
    file.close()?;
    Ok(took)
}

/// A folder that is not there yet is made with the first session, on the disk that it will lie on.
fn nearest(folder: &Path) -> io::Result<&Path> {
    let is_there = |path: &&Path| path.symlink_metadata().is_ok();
    let there = folder.ancestors().find(is_there).unwrap_or(folder);
    if there.is_dir() {
        Ok(there)
    } else {
        let says = format!("{} is no folder", there.display());
        Err(io::Error::new(io::ErrorKind::NotADirectory, says))
    }
}

/// What the room means.
#[must_use]
pub fn judge_room(folder: &Path, room: &io::Result<u64>) -> Finding {
    let shown = folder.display();
    let bytes = match room {
        Ok(bytes) => *bytes,
        Err(error) => {
            let says = format!("the journal's folder {shown} cannot be looked at: {error}");
            return Finding::fail(
                CHECK,
                says,
                "see that it is there and that the daemon may use it",
            );
        }
    };
    let megabytes = bytes >> 20;
    let says = format!("{megabytes} MB are free for the journal in {shown}");
    let advice =
        "delete what is not needed on this disk, or name another `journal` in the room file";
    match bytes {
        ENOUGH.. => Finding::ok(CHECK, says),
        LEAST.. => Finding::warn(CHECK, format!("only {says}"), advice),
        _ => {
            let says = format!("only {says}: cues that cannot be recorded are not played");
            Finding::fail(CHECK, says, advice)
        }
    }
}

/// What the writing means.
#[must_use]
pub fn judge_write(folder: &Path, written: &io::Result<Duration>) -> Finding {
    let shown = folder.display();
    match written {
        Err(error) => {
            let says = format!("nothing can be written to the journal's folder {shown}: {error}");
            let advice = "see whose folder it is, and run this as the daemon's user \
                          (`sudo -u undersong undersong doctor`)";
            Finding::fail(CHECK, says, advice)
        }
        Ok(took) => {
            let says = format!(
                "what is recorded is on the disk after {} ms",
                took.as_millis()
            );
            let advice = "keep the journal on another disk, not on a memory card or over a network";
            if *took > TOO_SLOW {
                let says = format!("{says}: too late for the cues, which would be left out");
                Finding::fail(CHECK, says, advice)
            } else if *took > SLOW {
                Finding::warn(CHECK, format!("{says}, which is slow"), advice)
            } else {
                Finding::ok(CHECK, says)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_full_disk_fails_and_an_almost_full_one_warns() {
        let of = |bytes| judge_room(Path::new("/j"), &Ok(bytes)).verdict;
        assert_eq!(of(ENOUGH), Verdict::Ok);
        assert_eq!(of(ENOUGH - 1), Verdict::Warn);
        assert_eq!(of(LEAST - 1), Verdict::Fail);
        let gone = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(
            judge_room(Path::new("/j"), &Err(gone)).verdict,
            Verdict::Fail
        );
    }

    #[test]
    fn where_a_file_stands_in_the_way_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal");
        std::fs::write(&file, "no folder").unwrap();
        for place in [file.clone(), file.join("deeper")] {
            let found = judge_room(&place, &room(&place));
            assert_eq!(found.verdict, Verdict::Fail);
            assert!(
                found.sentence().contains("journal is no folder"),
                "{found:?}"
            );
            assert!(write(&place).is_err());
        }
        assert!(room(&folder.path().join("not/yet")).is_ok());
    }

    #[test]
    fn a_slow_disk_is_said() {
        let of = |took| judge_write(Path::new("/j"), &Ok(took)).verdict;
        assert_eq!(of(SLOW), Verdict::Ok);
        assert_eq!(of(SLOW * 2), Verdict::Warn);
        assert_eq!(of(TOO_SLOW * 2), Verdict::Fail);
    }

    #[test]
    fn the_trial_leaves_nothing_behind_and_makes_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("not/there/yet");
        assert!(write(&journal).is_ok() && room(&journal).unwrap() > 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(write(Path::new("/proc/1")).is_err());
    }
}
