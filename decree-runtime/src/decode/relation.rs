//! How values of a type compare, and the text that they are.

use std::cmp::Ordering;

use super::constraint::{self, Comparable, Ordered};

/// How values are ordered. Only derived code uses it.
#[derive(Debug)]
pub struct Order<T> {
    pub(super) compare: fn(&T, &T) -> Option<Ordering>,
    pub(super) text: fn(&T) -> String,
}

impl<T: Ordered> Order<T> {
    pub(super) fn new() -> Self {
        Self {
            compare: T::partial_cmp,
            text: constraint::text,
        }
    }
}

/// Which values are equal. Only derived code uses it.
#[derive(Debug)]
pub struct Equality<T> {
    pub(super) equal: fn(&T, &T) -> bool,
    pub(super) text: fn(&T) -> String,
}

impl<T: Comparable> Equality<T> {
    pub(super) fn new() -> Self {
        Self {
            equal: T::eq,
            text: constraint::text,
        }
    }
}

/// The text that a value is.
pub(super) type Letters<T> = fn(&T) -> &str;
