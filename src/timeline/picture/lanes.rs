//! A lane for each zone: how the music goes down in it, or how loud it was, and what is said and struck there; one for the
//! therapist, and one for what was done and what failed.

use super::loudness::Ducks;
use super::moments::{self, Moment};
use super::page::Page;
use super::scale::Scale;
use super::{LEFT, RIGHT, palette};
use crate::time::{Frames, clock};
use crate::timeline::model::{CueSort, PlacedCue, Timeline};
use crate::zone::Zone;

/// Between two lanes.
const GAP: f64 = 6.0;

/// The music goes down by this at most, in decibels.
const DEEPEST: f64 = 20.0;

/// The lanes of a session.
#[derive(Debug)]
pub struct Lanes {
    zones: Vec<Zone>,
    therapist: bool,
    moments: bool,
    height: f64,
    top: f64,
}

impl Lanes {
    /// A lane for each zone, one for the therapist where there is something to be reminded of, and one for the moments of a
    /// session that was played. They end at `end`.
    pub fn above(end: f64, timeline: &Timeline, moments: &[Moment]) -> Self {
        let zones: Vec<Zone> = timeline.layout.zones().collect();
        let height = if zones.len() > 2 { 26.0 } else { 32.0 };
        let reminds = |cue: &PlacedCue| cue.sort == CueSort::Remind;
        let therapist = timeline.cues.iter().any(reminds);
        let moments = !moments.is_empty();
        let lanes = zones.len() + usize::from(therapist) + usize::from(moments);
        Self {
            zones,
            therapist,
            moments,
            height,
            top: end - lanes as f64 * (height + GAP),
        }
    }

    /// The upper edge of the first one.
    pub const fn top(&self) -> f64 {
        self.top
    }

    fn y(&self, lane: usize) -> f64 {
        self.top + lane as f64 * (self.height + GAP)
    }

    /// The lower edge of the last one.
    pub fn end(&self) -> f64 {
        self.y(self.lane_of_moments() + usize::from(self.moments))
    }

    fn lane_of_moments(&self) -> usize {
        self.zones.len() + usize::from(self.therapist)
    }

    /// Where the leaders of moments begin.
    pub fn foot_of_moments(&self) -> f64 {
        self.y(self.lane_of_moments()) + self.height
    }

    /// The lanes in which a cue stands.
    fn lanes_of(&self, cue: &PlacedCue) -> Vec<usize> {
        if cue.sort == CueSort::Remind {
            return vec![self.zones.len()];
        }
        let zones = self.zones.iter().enumerate();
        let heard = zones.filter(|(_, zone)| cue.zones.contains(**zone));
        heard.map(|(lane, _)| lane).collect()
    }

    /// Where the leader of a cue begins.
    pub fn foot(&self, cue: &PlacedCue) -> f64 {
        let last = self.lanes_of(cue).into_iter().max();
        last.map_or(self.top, |lane| self.y(lane) + self.height)
    }

    /// All lanes and marks; `relief` gives what stands in a zone's lane.
    pub fn draw(
        &self,
        page: &mut Page,
        timeline: &Timeline,
        scale: &Scale,
        relief: impl Fn(Zone) -> Vec<Relief>,
        moments: &[Moment],
    ) {
        for (lane, zone) in self.zones.iter().enumerate() {
            let listener = timeline.layout.listener(*zone);
            let name = match listener {
                _ if self.zones.len() == 1 => "everyone".to_owned(),
                Some(listener) => listener.to_string(),
                None => String::new(),
            };
            self.draw_ground(page, lane, palette::who(listener), &name);
            page.group(palette::who(listener), "", |page| {
                for relief in relief(*zone) {
                    page.shape("gain", self.standing(lane, &relief, scale));
                }
            });
        }
        if self.moments {
            let lane = self.lane_of_moments();
            self.draw_ground(page, lane, "", "moments");
            let (top, floor) = (self.y(lane), self.y(lane) + self.height);
            moments::draw(page, moments, timeline, scale, [top, floor]);
        }
        if self.therapist {
            self.draw_ground(page, self.zones.len(), palette::REMIND, "therapist");
        }
        for cue in &timeline.cues {
            page.group(class(cue, timeline), &tip(cue, timeline), |page| {
                for lane in self.lanes_of(cue) {
                    self.mark(page, lane, cue, scale);
                }
            });
        }
    }

    fn draw_ground(&self, page: &mut Page, lane: usize, class: &str, name: &str) {
        let y = self.y(lane);
        page.group(class, "", |page| {
            page.rect("lane", [LEFT, y, RIGHT - LEFT, self.height]);
            page.text("who", LEFT - 8.0, y + self.height / 2.0 + 4.0, name);
        });
    }

    /// A relief on the floor of its lane.
    fn standing(&self, lane: usize, relief: &Relief, scale: &Scale) -> Vec<(f64, f64)> {
        let floor = self.y(lane) + self.height;
        let y = |part: f64| floor - (self.height - 4.0) * part;
        let top = relief.iter().map(|(at, part)| (scale.x(*at), y(*part)));
        let ends = [relief.last(), relief.first()].into_iter().flatten();
        let foot = ends.map(|(at, _)| (scale.x(*at), floor));
        top.chain(foot).collect()
    }

    /// Speech is a bar, a chime a dot that rings on, a reminder a flag.
    fn mark(&self, page: &mut Page, lane: usize, cue: &PlacedCue, scale: &Scale) {
        let (x, to) = (scale.x(cue.at), scale.x(cue.end()));
        let (top, floor) = (self.y(lane), self.y(lane) + self.height);
        let middle = f64::midpoint(top, floor);
        match cue.sort {
            CueSort::Voice | CueSort::Say => {
                page.rect(
                    "mark",
                    [x, top + 5.0, (to - x).max(3.0), self.height - 10.0],
                );
            }
            CueSort::Chime => {
                page.line("tail", [x, middle, to.max(x + 1.0), middle]);
                page.dot("mark", x, middle, 4.5);
            }
            CueSort::Remind => {
                let flag = [(x, top + 6.0), (x + 10.0, top + 11.0), (x, top + 16.0)];
                page.shape("mark", flag);
                page.line("tail", [x, top + 6.0, x, floor]);
            }
        }
    }
}

/// How high something stands in a lane over a stretch of the session: 1 is as high as can be.
pub type Relief = Vec<(Frames, f64)>;

/// The music's gain in a zone: full height but where it makes room for speech.
pub fn gain(timeline: &Timeline, ducks: &Ducks, zone: Zone) -> Vec<Relief> {
    const PARTS: u64 = 8;
    let part = |at: Frames| {
        let depth = -f64::from(ducks.at(zone, at).0) / DEEPEST;
        1.0 - 0.85 * depth.clamp(0.0, 1.0)
    };
    let relief = |(from, to): (Frames, Frames)| {
        let mut times = vec![from];
        for ramp in ducks.within(zone, from, to) {
            let parts = (0..=PARTS).map(|part| ramp.from + Frames(ramp.length.0 * part / PARTS));
            times.extend(parts.filter(|at| *at > from && *at < to));
        }
        times.push(to);
        times.into_iter().map(|at| (at, part(at))).collect()
    };
    music(timeline, zone).into_iter().map(relief).collect()
}

/// The class of those who hear a cue.
pub fn class(cue: &PlacedCue, timeline: &Timeline) -> &'static str {
    if cue.sort == CueSort::Remind {
        return palette::REMIND;
    }
    match timeline.layout.listeners(cue.zones)[..] {
        [one] if timeline.layout.len() > 1 => palette::who(Some(one)),
        _ => palette::who(None),
    }
}

fn tip(cue: &PlacedCue, timeline: &Timeline) -> String {
    let words = cue.text.as_deref().unwrap_or_default();
    let at = clock(timeline.rate.duration(cue.at));
    format!("{at} {} {}: {words}", cue.sort.word(), cue.name)
        .trim_end_matches([' ', ':'])
        .to_owned()
}

/// The stretches in which a zone hears music.
fn music(timeline: &Timeline, zone: Zone) -> Vec<(Frames, Frames)> {
    let mut stretches: Vec<(Frames, Frames)> = Vec::new();
    for clip in timeline.clips.iter().filter(|c| c.zones.contains(zone)) {
        match stretches.last_mut() {
            Some((_, end)) if *end >= clip.from => *end = clip.end().max(*end),
            _ => stretches.push((clip.from, clip.end())),
        }
    }
    stretches
}
