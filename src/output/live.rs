//! A live output: something that takes blocks from an engine in real time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::output::device_error::DeviceError;
use crate::output::health::{Health, Watch};
use crate::output::loan::Loan;
use crate::output::patience::{PATIENCE, within};

/// A block is made within this, many times over.
const TAKE: Duration = Duration::from_millis(500);

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

    /// Lends the engine and starts. Blocking, some seconds at most.
    ///
    /// # Errors
    /// Where the device refuses or hangs; with the engine.
    pub fn play(mut self, engine: Box<Engine>) -> Result<Self, (DeviceError, Option<Box<Engine>>)> {
        if let Err(engine) = self.loan.lend(engine) {
            return Err((DeviceError::Died, Some(engine)));
        }
        self.begin()
            .map_err(|(error, mut loan)| (error, loan.take(TAKE)))
    }

    /// Starts without an engine: what it plays is silence until one is lent. Blocking, some seconds at most.
    ///
    /// # Errors
    /// Where the device refuses or hangs.
    pub fn idle(self) -> Result<Self, DeviceError> {
        self.begin().map_err(|(error, _)| error)
    }

    fn begin(self) -> Result<Self, (DeviceError, Loan)> {
        let Self {
            mut drive,
            loan,
            health,
            tail,
            ..
        } = self;
        let started = within(PATIENCE, move || {
            let started = drive.start();
            // Where it refused it is dropped here, which may hang too.
            started.map(|()| drive)
        });
        match started.unwrap_or(Err(DeviceError::Stuck)) {
            Ok(drive) => Ok(Self::new(drive, loan, health, tail)),
            Err(error) => Err((error, loan)),
        }
    }

    /// Lends an engine to an output that is started. Does not block.
    ///
    /// # Errors
    /// The engine itself, where the output is gone.
    pub fn lend(&mut self, engine: Box<Engine>) -> Result<(), Box<Engine>> {
        self.loan.lend(engine)
    }

    /// Takes the engine away and leaves the output to itself, silent. Waits for a block that is being made.
    pub fn take(&mut self) -> Option<Box<Engine>> {
        self.loan.take(TAKE)
    }

    /// What the output did so far.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Whether the output does not play any more: takes no frames, or while it has an engine, none of the engine's. Ask
    /// several times a second.
    pub fn is_dead(&mut self) -> bool {
        let frames = if self.loan.is_lent() {
            self.health.played()
        } else {
            self.health.frames()
        };
        self.watch.is_dead(&self.health, frames, Instant::now())
    }

    /// How long after the last block an output may be closed without cutting what is still to be heard.
    #[must_use]
    pub const fn tail(&self) -> Duration {
        self.tail
    }

    /// Closes the output and gives the engine back, whether or not the device hangs: then its thread is given up. Blocking,
    /// 5 s at most. `None` where nothing was lent.
    #[must_use]
    pub fn close(self) -> Option<Box<Engine>> {
        self.close_within(PATIENCE)
    }

    fn close_within(mut self, patience: Duration) -> Option<Box<Engine>> {
        let engine = self.take();
        let drive = self.drive;
        let _ = within(patience, move || drop(drive));
        engine
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::engine::Setup;
    
    use crate::output::loan::{Lent, loan};
    use crate::output::patch::Patch;
    
    

    /// A device that refuses to start, and closes only when it is let go.
    struct Stubborn {
        _lent: Lent,
        release: Receiver<()>,
    }

    impl Drive for Stubborn {
        fn start(&mut self) -> Result<(), DeviceError> {
            Err(DeviceError::Died)
        }
    }

    impl Drop for Stubborn {
        fn drop(&mut self) {
            let _ = self.release.recv();
        }
    }

    fn stubborn(release: Receiver<()>) -> Live {
        let (loan, lent) = loan(Patch::All, Arc::default());
        let drive = Stubborn {
            _lent: lent,
            release,
        };
        Live::new(Box::new(drive), loan, Arc::default(), Duration::ZERO)
    }

    fn engine() -> Box<Engine> {
        let (engine, _handle) = Engine::new(&Setup::default());
        Box::new(engine)
    }

    #[test]
    fn a_device_that_refuses_gives_the_engine_back() {
        let (let_go, release) = channel();
        drop(let_go);
        let refused = stubborn(release).play(engine());
        assert!(matches!(refused, Err((DeviceError::Died, Some(_)))));
    }

    #[test]
    fn a_device_that_hangs_is_given_up_and_the_engine_is_not() {
        let (_let_go, release) = channel();
        let mut live = stubborn(release);
        live.lend(engine()).unwrap();
        assert!(live.close_within(Duration::from_millis(1)).is_some());
    }
}
