//! Mistakes as people read them: the sentence, the line with a mark under what is meant, and what would be right.

use std::fmt;
use std::io;
use std::path::Path;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents,
};
use serde::Serialize;

use crate::cli::screen::{Screen, complain, count, printable};
use crate::mistake::{Mistake, Place, Weight};

/// Shows mistakes and their number on the standard error; nothing where there are none.
pub fn show(mistakes: &[Mistake], script: &Path) {
    if !mistakes.is_empty() {
        complain(&text(mistakes, script, Screen::of(&io::stderr())));
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
    file: std::borrow::Cow<'a, str>,
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

/// A mistake in the shape that miette draws.
#[derive(Debug)]
struct Report {
    what: String,
    help: Option<String>,
    weight: Weight,
    line: Option<Line>,
}

impl Report {
    fn new(mistake: &Mistake, width: usize) -> Self {
        let line = Line::of(&mistake.place, width);
        let weight = match mistake.weight {
            Weight::Error => "mistake",
            Weight::Warning => "warning",
        };
        // Without its line, a sentence must at least name the file.
        let file = if line.is_none() {
            format!("{}: ", mistake.place)
        } else {
            String::new()
        };
        Self {
            what: printable(&format!("{weight}: {file}{}", mistake.what)),
            help: mistake.help.as_deref().map(printable),
            weight: mistake.weight,
            line,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn severity(&self) -> Option<Severity> {
        Some(match self.weight {
            Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.line.as_ref()?)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (from, length) = self.line.as_ref()?.mark;
        let label = LabeledSpan::new_primary_with_span(None, (from, length));
        Some(Box::new(std::iter::once(label)))
    }
}

/// The one line that is meant, cut to what fits around the mark.
#[derive(Debug)]
struct Line {
    file: String,
    number: usize,
    column: usize,
    text: String,
    /// Where the mark begins and how long it is, in bytes of `text`.
    mark: (usize, usize),
}

/// What stands left of a line: its number and the drawn margin.
const MARGIN: usize = 10;

impl Line {
    fn of(place: &Place, width: usize) -> Option<Self> {
        let (number, column) = place.line_column()?;
        let text = place.source.text.as_str();
        let span = place.span.as_ref()?;
        let start = span.start.min(text.len());
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = span.end.clamp(start, to);
        let (before, marked, after) = (&text[from..start], text.get(start..end)?, &text[end..to]);
        let after = after.trim_end_matches('\r');

        // What is meant comes first, then what stands before it.
        let room = width.saturating_sub(MARGIN).max(20);
        let letters = |text: &str| text.chars().count();
        let all = letters(before) + letters(marked) + letters(after);
        let fits = all <= room;
        let marked = first(marked, if fits { room } else { room * 2 / 3 });
        let left = room - letters(&marked);
        let before = last(before, left.saturating_sub(letters(after).min(left / 3)));
        let mut line = format!("{before}{marked}{}", first(after, left - letters(&before)));
        if line.len() == before.len() {
            // The mark stands behind the line's end, and needs something to stand under.
            line.push(' ');
        }
        Some(Self {
            file: printable(&place.source.path.to_string_lossy()),
            number,
            column,
            text: line,
            mark: (before.len(), marked.len()),
        })
    }
}

/// The first `most` letters; tabs stay, since the mark below counts them.
fn first(text: &str, most: usize) -> String {
    let mut kept: String = text.chars().take(most + 1).map(tame).collect();
    if kept.chars().count() > most {
        kept = kept.chars().take(most.saturating_sub(1)).collect();
        kept.push('…');
    }
    kept
}

/// The last `most` letters.
fn last(text: &str, most: usize) -> String {
    let back: String = text.chars().rev().collect();
    first(&back, most).chars().rev().collect()
}

fn tame(c: char) -> char {
    if c.is_control() && c != '\t' { ' ' } else { c }
}

impl SourceCode for Line {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.number - 1,
            self.column - 1,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mistake::Source;

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
