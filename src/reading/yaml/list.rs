//! Lists.

use schemars::JsonSchema;

use super::Written;
use super::node::{Node, Spanned, Value};
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;

/// A list of things; those that could not be read are left out and were told.
#[derive(Debug, JsonSchema)]
#[schemars(inline, transparent)]
pub struct List<T> {
    /// Those that were read.
    pub items: Vec<Spanned<T>>,
    #[schemars(skip)]
    broken: bool,
}

impl<T> List<T> {
    /// Whether nothing was written in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.broken
    }
}

impl<T: Written> Written for List<T> {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        let nodes = match &node.value {
            Value::List(nodes) => nodes,
            Value::Broken => return None,
            _ => {
                let wrong = Wrong::new(format!("a list is needed here, not {}", node.kind()));
                let help = "begin each entry with `- `, or write `[one, another]`";
                mistakes.error(&node.span, wrong.help(help));
                return None;
            }
        };
        let items: Vec<_> = nodes
            .iter()
            .filter_map(|node| {
                Some(Spanned {
                    span: node.span.clone(),
                    value: T::read(node, mistakes)?,
                })
            })
            .collect();
        let broken = items.len() < nodes.len();
        Some(Self { items, broken })
    }
}

/// One thing, or a list of them.
#[derive(Debug)]
pub struct OneOrMore<T>(pub Vec<Spanned<T>>);

impl<T: Written> Written for OneOrMore<T> {
    fn read(node: &Node, mistakes: &mut Mistakes) -> Option<Self> {
        if let Value::List(_) = node.value {
            return List::read(node, mistakes).map(|list| Self(list.items));
        }
        let value = T::read(node, mistakes)?;
        let span = node.span.clone();
        Some(Self(vec![Spanned { span, value }]))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (one, more) = (
            generator.subschema_for::<T>(),
            generator.subschema_for::<Vec<T>>(),
        );
        schemars::json_schema!({ "anyOf": [one, more] })
    }
}
