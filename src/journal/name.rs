//! What a journal's file is called: when its session began.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How journals end.
pub(super) const ENDING: &str = "jsonl";
/// So many sessions begin within one second at most.
const MOST: u32 = 100;

/// A new file in a folder, readable by nobody else, named by a time in milliseconds since 1970.
pub(super) fn fresh(folder: &Path, wall: u64) -> Result<(PathBuf, File), super::JournalError> {
    let stem = stem(wall);
    for number in 1..=MOST {
        let again = if number == 1 {
            String::new()
        } else {
            format!("_{number}")
        };
        let path = folder.join(format!("{stem}{again}.{ENDING}"));
        match create(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(super::JournalError::refused(&path, "made")(error)),
        }
    }
    let full: io::Error = ErrorKind::AlreadyExists.into();
    Err(super::JournalError::refused(folder, "put into its folder")(
        full,
    ))
}

pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .append(true)
        .read(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// `2026-11-24T18-03-05Z`
fn stem(wall: u64) -> String {
    let seconds = wall / 1000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// Whether a file is named as journals are.
pub(super) fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some((stem, ENDING)) = name.and_then(|name| name.split_once('.')) else {
        return false;
    };
    let (time, again) = stem.split_once('_').unwrap_or((stem, "1"));
    let shape = time.replace(|sign: char| sign.is_ascii_digit(), "0");
    shape == "0000-00-00T00-00-00Z" && again.parse::<u32>().is_ok()
}

/// A day's date, counted from 1 January 1970. After Howard Hinnant, "chrono-compatible low-level date algorithms",
/// `civil_from_days`.
#[must_use]
pub(crate) fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_named_by_when_it_began() {
        assert_eq!(stem(0), "1970-01-01T00-00-00Z");
        assert_eq!(stem(951_782_399_000), "2000-02-28T23-59-59Z");
        assert_eq!(stem(951_782_400_000), "2000-02-29T00-00-00Z");
        assert_eq!(stem(1_795_543_385_999), "2026-11-24T18-03-05Z");
    }

    #[test]
    fn two_that_begin_at_once_have_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let (one, _) = fresh(folder.path(), 0).unwrap();
        let (other, _) = fresh(folder.path(), 0).unwrap();
        assert_ne!(one, other);
        // The one that began later stands behind.
        assert!(one < other);
        assert!(is_ours(&one) && is_ours(&other));
    }

    #[test]
    fn other_files_are_not_taken_for_journals() {
        for name in [
            "evening.jsonl",
            "2026-11-24T18-03-05Z.notes.jsonl",
            "2026-11-24T18-03-05Z.json",
            "2026-11-24T18-03-05Z_copy.jsonl",
            "2026-11-24T18-03Z.jsonl",
            "",
        ] {
            assert!(!is_ours(Path::new(name)), "{name}");
        }
    }
}
