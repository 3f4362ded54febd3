//! M3U and M3U8: a path a line, and `#` before what players tell each other.

use super::file::{Line, Lines};

/// The tracks of an M3U file. Every text is one; what `#EXTINF:123,` says before it is its title.
pub(super) fn read(text: &str) -> Lines {
    let mut lines = Lines::default();
    let mut title = None;
    for (line, start) in trimmed_lines(text) {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some(title) = comment.strip_prefix("PLAYLIST:") {
                lines.title = Some(title.trim().to_owned());
            } else if let Some(about) = comment.strip_prefix("EXTINF:") {
                let said = about.split_once(',').map(|(_, title)| title.trim());
                title = said.filter(|it| !it.is_empty()).map(str::to_owned);
            }
        } else {
            lines.lines.push(Line {
                span: start..start + line.len(),
                title: title.take(),
                location: line.to_owned(),
                address: false,
            });
        }
    }
    lines
}

/// The lines that are not empty, without the space around them, each with where it begins.
pub(super) fn trimmed_lines(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    text.split(['\n', '\r']).filter_map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len() + 1;
        Some((line.trim(), start)).filter(|(line, _)| !line.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_track() {
        let text = "#EXTM3U\r\n#PLAYLIST: Calm\r\n#EXTINF:123,A - B\r\n  ä b.flac \r\n\r\n../c.ogg";
        let read = read(text);
        assert_eq!(read.title.as_deref(), Some("Calm"));
        let lines: Vec<_> = read.lines.iter().map(|l| l.location.as_str()).collect();
        assert_eq!(lines, ["ä b.flac", "../c.ogg"]);
        let titles: Vec<_> = read.lines.iter().map(|l| l.title.as_deref()).collect();
        assert_eq!(titles, [Some("A - B"), None]);
        for line in &read.lines {
            assert_eq!(&text[line.span.clone()], line.location);
        }
    }
}
