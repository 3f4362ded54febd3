//! A mistake as miette draws it: its sentence, and the one line that is meant, with a mark.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use crate::cli::screen::printable;
use crate::mistake::{Mistake, Place, Weight};

/// A mistake in the shape that miette draws.
#[derive(Debug)]
pub struct Report {
    what: String,
    help: Option<String>,
    weight: Weight,
    line: Option<Line>,
}

impl Report {
    /// A mistake as it is drawn on so many columns.
    pub fn new(mistake: &Mistake, width: usize) -> Self {
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
