//! What the shapes of a report mean.

use crate::measure::finding::Finding;
use crate::measure::report::Report;
use crate::timeline::picture::lettering::width;
use crate::timeline::picture::page::Page;
use crate::timeline::picture::{LEFT, RIGHT, palette};

/// Between an entry's shape and its words, and behind them.
const SPACE: f64 = 28.0;

/// An entry for each kind of thing that is there, on the line `y`.
pub fn draw(page: &mut Page, report: &Report, findings: &[Finding], y: f64) {
    let mut x = LEFT;
    let mut entry = |page: &mut Page, there: bool, class: &str, words: &str, shape: Shape<'_>| {
        if there {
            page.group(class, "", |page| shape(page, x));
            page.text("legend", x + SPACE, y, words);
            x += SPACE + width(words, 11.0) + 16.0;
        }
    };
    entry(
        page,
        true,
        &palette::class(2),
        "how loud it is at each moment",
        &|page, x| {
            let hill = [
                (x, y),
                (x + 4.0, y - 8.0),
                (x + 9.0, y - 11.0),
                (x + 18.0, y),
            ];
            page.shape("hill", hill);
        },
    );
    entry(page, true, "", "over 3 s", &|page, x| {
        page.curve(
            "short",
            [(x, y - 2.0), (x + 9.0, y - 8.0), (x + 18.0, y - 4.0)],
        );
    });
    entry(page, true, "", "on the whole, so far", &|page, x| {
        page.line("whole", [x, y - 4.0, x + 18.0, y - 4.0]);
    });
    let crosses = !report.crossings.is_empty();
    entry(page, crosses, "", "crossfade", &|page, x| {
        page.shape("cross", [(x, y - 10.0), (x + 9.0, y - 5.0), (x, y)]);
        page.shape(
            "cross",
            [(x + 18.0, y - 10.0), (x + 9.0, y - 5.0), (x + 18.0, y)],
        );
    });
    let cues = !report.heights.is_empty();
    entry(
        page,
        cues,
        "all",
        "cue, and how far above the music (LU)",
        &|page, x| {
            page.rect("mark", [x, y - 10.0, 5.0, 11.0]);
            page.text("height", x + 7.0, y, "+9");
        },
    );
    let found = !findings.is_empty();
    entry(page, found, palette::FAULT, "listen here", &|page, x| {
        page.line("place", [x + 9.0, y - 11.0, x + 9.0, y + 2.0]);
    });
    let script: String = report.timeline.script.chars().take(8).collect();
    let script = format!("script {script}");
    page.text("legend", RIGHT - width(&script, 11.0), y, &script);
}

/// Draws an entry's shape at a place.
type Shape<'a> = &'a dyn Fn(&mut Page, f64);
