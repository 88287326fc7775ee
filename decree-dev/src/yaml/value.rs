//! From a YAML value to the text that is stored.
//!
//! Stored texts are those of the real server's import, so that checksums agree. Where that stores
//! what no read can parse, this refuses.

use decree_proto::{text, v1::FieldType};

use super::node::{Content, Entry, Node, is_null};
use crate::{engine::type_name, json};

/// # Errors
///
/// What was expected and what to write.
pub(crate) fn text(kind: FieldType, node: &Node) -> Result<String, String> {
    let text = match (&node.content, kind) {
        (Content::Scalar { text, plain: false }, _) => text.clone(),
        _ if node.is_null() => String::new(),
        (_, FieldType::Json) => json_text(node),
        (Content::Scalar { text, .. }, FieldType::Int) => integral(text),
        (Content::Scalar { text, .. }, FieldType::Number | FieldType::Bool) => {
            canonical(kind, text)
        }
        (Content::Scalar { text, .. }, _) if is_date(text) => {
            return Err(format!(
                "without quotes YAML makes a date of it and the real server stores that; write \"{text}\""
            ));
        }
        (Content::Scalar { text, .. }, _) => text.clone(),
        (Content::List(_) | Content::Map(_), _) => {
            return Err(format!(
                "expected {}, found a list or a map",
                with_article(kind)
            ));
        }
    };
    match text::parse(kind, &text) {
        Ok(_) => Ok(text),
        Err(_) if kind == FieldType::Duration => Err(format!(
            "expected a duration, found {text:?}; write it with units, like \"1m30s\""
        )),
        Err(_) => Err(format!("expected {}, found {text:?}", with_article(kind))),
    }
}

/// A kind of value, in a sentence.
pub(crate) fn with_article(kind: FieldType) -> String {
    let article = if kind == FieldType::Int { "an" } else { "a" };
    format!("{article} {}", type_name(kind))
}

/// YAML reads `5.0` as a float, and a whole float is an integer to the server.
fn integral(text: &str) -> String {
    match text.parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        Ok(float) if text.contains('.') && float.fract() == 0.0 && float.abs() < 1e15 => {
            (float as i64).to_string()
        }
        _ => canonical(FieldType::Int, text),
    }
}

fn canonical(kind: FieldType, text: &str) -> String {
    // `True` and `1.50` are what YAML reads them as, not what is written.
    let value = text::parse(kind, text).ok();
    value
        .and_then(|value| text::canonical(&value))
        .unwrap_or_else(|| text.to_owned())
}

/// `2025-01-15` and what may follow: the only scalars that Go's parser turns into dates.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 7
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[5].is_ascii_digit()
        && bytes[6..].contains(&b'-')
}

/// A text stays as it is, everything else becomes compact JSON with sorted keys.
fn json_text(node: &Node) -> String {
    match &node.content {
        Content::Scalar { text, plain } if !(*plain && is_typed(text)) => text.clone(),
        _ => {
            let mut out = String::new();
            push_json(&mut out, node);
            out
        }
    }
}

fn push_json(out: &mut String, node: &Node) {
    match &node.content {
        Content::Scalar { text, plain } => push_scalar(out, text, *plain),
        Content::List(nodes) => push_all(out, ['[', ']'], nodes, push_json),
        Content::Map(entries) => {
            let mut sorted: Vec<&Entry> = entries.iter().collect();
            sorted.sort_by_key(|entry| &entry.key);
            push_all(out, ['{', '}'], sorted, |out, entry| {
                json::push_string(out, &entry.key);
                out.push(':');
                push_json(out, &entry.value);
            });
        }
    }
}

fn push_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    push: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(close);
}

fn push_scalar(out: &mut String, text: &str, plain: bool) {
    if !(plain && is_typed(text)) {
        json::push_string(out, text);
    } else if is_null(text) {
        out.push_str("null");
    } else if is_bool(text) {
        out.push_str(&text.to_lowercase());
    } else {
        // An integer keeps all its digits, which a float would not.
        let integer = text.parse::<i64>().map(|integer| integer.to_string());
        out.push_str(&integer.unwrap_or_else(|_| canonical(FieldType::Number, text)));
    }
}

/// Whether YAML reads a plain scalar as something else than a string.
fn is_typed(text: &str) -> bool {
    is_null(text) || is_bool(text) || is_number(text)
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn is_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::node;

    fn text_of(kind: FieldType, yaml: &str) -> Result<String, String> {
        text(kind, &node::parse(yaml).unwrap())
    }

    #[test]
    fn values_become_the_text_that_the_real_import_stores() {
        for (kind, yaml, expected) in [
            (FieldType::Int, "5", "5"),
            (FieldType::Int, "5.0", "5"),
            (FieldType::Int, "\"05\"", "05"),
            (FieldType::Number, "1.50", "1.5"),
            (FieldType::Number, "\"1.50\"", "1.50"),
            (FieldType::Bool, "True", "true"),
            (FieldType::String, "yes", "yes"),
            (FieldType::String, "null", ""),
            (FieldType::String, "\"null\"", "null"),
            (FieldType::Duration, "24h", "24h"),
            (
                FieldType::Time,
                "\"2025-01-15T09:30:00Z\"",
                "2025-01-15T09:30:00Z",
            ),
            (
                FieldType::Json,
                "{b: [9007199254740993, 2.50, null], a: <x>}",
                r#"{"a":"\u003cx\u003e","b":[9007199254740993,2.5,null]}"#,
            ),
            (FieldType::Json, "'{\"b\": 1}'", "{\"b\": 1}"),
            (FieldType::Json, "TRUE", "true"),
        ] {
            assert_eq!(text_of(kind, yaml).as_deref(), Ok(expected), "{yaml}");
        }
    }

    #[test]
    fn what_no_read_could_parse_is_refused() {
        for (kind, yaml, message) in [
            (FieldType::Int, "abc", "expected an integer, found \"abc\""),
            (FieldType::Int, "5.5", "expected an integer, found \"5.5\""),
            (FieldType::Int, "null", "expected an integer, found \"\""),
            (FieldType::Bool, "yes", "expected a bool, found \"yes\""),
            (
                FieldType::Number,
                "[1]",
                "expected a number, found a list or a map",
            ),
            (
                FieldType::Duration,
                "30",
                "expected a duration, found \"30\"; write it with units, like \"1m30s\"",
            ),
            (
                FieldType::Time,
                "2025-01-15T09:30:00Z",
                "without quotes YAML makes a date of it and the real server stores that; write \"2025-01-15T09:30:00Z\"",
            ),
        ] {
            assert_eq!(text_of(kind, yaml).unwrap_err(), message);
        }
    }
}
