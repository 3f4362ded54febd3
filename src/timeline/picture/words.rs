//! The words of the cues and of the moments, below the lanes, each on a thin leader from its mark.

use std::collections::HashMap;

use super::labels::{Board, Spot};
use super::lanes::{Lanes, class};
use super::lettering::{fitted, width};
use super::moments::Moment;
use super::page::Page;
use super::scale::Scale;
use super::{WIDTH, WORDS_END};
use crate::time::clock;
use crate::timeline::model::{CueSort, PlacedCue, Timeline};

/// The height of a row.
const ROW: f64 = 18.0;

/// As many rows as leave enough for the music.
const ROWS: usize = 10;

/// The longest text, and those that are tried where it finds no room.
const WIDTHS: [f64; 5] = [640.0, 330.0, 220.0, 160.0, 120.0];

/// No more are tried: there is room for some dozens.
const MOST: usize = 2_000;

/// Between the time and the words.
const SPACE: f64 = 6.0;

/// The same words are not repeated within this.
const AGAIN: f64 = 220.0;

/// What a label belongs to, by its place among its like.
#[derive(Clone, Copy)]
enum Subject {
    Cue(usize),
    Moment(usize),
}

/// What stands on a label.
struct Label {
    when: String,
    words: String,
}

impl Label {
    fn of(cue: &PlacedCue, timeline: &Timeline) -> Self {
        let words = match (&cue.text, cue.sort) {
            (Some(text), CueSort::Say) => format!("“{text}”"),
            (Some(text), _) => text.clone(),
            (None, _) => cue.name.clone(),
        };
        let listeners = timeline.layout.listeners(cue.zones);
        let everyone = cue.zones == timeline.layout.all();
        let whom = if everyone || cue.sort == CueSort::Remind {
            String::new()
        } else {
            let names: Vec<String> = listeners.iter().map(ToString::to_string).collect();
            format!("{}: ", names.join(", "))
        };
        Self {
            when: clock(timeline.rate.duration(cue.at)),
            words: format!("{whom}{words}"),
        }
    }

    fn of_moment(moment: &Moment, timeline: &Timeline) -> Self {
        Self {
            when: clock(timeline.rate.duration(moment.at)),
            words: moment.words.clone(),
        }
    }

    fn when_width(&self) -> f64 {
        width(&self.when, 11.0) + SPACE
    }

    fn width(&self) -> f64 {
        (self.when_width() + width(&self.words, 12.0)).min(WIDTHS[0])
    }

    fn draw(&self, page: &mut Page, spot: &Spot, y: f64) {
        page.text("when", spot.from, y, &self.when);
        let room = spot.to - spot.from - self.when_width();
        if let Some(words) = fitted(&self.words, 12.0, room + 0.1) {
            page.text("word", spot.from + self.when_width(), y, &words);
        }
    }
}

/// The labels of a session's cues and moments, each where there is room for it.
pub struct Words {
    labels: Vec<(Subject, Label, Spot)>,
    /// The first row's line.
    first: f64,
}

impl Words {
    /// Finds room for as many as can be.
    pub fn arrange(timeline: &Timeline, moments: &[Moment], scale: &Scale) -> Self {
        let board = Board {
            rows: ROWS,
            right: WIDTH - 12.0,
        };
        let cues = timeline.cues.iter().enumerate();
        let cues = cues.map(|(n, cue)| (cue.at, Subject::Cue(n), Label::of(cue, timeline)));
        let spoken = moments.iter().enumerate().filter(|(_, it)| it.is_spoken());
        let spoken = spoken.map(|(n, moment)| {
            let label = Label::of_moment(moment, timeline);
            (moment.at, Subject::Moment(n), label)
        });
        let mut all: Vec<_> = cues.chain(spoken).collect();
        all.sort_by_key(|(at, ..)| *at);
        all.truncate(MOST);
        let mut said = HashMap::new();
        let mut labels = Vec::new();
        let mut marks = Vec::new();
        for (at, subject, label) in all {
            let x = scale.x(at);
            let before = said.get(&label.words);
            if before.is_none_or(|before| x - before > AGAIN) {
                said.insert(label.words.clone(), x);
                marks.push((x, label.width()));
                labels.push((subject, label));
            }
        }
        let narrower = |wide: f64| WIDTHS.into_iter().find(|width| *width < wide);
        let spots = board.arrange(&marks, narrower);
        let last = spots.iter().flatten().map(|spot| spot.row).max();
        Self {
            labels: labels
                .into_iter()
                .zip(&spots)
                .filter_map(|((subject, label), spot)| Some((subject, label, (*spot)?)))
                .collect(),
            first: WORDS_END - last.map_or(-0.5, |row| row as f64) * ROW,
        }
    }

    /// The upper edge of the first row.
    pub const fn top(&self) -> f64 {
        self.first - 14.0
    }

    /// All labels for which there is room.
    pub fn draw(&self, page: &mut Page, timeline: &Timeline, moments: &[Moment], lanes: &Lanes) {
        for (subject, label, spot) in &self.labels {
            let (class, foot) = match subject {
                Subject::Cue(at) => match timeline.cues.get(*at) {
                    Some(cue) => (class(cue, timeline), lanes.foot(cue)),
                    None => continue,
                },
                Subject::Moment(at) => match moments.get(*at) {
                    Some(moment) => (moment.sort.class(), lanes.foot_of_moments()),
                    None => continue,
                },
            };
            let y = self.first + spot.row as f64 * ROW;
            page.group(class, "", |page| {
                page.line("leader", [spot.mark, foot, spot.mark, y]);
                label.draw(page, spot, y);
            });
        }
    }
}
