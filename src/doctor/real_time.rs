//! Whether the sound may go first where the computer is busy.

use std::thread;

use super::{Finding, Machine, Process, user};
use crate::output::take_real_time;

const CHECK: &str = "priority";
/// What the daemon asks for.
const PRIORITY: u64 = 50;
const UNIT: &str = "`packaging/undersong.service` gives the daemon this right; for one that is started by hand, \
                    raise `rtprio` and `memlock` in /etc/security/limits.conf";

/// What the system gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealTime {
    /// A thread that asked for real-time priority got it, or would get it in the daemon.
    pub granted: bool,
    /// The highest that may be asked for; `None` where that is not known.
    pub most: Option<u64>,
    /// Bytes of memory that may be kept from being swapped out; `None` where there is no bound, or it is not known.
    pub locked: Option<u64>,
}

/// Asks for it in a thread of its own; of the daemon it reads what that one may ask for. Blocking, shortly.
#[must_use]
pub fn look(machine: &Machine, process: &Process) -> RealTime {
    let limits = process.text(machine, "limits").unwrap_or_default();
    let most = limit(&limits, "Max realtime priority");
    // For root there is no bound.
    let is_root = user::look(machine, process).is_root;
    RealTime {
        granted: if process.is_daemon() {
            is_root || most.is_some_and(|most| most >= PRIORITY)
        } else {
            thread::spawn(take_real_time).join().unwrap_or(false)
        },
        most,
        locked: limit(&limits, "Max locked memory").filter(|_| !is_root),
    }
}

/// A soft limit; `None` where there is none.
fn limit(limits: &str, name: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What it means.
#[must_use]
pub fn judge(facts: RealTime) -> Finding {
    const LEAST: u64 = 512 << 20;
    if !facts.granted {
        let bound = match facts.most {
            Some(most) if most < PRIORITY => {
                format!(" (the system allows {most}, and {PRIORITY} is needed)")
            }
            _ => String::new(),
        };
        let says = format!(
            "the sound has no real-time priority{bound}: it may drop out when the computer is busy with something else"
        );
        return Finding::warn(CHECK, says, UNIT);
    }
    match facts.locked {
        Some(bytes) if bytes < LEAST => {
            let says = "the sound goes before everything else, but its memory may be swapped out, and it may drop out then";
            Finding::warn(CHECK, says, UNIT)
        }
        _ => Finding::ok(
            CHECK,
            "the sound goes before everything else on this computer",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    const LIMITS: &str = "Limit                     Soft Limit           Hard Limit           Units     \n\
                          Max locked memory         8388608              unlimited            bytes     \n\
                          Max realtime priority     0                    0                    \n";

    #[test]
    fn limits_are_read_as_the_system_writes_them() {
        assert_eq!(limit(LIMITS, "Max locked memory"), Some(8_388_608));
        assert_eq!(limit(LIMITS, "Max realtime priority"), Some(0));
        let none = LIMITS.replace("8388608  ", "unlimited");
        assert_eq!(limit(&none, "Max locked memory"), None);
    }

    #[test]
    fn the_daemons_limits_are_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("proc/812");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("status"), "Uid:\t990\t990\t990\t990\n").unwrap();
        let machine = Machine::under(folder.path());
        let with = |priority: &str| {
            let limits = LIMITS.replace("priority     0 ", &format!("priority     {priority} "));
            std::fs::write(own.join("limits"), limits).unwrap();
            look(&machine, &Process::of_daemon(&machine, 812))
        };
        let unit = with("60");
        assert!(unit.granted && unit.locked == Some(8_388_608), "{unit:?}");
        assert!(!with("0").granted);
    }

    #[test]
    fn what_is_refused_is_said_with_its_bound() {
        let facts = RealTime {
            granted: false,
            most: Some(0),
            locked: None,
        };
        let finding = judge(facts);
        assert_eq!(finding.verdict, Verdict::Warn);
        assert!(finding.says.contains("allows 0"), "{finding:?}");
        let granted = RealTime {
            granted: true,
            ..facts
        };
        assert_eq!(judge(granted).verdict, Verdict::Ok);
        let small = RealTime {
            locked: Some(8 << 20),
            ..granted
        };
        assert_eq!(judge(small).verdict, Verdict::Warn);
    }
}
