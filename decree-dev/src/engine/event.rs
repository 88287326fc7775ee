//! What a write announces: one event per version, with every field it touched.

use decree_proto::{
    text,
    v1::{ConfigChange, TypedValue},
};
use prost_types::Timestamp;

use super::fields::Fields;
use crate::json;

/// What stands for the value of a sensitive field, whatever its type.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// The server does not announce anything longer than this.
const LONGEST_PAYLOAD: usize = 65_536;

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) tenant: String,
    pub(crate) version: i32,
    pub(crate) changes: Vec<Change>,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

/// One field; secrets are redacted already.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) path: String,
    /// Empty for null and for what was never written.
    pub(crate) old: String,
    pub(crate) new: Option<String>,
}

impl Event {
    /// The event as the messages of a stream, one per field.
    pub(crate) fn messages<'a>(
        &'a self,
        fields: &'a Fields,
        null_as_zero: bool,
    ) -> impl Iterator<Item = ConfigChange> + 'a {
        self.changes.iter().map(move |change| {
            let typed = |text: &str| text::read(fields.kind(&change.path), text);
            let new = if null_as_zero {
                Some(typed(change.new.as_deref().unwrap_or_default()))
            } else {
                change.new.as_deref().map(typed)
            };
            let old = Some(change.old.as_str())
                .filter(|old| !old.is_empty())
                .map(typed);
            self.message(&change.path, old, new)
        })
    }

    fn message(
        &self,
        path: &str,
        old_value: Option<TypedValue>,
        new_value: Option<TypedValue>,
    ) -> ConfigChange {
        ConfigChange {
            tenant_id: self.tenant.clone(),
            version: self.version,
            field_path: path.to_owned(),
            old_value,
            new_value,
            changed_by: self.by.clone(),
            changed_at: Some(self.at),
        }
    }

    /// The server sends events to itself as JSON, and drops those whose JSON is too long.
    pub(crate) fn is_too_large(&self) -> bool {
        const FRAME: usize = r#"{"event_id":"00000000-0000-0000-0000-000000000000","seq":1,"tenant_id":"","version":,"changes":[],"changed_by":"","changed_at":"2006-01-02T15:04:05.000000000Z"}"#.len();
        const CHANGE: usize = r#"{"field_path":"","old_value":"","new_value":""},"#.len();
        let changes = self.changes.iter().map(|change| {
            let texts = [
                change.path.as_str(),
                change.old.as_str(),
                change.new.as_deref().unwrap_or_default(),
            ];
            CHANGE
                + texts
                    .iter()
                    .map(|text| json::escaped_len(text))
                    .sum::<usize>()
        });
        let names =
            self.tenant.len() + json::escaped_len(&self.by) + self.version.to_string().len();
        FRAME + names + changes.sum::<usize>() > LONGEST_PAYLOAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(new: &str) -> Event {
        let change = Change {
            path: "p".to_owned(),
            old: String::new(),
            new: Some(new.to_owned()),
        };
        Event {
            tenant: "t".to_owned(),
            version: 1,
            changes: vec![change],
            by: "me".to_owned(),
            at: Timestamp::default(),
        }
    }

    #[test]
    fn an_event_is_too_large_above_64_kib_of_json() {
        assert!(!event(&"a".repeat(65_000)).is_too_large());
        assert!(event(&"a".repeat(65_536)).is_too_large());
        assert!(event(&"<".repeat(11_000)).is_too_large(), "escapes count");
    }
}
