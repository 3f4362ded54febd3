//! An engine on loan to an audio thread.
//!
//! The audio thread may die at any time: its device is unplugged, its server is killed. The engine is all that the
//! session is, so it is lent, not given: between two blocks it lies on a shelf that both ends reach. The callback takes
//! it down for a block and puts it back, neither waits for the other, and the owner can take it away at any time, with
//! its state, for the next output to go on at the same frame, even where the device hangs and will not be closed.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use assert_no_alloc::assert_no_alloc;
use crossbeam_utils::atomic::AtomicCell;

use crate::engine::Engine;
use crate::output::health::Health;
use crate::output::patch::Patch;
use crate::output::pcm::Quantiser;
use crate::output::real_time;
use crate::output::sample::Sample;
use crate::zone::MAX_ZONES;

/// Frames that are rendered in one go where the device cannot take them as they are: as many as devices ask for at once, since a
/// change is sent for the first frame behind what is rendered.
const SCRATCH: usize = 4096;
/// A block that is being made is waited for in steps of this.
const STEP: Duration = Duration::from_micros(200);

/// Where the engine lies between two blocks. One pointer, which the processor swaps without a lock.
struct Shelf(AtomicCell<Option<Box<Engine>>>);

const _: () = assert!(AtomicCell::<Option<Box<Engine>>>::is_lock_free());

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

/// The owner's end of a loan.
#[derive(Debug)]
pub struct Loan {
    shelf: Arc<Shelf>,
    is_lent: bool,
}

/// The audio thread's end: lives in the device's callback.
#[derive(Debug)]
pub struct Lent {
    shelf: Arc<Shelf>,
    patch: Patch,
    scratch: Box<[f32]>,
    quantiser: Option<Quantiser>,
    health: Arc<Health>,
    /// The last block was the engine's.
    plays: bool,
    /// Real-time priority was asked for.
    asked: bool,
}

/// Both ends of a loan, nothing lent yet. Allocates.
#[must_use]
pub fn loan(patch: Patch, health: Arc<Health>) -> (Loan, Lent) {
    let shelf = Arc::new(Shelf(AtomicCell::new(None)));
    let loan = Loan {
        shelf: Arc::clone(&shelf),
        is_lent: false,
    };
    let lent = Lent {
        shelf,
        patch,
        scratch: vec![0.0; SCRATCH * MAX_ZONES * 2].into(),
        quantiser: None,
        health,
        plays: false,
        asked: false,
    };
    (loan, lent)
}

impl Loan {
    /// Lends an engine; the callback plays it from its next block on. Does not block.
    ///
    /// # Errors
    /// The engine itself, where one is lent already or the callback is gone.
    pub fn lend(&mut self, engine: Box<Engine>) -> Result<(), Box<Engine>> {
        if self.is_lent || self.is_abandoned() {
            return Err(engine);
        }
        self.is_lent = true;
        self.shelf.0.store(Some(engine));
        Ok(())
    }

    /// Whether an engine is lent.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        self.is_lent
    }

    fn is_abandoned(&self) -> bool {
        Arc::strong_count(&self.shelf) == 1
    }

    /// Takes the engine away; from its next block on the callback gives silence. Waits for a block that is being made, for
    /// `patience` at most: some milliseconds. `None` where nothing was lent, or that block takes longer.
    pub fn take(&mut self, patience: Duration) -> Option<Box<Engine>> {
        if !self.is_lent {
            return None;
        }
        let begun = Instant::now();
        loop {
            if let Some(engine) = self.shelf.0.take() {
                self.is_lent = false;
                return Some(engine);
            }
            if begun.elapsed() >= patience {
                return None;
            }
            thread::sleep(STEP);
        }
    }
}

impl Lent {
    /// Fills a device's block of `width` channels a frame, silent where it has more than the session or while nothing is
    /// lent. Any block size. Real-time safe.
    pub fn fill<S: Sample>(&mut self, out: &mut [S], width: usize) {
        assert_no_alloc(|| self.fill_unwatched(out, width.max(1)));
    }

    /// What was heard was cut off: it comes from silence. Of an engine that nothing was heard of here nothing was cut off, and
    /// it begins as it was lent. Real-time safe.
    pub fn come_back(&mut self, ramp: Duration) {
        if self.plays
            && let Some(mut engine) = self.shelf.0.take()
        {
            engine.come_back(engine.rate().frames(ramp));
            self.shelf.0.store(Some(engine));
        }
    }

    fn fill_unwatched<S: Sample>(&mut self, out: &mut [S], width: usize) {
        let begun = Instant::now();
        self.take_priority();
        let astray = self.health.is_astray();
        let engine = if astray { None } else { self.shelf.0.take() };
        self.plays = engine.is_some();
        if let Some(mut engine) = engine {
            self.render(&mut engine, out, width);
            // Counted before anybody can take it.
            self.health.advance(out.len() / width, true, begun);
            self.shelf.0.store(Some(engine));
        } else {
            out.fill(S::EQUILIBRIUM);
            self.health.advance(out.len() / width, false, begun);
        }
    }

    /// In the thread's first block: before it, nobody knows which thread will ask.
    fn take_priority(&mut self) {
        if self.health.wants_real_time() && !self.asked {
            self.asked = true;
            self.health.show_real_time(real_time::take());
        }
    }

    fn render<S: Sample>(&mut self, engine: &mut Engine, out: &mut [S], width: usize) {
        let channels = engine.channels();
        if self.patch == Patch::All
            && width == channels
            && let Some(out) = S::as_floats(out)
        {
            engine.render(out);
            return;
        }
        let quantiser = self
            .quantiser
            .get_or_insert_with(|| Quantiser::new(S::BITS));
        for places in out.chunks_mut(SCRATCH * width) {
            let frames = places.len() / width;
            let block = &mut self.scratch[..frames * channels];
            engine.render(block);
            for (place, frame) in places.chunks_mut(width).zip(block.chunks_exact(channels)) {
                place.fill(S::EQUILIBRIUM);
                self.patch.each(frame, |channel, sample| {
                    if let Some(place) = place.get_mut(channel) {
                        *place = S::from_float(sample, quantiser);
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
