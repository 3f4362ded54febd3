//! A session on one page: HTML that needs nothing else, by day and by night, on paper and on a phone.

use std::fmt::Write;
use std::path::Path;

use crate::cli::journal::style::STYLE;
use crate::cli::journal::words::{Fate, sort, told};
use crate::cli::screen::{count, printable};
use crate::journal::{Account, Deed, Moment, Note, Played};
use crate::time::{Frames, clock};
use crate::timeline::picture::{self, class_of_phase, safe};
use crate::timeline::{CueSort, PhaseSpan};
use crate::when::{When, spoken};

/// Nothing is fetched, sent or run.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What a page is made of.
#[derive(Debug)]
pub struct Record<'a> {
    /// What was recorded.
    pub account: &'a Account,
    /// The session as it was played.
    pub played: &'a Played,
    /// How it ended.
    pub fate: Fate,
    /// The private notes, where they are asked for.
    pub notes: Option<&'a [Note]>,
}

impl Record<'_> {
    /// What happened, as far as it is told on this page: how the session was steered, and of what the therapist was reminded,
    /// is for her own copy alone, which holds her notes.
    fn moments(&self) -> impl Iterator<Item = &Moment> {
        let is_hers = |deed: &Deed| match deed {
            Deed::Changed(_) => true,
            Deed::Cue { how, .. } => how.as_ref().is_some_and(|how| how.kind == CueSort::Remind),
            _ => false,
        };
        let moments = self.played.moments.iter();
        moments.filter(move |moment| self.notes.is_some() || !is_hers(&moment.deed))
    }
}

/// The page. Every text in it that comes from a record is tamed.
pub fn page(record: &Record) -> String {
    let title = tame(&record.account.started.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
    );
    for part in [
        head(record, &title),
        drawn(record),
        heard(record),
        cues(record),
        moments(record),
        notes(record),
        faults(record),
        foot(record),
    ] {
        page.push_str(&part);
    }
    page + "</main>\n</body>\n</html>\n"
}

/// Text that does nothing, in a document or to whoever reads it.
fn tame(text: &str) -> String {
    safe(&printable(text))
}

fn head(record: &Record, title: &str) -> String {
    let account = record.account;
    let (began, ended) = (When::of(account.begun_wall()), When::of(account.last_wall));
    let rate = record.played.timeline.rate;
    let pieces = record.played.tracks().count();
    let facts = [
        ("Heard", spoken(rate.duration(record.played.length()))),
        ("Began", format!("{} {}", began.time(), began.zone())),
        ("Until", format!("{} {}", ended.time(), ended.zone())),
        ("Music", count(pieces, "piece")),
        ("Ending", record.fate.words().to_owned()),
    ];
    let mut head = format!(
        "<header class=\"head\">\n<p class=\"kicker\">Session record</p>\n<h1>{title}</h1>\n\
         <p class=\"day\">{}</p>\n",
        tame(&began.day())
    );
    if record.notes.is_some() {
        head.push_str(
            "<p class=\"private\"><strong>Private.</strong> This copy holds the therapist’s notes. \
             It is not for handing on.</p>\n",
        );
    }
    head.push_str("<dl class=\"facts\">\n");
    for (what, value) in facts {
        let _ = writeln!(head, "<div><dt>{what}</dt><dd>{}</dd></div>", tame(&value));
    }
    head + "</dl>\n</header>\n"
}

/// The picture, with what happened beside what sounded.
fn drawn(record: &Record) -> String {
    let played = record.played;
    let drawn = record.moments().filter_map(|moment| {
        let sort = sort(&moment.deed)?;
        let words = match &moment.deed {
            Deed::Marked { name: None } => "marked".to_owned(),
            Deed::Interrupted { away, .. } => format!("interrupted for {}", spoken(*away)),
            deed => told(deed, played.timeline.rate).1,
        };
        let at = moment.at.min(played.length());
        Some(picture::Moment {
            at,
            sort,
            words: printable(&words),
        })
    });
    let drawn: Vec<picture::Moment> = drawn.collect();
    let mut timeline = played.timeline.clone();
    timeline
        .cues
        .retain(|cue| record.notes.is_some() || cue.sort != CueSort::Remind);
    let svg = picture::played(&timeline, &played.measured, &drawn);
    format!("<figure class=\"picture\" tabindex=\"0\">\n{svg}</figure>\n")
}

/// The pieces as they were heard, phase by phase.
fn heard(record: &Record) -> String {
    let played = record.played;
    let tracks: Vec<&Moment> = played.tracks().collect();
    if tracks.is_empty() {
        return section(
            "What was heard",
            "<p class=\"none\">No music was heard.</p>\n",
        );
    }
    let spans = &played.timeline.phases;
    let first = spans.first().map_or(Frames(u64::MAX), |span| span.from);
    let before = tracks.iter().filter(|track| track.at < first);
    let mut body = rows(before.map(|track| piece(track, played)));
    for (number, span) in spans.iter().enumerate() {
        let within = tracks
            .iter()
            .filter(|it| span.from <= it.at && it.at < span.end());
        let list = rows(within.map(|track| piece(track, played)));
        let list = match (list.is_empty(), span.silent) {
            (false, _) => list,
            (true, true) => "<p class=\"none\">Silence, as intended.</p>\n".to_owned(),
            (true, false) => "<p class=\"none\">The music went on.</p>\n".to_owned(),
        };
        let _ = write!(body, "{}{list}", phase(number, span, played));
    }
    section("What was heard", &body)
}

/// A phase's heading, with a stroke of its colour in the picture.
fn phase(number: usize, span: &PhaseSpan, played: &Played) -> String {
    let time = |at| clock(played.timeline.rate.duration(at));
    format!(
        "<h3><svg class=\"stroke {}\" viewBox=\"0 0 4 20\" aria-hidden=\"true\">\
         <rect class=\"hill\" width=\"4\" height=\"20\"/></svg>{}<small>{} – {}</small></h3>\n",
        class_of_phase(&played.timeline.phases, number),
        tame(&span.name),
        time(span.from),
        time(span.end())
    )
}

fn piece(track: &Moment, played: &Played) -> [String; 4] {
    let (title, length, failed) = match &track.deed {
        Deed::Track {
            title,
            length,
            failed,
            ..
        } => (title.as_str(), *length, *failed),
        _ => ("", Frames::ZERO, false),
    };
    let length = clock(played.timeline.rate.duration(length));
    let mut words = tame(title);
    if failed {
        words
            .push_str("<small>, whose file failed; the bed was heard for what was missing</small>");
    }
    line(track, played, &words, &length)
}

/// The four cells of a row: position, time of day, words and what stands at the end.
fn line(moment: &Moment, played: &Played, words: &str, end: &str) -> [String; 4] {
    let at = clock(played.timeline.rate.duration(moment.at));
    [
        at,
        When::of(moment.wall).time(),
        words.to_owned(),
        end.to_owned(),
    ]
}

/// Nothing where there is no row.
fn rows(rows: impl Iterator<Item = [String; 4]>) -> String {
    let mut list = String::new();
    for [at, wall, words, end] in rows {
        let _ = writeln!(
            list,
            "<li><span class=\"at\">{at}</span><span class=\"wall\">{wall}</span>\
             <span class=\"what\">{words}</span><span class=\"end\">{end}</span></li>"
        );
    }
    if list.is_empty() {
        return list;
    }
    format!("<ol class=\"rows\">\n{list}</ol>\n")
}

fn section(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<section>\n<h2>{title}</h2>\n{body}</section>\n")
}

fn cues(record: &Record) -> String {
    let played = record.played;
    let cues = record.moments().filter_map(|moment| {
        let Deed::Cue { name, how } = &moment.deed else {
            return None;
        };
        let kind = how.as_ref().map(|how| how.kind);
        let word = match kind {
            Some(CueSort::Remind) => "reminder",
            Some(kind) => kind.word(),
            None => "",
        };
        let (_, words) = told(&moment.deed, played.timeline.rate);
        let words = words.strip_prefix(name.as_str()).unwrap_or_default();
        let words = format!("{}<small>{}</small>", tame(name), tame(words));
        Some(line(moment, played, &words, word))
    });
    let title = match record.notes {
        Some(_) => "Voices, chimes and reminders",
        None => "Voices and chimes",
    };
    section(title, &rows(cues))
}

/// What somebody marked, changed or paused. What was asked for and not done is for `journal show`: nobody heard it.
fn moments(record: &Record) -> String {
    let played = record.played;
    let shown = record.moments().filter_map(|moment| {
        let (kind, words) = told(&moment.deed, played.timeline.rate);
        let kind = match &moment.deed {
            Deed::Marked { .. } => "marked",
            Deed::Changed(_) | Deed::Rested { .. } | Deed::Stopping { .. } => kind,
            _ => return None,
        };
        Some(line(moment, played, &tame(&words), kind))
    });
    let title = match record.notes {
        Some(_) => "Marks and changes",
        None => "Marks and pauses",
    };
    section(title, &rows(shown))
}

/// The private notes, where they are asked for.
fn notes(record: &Record) -> String {
    let Some(notes) = record.notes else {
        return String::new();
    };
    let rate = record.played.timeline.rate;
    let shown = notes.iter().map(|note| {
        let at = note
            .at
            .map_or_else(String::new, |at| clock(rate.duration(at)));
        let lines: Vec<String> = note.text.lines().map(tame).collect();
        [
            at,
            When::of(note.wall).time(),
            lines.join("<br>"),
            String::new(),
        ]
    });
    let list = rows(shown);
    if list.is_empty() {
        return section(
            "Private notes",
            "<p class=\"none\">Nothing was noted.</p>\n",
        );
    }
    section("Private notes", &list)
}

fn faults(record: &Record) -> String {
    let played = record.played;
    let faults = played
        .moments
        .iter()
        .filter(|moment| moment.deed.is_fault());
    let list = rows(faults.map(|moment| {
        let (kind, words) = told(&moment.deed, played.timeline.rate);
        let kind = if kind == "fault" { "" } else { kind };
        line(moment, played, &tame(&words), kind)
    }));
    section("What failed", &list)
}

/// What it was made from, and what is not on the page.
fn foot(record: &Record) -> String {
    let started = &record.account.started;
    let script = Path::new(&started.script).file_name();
    let script = script.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let hash: String = started.hash.chars().take(12).collect();
    let mut foot = String::from("<footer>\n");
    foot.push_str(match record.notes {
        Some(_) => "<p>The private notes are on this page.</p>\n",
        None => {
            "<p>The therapist’s private notes are not on this page, nor how the session was steered.</p>\n"
        }
    });
    if record.fate == Fate::Playing || record.fate == Fate::Resting {
        foot.push_str("<p>The session goes on; this is how it was when the page was made.</p>\n");
    }
    let lost = match record.account.lost() {
        0 => String::new(),
        1 => " · one record is lost".to_owned(),
        lost => format!(" · {lost} records are lost"),
    };
    let _ = writeln!(
        foot,
        "<p>{} · script {} · seed {} · Undersong {}{lost}</p>\n</footer>",
        tame(&script),
        tame(&hash),
        started.seed,
        tame(&started.undersong)
    );
    foot
}
