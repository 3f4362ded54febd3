//! What is wrong with a text that is no YAML, in plain words.

use serde_yaml::granit_parser::ErrorKind;

use super::node::Span;
use crate::mistake::Wrong;

/// Where the mistake stands and what it is. `at` is where the parser gave up, which can be after
/// the end of the text, or a line further than the mistake.
pub(super) fn explain(kind: &ErrorKind, text: &str, at: usize) -> (Span, Wrong) {
    use ErrorKind as E;
    let at = on_text(text, at);
    if let Some(tab) = indenting_tab(text, at) {
        return (tab..tab + 1, tab_wrong());
    }
    let wrong = match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => tab_wrong(),
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            let open = unclosed_quote(text, at);
            let wrong = Wrong::new("a quote is opened here and never closed");
            return (open..open + 1, wrong.help("close it at the end of the text"));
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            Wrong::new("something follows the closing quote").help(
                "put the whole text in one pair of quotes; inside \"...\" write \\\" for a quote",
            )
        }
        E::UnknownQuotedScalarEscape => Wrong::new("`\\` does not stand for itself in \"...\"")
            .help("put the text in '...', or write `\\\\`"),
        E::UnclosedFlowCollection { open } => Wrong::new(format!("a `{open}` is never closed"))
            .help(format!("close it with `{}`", closing(*open))),
        E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::ExpectedFlowMappingSeparator => {
            Wrong::new("a `{` is not closed before this").help("close it with `}`, or put a `,` before the next key")
        }
        E::UnexpectedEofFlowSequence | E::ExpectedFlowSequenceSeparator => {
            Wrong::new("a `[` is not closed before this").help("close it with `]`, or put a `,` before the next entry")
        }
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => {
            Wrong::new("this bracket closes nothing that is open")
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement => {
            Wrong::new("there is a second `: ` where only one can be")
                .help("put a text that has `: ` in it in quotes, or look whether the line is indented too far")
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedBlockMappingKey => {
            Wrong::new("this line is not understood: a key with `: ` after it is needed here")
                .help("write `key: value` with a space after the colon, indented like its neighbours")
        }
        E::InvalidIndentation
        | E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::MappingKeyNotAllowed
        | E::InvalidQuotedScalarIndent
        | E::InvalidBlockScalarIndent
        | E::InvalidFlowScalarIndent => Wrong::new("this line is indented otherwise than its neighbours")
            .help("begin the lines that belong together in the same column"),
        E::UnexpectedCharacter { character } => {
            Wrong::new(format!("a text cannot begin with `{}`", character.escape_default()))
                .help("put the text in quotes")
        }
        E::RecursionLimitExceeded => Wrong::new("this is nested far too deep"),
        E::CommentInterceptedScalar | E::CommentNotSeparated => {
            Wrong::new("`#` begins a comment, which breaks this text")
                .help("put a text that has `#` in it in quotes")
        }
        E::MissingAnchorOrAliasName
        | E::ExpectedTagBang
        | E::InvalidTagTerminator
        | E::UndeclaredTagHandle
        | E::MissingTagUri => Wrong::new("`*`, `&` and `!` have a meaning of their own in YAML")
            .help("put a text that begins with one in quotes"),
        other => Wrong::new(format!("this is not understood as YAML ({other})"))
            .help("put texts with special characters in quotes"),
    };
    (at..end_of_mark(text, at), wrong)
}

fn tab_wrong() -> Wrong {
    Wrong::new("a tab cannot indent in YAML").help("use spaces")
}

fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

/// The nearest character at or before `at` that is to be seen: the parser often gives up on the
/// line end or on the empty end of the file.
fn on_text(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    if text[at..]
        .trim_start_matches([' ', '\t'])
        .starts_with(|c| c != '\n' && c != '\r')
    {
        return at;
    }
    text[..at]
        .char_indices()
        .rev()
        .find(|(_, c)| !c.is_whitespace())
        .map_or(at, |(seen, _)| seen)
}

/// The word at `at`.
fn end_of_mark(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
    at + word.max(first)
}

/// A tab before the first visible character of the line that is meant.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
    text[start..start + indent]
        .find('\t')
        .map(|tab| start + tab)
}

/// Where the quote was opened that the parser missed the end of: the last one that begins a value.
fn unclosed_quote(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let opens = |(quote, c): &(usize, char)| {
        matches!(c, '"' | '\'')
            && before[..*quote]
                .chars()
                .next_back()
                .is_none_or(|c| c.is_whitespace() || matches!(c, '[' | '{' | ','))
    };
    before
        .char_indices()
        .filter(opens)
        .last()
        .map_or(at.min(text.len().saturating_sub(1)), |(quote, _)| quote)
}
