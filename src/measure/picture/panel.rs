//! One zone: its loudness over the session, and below it its crossfades, its cues, and what was held down.

use crate::level::Loudness;
use crate::library::Hold;
use crate::measure::finding::{Finding, Kind};
use crate::measure::height::Height;
use crate::measure::listening::Sound;
use crate::measure::report::Report;
use crate::time::{Frames, clock};
use crate::timeline::CueSort;
use crate::timeline::picture::loudness::height;
use crate::timeline::picture::music::guides;
use crate::timeline::picture::page::Page;
use crate::timeline::picture::scale::Scale;
use crate::timeline::picture::{LEFT, RIGHT, palette};

/// For the zone's name and numbers, above its curves.
const TITLE: f64 = 26.0;
/// The height of a row below the curves.
const ROW: f64 = 15.0;
/// What the rows tell.
const ROWS: [&str; 4] = ["crossfades", "cues", "held back", "limiter"];
/// Between two panels.
const GAP: f64 = 14.0;
/// A column of the curves.
const COLUMN: f64 = 1.0;

/// A zone's place on the page.
pub struct Panel<'a> {
    report: &'a Report,
    sound: &'a Sound,
    top: f64,
    curves: f64,
}

impl<'a> Panel<'a> {
    /// A panel for each zone, one below the other from `top` on.
    pub fn stack(report: &'a Report, top: f64) -> Vec<Self> {
        let curves = match report.sounds.len() {
            0 | 1 => 340.0,
            2 => 190.0,
            _ => 130.0,
        };
        let step = TITLE + curves + ROWS.len() as f64 * ROW + GAP;
        let panel = |(number, sound)| Self {
            report,
            sound,
            top: top + number as f64 * step,
            curves,
        };
        report.sounds.iter().enumerate().map(panel).collect()
    }

    /// Its lower edge.
    pub fn end(&self) -> f64 {
        self.row(ROWS.len()) + 4.0
    }

    /// Whether the zone hears a place.
    pub fn hears(&self, finding: &Finding) -> bool {
        finding.zones.contains(self.sound.zone)
    }

    /// What its curves stand on.
    pub fn ground(&self) -> f64 {
        self.top + TITLE + self.curves
    }

    /// The upper edge of a row.
    fn row(&self, number: usize) -> f64 {
        self.ground() + 3.0 + number as f64 * ROW
    }

    /// All of it.
    pub fn draw(&self, page: &mut Page, scale: &Scale, findings: &[Finding]) {
        let listener = self.report.timeline.layout.listener(self.sound.zone);
        let name = match listener {
            Some(listener) if self.report.sounds.len() > 1 => listener.to_string(),
            _ => "everyone".to_owned(),
        };
        page.group(palette::who(listener), "", |page| {
            page.text("who", LEFT - 8.0, self.top + TITLE - 8.0, &name);
        });
        page.text(
            "numbers",
            LEFT + 8.0,
            self.top + TITLE - 8.0,
            &self.report.numbers(self.sound),
        );
        self.curves(page, scale);
        for (number, name) in ROWS.into_iter().enumerate() {
            page.text("row", LEFT - 8.0, self.row(number) + 10.0, name);
        }
        self.crossfades(page, scale, findings);
        self.cues(page, scale, findings);
        self.held(page, scale, 2, &self.sound.held_back);
        self.held(page, scale, 3, &self.sound.limiter);
        for finding in findings.iter().filter(|it| self.hears(it)) {
            self.place(page, scale, finding);
        }
    }

    fn curves(&self, page: &mut Page, scale: &Scale) {
        let heard = &self.sound.loudness;
        let loudest = heard
            .loudest_momentary
            .map_or(-45.0, |(loudness, _)| loudness.0.max(-45.0));
        let loudest = Loudness(loudest + 0.5);
        let ground = self.ground();
        let y = |loudness: Loudness| ground - height(loudness, loudest) * self.curves;
        guides(page, loudest, y);
        let phases = &self.report.timeline.phases;
        let momentary = columns(&heard.momentary, heard.step, scale);
        for (number, phase) in phases.iter().enumerate() {
            let (from, to) = (scale.x(phase.from), scale.x(phase.end()));
            let within = momentary.iter().filter(|(x, _)| from <= *x && *x <= to);
            let points: Vec<(f64, f64)> = within.map(|(x, loudness)| (*x, y(*loudness))).collect();
            let (Some(first), Some(last)) = (points.first(), points.last()) else {
                continue;
            };
            let ends = [(first.0, ground), (last.0, ground)];
            page.group(&palette::phase(phases, number), "", |page| {
                let hill = ends[..1].iter().copied().chain(points.iter().copied());
                page.shape("hill", hill.chain([ends[1]]));
            });
        }
        let short = columns(&heard.short_term, heard.step, scale);
        page.curve(
            "short",
            short.iter().map(|(x, loudness)| (*x, y(*loudness))),
        );
        let step = Frames(heard.step.0 * 10);
        let so_far = heard.integrated_so_far.iter();
        let so_far: Vec<Loudness> = so_far.map(|it| it.unwrap_or(Loudness(-99.0))).collect();
        let whole = columns(&so_far, step, scale);
        page.curve(
            "whole",
            whole.iter().map(|(x, loudness)| (*x, y(*loudness))),
        );
        page.line("ground", [LEFT, ground, RIGHT, ground]);
    }

    fn crossfades(&self, page: &mut Page, scale: &Scale, findings: &[Finding]) {
        let y = self.row(0);
        let zone = self.sound.zone;
        for crossing in self
            .report
            .crossings
            .iter()
            .filter(|it| it.zones.contains(zone))
        {
            let flagged = is_flagged(findings, Kind::Crossfade, &crossing.over);
            let [leaves, comes] = &crossing.titles;
            let deviation = crossing
                .mean
                .map_or("silent".to_owned(), |it| format!("{:+.1} dB", it.0));
            let tip = format!(
                "{}: {leaves} to {comes}, {deviation}",
                self.time(crossing.over.start)
            );
            let (from, to) = (scale.x(crossing.over.start), scale.x(crossing.over.end));
            page.group(flagged, &tip, |page| {
                let (upper, lower) = (y + 2.0, y + ROW - 3.0);
                let middle = f64::midpoint(from, to);
                let waist = f64::midpoint(upper, lower);
                page.shape("cross", [(from, upper), (middle, waist), (from, lower)]);
                page.shape("cross", [(to, upper), (middle, waist), (to, lower)]);
            });
        }
    }

    fn cues(&self, page: &mut Page, scale: &Scale, findings: &[Finding]) {
        let (top, floor) = (self.row(1) + 2.0, self.row(1) + ROW - 2.0);
        let own = |cue: &&Height| cue.zone == self.sound.zone;
        let mut free = LEFT;
        let heights: Vec<&Height> = self.report.heights.iter().filter(own).collect();
        for (number, cue) in heights.iter().enumerate() {
            let class = match is_flagged(findings, Kind::Cue, &cue.over) {
                "" => palette::who(None),
                flagged => flagged,
            };
            let height = cue
                .height
                .map(|it| format!("{:+.0}", it.0).replace('-', "−"));
            let above = height.as_ref().map_or("without music".to_owned(), |it| {
                format!("{it} LU to the music")
            });
            let tip = format!("{} {}, {above}", self.time(cue.over.start), cue.name);
            let (x, to) = (scale.x(cue.over.start), scale.x(cue.over.end));
            let next = heights
                .get(number + 1)
                .map_or(RIGHT, |next| scale.x(next.over.start));
            page.group(class, &tip, |page| {
                if cue.sort == CueSort::Chime {
                    page.dot("mark", x + 2.0, f64::midpoint(top, floor), 3.5);
                } else {
                    page.rect("mark", [x, top, (to - x).max(3.0), floor - top]);
                }
                let from = if cue.sort == CueSort::Chime {
                    x + 8.0
                } else {
                    to.max(x + 3.0) + 3.0
                };
                if let Some(height) = height
                    && from >= free
                    && from + 22.0 <= next.max(from + 1.0)
                {
                    page.text("height", from, floor - 1.5, &height);
                    free = from + 24.0;
                }
            });
        }
    }

    fn held(&self, page: &mut Page, scale: &Scale, row: usize, holds: &[Hold]) {
        let floor = self.row(row) + ROW - 2.0;
        for hold in holds {
            let (from, to) = (scale.x(hold.over.start), scale.x(hold.over.end));
            let deep = f64::from(-hold.deepest.0).clamp(1.0, 10.0) / 10.0 * (ROW - 3.0);
            let tip = format!(
                "{}: {:.1} dB away",
                self.time(hold.over.start),
                -hold.deepest.0
            );
            page.group(palette::FAULT, &tip, |page| {
                page.rect("mark", [from, floor - deep, (to - from).max(1.5), deep]);
            });
        }
    }

    fn place(&self, page: &mut Page, scale: &Scale, finding: &Finding) {
        let (from, to) = (scale.x(finding.over.start), scale.x(finding.over.end));
        let (top, end) = (self.top + TITLE, self.end());
        let tip = format!("{} {}", self.time(finding.over.start), finding.words);
        page.group(palette::FAULT, &tip, |page| {
            if to - from > 2.0 {
                page.rect("stretch", [from, top, to - from, end - top]);
            }
            page.line("place", [from, top, from, end]);
        });
    }

    fn time(&self, at: Frames) -> String {
        clock(self.report.timeline.rate.duration(at))
    }
}

/// The class of what stands out, and of what does not.
fn is_flagged(findings: &[Finding], kind: Kind, over: &std::ops::Range<Frames>) -> &'static str {
    let flagged = findings
        .iter()
        .any(|it| it.kind == kind && it.over == *over);
    if flagged { palette::FAULT } else { "" }
}

/// The loudest value of each column of the page; each value belongs where it ends.
fn columns(values: &[Loudness], step: Frames, scale: &Scale) -> Vec<(f64, Loudness)> {
    let mut columns: Vec<(f64, Loudness)> = Vec::new();
    for (number, value) in (1_u64..).zip(values) {
        let x = scale.x(Frames(step.0 * number));
        match columns.last_mut() {
            Some((last, loudest)) if x - *last < COLUMN => {
                if *value > *loudest {
                    *loudest = *value;
                }
            }
            _ => columns.push((x, *value)),
        }
    }
    columns
}
