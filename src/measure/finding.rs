//! What stands out in a session: the places that are worth to be listened to, in plain words.

use std::ops::Range;
use std::time::Duration;

use super::report::Report;
use super::rise::Rise;
use crate::level::Decibels;
use crate::library::places;
use crate::time::Frames;
use crate::timeline::{CUT, LOW, Timeline};
use crate::when::brief;
use crate::zone::{Layout, Zone, Zones};

/// How far the power of a crossfade may be from what was meant.
const UNEVEN: Decibels = Decibels(1.0);
/// How far above it, where the music goes down by as much and need not.
const HIGH: Decibels = Decibels(6.0);
/// A zone's true peak, and what meters differ by.
const PEAK: Decibels = Decibels(-6.0 + 0.2);
/// The edges of a hole are no clicks of their own.
const EDGE: Duration = Duration::from_millis(5);
/// What begins so long before a rise is what rose.
const BEGUN: Duration = Duration::from_millis(1500);

/// What stands out at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Silence that is not meant.
    Gap,
    /// Samples that are missing.
    Dropout,
    /// A click.
    Step,
    /// Loudness that rises too quickly.
    Startle,
    /// Loudness that falls too quickly, and stays.
    Fall,
    /// Two pieces that cross with a hole or a bump.
    Crossfade,
    /// A cue that does not stand out from the music as it should.
    Cue,
    /// Music that bursts in, and was held back.
    Burst,
    /// The limiter at work.
    Limiter,
    /// A peak above the zone's ceiling.
    Peak,
}

impl Kind {
    /// Its name in the report's JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Dropout => "dropout",
            Self::Step => "step",
            Self::Startle => "startle",
            Self::Fall => "fall",
            Self::Crossfade => "crossfade",
            Self::Cue => "cue",
            Self::Burst => "burst",
            Self::Limiter => "limiter",
            Self::Peak => "peak",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Gap => "silence",
            Self::Dropout => "a hole in the sound",
            Self::Step => "a click",
            Self::Startle => "a sudden rise",
            Self::Fall => "a sudden fall",
            Self::Crossfade => "an uneven crossfade",
            Self::Cue => "a cue too low or too high",
            Self::Burst => "a burst held back",
            Self::Limiter => "too loud for the limiter",
            Self::Peak => "a peak too high",
        }
    }
}

/// A place that is worth to be listened to.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Where it is.
    pub over: Range<Frames>,
    /// What it is.
    pub kind: Kind,
    /// Who hears it.
    pub zones: Zones,
    /// What is to be heard, in a few words.
    pub words: String,
}

impl Report {
    /// All places that are worth to be listened to, in the order of time; empty for a session in which nothing stands out.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.holes(&mut findings);
        self.rises(&mut findings);
        self.falls(&mut findings);
        self.crossfades(&mut findings);
        self.cues(&mut findings);
        self.bursts(&mut findings);
        self.limiters(&mut findings);
        findings.sort_by_key(|it: &Finding| it.over.start);
        together(findings)
    }

    fn holes(&self, findings: &mut Vec<Finding>) {
        let rate = self.timeline.rate;
        let edge = rate.frames(EDGE);
        for sound in &self.sounds {
            let mut find = |over: Range<Frames>, kind, words| {
                let zones = Zones::NONE.with(sound.zone);
                findings.push(Finding {
                    over,
                    kind,
                    zones,
                    words,
                });
            };
            let length = |it: &Range<Frames>| rate.duration(it.end - it.start);
            for gap in &sound.gaps {
                find(
                    gap.clone(),
                    Kind::Gap,
                    format!("silence for {}", brief(length(gap))),
                );
            }
            for hole in &sound.dropouts {
                let words = format!("a hole of {} in the sound", brief(length(hole)));
                find(hole.clone(), Kind::Dropout, words);
            }
            let holes = || sound.gaps.iter().chain(&sound.dropouts);
            for step in &sound.steps {
                let near = |hole: &Range<Frames>| {
                    let edges = [hole.start, hole.end];
                    edges.iter().any(|it| it.0.abs_diff(step.at.0) <= edge.0)
                };
                if !holes().any(near) {
                    find(
                        step.at..step.at + Frames(1),
                        Kind::Step,
                        "a click".to_owned(),
                    );
                }
            }
        }
    }

    fn rises(&self, findings: &mut Vec<Finding>) {
        for sound in &self.sounds {
            for rise in &sound.loudness.startles {
                let begun = begun(&self.timeline, sound.zone, rise);
                let begun = begun.map_or(String::new(), |name| format!(" as “{name}” begins"));
                findings.push(Finding {
                    over: rise.at..rise.at + Frames(1),
                    kind: Kind::Startle,
                    zones: Zones::NONE.with(sound.zone),
                    words: format!(
                        "it gets louder by {} {}{begun}",
                        whole(rise.by),
                        within(rise.within)
                    ),
                });
            }
            let (peak, at) = sound.loudness.true_peak;
            if peak > PEAK.gain() {
                findings.push(Finding {
                    over: at..at + Frames(1),
                    kind: Kind::Peak,
                    zones: Zones::NONE.with(sound.zone),
                    words: format!("a peak of {:.1} dBTP", peak.decibels().0).replace('-', "−"),
                });
            }
        }
    }

    fn falls(&self, findings: &mut Vec<Finding>) {
        for sound in &self.sounds {
            // What falls into a hole is told as that.
            let near = self.timeline.rate.frames(BEGUN);
            let holes = || sound.gaps.iter().chain(&sound.dropouts);
            let falls = sound.loudness.falls.iter().filter(|fall| {
                let (from, to) = (fall.at - near, fall.end + near);
                !holes().any(|hole| from < hole.end && hole.start < to)
            });
            findings.extend(falls.map(|fall| Finding {
                over: fall.at..fall.end,
                kind: Kind::Fall,
                zones: Zones::NONE.with(sound.zone),
                words: format!(
                    "{} gets softer by {} within a second",
                    playing(&self.timeline, sound.zone, fall.at),
                    whole(fall.by)
                ),
            }));
        }
    }

    fn crossfades(&self, findings: &mut Vec<Finding>) {
        for crossing in &self.crossings {
            let Some(mean) = crossing.mean.filter(|it| it.0.abs() > UNEVEN.0) else {
                continue;
            };
            // Within a cut nobody hears that.
            if crossing.over.end - crossing.over.start <= self.timeline.rate.frames(CUT) {
                continue;
            }
            let [leaves, comes] = &crossing.titles;
            let way = if mean.0 < 0.0 { "softer" } else { "louder" };
            findings.push(Finding {
                over: crossing.over.clone(),
                kind: Kind::Crossfade,
                zones: crossing.zones,
                words: format!(
                    "the music is {:.1} dB {way} than meant while “{leaves}” gives way to “{comes}”",
                    mean.0.abs()
                ),
            });
        }
    }

    fn cues(&self, findings: &mut Vec<Finding>) {
        for cue in &self.heights {
            let (Some(height), Some(deviation)) = (cue.height, cue.deviation) else {
                continue;
            };
            if deviation < LOW || (deviation > HIGH && cue.ducked > HIGH) {
                findings.push(Finding {
                    over: cue.over.clone(),
                    kind: Kind::Cue,
                    zones: Zones::NONE.with(cue.zone),
                    words: format!(
                        "“{}” is {} {} the music, where the script asks for {} above it",
                        cue.name,
                        whole(Decibels(height.0.abs())),
                        if height.0 < 0.0 { "below" } else { "above" },
                        whole(height - deviation)
                    ),
                });
            }
        }
    }

    fn bursts(&self, findings: &mut Vec<Finding>) {
        for sound in &self.sounds {
            let held_back = places(&sound.held_back, self.timeline.rate);
            findings.extend(held_back.into_iter().map(|hold| {
                let what = playing(&self.timeline, sound.zone, hold.over.start);
                let by = whole(Decibels(-hold.deepest.0));
                Finding {
                    over: hold.over,
                    kind: Kind::Burst,
                    zones: Zones::NONE.with(sound.zone),
                    words: format!("{what} bursts in; held back by {by} at first"),
                }
            }));
        }
    }

    fn limiters(&self, findings: &mut Vec<Finding>) {
        for sound in &self.sounds {
            let limiter = places(&sound.limiter, self.timeline.rate);
            findings.extend(limiter.into_iter().map(|hold| Finding {
                over: hold.over,
                kind: Kind::Limiter,
                zones: Zones::NONE.with(sound.zone),
                words: format!(
                    "so loud that the limiter takes {:.1} dB away",
                    -hold.deepest.0
                ),
            }));
        }
    }
}

/// What is the same in several zones is one place.
fn together(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let same = kept.iter_mut().rev().take(8).find(|other| {
            (&other.over, other.kind, &other.words) == (&finding.over, finding.kind, &finding.words)
        });
        match same {
            Some(other) => other.zones = finding.zones.iter().fold(other.zones, Zones::with),
            None => kept.push(finding),
        }
    }
    kept
}

/// What a zone hears that began shortly before a rise: the latest of its cues and pieces.
fn begun(timeline: &Timeline, zone: Zone, rise: &Rise) -> Option<String> {
    let from = rise.at - timeline.rate.frames(BEGUN);
    let shortly = |at: Frames| from <= at && at <= rise.at;
    let cues = timeline
        .cues
        .iter()
        .filter(|cue| cue.zones.contains(zone) && shortly(cue.at));
    let cues = cues.map(|cue| (cue.at, &cue.name));
    let clips = timeline
        .clips
        .iter()
        .filter(|clip| clip.zones.contains(zone) && shortly(clip.from));
    let clips = clips.map(|clip| (clip.from, &clip.title));
    let latest = clips.chain(cues).max_by_key(|(at, _)| *at);
    latest.map(|(_, name)| name.clone())
}

/// What plays in a zone: a piece by its name, or the music, where it is not one alone.
fn playing(timeline: &Timeline, zone: Zone, at: Frames) -> String {
    let mut clips = timeline
        .clips_at(at)
        .filter(|clip| clip.zones.contains(zone));
    match (clips.next(), clips.next()) {
        (Some(clip), None) => format!("“{}”", clip.title),
        _ => "the music".to_owned(),
    }
}

/// How quickly a rise came, whose number of steps of 10 ms is given.
fn within(steps: usize) -> &'static str {
    if steps < 100 {
        "at once"
    } else {
        "within a second"
    }
}

fn whole(by: Decibels) -> String {
    format!("{:.0} dB", by.0).replace('-', "−")
}

impl Finding {
    /// What is to be heard, and by whom where it is not everybody.
    #[must_use]
    pub fn words_in(&self, layout: &Layout) -> String {
        if self.zones == layout.all() {
            return self.words.clone();
        }
        let names = layout.listeners(self.zones);
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        format!("{}: {}", names.join(", "), self.words)
    }
}

/// `3 places to listen to:`, and that nothing stands out where there are none.
#[must_use]
pub fn verdict(findings: &[Finding]) -> String {
    match findings.len() {
        0 => "Nothing stands out.".to_owned(),
        1 => "1 place to listen to:".to_owned(),
        count => format!("{count} places to listen to:"),
    }
}
