//! Looking for a device that is gone, until it is there again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use crate::output::device_error::DeviceError;
use crate::output::live::Live;

/// How often it is looked for.
const PAUSE: Duration = Duration::from_millis(100);

/// Opens an output, or says why not. Blocking; may hang.
pub type Open = Arc<dyn Fn() -> Result<Live, DeviceError> + Send + Sync>;

/// A search that goes on by itself until the device is found or the search is dropped.
pub struct Search {
    found: Receiver<Live>,
    over: Arc<AtomicBool>,
}

impl Search {
    /// Begins to search.
    pub fn begin(open: Open) -> Self {
        let (tell, found) = sync_channel(1);
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let search = move || {
            while !is_over.load(Ordering::Relaxed) {
                match open() {
                    Ok(live) => {
                        // Found too late, it is closed here, where that may take its time.
                        let _ = tell.send(live);
                        return;
                    }
                    Err(error) => tracing::debug!("the device is not there yet: {error}"),
                }
                thread::sleep(PAUSE);
            }
        };
        let thread = thread::Builder::new().name("search".to_owned());
        if let Err(error) = thread.spawn(search) {
            tracing::warn!("the system gives no thread to look for the device: {error}");
        }
        Self { found, over }
    }

    /// The output, once it is open; it is silent yet. Does not block.
    pub fn found(&self) -> Option<Live> {
        self.found.try_recv().ok()
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
