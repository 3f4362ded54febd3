//! The phases: a soft band each, with its name and times.

use super::labels::Board;
use super::lettering::{fitted, width};
use super::page::Page;
use super::scale::Scale;
use super::{BANDS, SUMMIT, WIDTH, palette};
use crate::time::{Frames, clock};
use crate::timeline::model::{Clip, PhaseSpan, Timeline};

/// Between a band's edge and its text.
const MARGIN: f64 = 8.0;

/// The size of a name: 15, and as much wider as bold letters are.
const BOLD: f64 = 16.5;

/// A name is rather shortened than put outside where there is this much room.
const ROOMY: f64 = 70.0;

/// Rows above the bands for the names of phases too short to hold them.
const ROWS: usize = 3;

/// The height of such a row.
const ROW: f64 = 15.0;

/// The bands down to `end`; the hills stand on `ground`.
pub fn draw(page: &mut Page, timeline: &Timeline, scale: &Scale, ground: f64, end: f64) {
    let mut outside = Vec::new();
    for (number, phase) in timeline.phases.iter().enumerate() {
        let (from, to) = (scale.x(phase.from), scale.x(phase.end()));
        let room = to - from - 2.0 * MARGIN;
        let about = about(phase, timeline);
        let tip = format!("{}: {}", phase.name, about.join(", "));
        page.group(&palette::phase(&timeline.phases, number), &tip, |page| {
            page.rect("band", [from, BANDS, to - from, end - BANDS]);
            if phase.silent {
                let begun =
                    last_music(timeline, phase).map_or(from, |at| scale.x(at).clamp(from, to));
                silence(page, begun, to, ground);
            }
            if phase.hold {
                hold(page, to, end);
            }
            if let Some(name) = inside(phase, room) {
                page.text("name", from + MARGIN, BANDS + 22.0, &name);
                page.text("about", from + MARGIN, BANDS + 38.0, &as_fits(&about, room));
            } else {
                outside.push((number, f64::midpoint(from, to), &phase.name));
            }
        });
    }
    names_outside(page, timeline, &outside);
}

/// Whether the names of all phases stand in their bands, and none above.
pub fn are_named_inside(timeline: &Timeline, scale: &Scale) -> bool {
    let mut phases = timeline.phases.iter();
    phases.all(|phase| {
        let room = scale.x(phase.end()) - scale.x(phase.from) - 2.0 * MARGIN;
        inside(phase, room).is_some()
    })
}

/// A phase's name where there is room for it in its band.
fn inside(phase: &PhaseSpan, room: f64) -> Option<String> {
    let name = fitted(&phase.name, BOLD, room);
    name.filter(|name| *name == phase.name || room > ROOMY)
}

/// What is said of a phase, the most important first.
fn about(phase: &PhaseSpan, timeline: &Timeline) -> Vec<String> {
    let time = |at| clock(timeline.rate.duration(at));
    let mut about = vec![
        time(phase.length),
        format!("{}–{}", time(phase.from), time(phase.end())),
    ];
    if phase.level.0 != 0.0 {
        about.push(phase.level.to_string().replace('-', "−"));
    }
    if phase.hold {
        about.push("holds until told to continue".to_owned());
    }
    about
}

/// As many of the parts as fit, in their order.
fn as_fits(parts: &[String], room: f64) -> String {
    let mut line = String::new();
    for part in parts {
        let longer = if line.is_empty() {
            part.clone()
        } else {
            format!("{line} · {part}")
        };
        if width(&longer, 11.0) <= room {
            line = longer;
        }
    }
    line
}

/// Where the music ends that came before a phase.
fn last_music(timeline: &Timeline, phase: &PhaseSpan) -> Option<Frames> {
    let before = timeline.clips.iter().filter(|c| c.from < phase.end());
    before.map(Clip::end).max()
}

fn silence(page: &mut Page, from: f64, to: f64, ground: f64) {
    const WORDS: &str = "silence, as intended";
    page.rect("silence", [from, SUMMIT, to - from, ground - SUMMIT]);
    let half = width(WORDS, 13.0) / 2.0;
    let middle = f64::midpoint(from, to);
    let height = f64::midpoint(SUMMIT, ground);
    if to - from > 2.0 * half + MARGIN {
        page.text("rest", middle - half, height, WORDS);
    } else if to - from > 16.0 {
        page.text_upwards("rest", middle + 4.0, height + half, WORDS);
    }
}

/// Two bars, as on a player that rests, and a dashed line: here it stays.
fn hold(page: &mut Page, to: f64, end: f64) {
    page.line("hold", [to, BANDS, to, end]);
    page.rect("bar", [to - 5.0, BANDS + 6.0, 2.5, 10.0]);
    page.rect("bar", [to - 10.0, BANDS + 6.0, 2.5, 10.0]);
}

fn names_outside(page: &mut Page, timeline: &Timeline, phases: &[(usize, f64, &String)]) {
    let board = Board {
        rows: ROWS,
        right: WIDTH - 12.0,
    };
    let marks: Vec<(f64, f64)> = phases
        .iter()
        .map(|(_, x, name)| (*x, width(name, 12.0).min(160.0)))
        .collect();
    let spots = board.arrange(&marks, |wide| (wide > 50.0).then_some(50.0));
    for ((number, x, name), spot) in phases.iter().zip(spots) {
        let Some(spot) = spot else { continue };
        let Some(name) = fitted(name, 12.0, spot.to - spot.from + 0.1) else {
            continue;
        };
        let y = BANDS - 8.0 - spot.row as f64 * ROW;
        page.group(&palette::phase(&timeline.phases, *number), "", |page| {
            page.line("leader", [*x, BANDS, *x, y - 9.0]);
            page.text("outside", spot.from, y, &name);
        });
    }
}
