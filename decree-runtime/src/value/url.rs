//! URL fields.

use url::Url;

use super::{FromValue, Kind, Mismatch, ToValue, Value};

impl FromValue for Url {
    const KINDS: &'static [Kind] = &[Kind::Url];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let Value::Url(text) = value else {
            return Err(Mismatch::new("a url", value.to_string()));
        };
        let mismatch = |error| Mismatch::new("an absolute URL", format!("{value}: {error}"));
        Self::parse(text).map_err(mismatch)
    }
}

impl ToValue for Url {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        Ok(Some(Value::Url(self.as_str().to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_round_trip_and_are_checked() {
        let url = Url::parse("https://example.com/a?b#c").unwrap();
        let written = url.to_value().unwrap().unwrap();
        assert_eq!(Url::from_value(&written), Ok(url));
        // The server takes URLs that have no host.
        assert!(Url::from_value(&Value::Url("https:".into())).is_err());
        assert!(Url::from_value(&Value::String("https://example.com".into())).is_err());
    }
}
