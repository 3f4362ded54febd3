//! What people have heard of the music of a zone, and how much of what comes next they may.
//!
//! It knows powers alone, a hop of a millisecond after the other, so that the guard on the audio thread and the look at a file
//! agree.

mod coming;
mod memory;
mod sum;

use coming::Coming;
use memory::{FELL, Memory};
use sum::Sum;

use crate::engine::weighting::LIFT;
use crate::level::Loudness;

/// The momentary window, in hops.
const WINDOW: usize = 400;

/// What comes is judged by its mean power over so many hops: longer than a period of the lowest bass.
const GLANCE: usize = 40;

/// What comes may stand so far above what was sounding, in power: 5.5 dB, since some passes before it is held, and power is
/// known to 0.3 dB.
const ABOVE: f64 = 3.55;

/// And by its mean over so few, since the other comes late. That may stand higher: as the crest of a sine does above its mean,
/// and half as much again.
const STROKE: usize = 5;
const SHARPER: f64 = 2.5;

/// What was struck may be struck again, and harder than a second before by as much as what is sounding may grow; but it stands no
/// more than 9.5 dB above what was sounding a second ago, so that it would not startle if it went on and on.
const AGAIN: f64 = 8.9;

/// What was sounding is looked at once in so many hops, which is often enough for a window of 400.
const STEP: usize = 10;

/// Where a frame may hold so many times the power of what was sounding, a hop is too late.
const SUDDEN: f64 = 250.0;

/// Listens, and knows how much may come.
#[derive(Debug)]
pub struct Ear {
    came: Sum<GLANCE>,
    struck: Sum<STROKE>,
    passed: Sum<WINDOW>,
    /// The momentary loudness that was sounding, in power.
    sounding: Memory,
    /// What was let through of what came.
    strokes: Memory,
    /// The most that may come; before the first look, anything.
    most: f64,
    /// Hops since the last look, and the most that came in them.
    hops: usize,
    peak: f64,
    /// Where music begins that was not there, how it comes.
    coming: Option<Coming>,
    /// Nobody is startled by less, in power.
    floor: f64,
}

impl Ear {
    /// An ear that has heard nothing yet, for music of this loudness.
    #[must_use]
    pub fn new(music: Loudness) -> Self {
        let floor = music.calm().power();
        // A gain that is nothing once stays so.
        debug_assert!(floor > 0.0, "music has a loudness");
        Self {
            came: Sum::new(),
            struck: Sum::new(),
            passed: Sum::new(),
            // Of what was before, nothing is known.
            sounding: Memory::after(f64::INFINITY),
            strokes: Memory::after(0.0),
            most: f64::INFINITY,
            hops: 0,
            peak: 0.0,
            coming: None,
            floor,
        }
    }

    /// Hears some of the current hop: its power as it came, both channels together, as a part of a hop's mean, and the gain
    /// that it was let through with. Real-time safe.
    #[inline]
    pub fn hear(&mut self, power: f64, gain: f64) {
        self.came.add(power);
        self.struck.add(power);
        self.passed.add(power * gain * gain);
    }

    /// The session begins, or goes on, with music of this loudness that is there within so many hops. At first it is taken to
    /// sound as it should, until more is known. Real-time safe.
    pub fn begin(&mut self, music: Loudness, hops: f64) {
        // The next hop is looked at.
        self.hops = STEP;
        self.coming = Some(Coming::trusted(music.power(), hops));
    }

    /// Music of this loudness begins where there was none, and is there within so many hops: as the script has it come, it
    /// may. Real-time safe.
    pub fn expect(&mut self, music: Loudness, hops: f64) {
        self.coming = Some(Coming::expected(music.power(), hops));
    }

    /// Takes the hop for whole; [`Self::needs`] still answers for it. Real-time safe.
    #[inline]
    pub fn know(&mut self) {
        self.peak = self.peak.max(self.came());
        self.hops += 1;
        if self.hops >= STEP {
            self.look();
        }
    }

    fn look(&mut self) {
        self.hops = 0;
        let momentary = self.momentary();
        let most = self.sounding.may_be(self.floor);
        let mut follows = most.of(momentary);
        let mut presumed = 0.0;
        if let Some(coming) = &mut self.coming {
            follows = follows.max(coming.go_on(momentary, most));
            presumed = coming.presumed();
            if coming.is_over() {
                self.coming = None;
            }
        }
        self.sounding.hear(follows);
        let sounding = self.sounding.now.max(self.floor);
        let again = self.strokes.now.max(self.strokes.in_a_second);
        let again = again.min(sounding.min(most.in_a_second * FELL) * AGAIN);
        self.most = (sounding * ABOVE).max(again).max(presumed * AGAIN);
        self.strokes
            .hear(std::mem::take(&mut self.peak).min(self.most));
    }

    /// The mean power of what came, the sharper the more.
    #[inline]
    fn came(&self) -> f64 {
        let struck = self.struck.mean() * const { 1.0 / SHARPER };
        self.came.mean().max(struck)
    }

    /// The gain that what came needs, 1 at most. Real-time safe.
    #[inline]
    #[must_use]
    pub fn needs(&self) -> f32 {
        let came = self.came();
        if came <= self.most {
            1.0
        } else {
            (self.most / came).sqrt() as f32
        }
    }

    /// Begins the next hop. Real-time safe.
    #[inline]
    pub fn go_on(&mut self) {
        self.came.next();
        self.struck.next();
        self.passed.next();
    }

    /// The mean power of what passed, over 400 ms. Real-time safe.
    #[inline]
    #[must_use]
    pub fn momentary(&self) -> f64 {
        self.passed.mean()
    }

    /// The largest square of a sample for which the end of a hop is soon enough. Real-time safe.
    #[inline]
    #[must_use]
    pub fn harmless(&self) -> f32 {
        // Two channels, as high as the weighting lifts most.
        (self.most * const { SUDDEN / (2.0 * LIFT * ABOVE) }) as f32
    }
}
