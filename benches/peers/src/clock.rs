//! The time that this thread itself spent on the processor.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds that `work` takes, without what reading the clock takes.
pub fn time(work: impl FnOnce()) -> u64 {
    let begin = now();
    work();
    (now() - begin).saturating_sub(cost())
}

/// The clock is read by a system call, which is long beside a few blocks of one voice.
fn cost() -> u64 {
    use std::sync::OnceLock;
    static COST: OnceLock<u64> = OnceLock::new();
    *COST.get_or_init(|| {
        let reads = (0..10_000).map(|_| {
            let begin = now();
            now() - begin
        });
        reads.min().unwrap_or(0)
    })
}

fn now() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
