//! The places that are worth to be listened to, in words below the panels, each on a thin leader.

use super::panel::Panel;
use crate::measure::finding::Finding;
use crate::time::nearest_clock;
use crate::timeline::Timeline;
use crate::timeline::picture::labels::{Board, Spot};
use crate::timeline::picture::lettering::{fitted, width};
use crate::timeline::picture::page::Page;
use crate::timeline::picture::scale::Scale;
use crate::timeline::picture::{WIDTH, palette};

/// The height of a row.
const ROW: f64 = 18.0;
/// As many rows as fit a page that is hung up.
const ROWS: usize = 14;
/// The longest text, and those that are tried where it finds no room.
const WIDTHS: [f64; 5] = [760.0, 420.0, 300.0, 200.0, 120.0];
/// Between the time and the words.
const SPACE: f64 = 6.0;
/// No more are tried: there is room for some dozens.
const MOST: usize = 400;

/// The words of all places for which there is room.
pub struct Places<'a> {
    spots: Vec<(&'a Finding, String, Option<Spot>)>,
    top: f64,
    rows: usize,
}

impl<'a> Places<'a> {
    /// Finds room for as many as can be, from `top` downwards.
    pub fn arrange(findings: &'a [Finding], timeline: &Timeline, scale: &Scale, top: f64) -> Self {
        let board = Board {
            rows: ROWS,
            right: WIDTH - 12.0,
        };
        let findings = &findings[..findings.len().min(MOST)];
        let when = |it: &Finding| nearest_clock(timeline.rate.duration(it.over.start));
        let marks = findings.iter().map(|it| {
            let wide = width(&when(it), 11.0) + SPACE + width(&it.words_in(&timeline.layout), 12.0);
            (scale.x(it.over.start), wide.min(WIDTHS[0]))
        });
        let marks: Vec<(f64, f64)> = marks.collect();
        let narrower = |wide: f64| WIDTHS.into_iter().find(|width| *width < wide);
        let spots = board.arrange(&marks, narrower);
        let rows = spots.iter().flatten().map(|spot| spot.row + 1).max();
        let spots = findings.iter().zip(spots);
        Self {
            spots: spots
                .map(|(it, spot)| {
                    (
                        it,
                        format!("{}\n{}", when(it), it.words_in(&timeline.layout)),
                        spot,
                    )
                })
                .collect(),
            top,
            rows: rows.unwrap_or(0),
        }
    }

    /// The lower edge of the last row.
    pub fn end(&self) -> f64 {
        self.top + self.rows as f64 * ROW
    }

    /// All of them, on leaders from the panels of those who hear them.
    pub fn draw(&self, page: &mut Page, panels: &[Panel]) {
        for (finding, label, spot) in &self.spots {
            let (Some(spot), Some((when, words))) = (spot, label.split_once('\n')) else {
                continue;
            };
            let heard = panels.iter().filter(|panel| panel.hears(finding));
            let foot = heard.map(Panel::end).fold(0.0, f64::max);
            let y = self.top + spot.row as f64 * ROW + 12.0;
            let from = spot.from + width(when, 11.0) + SPACE;
            page.group(palette::FAULT, "", |page| {
                page.line("leader", [spot.mark, foot, spot.mark, y]);
                page.text("when", spot.from, y, when);
                if let Some(words) = fitted(words, 12.0, spot.to - from + 0.1) {
                    page.text("word", from, y, &words);
                }
            });
        }
    }
}
