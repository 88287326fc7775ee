//! JSON fields as documents, and as types of the application.

use serde::{Serialize, de::DeserializeOwned};

use super::{FromValue, Kind, Mismatch, ToValue, Value};

/// A json field read into, or written from, any type that serde knows.
///
/// ```
/// use decree_runtime::{FromValue, Json, Value};
///
/// let Json(limits) = Json::<Vec<u32>>::from_value(&Value::Json("[1, 2]".into())).unwrap();
/// assert_eq!(limits, [1, 2]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromValue for Json<T> {
    const KINDS: &'static [Kind] = &[Kind::Json];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let Value::Json(text) = value else {
            return Err(Mismatch::new("json", value.to_string()));
        };
        // The server does not check that a json field holds JSON, unless its schema says more.
        serde_json::from_str(text).map(Self).map_err(|error| {
            let expected = format!("JSON of the type {}", std::any::type_name::<T>());
            Mismatch::new(expected, format!("{value}: {error}"))
        })
    }
}

impl<T: Serialize> ToValue for Json<T> {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        let text = serde_json::to_string(&self.0).map_err(|error| {
            let found = format!("{}: {error}", std::any::type_name::<T>());
            Mismatch::new("a type that JSON can hold", found)
        })?;
        Ok(Some(Value::Json(text)))
    }
}

impl FromValue for serde_json::Value {
    const KINDS: &'static [Kind] = &[Kind::Json];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Json::from_value(value).map(|Json(document)| document)
    }
}

impl ToValue for serde_json::Value {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Json(self).to_value()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_round_trips() {
        let document = json!({ "limits": [1, 2.5], "on": null });
        let written = document.to_value().unwrap().unwrap();
        assert_eq!(serde_json::Value::from_value(&written), Ok(document));
    }

    #[test]
    fn what_is_no_json_or_no_such_type_says_what_and_where() {
        let broken = serde_json::Value::from_value(&Value::Json("{".into())).unwrap_err();
        assert!(broken.found().contains("line 1 column 1"), "{broken}");
        let other = Json::<Vec<u32>>::from_value(&Value::Json("[1, -2]".into())).unwrap_err();
        assert!(other.expected().contains("Vec<u32>"), "{other}");
        assert!(Json::<u32>::from_value(&Value::Integer(1)).is_err());
    }
}
