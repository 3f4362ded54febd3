//! The records that wait for the disk, between those who append and the journal's thread.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much may wait, and how long a disk that failed is left alone.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// At most so many records wait.
    pub records: usize,
    /// At most so many bytes wait.
    pub bytes: usize,
    /// A failed write is tried again after so long.
    pub retry: Duration,
}

impl Default for Bounds {
    /// An hour of a session without its disk.
    fn default() -> Self {
        Self {
            records: 16_384,
            bytes: 4 << 20,
            retry: Duration::from_millis(250),
        }
    }
}

/// How the journal does. Not written anywhere: for the remote and the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// So many records are not on the disk yet.
    pub behind: usize,
    /// So many are lost, since too many waited or one was too long.
    pub dropped: u64,
    /// What the disk said when it last failed; `None` once it works again.
    pub failing: Option<String>,
    /// For how long the oldest record has been waiting.
    pub oldest_waiting: Duration,
}

/// Tells when a record is on the disk.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// `None` for a record that was dropped.
    place: Option<u64>,
    queue: Arc<Queue>,
}

impl Ticket {
    /// Whether the record would survive a power cut. Once true it stays true. Reads one atomic.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.place
            .is_some_and(|place| self.queue.synced.load(Ordering::Acquire) > place)
    }

    /// Whether the record will never be written: too much waited, or it was too long.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.place.is_none()
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    bounds: Bounds,
    waiting: Mutex<Waiting>,
    /// Rung when there is something to write, or nothing more to come.
    work: Condvar,
    /// Rung when something was written, or could not be.
    done: Condvar,
    /// So many records were synced, in their order.
    synced: AtomicU64,
}

#[derive(Debug)]
struct Waiting {
    lines: VecDeque<Line>,
    bytes: usize,
    /// The next record's number; a dropped one takes its number along.
    number: u64,
    /// How many lines were taken in.
    taken: u64,
    /// How large the file is when all is written.
    size: u64,
    dropped: u64,
    failing: Option<String>,
    closing: bool,
}

#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    since: Instant,
}

impl Queue {
    pub fn new(bounds: Bounds, number: u64, size: u64) -> Self {
        Self {
            bounds,
            waiting: Mutex::new(Waiting {
                lines: VecDeque::new(),
                bytes: 0,
                number,
                taken: 0,
                size,
                dropped: 0,
                failing: None,
                closing: false,
            }),
            work: Condvar::new(),
            done: Condvar::new(),
            synced: AtomicU64::new(0),
        }
    }

    /// Takes the line that `line` makes of its number.
    pub fn put(self: &Arc<Self>, line: impl FnOnce(u64) -> Option<Vec<u8>>) -> Ticket {
        let mut waiting = self.lock();
        let number = waiting.number;
        waiting.number += 1;
        let bytes = line(number).filter(|bytes| waiting.has_room(bytes.len(), self.bounds));
        let place = bytes.map(|bytes| {
            let place = waiting.taken;
            waiting.taken += 1;
            waiting.bytes += bytes.len();
            waiting.size += bytes.len() as u64;
            let since = Instant::now();
            waiting.lines.push_back(Line { bytes, since });
            place
        });
        if place.is_none() {
            waiting.dropped += 1;
        }
        drop(waiting);
        self.work.notify_one();
        Ticket {
            place,
            queue: Arc::clone(self),
        }
    }

    /// Fills `bytes` and `lengths` with what waits, up to `most` bytes; waits until there is something. `false` when
    /// there is nothing more to come.
    pub fn take(&self, bytes: &mut Vec<u8>, lengths: &mut Vec<usize>, most: usize) -> bool {
        bytes.clear();
        lengths.clear();
        let idle = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.closing;
        let waiting = self.work.wait_while(self.lock(), idle);
        let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        for line in &waiting.lines {
            if !lengths.is_empty() && bytes.len() + line.bytes.len() > most {
                break;
            }
            bytes.extend_from_slice(&line.bytes);
            lengths.push(line.bytes.len());
        }
        !lengths.is_empty()
    }

    /// The first `count` lines are on the disk; `failure` is what kept others from it.
    pub fn settle(&self, count: usize, failure: Option<String>) {
        let mut waiting = self.lock();
        let gone: Vec<Line> = waiting.lines.drain(..count).collect();
        waiting.bytes -= gone.iter().map(|line| line.bytes.len()).sum::<usize>();
        waiting.failing = failure;
        self.synced.fetch_add(count as u64, Ordering::Release);
        drop(waiting);
        self.done.notify_all();
    }

    /// Leaves the disk alone for a while; `false` when the journal is being closed.
    pub fn rest(&self) -> bool {
        let waiting = self.lock();
        let open = |waiting: &mut Waiting| !waiting.closing;
        let rested = self
            .work
            .wait_timeout_while(waiting, self.bounds.retry, open);
        !rested.unwrap_or_else(PoisonError::into_inner).0.closing
    }

    /// Waits until nothing is left to be written; `false` where it took longer.
    pub fn wait(&self, patience: Duration) -> bool {
        let behind = |waiting: &mut Waiting| !waiting.lines.is_empty();
        let waited = self.done.wait_timeout_while(self.lock(), patience, behind);
        let (waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        waiting.lines.is_empty()
    }

    pub fn close(&self) {
        self.lock().closing = true;
        self.work.notify_all();
    }

    pub fn health(&self) -> Health {
        let waiting = self.lock();
        Health {
            behind: waiting.lines.len(),
            dropped: waiting.dropped,
            failing: waiting.failing.clone(),
            oldest_waiting: waiting
                .lines
                .front()
                .map_or(Duration::ZERO, |line| line.since.elapsed()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn has_room(&self, more: usize, bounds: Bounds) -> bool {
        self.lines.len() < bounds.records
            && self.bytes + more <= bounds.bytes
            && self.size + more as u64 <= super::LARGEST_FILE
    }
}
