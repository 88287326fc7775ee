//! Schemas and their versions.

use std::sync::Arc;

use decree_proto::v1;
use prost_types::Timestamp;

use super::fields::{Draft, Fields};

/// One version of a schema. Only its being published changes.
#[derive(Debug)]
pub(crate) struct SchemaVersion {
    pub(crate) number: i32,
    pub(crate) description: String,
    pub(crate) checksum: String,
    pub(crate) published: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) fields: Arc<Fields>,
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Gone for whoever asks for it; tenants of it live on, and even new ones can be created.
    pub(crate) deleted: bool,
    versions: Vec<SchemaVersion>,
}

impl Schema {
    pub(crate) fn new(id: String, draft: &Draft) -> Self {
        let (name, description) = (draft.name.clone(), draft.description.clone());
        Self {
            id,
            name,
            description,
            deleted: false,
            versions: Vec::new(),
        }
    }

    /// Adds a version and returns its number.
    pub(crate) fn add(&mut self, description: &str, fields: Fields, now: Timestamp) -> i32 {
        let number = self.versions.last().map_or(1, |latest| latest.number + 1);
        self.versions.push(SchemaVersion {
            number,
            description: description.to_owned(),
            checksum: fields.shape(),
            published: false,
            created_at: now,
            fields: fields.into(),
        });
        number
    }

    /// Whether the newest version has just the shape of these fields.
    pub(crate) fn is_latest(&self, fields: &Fields) -> bool {
        self.versions
            .last()
            .is_some_and(|latest| latest.checksum == fields.shape())
    }

    pub(crate) fn latest(&self) -> Option<&SchemaVersion> {
        self.versions.last()
    }

    pub(crate) fn latest_published(&self) -> Option<&SchemaVersion> {
        self.versions.iter().rev().find(|version| version.published)
    }

    pub(crate) fn version(&self, number: i32) -> Option<&SchemaVersion> {
        self.versions
            .iter()
            .find(|version| version.number == number)
    }

    pub(crate) fn publish(&mut self, number: i32) -> Option<&SchemaVersion> {
        let version = self
            .versions
            .iter_mut()
            .find(|version| version.number == number)?;
        version.published = true;
        Some(version)
    }

    pub(crate) fn to_proto(&self, version: &SchemaVersion) -> v1::Schema {
        v1::Schema {
            id: self.id.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            version: version.number,
            parent_version: (version.number > 1).then(|| version.number - 1),
            version_description: version.description.clone(),
            checksum: version.checksum.clone(),
            published: version.published,
            fields: version
                .fields
                .iter()
                .map(|field| field.spec.clone())
                .collect(),
            created_at: Some(version.created_at),
            info: None,
            dependent_required: version.fields.dependent_required.clone(),
            validations: Vec::new(),
        }
    }
}
