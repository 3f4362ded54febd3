//! PLS: `File1=...`, `Title1=...`, in sections.

use super::file::{Line, Lines};
use super::m3u::trimmed_lines;

/// The tracks of a PLS file, by their numbers. What is no `File` is left aside.
pub(super) fn read(text: &str) -> Lines {
    let mut numbered: Vec<(u64, Line)> = Vec::new();
    for (line, start) in trimmed_lines(text) {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim().to_ascii_lowercase();
        let number = key
            .strip_prefix("file")
            .and_then(|number| number.parse().ok());
        let value_start = start + line.len() - value.trim_start().len();
        if let Some(number) = number {
            let line = Line {
                span: value_start..start + line.len(),
                title: None,
                location: value.trim().to_owned(),
                address: false,
            };
            numbered.push((number, line));
        }
    }
    numbered.sort_by_key(|(number, _)| *number);
    Lines {
        title: None,
        lines: numbered.into_iter().map(|(_, line)| line).collect(),
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
        for line in &read.lines {
            assert_eq!(&text[line.span.clone()], line.location);
        }
    }
}
