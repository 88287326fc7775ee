//! What is wrong with a file, and where.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Dotted path of the key; empty at the top.
    place: String,
    line: Option<usize>,
    message: String,
}

impl YamlError {
    pub(crate) fn new(place: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            line,
            message,
        } = self;
        match (place.as_str(), line) {
            ("", None) => f.write_str(message),
            ("", Some(line)) => write!(f, "line {line}: {message}"),
            (place, None) => write!(f, "{place}: {message}"),
            (place, Some(line)) => write!(f, "{place} (line {line}): {message}"),
        }
    }
}

impl std::error::Error for YamlError {}
