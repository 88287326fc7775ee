//! Defaults as values of the server, where their types say how.

use std::marker::PhantomData;

use crate::value::{ToValue, Value};

/// What a default is on the server. Only derived code uses it.
///
/// `Shown::<T>::value` is the function below for a type that can be written, and that of
/// [`NotShown`] for any other: a setting need not be writable to have a default.
#[derive(Debug)]
pub struct Shown<T>(PhantomData<T>);

impl<T: ToValue> Shown<T> {
    /// The value to write.
    #[must_use]
    pub fn value(default: &T) -> Option<Value> {
        default.to_value().ok().flatten()
    }
}

/// See [`Shown`].
pub trait NotShown<T> {
    /// Nothing is known of it.
    #[must_use]
    fn value(_: &T) -> Option<Value> {
        None
    }
}

impl<T> NotShown<T> for Shown<T> {}
