//! Whether a journal is being written at this moment.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Whether a program holds the journal to write it, as far as the system tells. It is only asked: to try the lock would
/// keep the daemon out for that moment, which may be the one at which it takes its session up. Blocks, shortly.
#[must_use]
pub fn is_being_written(path: &Path) -> bool {
    let Ok(about) = fs::metadata(path) else {
        return false;
    };
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    locks.lines().any(|line| holds(line, about.ino()))
}

/// `1: FLOCK  ADVISORY  WRITE 708 08:01:123456 0 EOF`
fn holds(line: &str, file: u64) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, "FLOCK", _, "WRITE", _, place, ..] = words[..] else {
        return false;
    };
    let number = place.rsplit(':').next();
    number.is_some_and(|number| number.parse() == Ok(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_writes_this_file_holds_it() {
        let line = "1: FLOCK  ADVISORY  WRITE 708 08:01:123456 0 EOF";
        assert!(holds(line, 123_456));
        assert!(!holds(line, 23_456));
        assert!(!holds(&line.replace("WRITE", "READ"), 123_456));
        assert!(!holds(&line.replace("1:", "1: ->"), 123_456), "it waits");
        assert!(!holds("", 0));
    }
}
