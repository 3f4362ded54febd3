//! The tree.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// A stretch of the text, in bytes.
pub type Span = Range<usize>;

/// Something with its place in the text.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// Where it stands.
    pub span: Span,
    /// What stands there.
    pub value: T,
}

/// The place of a thing is no concern of an editor.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
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

/// A value, with its place in the text. Of a block of several lines that is its first entry, so that a
/// message never underlines half a page.
#[derive(Debug)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug)]
pub enum Value {
    /// Nothing was written.
    Empty,
    /// A mistake in it was already told.
    Broken,
    /// A text, as it was written: `no`, `1:30` and `2024` are texts too.
    Scalar(String),
    /// A list.
    List(Vec<Rc<Node>>),
    /// Keys with values, in their order; a key can stand twice.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// Its value; shared with the other places that an alias puts it.
    pub value: Rc<Node>,
}

impl Node {
    /// What people call such a value.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Empty | Value::Broken => "nothing",
            Value::Scalar(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a set of keys",
        }
    }
}
