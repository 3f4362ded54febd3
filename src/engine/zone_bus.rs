//! What one zone hears: its sum, its duck, its limiter and its meter.

use std::time::Duration;

use crate::between::largest;
use crate::engine::curve::{Stretch, Tracer};
use crate::engine::lane::Lane;
use crate::engine::limiter::{Limiter, MAX_BLOCK};
use crate::engine::meter::Meter;
use crate::engine::mix;
use crate::engine::setup::Setup;
use crate::engine::startle::StartleGuard;
use crate::frame::{Frame, SILENCE};
use crate::level::{Gain, Loudness};
use crate::time::Frames;
use crate::zone::{Listener, Zone};

/// Where nothing was to be heard for so long, the music begins anew.
const REST: Duration = Duration::from_secs(1);

/// Music that a zone hears.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// Its first frame.
    pub from: Frames,
    /// The frame after its last.
    pub end: Frames,
    /// How long it takes to come.
    pub comes: Frames,
    /// Its integrated loudness, as it is played.
    pub loudness: Loudness,
}

/// The bus of one zone, from the sum of its clips to what leaves for its channels.
#[derive(Debug)]
pub struct ZoneBus {
    pub(super) block: Box<[Frame]>,
    startle: StartleGuard,
    /// After so long without music, what comes begins anew.
    rest: Frames,
    /// Where the music ends that is known of.
    music_ends: Frames,
    /// Whether any music was.
    begun: bool,
    pub(super) duck: Tracer<Lane>,
    /// The level goes no higher.
    cap: Gain,
    limiter: Limiter,
    /// `None` where nobody looks.
    meter: Option<Meter>,
    peak: f32,
}

impl ZoneBus {
    /// A silent bus. Allocates.
    #[must_use]
    pub fn new(setup: &Setup, zone: Zone) -> Self {
        let (rate, caps) = (setup.rate, &setup.caps);
        // A zone of nobody's bears what is usual.
        let listener = setup.layout.listener(zone).unwrap_or(Listener::Room);
        Self {
            block: vec![SILENCE; MAX_BLOCK].into(),
            startle: StartleGuard::new(rate, setup.music),
            rest: rate.frames(REST),
            music_ends: setup.start,
            begun: false,
            duck: Tracer::new(Lane::at(Gain::UNITY)),
            cap: caps.loudest(listener).gain(),
            limiter: Limiter::new(rate, caps.ceiling(listener).gain()),
            meter: setup.metered.then(|| Meter::new(rate)),
            peak: 0.0,
        }
    }

    /// Holds the music of the block that begins at `at` back where it would startle, and brings it down where speech is
    /// heard. `pieces` are the music it hears, in the order they begin. Real-time safe.
    pub fn soften(&mut self, at: Frames, frames: usize, pieces: impl Iterator<Item = Piece>) {
        let end = at + Frames::from(frames);
        let mut passed = 0;
        for piece in pieces.take_while(|piece| piece.from < end) {
            let first = !std::mem::replace(&mut self.begun, true);
            let rested = piece.from >= self.music_ends + self.rest;
            if first && piece.from < at {
                self.startle.begin(piece.loudness, Frames::ZERO);
            } else if piece.from >= at && (first || rested) {
                let begins = (piece.from - at).index();
                self.startle.watch(&mut self.block[passed..begins]);
                if rested {
                    self.startle.expect(piece.loudness, piece.comes);
                } else {
                    self.startle.begin(piece.loudness, piece.comes);
                }
                passed = begins;
            }
            self.music_ends = self.music_ends.max(piece.end.min(end));
        }
        self.startle.watch(&mut self.block[passed..frames]);
        along(&mut self.duck, at, &mut self.block[..frames], mix::scale);
    }

    /// The level as far as this zone goes, then the limiter. What comes out began `latency` frames earlier. Real-time safe.
    pub fn finish(&mut self, at: Frames, frames: usize, level: &mut Tracer<Lane>) {
        let block = &mut self.block[..frames];
        let cap = self.cap.0;
        along(level, at, block, |bus, stretch| {
            mix::scale_within(bus, stretch, cap);
        });
        self.limiter.process(block);
    }

    /// Measures what leaves. Real-time safe.
    pub fn measure(&mut self, frames: usize) {
        let block = &self.block[..frames];
        self.peak = self.peak.max(largest(block.as_flattened()));
        if let Some(meter) = &mut self.meter {
            meter.measure(block);
        }
    }

    /// Peak, loudness and the deepest gains of limiter and startle guard since this was last asked. Real-time safe.
    pub fn take_reading(&mut self) -> Reading {
        Reading {
            peak: std::mem::take(&mut self.peak),
            momentary: self
                .meter
                .as_ref()
                .map_or(f32::NEG_INFINITY, |meter| meter.momentary().0),
            limiter: self.limiter.take_deepest(),
            startle: self.startle.take_deepest(),
        }
    }
}

/// Scales a block along a lane, stretch by stretch. Real-time safe.
pub fn along(
    lane: &mut Tracer<Lane>,
    at: Frames,
    block: &mut [Frame],
    scale: impl Fn(&mut [Frame], &Stretch),
) {
    let mut offset = 0;
    while offset < block.len() {
        let stretch = lane.stretch(at + Frames::from(offset), block.len() - offset);
        scale(&mut block[offset..], &stretch);
        offset += stretch.frames;
    }
}

/// What a zone's meters show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The largest sample, linear.
    pub peak: f32,
    /// Loudness of the last 400 ms, in LUFS.
    pub momentary: f32,
    /// The least gain of the limiter; 1 while it is idle.
    pub limiter: f32,
    /// The least gain of the startle guard; 1 while it is idle.
    pub startle: f32,
}
