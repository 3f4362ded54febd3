//! Being told to end, for a command that works and does not wait.
//!
//! The command then ends by itself, so that what it began is taken away again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Exit;
use crate::cli::signals::Signals;

/// A limit on the size of files was reached (SIGXFSZ, which has this number on x86, ARM and RISC-V). Where somebody
/// listens, the write fails instead and can be told; where nobody does, the program is killed.
const FILE_TOO_LARGE: i32 = 25;

/// Knows whether the command was told to end.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on, in a thread of its own. From here on nobody else ends the command.
    ///
    /// # Errors
    /// Where the system gives no thread, or no signals.
    pub fn listen() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        let mut signals = Signals::listen()?;
        let limit = signal(SignalKind::from_raw(FILE_TOO_LARGE))?;
        drop(entered);
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    signals.asked_to_stop().await;
                    tell.store(true, Ordering::Relaxed);
                    // A write to a pipe that nobody reads never comes back to look.
                    signals.asked_to_stop().await;
                });
                drop(limit);
                // Time to take away what was begun, where that is possible.
                std::thread::sleep(Duration::from_secs(1));
                std::process::exit(Exit::Interrupted as i32);
            })?;
        Ok(Self(told))
    }

    /// Whether it was told to end. Does not block.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
