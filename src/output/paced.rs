//! Real time without a sound card: a thread that renders when a clock says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::output::clock::Clock;
use crate::output::device_error::DeviceError;
use crate::output::health::Health;
use crate::output::live::{Drive, Live};
use crate::output::loan::{Lent, loan};
use crate::output::patch::Patch;
use crate::time::Frames;

/// Takes each block that was rendered, interleaved.
pub type Capture = Box<dyn FnMut(&[f32]) + Send>;

/// An output of `channels` channels that takes `block` frames whenever `clock` says that the first of them is due, and
/// hands them to `capture`.
#[must_use]
pub fn paced(channels: usize, block: usize, clock: impl Clock + 'static, capture: Capture) -> Live {
    let health = Arc::new(Health::default());
    let (loan, lent) = loan(Patch::All, Arc::clone(&health));
    let pacer = Pacer {
        lent,
        clock: Box::new(clock),
        capture,
        channels,
        block: vec![0.0; block * channels],
    };
    let paced = Paced {
        pacer: Some(pacer),
        closing: Arc::default(),
    };
    Live::new(Box::new(paced), loan, health, Duration::ZERO)
}

struct Paced {
    pacer: Option<Pacer>,
    closing: Arc<AtomicBool>,
}

impl Drive for Paced {
    fn start(&mut self) -> Result<(), DeviceError> {
        let Some(pacer) = self.pacer.take() else {
            return Ok(());
        };
        let closing = Arc::clone(&self.closing);
        let thread = thread::Builder::new().name("paced".to_owned());
        match thread.spawn(move || pacer.run(&closing)) {
            Ok(_) => Ok(()),
            Err(error) => Err(DeviceError::Thread(error)),
        }
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
    }
}

struct Pacer {
    lent: Lent,
    clock: Box<dyn Clock>,
    capture: Capture,
    channels: usize,
    block: Vec<f32>,
}

impl Pacer {
    fn run(mut self, closing: &AtomicBool) {
        let mut due = Frames::ZERO;
        while self.clock.wait_until(due) && !closing.load(Ordering::Relaxed) {
            self.lent.fill(&mut self.block, self.channels);
            (self.capture)(&self.block);
            due += Frames::from(self.block.len() / self.channels.max(1));
        }
    }
}
