//! A session as a table: its phases, and what sounds in each in the order of time.

use std::fmt::Write;

use crossterm::style::Stylize;

use crate::cli::screen::{Screen, columns, count, printable, shortened, wrapped};
use crate::level::Gain;
use crate::time::{Frames, Rate, clock};
use crate::timeline::{Clip, CueSort, PhaseSpan, PlacedCue, Timeline};
use crate::zone::Zones;

/// What stands between two columns.
const GAP: usize = 2;

/// The column that holds names and words; it takes what the others leave.
const WORDS: usize = 3;

/// The least that names and words get.
const LEAST: usize = 12;

type Cells = [String; 6];

/// The table, line by line, none wider than the screen.
#[must_use]
pub fn table(timeline: &Timeline, screen: Screen) -> String {
    let phases = rows(timeline);
    let titles = ["at", "length", "what", "", "level", ""].map(str::to_owned);
    let all = phases.iter().flatten().chain([&titles]);
    let widths = widths(all, screen.width);
    let paint = |line: String, look: Look| {
        let line = shortened(line.trim_end(), screen.width);
        match look {
            _ if !screen.fancy => line,
            Look::Bold => line.bold().to_string(),
            Look::Dim => line.dim().to_string(),
            Look::Plain => line,
        }
    };
    let mut lines = vec![
        paint(printable(&timeline.title), Look::Bold),
        paint(line(&titles, &widths), Look::Dim),
    ];
    for (span, rows) in timeline.phases.iter().zip(&phases) {
        lines.push(String::new());
        lines.push(paint(heading(span, timeline.rate), Look::Bold));
        for cells in rows {
            let for_therapist = cells[2] == CueSort::Remind.word();
            let look = if for_therapist {
                Look::Dim
            } else {
                Look::Plain
            };
            lines.extend(row(cells, &widths).map(|line| paint(line, look)));
        }
    }
    lines.join("\n") + "\n"
}

/// `3:00:00, 5 phases, 41 tracks, 17 cues`
#[must_use]
pub fn size(timeline: &Timeline) -> String {
    format!(
        "{}, {}, {}, {}",
        clock(timeline.rate.duration(timeline.length)),
        count(timeline.phases.len(), "phase"),
        count(timeline.clips.len(), "track"),
        count(timeline.cues.len(), "cue"),
    )
}

#[derive(Debug, Clone, Copy)]
enum Look {
    Plain,
    Bold,
    Dim,
}

/// The rows of each phase, in the order of time; what is heard comes before what is shown.
fn rows(timeline: &Timeline) -> Vec<Vec<Cells>> {
    let phase_of = |at: Frames| {
        let begun = timeline.phases.iter().rposition(|phase| phase.from <= at);
        begun.unwrap_or(0)
    };
    let mut phases: Vec<Vec<(Frames, Cells)>> = vec![Vec::new(); timeline.phases.len()];
    let mut before = Frames::ZERO;
    let mut put = |at: Frames, cells: Cells| {
        if let Some(rows) = phases.get_mut(phase_of(at)) {
            rows.push((at, cells));
        }
    };
    for clip in &timeline.clips {
        put(clip.from, clip_row(clip, before, timeline.rate));
        before = clip.end();
    }
    for span in timeline.phases.iter().filter(|phase| phase.silent) {
        put(span.from, silence_row(span, timeline.rate));
    }
    for cue in &timeline.cues {
        put(cue.at, cue_row(cue, timeline));
    }
    let in_order = |mut rows: Vec<(Frames, Cells)>| {
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter().map(|(_, cells)| cells).collect()
    };
    phases.into_iter().map(in_order).collect()
}

fn clip_row(clip: &Clip, before: Frames, rate: Rate) -> Cells {
    let fade = clip.fade_in.length;
    let coming = if clip.joined {
        "without a gap".to_owned()
    } else if fade == Frames::ZERO {
        String::new()
    } else if clip.from < before {
        format!("crossfade {}", seconds(fade, rate))
    } else {
        format!("fade in {}", seconds(fade, rate))
    };
    [
        time(clip.from, rate),
        time(clip.length, rate),
        "music".to_owned(),
        printable(&clip.title),
        level(clip.gain),
        coming,
    ]
}

fn silence_row(span: &PhaseSpan, rate: Rate) -> Cells {
    [
        time(span.from, rate),
        time(span.length, rate),
        "silence".to_owned(),
        "as the script asks for".to_owned(),
        String::new(),
        String::new(),
    ]
}

fn cue_row(cue: &PlacedCue, timeline: &Timeline) -> Cells {
    let rate = timeline.rate;
    let words = cue.text.as_ref().map(|text| format!("\"{text}\""));
    let silent = cue.sound.is_none();
    let (length, level) = if silent {
        (String::new(), String::new())
    } else {
        (time(cue.length, rate), level(cue.gain))
    };
    let whom = if cue.sort == CueSort::Remind {
        "therapist only".to_owned()
    } else if silent {
        "no recording".to_owned()
    } else {
        whom(cue.zones, timeline)
    };
    let moved = rate.seconds(cue.at) - rate.seconds(cue.asked);
    let whom = if moved.abs() < 0.05 {
        whom
    } else {
        format!("{whom}, moved {moved:+.0} s")
    };
    [
        time(cue.at, rate),
        length,
        cue.sort.word().to_owned(),
        printable(&words.unwrap_or_else(|| cue.name.clone())),
        level,
        whom,
    ]
}

/// Who hears it: `everyone`, `a`, `a and b`.
fn whom(zones: Zones, timeline: &Timeline) -> String {
    if zones == timeline.layout.all() {
        return "everyone".to_owned();
    }
    let listeners = timeline.layout.listeners(zones);
    let names: Vec<String> = listeners.iter().map(ToString::to_string).collect();
    format!("only {}", names.join(" and "))
}

fn heading(span: &PhaseSpan, rate: Rate) -> String {
    let mut text = format!(
        "{}, {} to {} ({})",
        printable(&span.name),
        time(span.from, rate),
        time(span.end(), rate),
        time(span.length, rate)
    );
    if span.level.0 != 0.0 {
        let _ = write!(text, ", level {}", span.level);
    }
    if span.hold {
        text.push_str(", holds until told to continue");
    }
    text
}

fn time(frames: Frames, rate: Rate) -> String {
    clock(rate.duration(frames))
}

/// `12 s`, `0.25 s`
fn seconds(frames: Frames, rate: Rate) -> String {
    let rounded = (rate.seconds(frames) * 100.0).round() / 100.0;
    format!("{rounded} s")
}

fn level(gain: Gain) -> String {
    if gain == Gain::SILENCE {
        return "silent".to_owned();
    }
    // Rounded first, so that no `-0.0` is shown.
    let rounded = (gain.decibels().0 * 10.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1} dB")
}

fn widths<'a>(rows: impl Iterator<Item = &'a Cells>, screen: usize) -> [usize; 6] {
    let mut widths = [0; 6];
    for cells in rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = columns(cell).max(*width);
        }
    }
    let others: usize = widths.iter().sum::<usize>() - widths[WORDS] + 2 + 5 * GAP;
    widths[WORDS] = widths[WORDS].min(screen.saturating_sub(others).max(LEAST));
    widths
}

/// A row, with as many lines as its words need.
fn row(cells: &Cells, widths: &[usize; 6]) -> impl Iterator<Item = String> {
    let words = wrapped(&cells[WORDS], widths[WORDS]).into_iter();
    words.enumerate().map(|(at, words)| {
        let mut cells = if at == 0 {
            cells.clone()
        } else {
            Cells::default()
        };
        cells[WORDS] = words;
        line(&cells, widths)
    })
}

/// The cells side by side: numbers to the right, words to the left.
fn line(cells: &Cells, widths: &[usize; 6]) -> String {
    let mut line = String::from("  ");
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = shortened(cell, *width);
        let pad = " ".repeat(width - columns(&cell));
        let to_the_right = matches!(at, 0 | 1 | 4);
        let (left, right) = if to_the_right {
            (pad.as_str(), "")
        } else {
            ("", pad.as_str())
        };
        let _ = write!(line, "{left}{cell}{right}{:GAP$}", "");
    }
    line
}
