//! What is demanded of the text that a field is parsed from, whatever that becomes.

use super::Checked;
#[cfg(feature = "pattern")]
use crate::decode::constraint::Pattern;
use crate::{
    decode::constraint::{Constraint, is_as_long, is_as_short},
    value::Value,
};

impl<'a, T, B> Checked<'_, 'a, T, B> {
    /// So many Unicode scalar values or more.
    pub fn text_min_len(self, length: usize) -> Self {
        let long = |text: &str| is_as_long(text, length);
        self.demand_of_text(|| Constraint::MinLen(length), long)
    }

    /// So many Unicode scalar values or less.
    pub fn text_max_len(self, length: usize) -> Self {
        let short = |text: &str| is_as_short(text, length);
        self.demand_of_text(|| Constraint::MaxLen(length), short)
    }

    /// One of these.
    pub fn text_one_of(self, allowed: &[&str]) -> Self {
        let (secret, texts) = (self.secret, allowed.iter().map(|&text| text.to_owned()));
        let constraint = || Constraint::allowed(texts, secret);
        self.demand_of_text(constraint, |text| allowed.contains(&text))
    }

    /// A text in which the pattern is found.
    #[cfg(feature = "pattern")]
    pub fn text_pattern(self, pattern: &Pattern) -> Self {
        let constraint = || Constraint::Pattern(pattern.text());
        self.demand_of_text(constraint, |text| pattern.is_in(text))
    }

    fn demand_of_text(
        mut self,
        constraint: impl FnOnce() -> Constraint,
        holds: impl FnOnce(&str) -> bool,
    ) -> Self {
        if let Some(spec) = self.spec() {
            spec.constraints.push(constraint());
        } else if self.text().is_some_and(|text| !holds(text)) {
            self.broken.push(constraint());
        }
        self
    }

    /// What a good value was parsed from; null was not parsed.
    fn text(&mut self) -> Option<&'a str> {
        self.value.as_ref()?;
        let entry = self.fields.entry(self.name);
        match entry.and_then(|entry| entry.shown(self.kinds)) {
            Some(Value::String(text) | Value::Url(text) | Value::Json(text)) => Some(text),
            _ => self.default,
        }
    }
}
