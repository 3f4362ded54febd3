//! What is wrong with a text that is no YAML, in plain words.

use serde_yaml::granit_parser::ErrorKind;

use super::node::Span;
use crate::mistake::Wrong;

/// Where the mistake stands and what it is. `at` is where the parser gave up, which can be after
/// the end of the text, or a line further than the mistake.
pub(super) fn explain(kind: &ErrorKind, text: &str, at: usize) -> (Span, Wrong) {
    use ErrorKind as E;
    let gave_up = floor(text, at);
    let at = on_text(text, gave_up);
    if let Some(tab) = indenting_tab(text, gave_up).or_else(|| indenting_tab(text, at)) {
        return (tab..tab + 1, tab_wrong());
    }
    let wrong = match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => {
            let tab = text[gave_up..].find('\t').map_or(at, |tab| gave_up + tab);
            return (tab..end_of_mark(text, tab), tab_wrong());
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            let open = unclosed_quote(text, at);
            let wrong = Wrong::new("a quote is opened here and never closed");
            return (
                open..open + 1,
                wrong.help("close it at the end of the text"),
            );
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => Wrong::new(
            "something follows the closing quote",
        )
        .help("put the whole text in one pair of quotes; inside \"...\" write \\\" for a quote"),
        E::UnknownQuotedScalarEscape => Wrong::new("`\\` does not stand for itself in \"...\"")
            .help("put the text in '...', or write `\\\\`"),
        E::UnclosedFlowCollection { open } => {
            let wrong = Wrong::new(format!("a `{open}` is opened here and never closed"));
            return (
                at..at + 1,
                wrong.help(format!("close it with `{}`", closing(*open))),
            );
        }
        E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::ExpectedFlowMappingSeparator => Wrong::new("a `{` is not closed before this")
            .help("close it with `}`, or put a `,` before the next key"),
        E::UnexpectedEofFlowSequence | E::ExpectedFlowSequenceSeparator => {
            Wrong::new("a `[` is not closed before this")
                .help("close it with `]`, or put a `,` before the next entry")
        }
        E::MismatchedFlowCollectionEnd { open, .. } => {
            Wrong::new(format!("a `{open}` is closed by the wrong bracket"))
                .help(format!("close it with `{}`", closing(*open)))
        }
        E::MisplacedFlowCollectionEnd => Wrong::new("this bracket closes nothing that is open"),
        E::MappingValueNotAllowed | E::InvalidColonPlacement => colon_not_allowed(text, at),
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedBlockMappingKey => {
            key_expected(text, at)
        }
        E::InvalidIndentation
        | E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::MappingKeyNotAllowed
        | E::InvalidQuotedScalarIndent
        | E::InvalidBlockScalarIndent
        | E::InvalidFlowScalarIndent => {
            Wrong::new("this line is indented otherwise than its neighbours")
                .help("begin the lines that belong together in the same column")
        }
        E::UnexpectedCharacter { character: '`' } => {
            Wrong::new("a text cannot begin with a backtick").help("put the text in quotes")
        }
        E::UnexpectedCharacter { character } => {
            let character = character.escape_debug();
            Wrong::new(format!("a text cannot begin with `{character}`"))
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

/// A `: ` too many: in the same line, or because the line seems to go on from the one before.
fn colon_not_allowed(text: &str, at: usize) -> Wrong {
    let start = line_start(text, at);
    if text[start..at].contains(": ") {
        return Wrong::new("there is a second `: ` in this line")
            .help("put a text that has `: ` in it in quotes");
    }
    let before = text[..start]
        .trim_end()
        .lines()
        .next_back()
        .unwrap_or("")
        .trim_start();
    if before
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(char::is_alphabetic))
    {
        return Wrong::new("the line before begins with `-` and no space after it")
            .help(format!("write `- {}`", &before[1..]));
    }
    Wrong::new("this line is indented further than its neighbours")
        .help("begin the lines that belong together in the same column")
}

/// A line that should have been `key: value`.
fn key_expected(text: &str, at: usize) -> Wrong {
    let line = text[line_start(text, at)..].lines().next().unwrap_or("");
    let wrong = Wrong::new("this line is no `key: value`");
    match line.trim().trim_start_matches("- ").split_once(':') {
        Some((key, value)) if !value.starts_with(' ') && key.chars().all(is_word) => {
            Wrong::new("there is no space after the colon").help(format!("write `{key}: {value}`"))
        }
        _ => wrong.help("write a key, a colon and a space before the value; a text of several lines needs quotes"),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn tab_wrong() -> Wrong {
    Wrong::new("a tab cannot indent in YAML").help("use spaces")
}

fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

/// A place between characters.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The nearest character at or before `at` that is to be seen: the parser often gives up on the
/// line end or on the empty end of the file.
fn on_text(text: &str, at: usize) -> usize {
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

/// The end of the word at `at`.
fn end_of_mark(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let ends = |(count, c): (usize, char)| count > 0 && (c.is_whitespace() || count >= 40);
    let word = rest.chars().enumerate().take_while(|mark| !ends(*mark));
    at + word.map(|(_, c)| c.len_utf8()).sum::<usize>()
}

/// A tab before the first visible character of the line that is meant.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let start = line_start(text, at);
    let indent = text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
    text[start..start + indent]
        .find('\t')
        .map(|tab| start + tab)
}

/// Where the quote was opened that has no end: where the parser stands, or the last one before that
/// begins a value.
fn unclosed_quote(text: &str, at: usize) -> usize {
    let is_quote = |c: char| matches!(c, '"' | '\'');
    if text[at..].starts_with(is_quote) {
        return at;
    }
    let before = &text[..at];
    let mut quotes = before.rmatch_indices(is_quote).map(|(quote, _)| quote);
    quotes
        .find(|quote| {
            let c = before[..*quote].chars().next_back();
            c.is_none_or(|c| c.is_whitespace() || matches!(c, '[' | '{' | ','))
        })
        .unwrap_or(at)
}
