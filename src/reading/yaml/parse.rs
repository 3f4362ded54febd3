//! From text to the tree, within a budget.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, StructureStyle};

use super::node::{Entry, Node, Span, Spanned, Value};
use super::syntax;
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;

/// The deepest nesting, aliases counted as what they stand for.
const DEEPEST: usize = 24;

/// The most values in a file, aliases counted as what they stand for.
const MOST_NODES: usize = 200_000;

/// Reads the text of `mistakes`' file as one YAML document. `None` where it is empty or no YAML,
/// which is then among the mistakes.
pub fn parse(mistakes: &mut Mistakes) -> Option<Rc<Node>> {
    let source = Arc::clone(mistakes.source());
    let text = &source.text;
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut builder = Builder::new(mistakes);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                let span = span.byte_range().unwrap_or(0..0);
                builder.take(event, span, tag)?;
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                let (span, wrong) = syntax::explain(error.kind(), text, at);
                builder.mistakes.error(&span, wrong);
                return None;
            }
        }
    }
    let root = builder.root;
    if root.is_none() {
        mistakes.error(&(0..0), Wrong::new("this file is empty"));
    }
    root
}

/// A node with what it costs.
#[derive(Clone)]
struct Weighed {
    node: Rc<Node>,
    nodes: usize,
    depth: usize,
}

/// A list or a map whose end was not seen yet.
struct Open {
    anchor: usize,
    start: Span,
    flow: bool,
    map: bool,
    items: Vec<Rc<Node>>,
    nodes: usize,
    depth: usize,
}

struct Builder<'m> {
    mistakes: &'m mut Mistakes,
    open: Vec<Open>,
    anchors: HashMap<usize, Weighed>,
    root: Option<Rc<Node>>,
    documents: usize,
}

impl<'m> Builder<'m> {
    fn new(mistakes: &'m mut Mistakes) -> Self {
        Self {
            mistakes,
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            documents: 0,
        }
    }

    /// `None` where there is no sense in going on.
    fn take(&mut self, event: Event<'_>, span: Span, tag: Option<Span>) -> Option<()> {
        if let Some(tag) = tag {
            let wrong = Wrong::new("YAML tags (words that begin with `!`) are not used here");
            self.mistakes.error(
                &tag,
                wrong.help("leave it out, or put the text in quotes if it begins with `!`"),
            );
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let wrong =
                        Wrong::new("a second document begins here, and there can be only one");
                    self.mistakes.error(&span, wrong.help("take the `---` out"));
                    return None;
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let node = scalar(&text, style, span);
                self.close(Weighed::leaf(node), anchor)?;
            }
            Event::Alias(target) => {
                let aliased = self.anchors.get(&target).cloned();
                let aliased = aliased.unwrap_or_else(|| {
                    let wrong = Wrong::new("this alias stands inside the very thing it names");
                    self.mistakes.error(&span, wrong);
                    Weighed::leaf(broken(span.clone()))
                });
                self.add(aliased, &span)?;
            }
            Event::UnresolvedAlias(name) => {
                let wrong = Wrong::new(format!("there is no anchor `&{name}` for this alias"))
                    .help("put the text in quotes if it begins with `*`");
                self.mistakes.error(&span, wrong);
                self.add(Weighed::leaf(broken(span.clone())), &span)?;
            }
            Event::SequenceStart(style, anchor, _) => self.begin(span, style, anchor, false),
            Event::MappingStart(style, anchor, _) => self.begin(span, style, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop()?;
                let anchor = open.anchor;
                let node = self.end(open, &span);
                self.close(node, anchor)?;
            }
            _ => {}
        }
        Some(())
    }

    fn begin(&mut self, start: Span, style: StructureStyle, anchor: usize, map: bool) {
        self.open.push(Open {
            anchor,
            start,
            flow: style == StructureStyle::Flow,
            map,
            items: Vec::new(),
            nodes: 1,
            depth: 1,
        });
    }

    fn end(&mut self, open: Open, end: &Span) -> Weighed {
        let span = match open.items.first() {
            _ if open.flow => open.start.start..end.end,
            Some(first) => first.span.clone(),
            None => open.start,
        };
        let value = if open.map {
            Value::Map(self.entries(&open.items))
        } else {
            Value::List(open.items)
        };
        Weighed {
            node: Rc::new(Node { span, value }),
            nodes: open.nodes,
            depth: open.depth,
        }
    }

    fn entries(&mut self, items: &[Rc<Node>]) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(items.len() / 2);
        for pair in items.chunks_exact(2) {
            let (key, value) = (&pair[0], &pair[1]);
            if let Value::Scalar(text) = &key.value {
                entries.push(Entry {
                    key: Spanned {
                        span: key.span.clone(),
                        value: text.clone(),
                    },
                    value: Rc::clone(value),
                });
            } else if !matches!(key.value, Value::Broken) {
                let wrong = Wrong::new(format!("a word is needed before `:`, not {}", key.kind()));
                self.mistakes.error(&key.span, wrong);
            }
        }
        entries
    }

    /// A node is complete: it can be named by an alias, and belongs to what is open.
    fn close(&mut self, node: Weighed, anchor: usize) -> Option<()> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let span = node.node.span.clone();
        self.add(node, &span)
    }

    fn add(&mut self, child: Weighed, span: &Span) -> Option<()> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(child.node);
            return Some(());
        };
        parent.items.push(child.node);
        parent.nodes = parent.nodes.saturating_add(child.nodes);
        parent.depth = parent.depth.max(child.depth + 1);
        if parent.nodes > MOST_NODES || parent.depth > DEEPEST {
            let wrong =
                Wrong::new("this file becomes far too large once its aliases are filled in");
            let help = "a script needs no aliases (`*name`); write out what is meant";
            self.mistakes.error(span, wrong.help(help));
            return None;
        }
        Some(())
    }
}

impl Weighed {
    fn leaf(node: Node) -> Self {
        Self {
            node: Rc::new(node),
            nodes: 1,
            depth: 1,
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, span: Span) -> Node {
    let nothing = style == ScalarStyle::Plain && matches!(text, "" | "~");
    let value = if nothing {
        Value::Empty
    } else {
        Value::Scalar(text.trim().to_owned())
    };
    Node { span, value }
}

fn broken(span: Span) -> Node {
    Node {
        span,
        value: Value::Broken,
    }
}
