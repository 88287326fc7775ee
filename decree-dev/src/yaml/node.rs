//! A YAML document as a tree that remembers lines and whether a scalar was quoted.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::error::YamlError;

/// Deeper than any sensible file, shallow enough for the stack.
const DEEPEST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// `plain` scalars have types in YAML, quoted ones are strings.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true } if is_null(text))
    }
}

pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads one document.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            YamlError::new("", Some(error.marker().line()), error.info().to_owned())
        })?;
        builder.add(&event, &span)?;
    }
    builder
        .root
        .ok_or_else(|| YamlError::new("", None, "the document is empty"))
}

/// A list or map that is still open, with the key that waits for its value.
struct Open {
    node: Node,
    key: Option<(String, usize)>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder {
    fn add(&mut self, event: &Event<'_>, span: &Span) -> Result<(), YamlError> {
        let line = span.start.line();
        let failed = |message: &str| Err(YamlError::new("", Some(line), message));
        match event {
            Event::Scalar(text, style, _, tag) => {
                let is_text = tag.as_ref().is_some_and(|tag| tag.suffix == "str");
                let plain = matches!(style, ScalarStyle::Plain) && !is_text;
                let text = text.clone().into_owned();
                return self.close(Node {
                    line,
                    content: Content::Scalar { text, plain },
                });
            }
            Event::SequenceStart(..) => self.start(line, Content::List(Vec::new()))?,
            Event::MappingStart(..) => self.start(line, Content::Map(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { node, .. }) = self.open.pop() {
                    return self.close(node);
                }
            }
            Event::Alias(_) => return failed("aliases are not read here; write the value out"),
            Event::DocumentStart(_) if self.root.is_some() => {
                return failed("a second document; put it into a file of its own");
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, line: usize, content: Content) -> Result<(), YamlError> {
        if self.open.len() >= DEEPEST {
            return Err(YamlError::new("", Some(line), "nested too deeply"));
        }
        self.open.push(Open {
            node: Node { line, content },
            key: None,
        });
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn close(&mut self, node: Node) -> Result<(), YamlError> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        let entries = match &mut parent.node.content {
            Content::Map(entries) => entries,
            Content::List(nodes) => {
                nodes.push(node);
                return Ok(());
            }
            Content::Scalar { .. } => return Ok(()), // scalars are never open
        };
        if let Some((key, line)) = parent.key.take() {
            entries.push(Entry {
                key,
                line,
                value: node,
            });
            return Ok(());
        }
        let Content::Scalar { text: key, .. } = node.content else {
            return Err(YamlError::new(
                "",
                Some(node.line),
                "a key must be a plain word",
            ));
        };
        if entries.iter().any(|entry| entry.key == key) {
            let message = format!("the key {key:?} is there twice");
            return Err(YamlError::new("", Some(node.line), message));
        }
        parent.key = Some((key, node.line));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(line: usize, text: &str, plain: bool) -> Node {
        Node {
            line,
            content: Content::Scalar {
                text: text.to_owned(),
                plain,
            },
        }
    }

    #[test]
    fn a_tree_knows_lines_and_quotes() {
        let node = parse("a: 1\nb:\n  - \"2\"\n  - !!str 3\n").unwrap();
        let entry = |key: &str, line, value| Entry {
            key: key.to_owned(),
            line,
            value,
        };
        let list = vec![scalar(3, "2", false), scalar(4, "3", false)];
        assert_eq!(
            node.content,
            Content::Map(vec![
                entry("a", 1, scalar(1, "1", true)),
                entry(
                    "b",
                    2,
                    Node {
                        line: 3,
                        content: Content::List(list)
                    }
                ),
            ])
        );
    }

    #[test]
    fn what_is_not_one_tree_is_an_error_with_a_line() {
        for (text, message) in [
            ("", "the document is empty"),
            ("a: 1\na: 2\n", "line 2: the key \"a\" is there twice"),
            (
                "a: &x 1\nb: *x\n",
                "line 2: aliases are not read here; write the value out",
            ),
            (
                "a: 1\n---\nb: 2\n",
                "line 2: a second document; put it into a file of its own",
            ),
            ("? [a]\n: 1\n", "line 1: a key must be a plain word"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message, "{text:?}");
        }
        assert!(parse("a: [").is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
