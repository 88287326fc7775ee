//! Every version that there ever was, for all who read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// What a version holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Content {
    /// Of the three fields.
    pub(crate) three: i64,
    pub(crate) note: Option<i64>,
    pub(crate) rate: f64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    /// By tenant: numbers, and what they held; a number comes again in another history.
    versions: HashMap<String, Vec<(i32, Content)>>,
    /// Answers gave old values a new number.
    labels_lie: bool,
    /// Answers gave numbers that never were.
    numbers_lie: bool,
    violation: Option<String>,
}

impl Known {
    pub(crate) fn add(&self, tenant: &str, version: i32, content: Content) {
        let mut book = self.book();
        let versions = book.versions.entry(tenant.to_owned()).or_default();
        versions.push((version, content));
    }

    pub(crate) fn trust_no_label(&self) {
        self.book().labels_lie = true;
    }

    pub(crate) fn trust_no_number(&self) {
        self.book().numbers_lie = true;
    }

    /// Somebody sees `what` as a version; says whether a version of the tenant, or of any, was so.
    pub(crate) fn check(
        &self,
        tenant: Option<&str>,
        version: i32,
        what: &str,
        is_so: impl Fn(&Content) -> bool,
    ) {
        let mut book = self.book();
        let tenants = book.versions.iter();
        let mut versions = tenants
            .filter(|(id, _)| tenant.is_none_or(|tenant| tenant == *id))
            .flat_map(|(_, versions)| versions);
        let (labels_lie, numbers_lie) = (book.labels_lie, book.numbers_lie);
        let true_once = versions.any(|(number, content)| {
            let numbered = *number == version || numbers_lie || labels_lie && *number < version;
            numbered && is_so(content)
        });
        if !true_once {
            let message = format!("no version {version} of {tenant:?} was ever so: {what}");
            book.violation.get_or_insert(message);
        }
    }

    pub(crate) fn violated(&self, message: String) {
        self.book().violation.get_or_insert(message);
    }

    /// What somebody has seen that must not be.
    pub(crate) fn violation(&self) -> Option<String> {
        self.book().violation.clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().expect("nobody panics with it")
    }
}
