//! Looking for a device that is gone, until it is there again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::output::device_error::DeviceError;
use crate::output::live::Live;
use crate::output::patience::given_up;

/// How often it is looked for.
const PAUSE: Duration = Duration::from_millis(100);
/// Where so many tries hang, the next one waits until one of them ends: a sound server that was stopped gets no crowd.
const CROWD: usize = 4;
/// But no longer than this.
const LONGEST: Duration = Duration::from_secs(30);

/// Opens an output, or says why not. Blocking; may hang.
pub type Open = Arc<dyn Fn() -> Result<Live, DeviceError> + Send + Sync>;

/// Nobody searches any more.
#[derive(Debug, Clone, Copy)]
pub struct Gone;

/// A search that goes on by itself until the device is found or the search is dropped.
pub struct Search {
    found: Receiver<Live>,
    over: Arc<AtomicBool>,
}

impl Search {
    /// Begins to search.
    pub fn begin(open: Open) -> Self {
        // It holds nothing: what is found too late is closed by the thread that searches, where that may take its time.
        let (tell, found) = sync_channel(0);
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let search = move || {
            while !is_over.load(Ordering::Relaxed) {
                match open().and_then(Live::idle) {
                    Ok(live) => return drop(tell.send(live)),
                    Err(error) => tracing::debug!("the device is not there yet: {error}"),
                }
                rest(&is_over);
            }
        };
        let thread = thread::Builder::new().name("search".to_owned());
        if let Err(error) = thread.spawn(search) {
            tracing::warn!("the system gives no thread to look for the device: {error}");
        }
        Self { found, over }
    }

    /// The output, once it is open and started; it is silent yet. Does not block.
    ///
    /// # Errors
    /// Where nobody searches any more: the system gave no thread.
    pub fn found(&self) -> Result<Option<Live>, Gone> {
        match self.found.try_recv() {
            Ok(live) => Ok(Some(live)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Gone),
        }
    }
}

fn rest(is_over: &AtomicBool) {
    let (hanging, since) = (given_up(), Instant::now());
    loop {
        thread::sleep(PAUSE);
        let waits = hanging >= CROWD && given_up() >= hanging && since.elapsed() < LONGEST;
        if !waits || is_over.load(Ordering::Relaxed) {
            return;
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}
