//! What a letter does to the writing around it.

/// Whether a character turns the writing's direction, or breaks the line without being a control character: in a name from a
/// file it could make a screen or a page show something else than it says.
#[must_use]
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
