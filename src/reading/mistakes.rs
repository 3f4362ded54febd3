//! The mistakes of one file and of those it names, gathered so that all are shown at once.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::mistake::{Mistake, Place, Rank, Source, Weight, Wrong};

/// More than this many of each weight are counted, but not kept: nobody reads them, and a file of garbage must
/// not fill the memory.
const MOST: usize = 500;

/// Suggestions look at folders and compare many names; the first mistakes get one.
const SUGGESTED: usize = 50;

/// What was found wrong so far.
#[derive(Debug)]
pub struct Mistakes {
    source: Arc<Source>,
    found: Vec<Mistake>,
    /// How many errors there are, and how many warnings, those that were not kept too.
    errors: usize,
    warnings: usize,
}

impl Mistakes {
    /// None yet, in this file.
    #[must_use]
    pub fn new(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            found: Vec::new(),
            errors: 0,
            warnings: 0,
        }
    }

    /// The file that is read.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// A stretch of the file.
    #[must_use]
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::new(&self.source, span.clone())
    }

    /// Something in this file that keeps the session from being played.
    pub fn error(&mut self, span: &Range<usize>, wrong: Wrong) {
        self.push(wrong.at(self.place(span)));
    }

    /// Something in this file to look at; the session plays all the same.
    pub fn warning(&mut self, span: &Range<usize>, wrong: Wrong) {
        let mistake = wrong.at(self.place(span));
        self.push(Mistake {
            weight: Weight::Warning,
            rank: Rank::Known,
            ..mistake
        });
    }

    /// A mistake of any file.
    pub fn push(&mut self, mistake: Mistake) {
        let count = match mistake.weight {
            Weight::Error => &mut self.errors,
            Weight::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= MOST {
            self.found.push(mistake);
        }
    }

    /// Whether a costly search for what was meant is still worth its time.
    #[must_use]
    pub fn may_suggest(&self) -> bool {
        self.found.len() < SUGGESTED
    }

    /// Whether something was found that keeps the session from being played.
    #[must_use]
    pub const fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// All, each once: this file's first and from its top down, then those of the files it names.
    #[must_use]
    pub fn in_order(mut self) -> Vec<Mistake> {
        let own = self.source.path.clone();
        let start = |m: &Mistake| m.place.span.as_ref().map_or(0, |span| span.start);
        self.found
            .sort_by_cached_key(|m| (file(m) != own, file(m).to_owned(), start(m)));
        let mut seen = HashSet::new();
        self.found
            .retain(|m| seen.insert((file(m).to_owned(), m.place.span.clone(), m.what.clone())));
        let more = |count: usize, what| {
            let more = count.checked_sub(MOST).filter(|more| *more > 0)?;
            Some(format!("there are {more} more {what}, not shown here"))
        };
        let whole = || Place::whole(&self.source);
        let warnings = more(self.warnings, "warnings").map(|it| Mistake::warning(whole(), it));
        let errors = more(self.errors, "mistakes").map(|it| Mistake::error(whole(), it));
        self.found.extend(warnings.into_iter().chain(errors));
        self.found
    }
}

fn file(mistake: &Mistake) -> &std::path::Path {
    &mistake.place.source.path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Arc<Source> {
        Arc::new(Source {
            path: path.into(),
            text: "0123456789".into(),
        })
    }

    #[test]
    fn the_script_comes_first_and_nothing_twice() {
        let mut mistakes = Mistakes::new(&source("z.yaml"));
        let other = Place::new(&source("a.m3u"), 3..4);
        mistakes.push(Wrong::new("missing").at(other.clone()));
        mistakes.error(&(5..6), Wrong::new("late"));
        mistakes.push(Wrong::new("missing").at(other));
        mistakes.warning(&(1..2), Wrong::new("early"));
        let what: Vec<_> = mistakes.in_order().into_iter().map(|m| m.what).collect();
        assert_eq!(what, ["early", "late", "missing"]);
    }

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let mut mistakes = Mistakes::new(&source("z.yaml"));
        for at in 0..MOST * 3 {
            mistakes.error(&(at..at), Wrong::new("bad"));
        }
        let all = mistakes.in_order();
        assert_eq!(all.len(), MOST + 1);
        assert!(all[MOST].what.contains("1000 more"));
    }

    #[test]
    fn a_flood_of_warnings_keeps_nothing_from_being_played_and_hides_no_mistake() {
        let mut mistakes = Mistakes::new(&source("z.yaml"));
        for at in 0..=MOST {
            mistakes.warning(&(at..at), Wrong::new("odd"));
        }
        assert!(!mistakes.any_error());
        mistakes.warning(&(0..1), Wrong::new("odd"));
        let all = mistakes.in_order();
        assert_eq!(all.len(), MOST + 1);
        assert!(all.iter().all(|it| it.weight == Weight::Warning));
        assert!(
            all[MOST].what.contains("2 more warnings"),
            "{}",
            all[MOST].what
        );

        let mut mistakes = Mistakes::new(&source("z.yaml"));
        for at in 0..MOST * 2 {
            mistakes.warning(&(at..at), Wrong::new("odd"));
        }
        mistakes.error(&(7..8), Wrong::new("bad"));
        assert!(mistakes.any_error());
        let all = mistakes.in_order();
        let errors = all.iter().filter(|it| it.weight == Weight::Error);
        assert_eq!(errors.map(|it| &*it.what).collect::<Vec<_>>(), ["bad"]);
    }
}
