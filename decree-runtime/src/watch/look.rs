//! What a watch has looked at.

use std::sync::Arc;

use tokio::time::Instant;

use super::machine::Answer;
use crate::reading::Reading;

/// A whole read, and when it was asked for: an answer is no newer than its question.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) reading: Arc<Reading>,
    pub(crate) answer: Answer,
    pub(crate) asked: Instant,
}

impl Look {
    /// What a watch has that starts without a server: it says nothing of any field.
    pub(crate) fn nothing(tenant: &str) -> Self {
        Self {
            reading: Arc::new(Reading::blind(tenant)),
            answer: Answer::nothing(),
            asked: Instant::now(),
        }
    }

    pub(crate) fn new(reading: Reading, asked: Instant) -> Self {
        let answer = Answer {
            tenant_id: Arc::clone(&reading.tenant_id),
            version: reading.version,
            digest: reading.digest(),
        };
        Self {
            reading: Arc::new(reading),
            answer,
            asked,
        }
    }

    /// The same, known by the content that `before` is known by if it is of the same version and
    /// shows no other. Of a tenant that is too large for one answer each look is a part, and not
    /// always of the same fields.
    pub(crate) fn beside(mut self, before: &Self) -> Self {
        let Answer {
            tenant_id,
            version,
            digest,
        } = &before.answer;
        let same = self.answer.tenant_id == *tenant_id && self.answer.version == *version;
        if same && self.answer.digest != *digest && self.reading.agrees_with(&before.reading) {
            self.answer.digest = *digest;
        }
        self
    }
}
