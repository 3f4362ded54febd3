//! Whether the wall clock can be right. It is only for the record: nothing that sounds depends on it.

use std::time::{Duration, SystemTime};

use super::{Finding, Machine};

const CHECK: &str = "clock";
const ADVICE: &str =
    "switch on that the computer sets its clock by itself (`timedatectl set-ntp true`)";
/// No clock that is right shows a time so long after the program was made.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// What is known of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it shows.
    pub now: SystemTime,
    /// When this program was made; no right clock shows an earlier time. `None` where that is not known.
    pub built: Option<SystemTime>,
    /// Something sets it.
    pub is_set: bool,
}

/// Looks at it. Blocking, shortly.
#[must_use]
pub fn look(machine: &Machine) -> Clock {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let setters = [
        "/run/systemd/timesync/synchronized",
        "/run/chrony",
        "/run/ntpd.pid",
    ];
    Clock {
        now: SystemTime::now(),
        built: program.and_then(|about| about.modified()).ok(),
        is_set: setters.iter().any(|setter| machine.has(setter)),
    }
}

/// What it means.
#[must_use]
pub fn judge(clock: Clock) -> Finding {
    let built = clock.built.unwrap_or(SystemTime::UNIX_EPOCH);
    match clock.now.duration_since(built) {
        Ok(since) if clock.built.is_none() || since < CENTURY => {}
        _ => {
            let says = "the computer's clock is wrong, so the record of a session will have wrong times; the sound does not depend on it";
            return Finding::warn(CHECK, says, ADVICE);
        }
    }
    if clock.is_set {
        return Finding::ok(CHECK, "the computer sets its clock by itself");
    }
    let says = "nothing seems to set the computer's clock; only the record's times depend on it";
    Finding::warn(CHECK, says, ADVICE)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_before_the_program_was_made_is_wrong() {
        let built = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let clock = |now| Clock {
            now,
            built: Some(built),
            is_set: true,
        };
        let day = Duration::from_secs(86_400);
        assert_eq!(judge(clock(built + day)).verdict, Verdict::Ok);
        assert_eq!(judge(clock(built - day)).verdict, Verdict::Warn);
        assert_eq!(judge(clock(built + CENTURY + day)).verdict, Verdict::Warn);
        let unset = Clock {
            is_set: false,
            ..clock(built + day)
        };
        assert_eq!(judge(unset).verdict, Verdict::Warn);
    }
}
