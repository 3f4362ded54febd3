//! A machine that has much to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Threads that do nothing, as fast as they can, until this is dropped.
pub struct Load(Arc<AtomicBool>);

impl Load {
    /// So many of them.
    pub fn of(loops: usize) -> Self {
        let ending = Arc::new(AtomicBool::new(false));
        for _ in 0..loops {
            let ending = Arc::clone(&ending);
            thread::spawn(move || {
                while !ending.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        Self(ending)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
