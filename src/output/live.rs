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
        self.close_within(PATIENCE)
    }

    fn close_within(self, patience: Duration) -> Option<Box<Engine>> {
        let Self { drive, loan, .. } = self;
        let closed = within(patience, move || drop(drive));
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::engine::{Brake, Setup};
    use crate::level::{Decibels, Gain};
    use crate::output::loan::{Lent, loan};
    use crate::output::patch::Patch;
    use crate::time::{Frames, Rate};
    use crate::zone::Layout;

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

    #[test]
    fn a_device_that_refuses_gives_the_engine_back() {
        let (let_go, release) = channel();
        drop(let_go);
        let (engine, _handle) = Engine::new(&Setup {
            rate: Rate::DEFAULT,
            layout: Layout::single(),
            start: Frames::ZERO,
            ramp_in: Frames::ZERO,
            ceiling: Decibels(-6.0),
            bed: Arc::from([]),
            bed_gain: Gain::SILENCE,
            brake: Brake::default(),
        });
        let refused = stubborn(release).play(Box::new(engine));
        assert!(matches!(refused, Err((DeviceError::Died, Some(_)))));
    }

    #[test]
    fn a_device_that_hangs_is_given_up() {
        let (_let_go, release) = channel();
        let engine = stubborn(release).close_within(Duration::from_millis(1));
        assert!(engine.is_none());
    }
}
