//! What a program begins with when it cannot begin with the server.

use std::sync::Arc;

use crate::{
    decode::{DecreeConfig, FieldSpec, decode, short_type_name},
    error::{Error, ErrorKind},
    reading::Reading,
    snapshot::Versioned,
    started::Started,
};

/// What may stand in for the server, in the order in which it is tried. By default nothing may.
#[derive(Debug, Clone, Default)]
pub(super) struct Fallback {
    pub(super) defaults: bool,
}

impl Fallback {
    /// Refuses what could never help, before it is needed.
    pub(super) fn check<C: DecreeConfig>(&self) -> Result<(), Error> {
        let fields = C::fields();
        if self.defaults {
            lacking::<C>(&fields, "or_defaults", |_| true)?;
        }
        Ok(())
    }

    /// What stands in for the server, which failed with `error`; that error if nothing does.
    pub(super) fn first<C: DecreeConfig>(
        &self,
        tenant: &str,
        error: Error,
    ) -> Result<(Versioned<C>, Started), Error> {
        if matches!(error.kind(), ErrorKind::Closed | ErrorKind::InvalidOption) {
            return Err(error);
        }
        if self.defaults {
            let config = match decode(&Reading::blind(tenant)) {
                Ok(config) => config,
                Err(unfit) => {
                    return Err(error.and(&format!("nor do the defaults do: {unfit}")));
                }
            };
            let why = Arc::new(error);
            tracing::warn!(tenant, %why, "started with defaults; the server is tried on");
            return Ok((Versioned::before_any(config), Started::Defaults { why }));
        }
        Err(error)
    }
}

/// Names the fields that would have no value.
fn lacking<C>(
    fields: &[FieldSpec],
    option: &str,
    asked: impl Fn(&FieldSpec) -> bool,
) -> Result<(), Error> {
    let lacks = |field: &&FieldSpec| asked(field) && !field.has_default() && !field.nullable();
    let paths: Vec<String> = fields
        .iter()
        .filter(lacks)
        .map(|field| format!("`{}`", field.path()))
        .collect();
    if paths.is_empty() {
        return Ok(());
    }
    let message = format!(
        "`{option}` cannot help `{}`: without the server these fields have no value: {}; give each \
         `default = …` or an `Option` type",
        short_type_name::<C>(),
        paths.join(", ")
    );
    Err(Error::new(ErrorKind::InvalidOption, message))
}
