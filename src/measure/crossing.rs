//! How even a crossfade is: the power of what is heard, against what was meant.
//!
//! Two pieces that cross are meant to keep their power: each its own, as cos² and sin² of the way. Both are rendered once
//! together, as in the session, and once each by itself without its fades; ducks, the level and the limiter are left out. So
//! what is found is the fade's: a hole, a bump, a place that was missed; and what two pieces add or take that are more alike
//! at one moment than over the whole crossfade, by which it was made.

use std::f64::consts::FRAC_PI_2;
use std::ops::Range;
use std::time::Duration;

use super::Failure;
use super::excerpt::{self, LEAD};
use crate::fade::{Correlation, Fade};
use crate::frame::Frame;
use crate::level::{Decibels, Gain};
use crate::prepare::Prepared;
use crate::time::Frames;
use crate::timeline::{Clip, Timeline};
use crate::zone::{Zone, Zones};

/// The power is compared over so long a window.
const WINDOW: Duration = Duration::from_millis(400);
/// So far below what they are, so that no limiter works on two pieces at full.
const HEADROOM: Decibels = Decibels(-24.0);
/// Below this nothing is heard, and nothing compared: -90 dBFS, and the headroom.
const NOTHING: f64 = 1e-9 / 251.0;

/// Two pieces that cross.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Where both sound.
    pub over: Range<Frames>,
    /// What leaves and what comes.
    pub titles: [String; 2],
    /// How alike they were taken to be, and crossed accordingly.
    pub alike: Correlation,
    /// Who hears it.
    pub zones: Zones,
    /// How far its power is from what was meant, over all of it; `None` where nothing is heard.
    pub mean: Option<Decibels>,
    /// The same of the window that is furthest from it.
    pub largest: Option<Decibels>,
}

/// The sums of squares in one window.
#[derive(Debug, Clone, Copy, Default)]
struct Powers {
    heard: f64,
    meant: f64,
}

/// All crossfades of a session. Blocking.
pub fn all<E: Failure>(
    prepared: &Prepared,
    go_on: &mut dyn FnMut(Frames) -> Result<(), E>,
) -> Result<Vec<Crossing>, E> {
    let mut crossings = Vec::new();
    for pair in pairs(&prepared.timeline) {
        crossings.push(one(prepared, pair, go_on)?);
    }
    Ok(crossings)
}

/// Two clips that sound at once in some zone.
pub fn pairs(timeline: &Timeline) -> impl Iterator<Item = [&Clip; 2]> {
    let clips = &timeline.clips;
    clips.iter().enumerate().flat_map(move |(at, clip)| {
        let next = clips[at + 1..].iter();
        let next = next.take_while(|next| next.from < clip.end());
        let next = next.filter(|next| !shared(clip, next).is_empty());
        next.map(move |next| [clip, next])
    })
}

fn shared(one: &Clip, other: &Clip) -> Zones {
    let zones = one.zones.iter().filter(|zone| other.zones.contains(*zone));
    zones.fold(Zones::NONE, Zones::with)
}

fn one<E: Failure>(
    prepared: &Prepared,
    pair: [&Clip; 2],
    go_on: &mut dyn FnMut(Frames) -> Result<(), E>,
) -> Result<Crossing, E> {
    let timeline = &prepared.timeline;
    let over = pair[1].from..pair[0].end().min(pair[1].end());
    let zones = shared(pair[0], pair[1]);
    let zone = zones.iter().next().map_or(0, Zone::index);
    let window = timeline.rate.frames(WINDOW).0.max(1);
    let count = (over.end - over.start).0.div_ceil(window) as usize;
    let mut powers = vec![Powers::default(); count];

    let faded = pair.map(Clip::clone).to_vec();
    let mut alone = pair.map(|clip| vec![unfaded(clip)]);
    let [leaves, comes] = alone.each_mut().map(std::mem::take);
    for (clips, part) in [
        (faded, None),
        (leaves, Some(pair[0])),
        (comes, Some(pair[1])),
    ] {
        let mut at = over.start;
        excerpt::hear(prepared, music_of(timeline, clips), &over, LEAD, |planes| {
            for frame in &planes[zone] {
                let place = ((at - over.start).0 / window) as usize;
                let Some(sums) = powers.get_mut(place) else {
                    break;
                };
                match part {
                    None => sums.heard += power(*frame),
                    Some(clip) => sums.meant += power(*frame) * meant(clip, at),
                }
                at += Frames(1);
            }
            go_on(Frames::from(planes[zone].len()))
        })?;
    }
    let quiet = NOTHING * window as f64;
    let loud = powers.iter().filter(|sums| sums.meant > quiet);
    let all = loud.clone().fold(Powers::default(), |all, sums| Powers {
        heard: all.heard + sums.heard,
        meant: all.meant + sums.meant,
    });
    let deviations = loud.map(|sums| deviation(*sums));
    Ok(Crossing {
        over,
        titles: pair.map(|clip| clip.title.clone()),
        alike: pair[1].fade_in.alike(),
        zones,
        mean: (all.meant > 0.0).then(|| deviation(all)),
        largest: deviations.reduce(|one, other| {
            if one.0.abs() > other.0.abs() {
                one
            } else {
                other
            }
        }),
    })
}

fn unfaded(clip: &Clip) -> Clip {
    Clip {
        fade_in: Fade::NONE,
        fade_out: Fade::NONE,
        turn: None,
        ..clip.clone()
    }
}

/// These clips and nothing else, with room above them.
fn music_of(timeline: &Timeline, mut clips: Vec<Clip>) -> Timeline {
    for clip in &mut clips {
        clip.gain = clip.gain * HEADROOM.gain();
        clip.joined = false;
    }
    Timeline {
        clips,
        cues: Vec::new(),
        ducks: Vec::new(),
        levels: Vec::new(),
        speaking: None,
        ..timeline.clone()
    }
}

/// The part of its power that a clip is meant to have at a frame.
fn meant(clip: &Clip, at: Frames) -> f64 {
    let part = |fade: Fade, since: Frames| {
        let way = since.0 as f64 / fade.length.0.max(1) as f64;
        (way.min(1.0) * FRAC_PI_2).sin().powi(2)
    };
    let turned = f64::from(clip.turned(at).0);
    part(clip.fade_in, at - clip.from) * part(clip.fade_out, clip.end() - at) * turned * turned
}

fn power(frame: Frame) -> f64 {
    f64::from(frame[0]).powi(2) + f64::from(frame[1]).powi(2)
}

fn deviation(sums: Powers) -> Decibels {
    Gain((sums.heard / sums.meant).sqrt() as f32).decibels()
}
