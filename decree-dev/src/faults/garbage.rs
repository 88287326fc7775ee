//! Answers and events that are well-formed messages and make no sense.

use decree_proto::v1::{self, TypedValue, typed_value::Kind};
use prost::Message;

/// What is put into an answer or an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Garbage {
    /// A message without anything in it: a `GetConfigResponse` without a config, an event without
    /// a change.
    Empty,
    /// Values without a kind, which is also how a kind looks that the reader does not know.
    NoKind,
    /// Values of another kind: text in the place of everything but text, and `true` in its place.
    WrongKind,
    /// This in the place of every number, such as `f64::NAN`.
    Number(f64),
    /// This in the place of every version's number, such as `-7`.
    Version(i32),
    /// Nothing in the place of every tenant's id.
    Nobody,
}

impl Garbage {
    fn value(self, value: &mut Option<TypedValue>) {
        let Some(TypedValue { kind }) = value else {
            return;
        };
        match (self, &kind) {
            (Self::NoKind, _) => *kind = None,
            (Self::WrongKind, Some(Kind::StringValue(_))) => *kind = Some(Kind::BoolValue(true)),
            (Self::WrongKind, _) => *kind = Some(Kind::StringValue("garbage".to_owned())),
            (Self::Number(number), Some(Kind::NumberValue(_))) => {
                *kind = Some(Kind::NumberValue(number));
            }
            _ => {}
        }
    }

    fn id(self, tenant_id: &mut String) {
        if self == Self::Nobody {
            tenant_id.clear();
        }
    }

    fn number(self, version: &mut i32) {
        if let Self::Version(number) = self {
            *version = number;
        }
    }
}

/// A message that can be spoilt.
pub(crate) trait Spoil: Message + Default {
    fn spoil(&mut self, garbage: Garbage) {
        if garbage == Garbage::Empty {
            *self = Self::default();
        } else {
            self.spoil_content(garbage);
        }
    }

    /// With anything but emptiness.
    fn spoil_content(&mut self, _garbage: Garbage) {}
}

impl Spoil for v1::GetConfigResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        if let Some(config) = &mut self.config {
            garbage.id(&mut config.tenant_id);
            garbage.number(&mut config.version);
            for value in &mut config.values {
                garbage.value(&mut value.value);
            }
        }
    }
}

impl Spoil for v1::GetFieldResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        if let Some(value) = &mut self.value {
            garbage.value(&mut value.value);
        }
    }
}

impl Spoil for v1::GetFieldsResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        for value in &mut self.values {
            garbage.value(&mut value.value);
        }
    }
}

impl Spoil for v1::ListVersionsResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        for version in &mut self.versions {
            garbage.id(&mut version.tenant_id);
            garbage.number(&mut version.version);
        }
    }
}

impl Spoil for v1::GetVersionResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        if let Some(version) = &mut self.config_version {
            garbage.id(&mut version.tenant_id);
            garbage.number(&mut version.version);
        }
    }
}

impl Spoil for v1::SubscribeResponse {
    fn spoil_content(&mut self, garbage: Garbage) {
        if let Some(change) = &mut self.change {
            garbage.id(&mut change.tenant_id);
            garbage.number(&mut change.version);
            garbage.value(&mut change.old_value);
            garbage.value(&mut change.new_value);
        }
    }
}

macro_rules! only_empty {
    ($($message:ident)*) => {
        $(impl Spoil for v1::$message {})*
    };
}

// What names no value and no version of a configuration.
only_empty! {
    SetFieldResponse SetFieldsResponse DiffVersionsResponse RollbackToVersionResponse
    ImportSchemaResponse CreateSchemaResponse UpdateSchemaResponse PublishSchemaResponse
    GetSchemaResponse ListSchemasResponse CreateTenantResponse GetTenantResponse
    ListTenantsResponse UpdateTenantResponse ListFieldLocksResponse DeleteSchemaResponse
    DeleteTenantResponse LockFieldResponse UnlockFieldResponse
}
