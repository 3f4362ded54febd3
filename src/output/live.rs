//! A live output: something that takes blocks from an engine in real time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::output::device_error::DeviceError;
use crate::output::health::{Health, Watch};
use crate::output::loan::Loan;
use crate::output::patience::{PATIENCE, within};

/// What asks for the blocks: a device's stream, a thread with a clock. Dropped, it ends, and its callback with it.
pub trait Drive: Send {
    /// Begins to ask.
    ///
    /// # Errors
    /// Where the device refuses.
    fn start(&mut self) -> Result<(), DeviceError>;
}

/// An open output, and the engine's loan to it.
pub struct Live {
    drive: Box<dyn Drive>,
    loan: Loan,
    health: Arc<Health>,
    watch: Watch,
    tail: Duration,
}

impl Live {
    /// An output that is open and silent. `tail` is how long what it took may take to be heard.
    #[must_use]
    pub fn new(drive: Box<dyn Drive>, loan: Loan, health: Arc<Health>, tail: Duration) -> Self {
        Self {
            drive,
            loan,
            health,
            watch: Watch::new(Instant::now()),
            tail,
        }
    }

    /// Lends the engine and starts. Blocking.
    ///
    /// # Errors
    /// Where the device refuses; with the engine, unless the device hangs and keeps it.
    pub fn play(mut self, engine: Box<Engine>) -> Result<Self, (DeviceError, Option<Box<Engine>>)> {
        if let Err(engine) = self.loan.lend(engine) {
            return Err((DeviceError::Died, Some(engine)));
        }
        match self.drive.start() {
            Ok(()) => {
                self.watch = Watch::new(Instant::now());
                Ok(self)
            }
            Err(error) => Err((error, self.close())),
        }
    }

    /// What the output did so far.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Whether the output does not play any more. Ask several times a second.
    pub fn is_dead(&mut self) -> bool {
        self.watch.is_dead(&self.health, Instant::now())
    }

    /// How long after the last block an output may be closed without cutting what is still to be heard.
    #[must_use]
    pub const fn tail(&self) -> Duration {
        self.tail
    }

    /// Closes the output and gives the engine back. Blocking, 5 s at most. `None` where the device hangs: then its thread
    /// is given up, and the engine with it.
    #[must_use]
    pub fn close(self) -> Option<Box<Engine>> {
        let Self { drive, loan, .. } = self;
        let closed = within(PATIENCE, move || drop(drive));
        loan.reclaim(closed.map_or(Duration::ZERO, |()| Duration::from_secs(1)))
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}
