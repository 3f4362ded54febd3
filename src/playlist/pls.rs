//! PLS: `File1=...`, `Title1=...`, in sections.

use std::collections::HashMap;

use super::file::{Line, Lines};
use super::m3u::trimmed_lines;

/// The tracks of a PLS file and their titles, by their numbers. All else is left aside.
pub(super) fn read(text: &str) -> Lines {
    let mut numbered: Vec<(u64, Line)> = Vec::new();
    let mut titles: HashMap<u64, String> = HashMap::new();
    for (line, start) in trimmed_lines(text) {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim().to_ascii_lowercase();
        let number = |word: &str| key.strip_prefix(word)?.parse().ok();
        let said = value.trim();
        if let Some(number) = number("title").filter(|_| !said.is_empty()) {
            titles.insert(number, said.to_owned());
        }
        let value_start = start + line.len() - value.trim_start().len();
        if let Some(number) = number("file") {
            let line = Line {
                span: value_start..start + line.len(),
                title: None,
                location: said.to_owned(),
                address: false,
            };
            numbered.push((number, line));
        }
    }
    numbered.sort_by_key(|(number, _)| *number);
    let lines = numbered.into_iter().map(|(number, line)| Line {
        title: titles.get(&number).cloned(),
        ..line
    });
    Lines {
        title: None,
        lines: lines.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_are_in_the_order_of_their_numbers() {
        let text =
            "[playlist]\nNumberOfEntries=2\nFile10= b=c.ogg\nfile2=a.flac\nTitle2=x\nFileX=y\n";
        let read = read(text);
        let lines: Vec<_> = read.lines.iter().map(|l| l.location.as_str()).collect();
        assert_eq!(lines, ["a.flac", "b=c.ogg"]);
        let titles: Vec<_> = read.lines.iter().map(|l| l.title.as_deref()).collect();
        assert_eq!(titles, [Some("x"), None]);
        for line in &read.lines {
            assert_eq!(&text[line.span.clone()], line.location);
        }
    }
}
