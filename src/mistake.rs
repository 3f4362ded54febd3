//! A mistake in a file that a person wrote: where, what, and what would be right.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

/// A text file that was read: its name as the person gave it, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What stands in it; empty where it could not be read as text.
    pub text: String,
}

/// Where in a file something stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes of its text that are meant; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
}

impl Place {
    /// A stretch of a file.
    #[must_use]
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self {
            source: Arc::clone(source),
            span: Some(span),
        }
    }

    /// A file as a whole.
    #[must_use]
    pub fn whole(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            span: None,
        }
    }

    /// A file that could not be read as text.
    #[must_use]
    pub fn unread(path: &Path) -> Self {
        Self::whole(&Arc::new(Source {
            path: path.to_owned(),
            text: String::new(),
        }))
    }

    /// Line and column, counted from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self) -> Option<(usize, usize)> {
        let start = self.span.as_ref()?.start.min(self.source.text.len());
        let before = self.source.text.get(..start)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        Some((line, before[line_start..].chars().count() + 1))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `sessions/evening.yaml:12:5`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source.path.display())?;
        if let Some((line, column)) = self.line_column() {
            write!(f, ":{line}:{column}")?;
        }
        Ok(())
    }
}

/// Whether a session can be played with the mistake in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The session plays, but perhaps not as meant.
    Warning,
    /// The session is not played.
    Error,
}

/// Whom a warning concerns: the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Patients hear it.
    Heard,
    /// They may.
    MayBeHeard,
    /// It is only good to know.
    Known,
}

/// Something wrong in a file that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// How bad it is.
    pub weight: Weight,
    /// Whom it concerns, where it is a warning.
    pub rank: Rank,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, in a sentence without a full stop.
    pub what: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake that keeps the session from being played.
    #[must_use]
    pub fn error(place: Place, what: impl Into<String>) -> Self {
        Self {
            weight: Weight::Error,
            rank: Rank::Heard,
            place,
            what: what.into(),
            help: None,
        }
    }

    /// Something to look at, and good to know; the session plays all the same.
    #[must_use]
    pub fn warning(place: Place, what: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            rank: Rank::Known,
            ..Self::error(place, what)
        }
    }

    /// With whom it concerns.
    #[must_use]
    pub fn rank(mut self, rank: Rank) -> Self {
        self.rank = rank;
        self
    }

    /// With what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What is wrong and what would be right, before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong, in a sentence without a full stop.
    pub what: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}

impl Wrong {
    /// Something wrong.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: None,
        }
    }

    /// With what would be right.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        self.maybe_help(Some(help.into()))
    }

    /// With what would be right, where that can be said.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// A mistake that keeps the session from being played, at its place.
    #[must_use]
    pub fn at(self, place: Place) -> Mistake {
        Mistake {
            help: self.help,
            ..Mistake::error(place, self.what)
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_its_line_and_column() {
        let source = Arc::new(Source {
            path: "evening.yaml".into(),
            text: "a: 1\nä: clam\n".into(),
        });
        let at = source.text.find("clam").unwrap();
        let place = Place::new(&source, at..at + 4);
        assert_eq!(place.line_column(), Some((2, 4)));
        assert_eq!(place.to_string(), "evening.yaml:2:4");
        assert_eq!(Place::whole(&source).to_string(), "evening.yaml");
    }
}
