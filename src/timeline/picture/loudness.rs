//! How loud the music of a clip is at each time, and how high that is drawn.
//!
//! A hill is as high as the music is heard to be loud: 10 dB more are twice as high (as in Stevens' sones). So a crossfade
//! is seen as it is heard, and a quiet piece is low, but there.

use std::collections::HashMap;

use super::Curve;
use super::scale::Scale;
use crate::fade::Ramp;
use crate::level::{Decibels, Loudness};
use crate::library::{Facts, Library};
use crate::time::Frames;
use crate::timeline::model::{Clip, Timeline};
use crate::zone::Zone;

/// The height of a loudness, as a part of the height of the loudest.
pub fn height(loudness: Loudness, loudest: Loudness) -> f64 {
    2.0_f64
        .powf(f64::from((loudness - loudest).0) / 10.0)
        .min(1.0)
}

/// How each zone's music goes down for speech.
#[derive(Debug)]
pub struct Ducks<'a>(HashMap<Zone, Vec<&'a Ramp>>);

impl<'a> Ducks<'a> {
    /// Those of a session.
    pub fn of(timeline: &'a Timeline) -> Self {
        let mut ducks: HashMap<Zone, Vec<&Ramp>> = HashMap::new();
        for (zone, ramp) in &timeline.ducks {
            ducks.entry(*zone).or_default().push(ramp);
        }
        Self(ducks)
    }

    /// The ramps of a zone that touch a stretch of the session, and what is before it.
    pub fn within(&self, zone: Zone, from: Frames, to: Frames) -> &[&'a Ramp] {
        let ramps = self.0.get(&zone).map_or(&[][..], Vec::as_slice);
        let first = ramps.partition_point(|ramp| ramp.end() <= from);
        let last = ramps.partition_point(|ramp| ramp.from < to);
        ramps.get(first..last).unwrap_or_default()
    }

    /// What is taken from a zone's music at a frame; zero or below.
    pub fn at(&self, zone: Zone, at: Frames) -> Decibels {
        let ramps = self.0.get(&zone).map_or(&[][..], Vec::as_slice);
        let begun = ramps.partition_point(|ramp| ramp.from <= at);
        let ramp = begun.checked_sub(1).and_then(|last| ramps.get(last));
        ramp.map_or(Decibels::ZERO, |ramp| ramp.gain(at).decibels())
    }
}

/// The short-term loudness of a file at a second of it, before any gain.
fn short_term(facts: &Facts, second: f64) -> Loudness {
    // Each value is of the three seconds before its end: its middle lies half a second before its own second begins, and
    // the first two are not yet filled.
    let at = (second + 0.5).max(2.0);
    let (before, part) = (at.floor() as usize, at.fract() as f32);
    let last = facts.seconds.len().saturating_sub(1);
    let value = |at: usize| facts.short_term(at.min(last));
    match (value(before), value(before + 1)) {
        (Some(a), Some(b)) => Loudness(a.0 + (b.0 - a.0) * part),
        _ => Loudness(-99.0),
    }
}

/// The curves of all clips; none for one of which nothing is known.
pub fn curves(timeline: &Timeline, library: &Library, scale: &Scale) -> Vec<Curve> {
    let ducks = Ducks::of(timeline);
    let clips = timeline.clips.iter();
    let of = |clip: &Clip| match library.facts(&clip.track) {
        Ok(facts) => curve(clip, facts, &ducks, scale),
        Err(_) => Vec::new(),
    };
    clips.map(of).collect()
}

/// A clip's loudness over its time, as few points as show it: where it is heard the loudest of its zones.
fn curve(clip: &Clip, facts: &Facts, ducks: &Ducks, scale: &Scale) -> Curve {
    let rate = scale.rate();
    times(clip, ducks, scale)
        .into_iter()
        .map(|at| {
            let second = rate.seconds(at - clip.from + clip.offset);
            let duck = clip.zones.iter().map(|zone| ducks.at(zone, at));
            let duck = duck.reduce(Decibels::max).unwrap_or_default();
            let gain = clip.felt_at(at).decibels();
            (at, short_term(facts, second) + gain + duck)
        })
        .collect()
}

/// The frames at which the curve is drawn: each second, or each unit of the page where that is longer, and enough of the
/// fades and of the music going down for speech to see their shapes.
pub fn times(clip: &Clip, ducks: &Ducks, scale: &Scale) -> Vec<Frames> {
    const PARTS: u64 = 14;
    let (from, end) = (clip.from, clip.end());
    let second = Frames(u64::from(scale.rate().hertz()));
    let step = scale.frames(1.2).max(second).0;
    let mut times: Vec<Frames> = (1..=clip.length.0 / step)
        .map(|n| from + Frames(n * step))
        .collect();
    let mut bend = |from: Frames, length: Frames| {
        times.extend((0..=PARTS).map(|part| from + Frames(length.0 * part / PARTS)));
    };
    bend(from, clip.fade_in.length);
    bend(end - clip.fade_out.length, clip.fade_out.length);
    for zone in clip.zones.iter() {
        for ramp in ducks.within(zone, from, end) {
            bend(ramp.from, ramp.length);
        }
    }
    let last = end - Frames(1);
    times.extend([from, last]);
    times.retain(|at| *at >= from && *at <= last);
    times.sort_unstable();
    // What stands closer than half a unit is one point to the eye.
    let close = scale.frames(0.5);
    let mut kept: Vec<Frames> = Vec::with_capacity(times.len());
    for at in times {
        let far = kept.last().is_none_or(|before| at - *before > close);
        if far || at == last {
            kept.push(at);
        }
    }
    kept
}
