//! What people have heard of the music of a zone, and how much of what comes next they may.
//!
//! It knows powers alone, a hop of a millisecond after the other, so that the guard on the audio thread and the look at a file
//! agree.

use std::f64::consts::FRAC_PI_2;

use crate::engine::weighting::LIFT;
use crate::level::Loudness;

/// How the session's music begins is the script's affair, in hops.
const BEGIN: usize = 3_000;

/// Music that begins later is taken to come within so many hops at the soonest, and is there after a second of them: a blow
/// out of a long silence is one, whoever asks for it.
const SOONEST: f64 = 3_000.0;

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

/// Where a frame may hold so many times the power of what was sounding, a hop is too late.
const SUDDEN: f64 = 250.0;

/// What was sounding follows what is louder by 4 dB a second, in power a hop.
const RISE: f64 = 1.000_921;

/// And is forgotten by 12 dB a second.
const FALL: f64 = 0.997_241;

/// Listens, and knows how much may come.
#[derive(Debug)]
pub struct Ear {
    came: Sum<GLANCE>,
    struck: Sum<STROKE>,
    passed: Sum<WINDOW>,
    /// What was sounding, in power.
    sounding: f64,
    /// The most that may come: infinite until it is known what is sounding.
    most: f64,
    /// Hops until then.
    unknown: usize,
    /// Where music begins that was not there, how it comes.
    coming: Option<Coming>,
    /// Nobody is startled by less, in power.
    floor: f64,
}

impl Ear {
    /// An ear that has heard nothing yet, for music of this loudness.
    #[must_use]
    pub fn new(music: Loudness) -> Self {
        Self {
            came: Sum::new(),
            struck: Sum::new(),
            passed: Sum::new(),
            sounding: 0.0,
            most: f64::INFINITY,
            unknown: BEGIN,
            coming: None,
            floor: music.calm().power(),
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

    /// Music of this loudness begins where there was none, and is there within so many hops: as the script has it come, it
    /// may. Real-time safe.
    pub fn expect(&mut self, music: Loudness, hops: f64) {
        self.coming = Some(Coming {
            full: music.power(),
            since: 0.0,
            within: hops.max(SOONEST),
            part: 0.0,
            parts: Sum::new(),
        });
    }

    /// What is sounding by now, where it was `before` and the momentary loudness is this.
    fn follow(&mut self, before: f64, momentary: f64) -> f64 {
        let slowly = momentary.min(before * RISE);
        let Some(coming) = &mut self.coming else {
            return slowly;
        };
        let part_before = coming.part;
        let mean = coming.go_on();
        let part = coming.part;
        // The momentary window is late, and what comes is beyond it by now.
        let now = (momentary * (part / mean)).min(coming.full * part);
        let faded = now.min(before * (RISE * (part / part_before)));
        if coming.since > coming.within + WINDOW as f64 {
            self.coming = None;
        }
        slowly.max(faded)
    }

    /// Takes the hop for whole; [`Self::needs`] still answers for it. Real-time safe.
    #[inline]
    pub fn know(&mut self) {
        let momentary = self.momentary();
        if let Some(left) = self.unknown.checked_sub(1) {
            self.unknown = left;
            self.sounding = momentary;
            if let Some(coming) = &mut self.coming {
                coming.go_on();
            }
        } else {
            let follows = self.follow(self.sounding.max(self.floor), momentary);
            self.sounding = (self.sounding * FALL).max(follows).max(self.floor);
            self.most = self.sounding * ABOVE;
        }
    }

    /// The gain that what came needs, 1 at most. Real-time safe.
    #[inline]
    #[must_use]
    pub fn needs(&self) -> f32 {
        let struck = self.struck.mean() * const { 1.0 / SHARPER };
        let came = self.came.mean().max(struck);
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
        if self.most.is_infinite() {
            return f32::INFINITY;
        }
        // Two channels, as high as the weighting lifts most.
        (self.sounding * const { SUDDEN / (2.0 * LIFT) }) as f32
    }
}

/// How music comes: along a quarter of a sine, as the engine fades it in.
#[derive(Debug)]
struct Coming {
    /// The power that it has when it is there.
    full: f64,
    /// Hops since it began, and until it is there.
    since: f64,
    within: f64,
    /// The part of that it has by now, and had over the momentary window.
    part: f64,
    parts: Sum<WINDOW>,
}

impl Coming {
    /// Goes on by a hop. The mean of its parts over the window.
    fn go_on(&mut self) -> f64 {
        self.since += 1.0;
        let way = (self.since / self.within).min(1.0);
        self.part = (way * FRAC_PI_2).sin().powi(2);
        self.parts.add(self.part);
        let mean = self.parts.mean();
        self.parts.next();
        mean
    }
}

/// The sum of the last values; the last of them may still grow.
#[derive(Debug)]
struct Sum<const COUNT: usize> {
    values: [f64; COUNT],
    at: usize,
    total: f64,
}

impl<const COUNT: usize> Sum<COUNT> {
    const fn new() -> Self {
        Self {
            values: [0.0; COUNT],
            at: 0,
            total: 0.0,
        }
    }

    fn add(&mut self, value: f64) {
        self.values[self.at] += value;
        self.total += value;
    }

    /// The oldest value gives its place to a new one.
    fn next(&mut self) {
        self.at += 1;
        if self.at == COUNT {
            self.at = 0;
            // What rounding left behind goes.
            self.total = self.values.iter().sum();
        }
        self.total -= std::mem::take(&mut self.values[self.at]);
    }

    fn mean(&self) -> f64 {
        self.total.max(0.0) * const { 1.0 / COUNT as f64 }
    }
}
