//! Whether a value may be written to a field. The order of the checks is the server's: it decides
//! which message a caller sees.

use decree_proto::{
    text,
    v1::{FieldConstraints, FieldType, TypedValue, typed_value::Kind},
};

use super::{fields::Field, url};

const DEFAULT_SCHEMES: [&str; 2] = ["http", "https"];

/// # Errors
///
/// What is wrong, with the path of the field in front.
pub(crate) fn validate(field: &Field, value: Option<&TypedValue>) -> Result<(), String> {
    let path = &field.spec.path;
    let Some(value) = value.filter(|value| value.kind.is_some()) else {
        if field.spec.nullable {
            return Ok(());
        }
        return Err(format!("field {path}: value is required (not nullable)"));
    };
    check(field, value).map_err(|reason| format!("field {path}: {reason}"))
}

fn check(field: &Field, value: &TypedValue) -> Result<(), String> {
    let default = FieldConstraints::default();
    let constraints = field.spec.constraints.as_ref().unwrap_or(&default);
    match (field.kind(), value.kind.as_ref()) {
        (FieldType::Int, Some(Kind::IntegerValue(integer))) => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the server compares as floats, too"
            )]
            check_bounds(*integer as f64, constraints)?;
        }
        (FieldType::Number, Some(Kind::NumberValue(number))) => {
            if !number.is_finite() {
                return Err("value is not a finite number".to_owned());
            }
            check_bounds(*number, constraints)?;
        }
        (FieldType::Duration, Some(Kind::DurationValue(duration))) => {
            check_bounds(seconds(duration), constraints)?;
        }
        (FieldType::String, Some(Kind::StringValue(text))) => check_text(text, field, constraints)?,
        (FieldType::Url, Some(Kind::UrlValue(url))) => check_url(url, field, constraints)?,
        (FieldType::Bool, Some(Kind::BoolValue(_)))
        | (FieldType::Time, Some(Kind::TimeValue(_)))
        | (FieldType::Json, Some(Kind::JsonValue(_)))
        | (FieldType::Unspecified, _) => {}
        (kind, _) => return Err(format!("expected {} value", name(kind))),
    }
    check_enum(value, field, constraints)
}

/// What people call a type, on the wire and in schema files.
pub(crate) fn name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Int => "integer",
        FieldType::Number => "number",
        FieldType::String | FieldType::Unspecified => "string",
        FieldType::Bool => "bool",
        FieldType::Time => "time",
        FieldType::Duration => "duration",
        FieldType::Url => "url",
        FieldType::Json => "json",
    }
}

fn check_bounds(value: f64, constraints: &FieldConstraints) -> Result<(), String> {
    let FieldConstraints {
        min,
        max,
        exclusive_min,
        exclusive_max,
        ..
    } = constraints;
    let shown = |number: &f64| go_float(*number);
    if let Some(min) = min.as_ref().filter(|min| value < **min) {
        return Err(format!(
            "value {} is less than minimum {}",
            shown(&value),
            shown(min)
        ));
    }
    if let Some(max) = max.as_ref().filter(|max| value > **max) {
        return Err(format!(
            "value {} is greater than maximum {}",
            shown(&value),
            shown(max)
        ));
    }
    if let Some(min) = exclusive_min.as_ref().filter(|min| value <= **min) {
        return Err(format!(
            "value {} must be greater than {}",
            shown(&value),
            shown(min)
        ));
    }
    if let Some(max) = exclusive_max.as_ref().filter(|max| value >= **max) {
        return Err(format!(
            "value {} must be less than {}",
            shown(&value),
            shown(max)
        ));
    }
    Ok(())
}

fn check_text(text: &str, field: &Field, constraints: &FieldConstraints) -> Result<(), String> {
    let length = text.chars().count();
    let as_length = |limit: i32| usize::try_from(limit).unwrap_or(0);
    if let Some(min) = constraints
        .min_length
        .filter(|min| length < as_length(*min))
    {
        return Err(format!("string length {length} is less than minimum {min}"));
    }
    if let Some(max) = constraints
        .max_length
        .filter(|max| length > as_length(*max))
    {
        return Err(format!(
            "string length {length} is greater than maximum {max}"
        ));
    }
    match &field.pattern {
        Some(pattern) if !pattern.is_match(text) => {
            let shown = if field.spec.sensitive {
                String::new()
            } else {
                format!("{text:?} ")
            };
            Err(format!("value {shown}does not match pattern {pattern}"))
        }
        _ => Ok(()),
    }
}

fn check_url(url: &str, field: &Field, constraints: &FieldConstraints) -> Result<(), String> {
    let secret = field.spec.sensitive;
    let Some(scheme) = url::scheme(url) else {
        let shown = if secret {
            String::new()
        } else {
            format!("{url:?} ")
        };
        return Err(format!("value {shown}is not a valid absolute URL"));
    };
    let mut allowed: Vec<&str> = constraints
        .allowed_schemes
        .iter()
        .map(String::as_str)
        .collect();
    if allowed.is_empty() {
        allowed.extend(DEFAULT_SCHEMES);
    }
    if allowed.contains(&scheme.as_str()) {
        return Ok(());
    }
    let shown = if secret {
        String::new()
    } else {
        format!("{scheme:?} ")
    };
    Err(format!(
        "URL scheme {shown}is not in the allowed list [{}]",
        allowed.join(" ")
    ))
}

/// Compares the canonical text, whatever the type.
fn check_enum(
    value: &TypedValue,
    field: &Field,
    constraints: &FieldConstraints,
) -> Result<(), String> {
    let allowed = &constraints.enum_values;
    let text = text::canonical(value).unwrap_or_default();
    if allowed.is_empty() || allowed.contains(&text) {
        Ok(())
    } else if field.spec.sensitive {
        Err("value is not in allowed values".to_owned())
    } else {
        Err(format!(
            "value {text:?} is not in allowed values [{}]",
            allowed.join(" ")
        ))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "bounds on durations are in floating seconds"
)]
fn seconds(duration: &prost_types::Duration) -> f64 {
    duration.seconds as f64 + f64::from(duration.nanos) / 1e9
}

/// A float in an error message, as Go prints it: with an exponent when it is very large or small.
fn go_float(number: f64) -> String {
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-4..1e21).contains(&magnitude) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent
                .strip_prefix('-')
                .map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use decree_proto::v1::SchemaField;

    use super::*;
    use crate::engine::fields::{Draft, Fields};

    fn field(kind: FieldType, constraints: FieldConstraints) -> SchemaField {
        SchemaField {
            path: "f".to_owned(),
            r#type: kind.into(),
            constraints: Some(constraints),
            ..SchemaField::default()
        }
    }

    /// The message for a text that was parsed as another type than the field may have.
    fn refusal_as(spec: SchemaField, kind: FieldType, text: &str) -> Option<String> {
        let draft = Draft {
            fields: vec![spec],
            ..Draft::default()
        };
        let fields = Fields::check(&draft).unwrap();
        let value = text::parse(kind, text).unwrap();
        validate(fields.get("f").unwrap(), Some(&value)).err()
    }

    fn refusal(spec: SchemaField, text: &str) -> Option<String> {
        let kind = spec.r#type();
        refusal_as(spec, kind, text)
    }

    #[test]
    fn there_is_no_coercion_between_types() {
        let spec = field(FieldType::Int, FieldConstraints::default());
        let message = refusal_as(spec, FieldType::String, "5").unwrap();
        assert_eq!(message, "field f: expected integer value");
    }

    #[test]
    fn null_needs_a_nullable_field() {
        for value in [None, Some(TypedValue { kind: None })] {
            let mut spec = field(FieldType::Int, FieldConstraints::default());
            let check = |spec: &SchemaField| {
                let draft = Draft {
                    fields: vec![spec.clone()],
                    ..Draft::default()
                };
                validate(
                    Fields::check(&draft).unwrap().get("f").unwrap(),
                    value.as_ref(),
                )
            };
            assert_eq!(
                check(&spec).unwrap_err(),
                "field f: value is required (not nullable)"
            );
            spec.nullable = true;
            assert_eq!(check(&spec), Ok(()));
        }
    }

    #[test]
    fn bounds_have_the_messages_of_the_server() {
        let range = FieldConstraints {
            min: Some(1.0),
            max: Some(2.5),
            ..Default::default()
        };
        for (text, reason) in [
            ("1", None),
            ("2.5", None),
            ("0.5", Some("field f: value 0.5 is less than minimum 1")),
            (
                "1e21",
                Some("field f: value 1e+21 is greater than maximum 2.5"),
            ),
            (
                "0.00001",
                Some("field f: value 1e-05 is less than minimum 1"),
            ),
            ("inf", Some("field f: value is not a finite number")),
        ] {
            assert_eq!(
                refusal(field(FieldType::Number, range.clone()), text).as_deref(),
                reason
            );
        }
        let open = FieldConstraints {
            exclusive_min: Some(1.0),
            exclusive_max: Some(3.0),
            ..Default::default()
        };
        for (text, reason) in [
            ("2", None),
            ("1", Some("field f: value 1 must be greater than 1")),
            ("3", Some("field f: value 3 must be less than 3")),
        ] {
            assert_eq!(
                refusal(field(FieldType::Int, open.clone()), text).as_deref(),
                reason
            );
        }
    }

    #[test]
    fn bounds_on_durations_are_in_seconds() {
        let hour = FieldConstraints {
            min: Some(3600.0),
            ..Default::default()
        };
        assert_eq!(
            refusal(field(FieldType::Duration, hour.clone()), "1h"),
            None
        );
        assert_eq!(refusal(field(FieldType::Duration, hour), "90m1s"), None,);
    }

    #[test]
    fn lengths_count_characters_and_patterns_are_not_anchored() {
        let three = FieldConstraints {
            min_length: Some(3),
            max_length: Some(3),
            regex: Some("[a-z]".to_owned()),
            ..Default::default()
        };
        for (text, reason) in [
            ("ÄaÖ", None),
            (
                "aa",
                Some("field f: string length 2 is less than minimum 3"),
            ),
            (
                "aaaa",
                Some("field f: string length 4 is greater than maximum 3"),
            ),
            (
                "ABC",
                Some("field f: value \"ABC\" does not match pattern [a-z]"),
            ),
        ] {
            assert_eq!(
                refusal(field(FieldType::String, three.clone()), text).as_deref(),
                reason
            );
        }
    }

    #[test]
    fn an_enum_compares_canonical_text() {
        let hour = FieldConstraints {
            enum_values: vec!["1h".to_owned()],
            ..Default::default()
        };
        assert_eq!(
            refusal(field(FieldType::Duration, hour), "1h").as_deref(),
            Some("field f: value \"1h0m0s\" is not in allowed values [1h]"),
        );
    }

    #[test]
    fn messages_about_secrets_do_not_show_them() {
        let constraints = FieldConstraints {
            regex: Some("^k-".to_owned()),
            ..Default::default()
        };
        let spec = SchemaField {
            sensitive: true,
            ..field(FieldType::String, constraints)
        };
        let message = refusal(spec, "hunter2").unwrap();
        assert_eq!(message, "field f: value does not match pattern ^k-");
    }

    #[test]
    fn a_url_is_absolute_and_of_an_allowed_scheme() {
        for (text, reason) in [
            ("https://example.com", None),
            ("HTTP://x", None),
            (
                "/path",
                Some("field f: value \"/path\" is not a valid absolute URL"),
            ),
            (
                "ftp://x",
                Some("field f: URL scheme \"ftp\" is not in the allowed list [http https]"),
            ),
        ] {
            let spec = field(FieldType::Url, FieldConstraints::default());
            assert_eq!(refusal(spec, text).as_deref(), reason);
        }
    }
}
