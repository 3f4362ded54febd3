//! Work that is shared by all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does each job once, and gives what came of them in no order. Blocking.
pub(super) fn share<'j, J: Sync, D: Send>(
    jobs: &'j [J],
    work: impl Fn(&'j J) -> D + Sync,
) -> Vec<D> {
    let next = AtomicUsize::new(0);
    let until_done = || {
        let mut done = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(work(job));
        }
        done
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let helpers: Vec<_> = (1..cores.min(jobs.len()))
            .map(|_| scope.spawn(until_done))
            .collect();
        let mut done = until_done();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_default());
        }
        done
    })
}
