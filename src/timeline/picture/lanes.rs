//! A lane for each zone: how the music goes down in it, and what is said and struck there; and one for the therapist.

use super::loudness::Ducks;
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
    height: f64,
    top: f64,
}

impl Lanes {
    /// A lane for each zone, and one for the therapist where there is something to be reminded of.
    /// They end at `end`.
    pub fn above(end: f64, timeline: &Timeline) -> Self {
        let zones: Vec<Zone> = timeline.layout.zones().collect();
        let height = if zones.len() > 2 { 26.0 } else { 32.0 };
        let reminds = |cue: &PlacedCue| cue.sort == CueSort::Remind;
        let therapist = timeline.cues.iter().any(reminds);
        let lanes = zones.len() + usize::from(therapist);
        Self {
            zones,
            therapist,
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
        self.y(self.zones.len() + usize::from(self.therapist))
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

    /// All lanes and marks.
    pub fn draw(&self, page: &mut Page, timeline: &Timeline, scale: &Scale) {
        let ducks = Ducks::of(timeline);
        for (lane, zone) in self.zones.iter().enumerate() {
            let listener = timeline.layout.listener(*zone);
            let name = match listener {
                _ if self.zones.len() == 1 => "everyone".to_owned(),
                Some(listener) => listener.to_string(),
                None => String::new(),
            };
            self.draw_ground(page, lane, palette::who(listener), &name);
            page.group(palette::who(listener), "", |page| {
                for (from, to) in music(timeline, *zone) {
                    let points = self.gain(lane, *zone, from, to, &ducks, scale);
                    page.shape("gain", points);
                }
            });
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

    /// The music's gain in a zone over a stretch: full height but where it makes room for speech.
    fn gain(
        &self,
        lane: usize,
        zone: Zone,
        from: Frames,
        to: Frames,
        ducks: &Ducks,
        scale: &Scale,
    ) -> Vec<(f64, f64)> {
        const PARTS: u64 = 8;
        let floor = self.y(lane) + self.height;
        let y = |at: Frames| {
            let depth = -f64::from(ducks.at(zone, at).0) / DEEPEST;
            floor - (self.height - 4.0) * (1.0 - 0.85 * depth.clamp(0.0, 1.0))
        };
        let mut times = vec![from];
        for ramp in ducks.within(zone, from, to) {
            let parts = (0..=PARTS).map(|part| ramp.from + Frames(ramp.length.0 * part / PARTS));
            times.extend(parts.filter(|at| *at > from && *at < to));
        }
        times.push(to);
        let top = times.into_iter().map(|at| (scale.x(at), y(at)));
        let foot = [(scale.x(to), floor), (scale.x(from), floor)];
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
