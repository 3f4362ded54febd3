//! What a letter does to the writing around it, and how much of a name is shown.

use std::borrow::Cow;

/// The letters of a name that anybody reads.
const LONGEST: usize = 200;

/// A name that somebody else wrote, a title or an artist: one without end is cut, with a sign that it is.
#[must_use]
pub fn named(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        None => name.into(),
        Some(_) => name.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

/// Whether a character turns the writing's direction, or breaks the line without being a control character: in a name from a
/// file it could make a screen or a page show something else than it says.
#[must_use]
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
