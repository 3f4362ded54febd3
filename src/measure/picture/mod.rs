//! The picture of a report: what a session sounds like, measured, on one wide page of the same family as the session's own.
//!
//! From the top: title and verdict, the phases, a panel for each zone with its loudness over time and what happens in it, the
//! time, and the places that are worth to be listened to, in words.

mod legend;
mod panel;
mod places;

use super::finding::{Finding, verdict};
use super::report::Report;
use crate::time::{clock, nearest_clock};
use crate::timeline::picture::lettering::{fitted, width};
use crate::timeline::picture::page::Page;
use crate::timeline::picture::scale::Scale;
use crate::timeline::picture::{LEFT, RIGHT, SUMMIT, header, palette, phases};
use panel::Panel;
use places::Places;

/// The first panel, below what is said of the phases.
const TOP: f64 = SUMMIT - 12.0;
/// Between the last panel and the words, for the times.
const AXIS: f64 = 32.0;
/// Below the words, for the legend.
const FOOT: f64 = 40.0;
/// What this page has beside the session's.
const STYLE: &str = "\
.verdict{font-size:16px;font-weight:600;fill:#3f6b45}
.fault .verdict{fill:#b3261e}
.numbers{font-size:12px;fill:#45423b}
.short{fill:none;stroke:#2f2d28;stroke-width:1.3;stroke-linejoin:round}
.whole{fill:none;stroke:#2f2d28;stroke-width:1;stroke-dasharray:5 4;stroke-opacity:.6}
.row{font-size:10px;fill:#8b857b;text-anchor:end}
.cross{fill:#45423b;fill-opacity:.28}
.fault .cross{fill:#b3261e;fill-opacity:.9}
.height{font-size:10px;fill:#45423b}
.fault .height{fill:#b3261e}
.place{stroke:#b3261e;stroke-width:1.1;stroke-opacity:.75;fill:none}
.stretch{fill:#b3261e;fill-opacity:.13}
";

/// The report as an SVG picture: a whole XML document without scripts and links. Pure.
#[must_use]
pub fn svg(report: &Report) -> String {
    let timeline = &report.timeline;
    let findings = report.findings();
    let scale = Scale::new(timeline.rate, timeline.length, LEFT, RIGHT);
    let panels = Panel::stack(report, TOP);
    let ground = panels.last().map_or(SUMMIT, Panel::end);
    let places = Places::arrange(&findings, timeline, &scale, ground + AXIS);
    let height = places.end() + FOOT;
    let description = format!(
        "{} What was measured of it: {} {}",
        header::description(timeline),
        verdict(&findings),
        findings
            .iter()
            .map(|it| said(it, report))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let mut page = Page::begin(&timeline.title, &description, height);
    page.style(STYLE);
    head(&mut page, report, &findings);
    let hills = panels.last().map_or(SUMMIT, Panel::ground);
    phases::draw(&mut page, timeline, &scale, hills, ground);
    scale.draw_grid(&mut page, ground);
    for panel in &panels {
        panel.draw(&mut page, &scale, &findings);
    }
    scale.draw_times(&mut page, ground);
    places.draw(&mut page, &panels);
    legend::draw(&mut page, report, &findings, height - FOOT + 22.0);
    page.end()
}

fn said(finding: &Finding, report: &Report) -> String {
    let rate = report.timeline.rate;
    format!(
        "{} {}.",
        nearest_clock(rate.duration(finding.over.start)),
        finding.words
    )
}

/// The title, and what there is to say.
fn head(page: &mut Page, report: &Report, findings: &[Finding]) {
    let timeline = &report.timeline;
    let title = fitted(&timeline.title, 34.0, RIGHT - LEFT).unwrap_or_default();
    page.text("headline", LEFT, 60.0, &title);
    let length = clock(timeline.rate.duration(timeline.length));
    let what = format!("{length} · what it sounds like, measured on the rendering");
    page.text("subline", LEFT, 86.0, &what);
    let class = if findings.is_empty() {
        ""
    } else {
        palette::FAULT
    };
    let verdict = verdict(findings);
    let kinds = kinds(findings);
    let from = LEFT + width(&verdict, 17.0) + 8.0;
    page.group(class, "", |page| {
        page.text("verdict", LEFT, 116.0, &verdict);
        if let Some(kinds) = fitted(&kinds, 16.0, RIGHT - from) {
            page.text("subline", from, 116.0, &kinds);
        }
    });
}

/// What there is of each kind: `a click (×2), silence`.
fn kinds(findings: &[Finding]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for finding in findings {
        let words = finding.kind.plain();
        match counted.iter_mut().find(|(kind, _)| *kind == words) {
            Some((_, count)) => *count += 1,
            None => counted.push((words, 1)),
        }
    }
    let parts = counted.into_iter().map(|(kind, count)| match count {
        1 => kind.to_owned(),
        more => format!("{kind} (×{more})"),
    });
    parts.collect::<Vec<_>>().join(", ")
}
