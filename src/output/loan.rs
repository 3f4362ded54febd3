//! An engine on loan to an audio thread.
//!
//! The audio thread may die at any time: its device is unplugged, its server is killed. The engine is all that the
//! session is, so it is lent, not given: it reaches the callback through a ring once the stream is open, and comes
//! back when the callback is dropped, with its state, for the next output to go on at the same frame.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use assert_no_alloc::assert_no_alloc;
use rtrb::{Consumer, Producer, RingBuffer};

use crate::engine::Engine;
use crate::output::health::Health;
use crate::output::patch::Patch;
use crate::output::pcm::Quantiser;
use crate::output::real_time;
use crate::output::sample::Sample;
use crate::zone::MAX_ZONES;

/// Frames that are rendered in one go where the device cannot take them as they are.
const SCRATCH: usize = 512;

/// The owner's end of a loan.
#[derive(Debug)]
pub struct Loan {
    outgoing: Producer<Box<Engine>>,
    back: Receiver<Box<Engine>>,
}

/// The audio thread's end: lives in the device's callback.
#[derive(Debug)]
pub struct Lent {
    engine: Option<Box<Engine>>,
    incoming: Consumer<Box<Engine>>,
    back: SyncSender<Box<Engine>>,
    patch: Patch,
    scratch: Box<[f32]>,
    quantiser: Option<Quantiser>,
    health: Arc<Health>,
    /// Real-time priority was asked for.
    asked: bool,
}

/// Both ends of a loan, nothing lent yet. Allocates.
#[must_use]
pub fn loan(patch: Patch, health: Arc<Health>) -> (Loan, Lent) {
    let (outgoing, incoming) = RingBuffer::new(1);
    let (give_back, back) = sync_channel(1);
    let loan = Loan { outgoing, back };
    let lent = Lent {
        engine: None,
        incoming,
        back: give_back,
        patch,
        scratch: vec![0.0; SCRATCH * MAX_ZONES * 2].into(),
        quantiser: None,
        health,
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
        if self.outgoing.is_abandoned() {
            return Err(engine);
        }
        self.outgoing
            .push(engine)
            .map_err(|rtrb::PushError::Full(engine)| engine)
    }

    /// Waits for the engine to come back, after the stream was closed. Blocking. `None` where nothing was lent, or where
    /// the audio thread hangs for longer than `patience` and the engine with it.
    #[must_use]
    pub fn reclaim(self, patience: Duration) -> Option<Box<Engine>> {
        self.back.recv_timeout(patience).ok()
    }
}

impl Lent {
    /// Fills a device's block of `width` channels a frame, silent where it has more than the session or while nothing is
    /// lent. Any block size. Real-time safe.
    pub fn fill<S: Sample>(&mut self, out: &mut [S], width: usize) {
        assert_no_alloc(|| self.fill_unwatched(out, width.max(1)));
    }

    /// What was heard was cut off: it comes from silence. Real-time safe.
    pub fn come_back(&mut self, ramp: Duration) {
        if let Some(engine) = &mut self.engine {
            engine.come_back(engine.rate().frames(ramp));
        }
    }

    fn fill_unwatched<S: Sample>(&mut self, out: &mut [S], width: usize) {
        let begun = Instant::now();
        self.take_priority();
        self.render(out, width);
        self.health.advance(out.len() / width, begun.elapsed());
    }

    /// In the thread's first block: before it, nobody knows which thread will ask.
    fn take_priority(&mut self) {
        if self.health.wants_real_time() && !self.asked {
            self.asked = true;
            self.health.show_real_time(real_time::take());
        }
    }

    fn render<S: Sample>(&mut self, out: &mut [S], width: usize) {
        if self.engine.is_none() {
            self.engine = self.incoming.pop().ok();
        }
        let Some(engine) = &mut self.engine else {
            out.fill(S::EQUILIBRIUM);
            return;
        };
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

impl Drop for Lent {
    fn drop(&mut self) {
        // Lent but never fetched: the stream died before its first block.
        if let Some(engine) = self.engine.take().or_else(|| self.incoming.pop().ok()) {
            // Without an owner there is nobody to go on.
            let _ = self.back.try_send(engine);
        }
    }
}

#[cfg(test)]
mod tests;
