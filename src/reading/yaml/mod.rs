//! YAML that people wrote, as a tree that knows the place of everything in it.
//!
//! A deserialiser stops at its first error; people want all their mistakes at once. So the text
//! becomes a tree of [`Node`]s ([`parse()`]), and types that are [`Written`] in YAML read themselves
//! from it, telling [`Mistakes`] what they could not read and going on.
//! The same types describe themselves to editors (`JsonSchema`), so that the two never disagree.

mod field;
mod list;
mod node;
mod parse;
mod record;
mod scalar;
mod syntax;

pub use field::{Field, Fields};
pub use list::{List, OneOrMore};
pub use node::{Node, Span, Spanned, Value};
pub use parse::parse;
pub(crate) use record::{record, words};
pub(crate) use scalar::no_such_word;
pub use scalar::{FileName, Length, Level, Number, Rating, Scalar, Switch, Text, quantity};

use schemars::JsonSchema;

use crate::reading::mistakes::Mistakes;

/// Something that can be written in YAML.
pub trait Written: Sized + JsonSchema {
    /// Reads it from a node. `None` where it cannot be read, and then `mistakes` say why.
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self>;
}
