//! Whether there is memory for a session.

use super::{Finding, Machine};

const CHECK: &str = "memory";
/// A session takes about a third of it.
const LEAST: u64 = 150 << 20;
const ENOUGH: u64 = 500 << 20;

/// Bytes that programs can still have; `None` where the system does not tell.
#[must_use]
pub fn look(machine: &Machine) -> Option<u64> {
    let text = machine.text("/proc/meminfo")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}

/// What it means.
#[must_use]
pub fn judge(available: Option<u64>) -> Finding {
    let Some(available) = available else {
        return Finding::ok(CHECK, "the system does not tell how much memory is left");
    };
    let megabytes = available >> 20;
    if available >= ENOUGH {
        return Finding::ok(CHECK, format!("{megabytes} MB are left"));
    }
    let says = format!("only {megabytes} MB are left");
    let advice = "close other programs";
    if available >= LEAST {
        return Finding::warn(CHECK, says, advice);
    }
    let says = format!("{says}: the system may end the session to get memory back");
    Finding::fail(CHECK, says, advice)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn little_memory_is_a_warning_and_almost_none_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("proc")).unwrap();
        let machine = Machine::under(folder.path());
        let with = |kilobytes: u64| {
            let text = format!("MemTotal: 9000000 kB\nMemAvailable:   {kilobytes} kB\n");
            std::fs::write(folder.path().join("proc/meminfo"), text).unwrap();
            judge(look(&machine)).verdict
        };
        assert_eq!(with(2_000_000), Verdict::Ok);
        assert_eq!(with(300_000), Verdict::Warn);
        assert_eq!(with(100_000), Verdict::Fail);
    }
}
