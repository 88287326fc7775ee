//! A map with known keys: anything else in it is an error.

use super::{
    error::YamlError,
    node::{Content, Entry, Node},
    suggest::closest,
};

#[derive(Debug, Clone)]
pub(crate) struct Map<'a> {
    place: String,
    line: usize,
    entries: &'a [Entry],
}

impl<'a> Map<'a> {
    /// A map with these keys and perhaps `x-…` extensions, which nobody reads.
    pub(crate) fn strict(place: &str, node: &'a Node, known: &[&str]) -> Result<Self, YamlError> {
        let map = Self::open(place, node)?;
        for Entry { key, line, .. } in map.entries {
            if known.contains(&key.as_str()) || key.starts_with("x-") {
                continue;
            }
            let hint = match closest(key, known.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("known keys are {}; `x-…` is ignored", known.join(", ")),
            };
            let message = format!("unknown key; {hint}");
            return Err(YamlError::new(&map.join(key), Some(*line), message));
        }
        Ok(map)
    }

    /// A map with keys of the author's choice.
    pub(crate) fn open(place: &str, node: &'a Node) -> Result<Self, YamlError> {
        let place = place.to_owned();
        match &node.content {
            Content::Map(entries) => Ok(Self {
                place,
                line: node.line,
                entries,
            }),
            _ if node.is_null() => Ok(Self {
                place,
                line: node.line,
                entries: &[],
            }),
            _ => Err(YamlError::new(
                &place,
                Some(node.line),
                "expected a map of keys to values",
            )),
        }
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    pub(crate) fn join(&self, key: &str) -> String {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.place)
        }
    }

    /// The value of a key; null is the same as no key.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.value).filter(|value| !value.is_null())
    }

    /// A scalar as it is written, whatever YAML makes of it; empty is the same as no key.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, YamlError> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let text = scalar(&self.join(key), node)?;
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    pub(crate) fn required(&self, key: &str) -> Result<String, YamlError> {
        self.text(key)?
            .ok_or_else(|| self.error(format!("`{key}` is required")))
    }

    pub(crate) fn texts(&self, key: &str) -> Result<Vec<String>, YamlError> {
        let Some(node) = self.get(key) else {
            return Ok(Vec::new());
        };
        list(&self.join(key), node)?
            .iter()
            .map(|item| scalar(&self.join(key), item).map(str::to_owned))
            .collect()
    }

    pub(crate) fn flag(&self, key: &str) -> Result<bool, YamlError> {
        Ok(self
            .parsed(key, "true or false", |text| {
                text.to_lowercase().parse().ok()
            })?
            .unwrap_or_default())
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, YamlError> {
        self.parsed(key, "a number", |text| {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        })
    }

    pub(crate) fn integer(&self, key: &str) -> Result<Option<i32>, YamlError> {
        self.parsed(key, "an integer", |text| text.parse().ok())
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> YamlError {
        YamlError::new(&self.place, Some(self.line), message)
    }

    pub(crate) fn error_at(&self, key: &str, message: impl Into<String>) -> YamlError {
        let line = self
            .entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.line);
        YamlError::new(&self.join(key), line, message)
    }

    fn parsed<T>(
        &self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, YamlError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(self.error_at(key, format!("expected {expected}, found {text:?}"))),
        }
    }
}

pub(crate) fn list<'a>(place: &str, node: &'a Node) -> Result<&'a [Node], YamlError> {
    match &node.content {
        Content::List(nodes) => Ok(nodes),
        _ => Err(YamlError::new(place, Some(node.line), "expected a list")),
    }
}

fn scalar<'a>(place: &str, node: &'a Node) -> Result<&'a str, YamlError> {
    match &node.content {
        Content::Scalar { text, .. } => Ok(text),
        _ => Err(YamlError::new(
            place,
            Some(node.line),
            "expected a single value",
        )),
    }
}
