//! The keys of a map, taken one by one.

use std::borrow::Cow;
use std::collections::HashMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::Written;
use super::node::{Entry, Node, Span, Value};
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;
use crate::reading::suggest::{listed, nearest};

/// What stands under a key.
#[derive(Debug, Default)]
pub enum Field<T> {
    /// The key was not written.
    #[default]
    Absent,
    /// It was written, and its value could not be read; that mistake was told.
    Broken {
        /// Where the key stands.
        key: Span,
    },
    /// It was written and read.
    Read {
        /// Where the key stands.
        key: Span,
        /// Where the value stands.
        span: Span,
        /// The value.
        value: T,
    },
}

impl<T> Field<T> {
    /// The value, where it was read.
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Read { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The value with its place, where it was read.
    #[must_use]
    pub const fn spanned(&self) -> Option<(&T, &Span)> {
        match self {
            Self::Read { value, span, .. } => Some((value, span)),
            _ => None,
        }
    }

    /// The value itself, where it was read.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Read { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Where the key stands, where it was written, be its value right or wrong.
    #[must_use]
    pub const fn key(&self) -> Option<&Span> {
        match self {
            Self::Absent => None,
            Self::Broken { key } | Self::Read { key, .. } => Some(key),
        }
    }
}

/// An editor sees the value.
impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The keys of a map.
#[derive(Debug)]
pub struct Fields<'n> {
    entries: &'n [Entry],
    span: &'n Span,
}

impl<'n> Fields<'n> {
    /// The keys of `node`, which is a map of `known` keys; other keys and doubled ones are
    /// mistakes. `what` names it for people: "a phase".
    pub fn of(node: &'n Node, what: &str, known: &[&str], mistakes: &mut Mistakes) -> Option<Self> {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Broken => return None,
            _ => {
                let wrong = format!("{what} is a set of keys, and this is {}", node.kind());
                let help = format!("it can have {}", listed(known));
                mistakes.error(&node.span, Wrong::new(wrong).help(help));
                return None;
            }
        };
        let mut seen = HashMap::new();
        for entry in entries {
            let name = entry.key.value.as_str();
            if !known.contains(&name) {
                mistakes.error(&entry.key.span, unknown(entry, what, known));
            } else if let Some(first) = seen.insert(name, &entry.key.span) {
                let line = mistakes.place(first).line_column().map_or(0, |at| at.0);
                mistakes.error(
                    &entry.key.span,
                    Wrong::new(format!("`{name}` stands here twice")).help(format!(
                        "it stands already in line {line}; keep one of them"
                    )),
                );
            }
        }
        Some(Self {
            entries,
            span: &node.span,
        })
    }

    /// What stands under a key.
    pub fn take<T: Written>(&self, key: &str, mistakes: &mut Mistakes) -> Field<T> {
        let Some(entry) = self.entries.iter().find(|entry| entry.key.value == key) else {
            return Field::Absent;
        };
        let name = entry.key.span.clone();
        if let Value::Empty = entry.value.value {
            let wrong = Wrong::new(format!("`{key}` has no value"));
            mistakes.error(
                &name,
                wrong.help("write one after it, or leave the key out"),
            );
            return Field::Broken { key: name };
        }
        match T::read(&entry.value, mistakes) {
            Some(value) => Field::Read {
                key: name,
                span: entry.value.span.clone(),
                value,
            },
            None => Field::Broken { key: name },
        }
    }

    /// What stands under a key that has to be there.
    pub fn need<T: Written>(&self, key: &str, what: &str, mistakes: &mut Mistakes) -> Field<T> {
        let field = self.take(key, mistakes);
        if field.key().is_none() {
            let wrong = Wrong::new(format!("{what} needs `{key}`"));
            mistakes.error(self.span, wrong.help(format!("add `{key}: ...`")));
        }
        field
    }
}

fn unknown(entry: &Entry, what: &str, known: &[&str]) -> Wrong {
    let name: String = entry.key.value.chars().take(60).collect();
    let wrong = Wrong::new(format!("{what} has no key `{name}`"));
    if let Some(near) = nearest(&name, known.iter().copied()) {
        return wrong.help(format!("did you mean `{near}`?"));
    }
    match (&entry.value.value, name.as_str()) {
        (_, "<<") => wrong.help("write out what is meant"),
        // `{ say: Breathe in, breathe out }` is two keys in YAML
        (Value::Empty, _) => wrong.help("put a text that has a comma in it in quotes"),
        _ => wrong.help(format!("it can have {}", listed(known))),
    }
}
