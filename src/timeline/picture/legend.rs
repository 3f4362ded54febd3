//! What the shapes mean, and which script they come from.

use super::lettering::width;
use super::moments::{Moment, MomentSort, sign};
use super::page::Page;
use super::{LEFT, LEGEND, RIGHT, palette};
use crate::timeline::model::{CueSort, Timeline};

/// Between an entry's shape and its words, and behind them.
const SPACE: f64 = 22.0;

/// What the signs of moments mean.
const SIGNS: [(MomentSort, &str); 4] = [
    (MomentSort::Mark, "marked"),
    (MomentSort::Change, "changed"),
    (MomentSort::Rest, "rested, or stood still"),
    (MomentSort::Fault, "something failed"),
];

/// An entry for each kind of thing that is in a session that is planned.
pub fn draw(page: &mut Page, timeline: &Timeline) {
    let words = [
        "music, as high as it is loud",
        "speech, and the music below it",
    ];
    entries(page, timeline, words, &[]);
}

/// The same for a session that was played.
pub fn played(page: &mut Page, timeline: &Timeline, moments: &[Moment]) {
    let words = [
        "music, as high as it was loud",
        "speech, and how loud all was",
    ];
    entries(page, timeline, words, moments);
}

fn entries(page: &mut Page, timeline: &Timeline, words: [&str; 2], moments: &[Moment]) {
    let y = LEGEND;
    let [music, talk] = words;
    let has = |sort: CueSort| timeline.cues.iter().any(|cue| cue.sort == sort);
    let speech = has(CueSort::Voice) || has(CueSort::Say);
    let mut x = LEFT;
    let mut entry = |page: &mut Page, there: bool, class: &str, words: &str, shape: Shape<'_>| {
        if there {
            page.group(class, "", |page| shape(page, x, y));
            page.text("legend", x + SPACE, y, words);
            x += width(words, 11.0) + 2.0 * SPACE;
        }
    };
    let hills = !timeline.clips.is_empty();
    let silence = timeline.phases.iter().any(|phase| phase.silent);
    let hold = timeline.phases.iter().any(|phase| phase.hold);
    entry(page, hills, &palette::class(2), music, &|page, x, y| {
        let hill = [
            (x, y),
            (x + 3.0, y - 7.0),
            (x + 8.0, y - 10.0),
            (x + 13.0, y - 6.0),
            (x + 16.0, y),
        ];
        page.shape("hill", hill);
    });
    entry(page, speech, "all", talk, &|page, x, y| {
        let notch = [
            (x, y),
            (x, y - 10.0),
            (x + 3.0, y - 10.0),
            (x + 6.0, y - 3.0),
        ];
        let back = [
            (x + 10.0, y - 3.0),
            (x + 13.0, y - 10.0),
            (x + 16.0, y - 10.0),
            (x + 16.0, y),
        ];
        page.shape("gain", notch.into_iter().chain(back));
        page.rect("mark", [x + 6.5, y - 10.0, 3.0, 10.0]);
    });
    entry(page, has(CueSort::Chime), "all", "chime", &|page, x, y| {
        page.line("tail", [x + 5.0, y - 4.0, x + 16.0, y - 4.0]);
        page.dot("mark", x + 5.0, y - 4.0, 4.0);
    });
    entry(
        page,
        has(CueSort::Remind),
        palette::REMIND,
        "for the therapist only",
        &|page, x, y| {
            page.shape(
                "mark",
                [(x + 4.0, y - 10.0), (x + 13.0, y - 6.0), (x + 4.0, y - 2.0)],
            );
        },
    );
    entry(page, silence, "", "intended silence", &|page, x, y| {
        page.rect("silence", [x, y - 10.0, 16.0, 11.0]);
    });
    entry(
        page,
        hold,
        "",
        "holds until told to continue",
        &|page, x, y| {
            page.rect("bar", [x + 4.0, y - 10.0, 2.5, 10.0]);
            page.rect("bar", [x + 9.0, y - 10.0, 2.5, 10.0]);
        },
    );
    for (sort, words) in SIGNS {
        let there = moments.iter().any(|moment| moment.sort == sort);
        entry(page, there, sort.class(), words, &|page, x, y| {
            sign(page, sort, x + 8.0, y - 4.0);
        });
    }
    let script: String = timeline.script.chars().take(8).collect();
    let script = format!("script {script}");
    page.text("legend", RIGHT - width(&script, 11.0), y, &script);
}

/// Draws an entry's shape at a place.
type Shape<'a> = &'a dyn Fn(&mut Page, f64, f64);
