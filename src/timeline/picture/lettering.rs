//! How wide text is. Widths are those of `DejaVu Sans`, the widest of the fonts that may be used, so that nothing overlaps
//! in any of them.

use unicode_width::UnicodeWidthChar;

/// The width of a text in letters of a size.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// A letter's width as a part of its size.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | 'J' | '.' | ',' | ';' | ':' | '\'' | '|' | '·' | ' ' => 0.34,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' | '!' => 0.42,
        'm' | 'M' | 'W' | '@' | '%' | '…' => 1.0,
        'w' | '+' | '=' | '<' | '>' | '~' => 0.84,
        'A'..='Z' => 0.78,
        _ => match c.width() {
            Some(2) => 1.1,
            Some(0) => 0.0,
            _ => 0.65,
        },
    }
}

/// The text as far as it fits, with an ellipsis where it was longer; `None` where too little of it would be left.
pub fn fitted(text: &str, size: f64, room: f64) -> Option<String> {
    const LEAST: usize = 4;
    if width(text, size) <= room {
        return Some(text.to_owned());
    }
    let mut taken = width("…", size);
    let kept: String = text
        .chars()
        .take_while(|c| {
            taken += em(*c) * size;
            taken <= room
        })
        .collect();
    let kept = kept.trim_end();
    (kept.chars().count() >= LEAST).then(|| format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_or_is_shortened_or_left_out() {
        assert_eq!(fitted("First Light", 12.0, 200.0).unwrap(), "First Light");
        let short = fitted("A very long title of a piece", 12.0, 80.0).unwrap();
        assert!(
            short.ends_with('…') && width(&short, 12.0) <= 80.0,
            "{short}"
        );
        assert_eq!(fitted("First Light", 12.0, 20.0), None);
    }
}
