//! What the system tells of a process; Linux only.

use std::fs;

/// How a process is, at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Memory that is in use, in MiB.
    pub memory: f64,
    /// The most that ever was, in MiB.
    pub peak: f64,
    /// Threads.
    pub threads: u32,
    /// Open files, sockets and the like.
    pub handles: u32,
}

/// Looks at a process; `None` where it is gone.
pub fn read(process: u32) -> Option<Reading> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let number = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let handles = fs::read_dir(format!("/proc/{process}/fd")).ok()?.count();
    Some(Reading {
        memory: number("VmRSS:")? / 1024.0,
        peak: number("VmHWM:")? / 1024.0,
        threads: number("Threads:")? as u32,
        handles: handles as u32,
    })
}

/// User and system time of a process and all its threads, those that ended too, in seconds.
pub fn cpu_seconds(process: u32) -> Option<f64> {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
    let (_, fields) = told.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    Some(ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0)
}
