//! Mistakes as people read them: the sentence, the line with a mark under what is meant, and what would be right.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;

use crate::cli::report::Report;
use crate::cli::screen::{Screen, complain, count, printable};
use crate::mistake::{Mistake, Weight};

/// Shows mistakes and their number on the standard error; nothing where there are none.
pub fn show(mistakes: &[Mistake], script: &Path) {
    if !mistakes.is_empty() {
        complain(&text(mistakes, script, Screen::of(&io::stderr())));
    }
}

/// Says on the standard error that there are warnings, and where they are shown; nothing where there are none.
pub fn mention(warnings: &[Mistake], script: &Path) {
    if !warnings.is_empty() {
        let script = script.to_string_lossy();
        let number = count(warnings.len(), "warning");
        complain(&printable(&format!(
            "{number}; `undersong check {script}` shows more"
        )));
    }
}

/// All of them, the warnings first so that what must be mended stands where the eye is, and their number.
#[must_use]
pub fn text(mistakes: &[Mistake], script: &Path, screen: Screen) -> String {
    let theme = if screen.fancy {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::none()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(screen.width)
        .with_context_lines(0)
        .tab_width(4)
        .without_syntax_highlighting();
    let mut in_order: Vec<&Mistake> = mistakes.iter().collect();
    in_order.sort_by_key(|mistake| mistake.weight);
    let mut text = String::new();
    for mistake in in_order {
        let report = Report::new(mistake, screen.width);
        if handler.render_report(&mut text, &report).is_err() {
            text.push_str(&printable(&mistake.to_string()));
        }
        text.push('\n');
    }
    text + &summary(mistakes, script)
}

/// `2 mistakes and 1 warning in evening.yaml`
fn summary(mistakes: &[Mistake], script: &Path) -> String {
    let errors = mistakes.iter().filter(|m| m.weight == Weight::Error);
    let errors = errors.count();
    let number = match (errors, mistakes.len() - errors) {
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "mistake"),
        (errors, warnings) => format!(
            "{} and {}",
            count(errors, "mistake"),
            count(warnings, "warning")
        ),
    };
    format!("{number} in {}", printable(&script.to_string_lossy()))
}

/// A mistake as programs read it.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    weight: Weight,
    file: Cow<'a, str>,
    line: Option<usize>,
    column: Option<usize>,
    what: &'a str,
    help: Option<&'a str>,
}

/// All of them as a JSON array of `{weight, file, line, column, what, help}`.
#[must_use]
pub fn json(mistakes: &[Mistake]) -> String {
    let entries: Vec<Entry> = mistakes
        .iter()
        .map(|mistake| {
            let place = mistake.place.line_column();
            Entry {
                weight: mistake.weight,
                file: mistake.place.source.path.to_string_lossy(),
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                what: &mistake.what,
                help: mistake.help.as_deref(),
            }
        })
        .collect();
    // Plain strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&entries).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mistake::{Place, Source};

    fn place(text: &str, what: &str) -> Place {
        let at = text.find(what).unwrap();
        let source = Arc::new(Source {
            path: "evening.yaml".into(),
            text: text.to_owned(),
        });
        Place::new(&source, at..at + what.len())
    }

    fn shown(mistake: Mistake) -> String {
        text(&[mistake], Path::new("evening.yaml"), Screen::PLAIN)
    }

    /// The letters of the line above the mark that the mark stands under.
    fn marked(shown: &str) -> String {
        let lines: Vec<&str> = shown.lines().collect();
        let at = lines.iter().position(|l| l.contains('^')).unwrap();
        let mark: Vec<char> = lines[at].chars().collect();
        let above = lines[at - 1].chars().enumerate();
        let under =
            above.filter(|(i, _)| mark.get(*i).is_some_and(|c| "^|".contains(*c)) && *i > 5);
        under.map(|(_, c)| c).collect()
    }

    #[test]
    fn the_mark_stands_under_exactly_what_is_meant() {
        let place = place("a: 1\n  playlist: clam # x\nb: 2\n", "clam");
        let shown = shown(Mistake::error(place, "no playlist").help("did you mean `calm`?"));
        assert!(shown.contains("evening.yaml:2:13"), "{shown}");
        assert!(shown.contains("2 |   playlist: clam # x"), "{shown}");
        assert_eq!(marked(&shown), "clam", "{shown}");
        assert!(shown.contains("did you mean `calm`?"), "{shown}");
        assert!(shown.ends_with("1 mistake in evening.yaml"), "{shown}");
        assert!(shown.is_ascii(), "{shown}");
    }

    #[test]
    fn a_line_of_any_length_fits_and_shows_the_mark() {
        let long = "x ".repeat(5_000);
        let place = place(&format!("{long}clam {long}"), "clam");
        let shown = shown(Mistake::warning(place, "no playlist"));
        assert!(shown.lines().all(|l| l.chars().count() <= 80), "{shown}");
        assert_eq!(marked(&shown), "clam", "{shown}");
    }

    #[test]
    fn odd_places_are_shown_all_the_same() {
        let source = Arc::new(Source {
            path: "evening.yaml".into(),
            text: "a: ä\r\n\n\tb\u{1b}[2J".into(),
        });
        for span in [0..0, 3..5, 5..5, 6..7, 7..7, 8..40, 14..14, 99..120] {
            let place = Place::new(&source, span);
            let shown = shown(Mistake::error(place, "odd"));
            assert!(
                shown.contains("odd") && !shown.contains('\u{1b}'),
                "{shown}"
            );
        }
        let shown = shown(Mistake::error(Place::whole(&source), "cannot be read"));
        assert!(shown.contains("evening.yaml: cannot be read"), "{shown}");
    }

    #[test]
    fn errors_stand_last_and_are_counted_apart() {
        let place = place("a: 1", "1");
        let mistakes = [
            Mistake::error(place.clone(), "first"),
            Mistake::warning(place.clone(), "second"),
            Mistake::error(place, "third"),
        ];
        let shown = text(&mistakes, Path::new("e.yaml"), Screen::PLAIN);
        assert!(shown.find("second") < shown.find("first"), "{shown}");
        assert!(
            shown.ends_with("2 mistakes and 1 warning in e.yaml"),
            "{shown}"
        );
        let json: serde_json::Value = serde_json::from_str(&json(&mistakes)).unwrap();
        assert_eq!(json[1]["weight"], "warning");
        assert_eq!(json[2]["column"], 4);
        assert!(json[2]["help"].is_null());
    }
}
