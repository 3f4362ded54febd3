//! Where text is written for people: how wide it is, whether it shows colours, and what may be written there.

use std::io::{self, IsTerminal, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::Exit;
use crate::writing::turns;

/// The columns of a page that is no terminal.
const COLUMNS: usize = 80;

/// What a stream of text can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether colours and drawn lines are shown: on a terminal, unless `NO_COLOR` is set.
    pub fancy: bool,
}

impl Screen {
    /// A file or a pipe.
    pub const PLAIN: Self = Self {
        width: COLUMNS,
        fancy: false,
    };

    /// What this stream can show.
    #[must_use]
    pub fn of(stream: &impl IsTerminal) -> Self {
        if !stream.is_terminal() {
            return Self::PLAIN;
        }
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let size = crossterm::terminal::size().ok();
        let width = size.map_or(COLUMNS, |(columns, _)| usize::from(columns));
        Self {
            width: if width == 0 { COLUMNS } else { width },
            fancy: !no_colour && !dumb,
        }
    }
}

/// Writes to the standard output. A reader that went away (`| head`) is no failure.
#[must_use]
pub fn print(text: &str) -> Exit {
    tell(text).err().unwrap_or(Exit::Done)
}

/// The same for what goes on without an end.
///
/// # Errors
/// How the command ends, where nobody reads any more or it cannot be written.
pub fn tell(text: &str) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Exit::Done;
        }
        complain(&format!("the standard output cannot be written: {error}"));
        Exit::Machine
    })
}

/// Writes a line to the standard error; where nobody listens there, nobody is told.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Text from a file as one line that does nothing to a terminal: what is no letter becomes a space.
#[must_use]
pub fn printable(text: &str) -> String {
    let acts = |c: char| c.is_control() || turns(c);
    text.chars()
        .map(|c| if acts(c) { ' ' } else { c })
        .collect()
}

/// The columns a text takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The text in at most `most` columns, with an ellipsis where it was longer.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > most {
            break;
        }
        short.push(c);
    }
    if most > 0 {
        short.truncate(short.trim_end().len());
        short.push('…');
    }
    short
}

/// The text in lines of at most `most` columns, broken between words where that can be.
#[must_use]
pub fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && columns(&line) + 1 + columns(word) > most {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&shortened(word, most));
    }
    lines.push(line);
    lines
}

/// `1 track`, `2 tracks`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_shortened_by_columns_and_not_by_letters() {
        assert_eq!(shortened("First light", 11), "First light");
        assert_eq!(shortened("First light", 7), "First…");
        assert_eq!(columns(&shortened("夜の静けさの中で", 9)), 9);
        assert_eq!(shortened("ab", 0), "");
    }

    #[test]
    fn words_are_kept_whole_and_none_is_lost() {
        let lines = wrapped("When you are ready, begin to return.", 12);
        assert_eq!(lines, ["When you are", "ready, begin", "to return."]);
        assert_eq!(wrapped("", 12), [""]);
        assert_eq!(wrapped("verylongword a", 6), ["veryl…", "a"]);
    }

    #[test]
    fn no_text_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\r\n\tc"), "a [2Jb   c");
        assert_eq!(printable("a\u{202e}b\u{2028}c\u{2066}d"), "a b c d");
    }
}
