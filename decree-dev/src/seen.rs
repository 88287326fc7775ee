//! What callers sent, for a test to look at.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use http::{HeaderMap, header::AUTHORIZATION};

#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    /// By method: how many, and the headers of the last one.
    calls: HashMap<String, (u64, HeaderMap)>,
    /// By tenant: the key of the last write, if it had one.
    keys: HashMap<String, Option<String>>,
}

impl Seen {
    pub(crate) fn call(&self, method: &str, headers: &HeaderMap) {
        let mut headers = headers.clone();
        if let Some(token) = headers.get_mut(AUTHORIZATION) {
            token.set_sensitive(true); // a Debug of the server is no place for it
        }
        self.with(|notes| {
            let (count, last) = notes.calls.entry(method.to_owned()).or_default();
            *count += 1;
            *last = headers;
        });
    }

    pub(crate) fn calls(&self, method: &str) -> u64 {
        self.with(|notes| notes.calls.get(method).map_or(0, |(count, _)| *count))
    }

    pub(crate) fn last_headers(&self, method: &str) -> Option<HeaderMap> {
        self.with(|notes| Some(notes.calls.get(method)?.1.clone()))
    }

    pub(crate) fn write(&self, tenant: String, key: Option<String>) {
        self.with(|notes| notes.keys.insert(tenant, key));
    }

    pub(crate) fn last_key(&self, tenant: &str) -> Option<String> {
        self.with(|notes| notes.keys.get(tenant)?.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut Notes) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
