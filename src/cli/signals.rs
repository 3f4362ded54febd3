//! The system's ways of asking a program to end: Ctrl-C, SIGTERM, and the terminal that closes.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears them from when it was made; until then they end the program as they always do.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Listens for them. Called on a tokio runtime.
    ///
    /// # Errors
    /// Where the system does not let us.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next of them.
    pub async fn asked_to_stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
            _ = self.hangup.recv() => (),
        }
    }
}
