//! A file whose next bytes are in memory before a decoder asks for them: what is read ahead bridges a disk that stalls.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use symphonia::core::io::MediaSource;

use super::disk::{AGAIN, Medium};

/// The disk is read so many bytes at a time.
const CHUNK: usize = 64 * 1024;

/// With so many bytes at hand a decoder finds its next packet without waiting.
const ENOUGH: usize = 4 * CHUNK;

/// The stack of a thread that copies bytes and nothing else.
const STACK: usize = 128 * 1024;

/// How much of a file is read ahead, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(usize);

impl Span {
    /// No less is worth the while, and no file needs more: 45 s at 192 kHz with 32 bits are 69 MB.
    const BOUNDS: [u64; 2] = [1 << 20, 72 << 20];

    /// As many bytes as `part` of a file's `whole` frames takes, and some more, since not every second has as many.
    #[must_use]
    pub fn of(length: u64, part: u64, whole: u64) -> Self {
        let bytes = u128::from(length) * u128::from(part) / u128::from(whole.max(1));
        let bytes = u64::try_from(bytes + bytes / 4).unwrap_or(u64::MAX);
        let [least, most] = Self::BOUNDS;
        Self(bytes.clamp(least, most) as usize)
    }
}

/// A file's bytes, read ahead by a thread of their own.
pub struct Window {
    shared: Arc<Shared>,
    length: u64,
}

/// Tells whether a window's decoder would have to wait.
#[derive(Clone)]
pub struct Gauge {
    shared: Arc<Shared>,
    length: u64,
}

struct Shared {
    inside: Mutex<Inside>,
    changed: Condvar,
}

struct Inside {
    /// Where the decoder reads next.
    at: u64,
    /// What lies there.
    bytes: VecDeque<u8>,
    /// Counts the jumps: what was read for an earlier place is of no use.
    jumps: u64,
    /// Why the byte behind the last one cannot be read.
    failed: Option<io::Error>,
    /// The disk fails, and what is here is all there is.
    failing: bool,
    /// With fewer bytes than this the thread is called.
    low: usize,
    over: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, inside: MutexGuard<'a, Inside>) -> MutexGuard<'a, Inside> {
        let waited = self.changed.wait(inside);
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    /// Begins to read ahead.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn open(medium: Box<dyn Medium>, span: Span) -> io::Result<(Self, Gauge)> {
        let length = medium.length();
        let room = span.0.min(usize::try_from(length).unwrap_or(usize::MAX));
        let shared = Arc::new(Shared {
            inside: Mutex::new(Inside {
                at: 0,
                bytes: VecDeque::with_capacity(room),
                jumps: 0,
                failed: None,
                failing: false,
                low: span.0 / 4 * 3,
                over: false,
            }),
            changed: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        thread::Builder::new()
            .name("disk".into())
            .stack_size(STACK)
            .spawn(move || fill(&theirs, medium.as_ref(), span))?;
        let gauge = Gauge {
            shared: Arc::clone(&shared),
            length,
        };
        Ok((Self { shared, length }, gauge))
    }
}

impl Gauge {
    /// Whether a decoder's next read finds its bytes in memory, or fails at once. Does not wait for the disk.
    #[must_use]
    pub fn is_fed(&self) -> bool {
        let inside = self.shared.lock();
        let left = self.length.saturating_sub(inside.at);
        let ends = inside.failed.is_some() || inside.failing;
        ends || inside.bytes.len() as u64 >= left.min(ENOUGH as u64)
    }
}

impl Read for Window {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut inside = self.shared.lock();
        while inside.bytes.is_empty() && inside.at < self.length {
            self.shared.changed.notify_all();
            if let Some(error) = inside.failed.take() {
                return Err(error);
            }
            inside = self.shared.wait(inside);
        }
        let count = inside.bytes.read(into)?;
        inside.at += count as u64;
        if inside.bytes.len() < inside.low {
            self.shared.changed.notify_all();
        }
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut inside = self.shared.lock();
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => inside.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        let ahead = at.checked_sub(inside.at).map(|ahead| ahead as usize);
        if let Some(ahead) = ahead.filter(|ahead| *ahead <= inside.bytes.len()) {
            inside.bytes.drain(..ahead);
        } else {
            inside.bytes.clear();
            inside.jumps += 1;
            inside.failed = None;
            inside.failing = false;
        }
        inside.at = at;
        self.shared.changed.notify_all();
        Ok(at)
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
    }
}

/// What the thread does: it reads until the window is full, and again when a good part of it was used.
fn fill(shared: &Shared, medium: &dyn Medium, span: Span) {
    let mut chunk = vec![0; CHUNK];
    let mut inside = shared.lock();
    while !inside.over {
        let end = inside.at + inside.bytes.len() as u64;
        let room = inside.bytes.len() + 2 * CHUNK <= span.0;
        if end >= medium.length() || !room || inside.failed.is_some() {
            inside = shared.wait(inside);
            continue;
        }
        let jumps = inside.jumps;
        drop(inside);
        let read = medium.read_at(&mut chunk, end);
        inside = shared.lock();
        if inside.jumps != jumps {
            continue;
        }
        match read {
            Ok(count) if count > 0 => {
                inside.failing = false;
                inside.bytes.extend(&chunk[..count]);
                shared.changed.notify_all();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A disk may come to itself before anybody waits for its bytes.
            Err(_) if !inside.bytes.is_empty() => {
                inside.failing = inside.bytes.len() < ENOUGH;
                let waited = shared.changed.wait_timeout(inside, AGAIN);
                inside = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            // The file is shorter than it was when it was opened.
            Ok(_) => {
                inside.failed = Some(io::ErrorKind::UnexpectedEof.into());
                shared.changed.notify_all();
            }
            Err(error) => {
                inside.failed = Some(error);
                shared.changed.notify_all();
            }
        }
    }
}
