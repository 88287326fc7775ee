//! Values in the code that a setting is compared with: its bounds, and those that it may have.

use std::marker::PhantomData;

use super::{
    constraint::{Comparable, Ordered},
    text::FromText,
};

/// Values of a type that a setting is compared with. Only derived code uses it.
///
/// `Limit::<T>::bound(1)` is a `T` that is written so. Of a type that is not `Ordered` it is the
/// function of [`NoLimit`], which takes anything: so the compiler says that such a setting has no
/// bounds, and not also that an integer is none of its values.
#[derive(Debug)]
pub struct Limit<T>(PhantomData<T>);

impl<T: Ordered> Limit<T> {
    /// A bound.
    #[must_use]
    pub const fn bound(value: T) -> T {
        value
    }

    /// A bound that is written as text.
    #[must_use]
    pub fn bound_text(text: &'static str) -> T
    where
        T: FromText,
    {
        T::from_text(text)
    }
}

impl<T: Comparable> Limit<T> {
    /// A value that is allowed.
    #[must_use]
    pub const fn allowed(value: T) -> T {
        value
    }

    /// A value that is allowed and written as text.
    #[must_use]
    pub fn allowed_text(text: &'static str) -> T
    where
        T: FromText,
    {
        T::from_text(text)
    }
}

/// See [`Limit`]. None of these functions is ever in a program, for what calls them does not build.
pub trait NoLimit<T> {
    /// See [`Limit::bound`].
    #[must_use]
    fn bound<V>(_: V) -> T {
        unreachable!("the type has no bounds")
    }

    /// See [`Limit::bound_text`].
    #[must_use]
    fn bound_text<V>(text: V) -> T {
        Self::bound(text)
    }

    /// See [`Limit::allowed`].
    #[must_use]
    fn allowed<V>(value: V) -> T {
        Self::bound(value)
    }

    /// See [`Limit::allowed_text`].
    #[must_use]
    fn allowed_text<V>(text: V) -> T {
        Self::bound(text)
    }
}

impl<T> NoLimit<T> for Limit<T> {}
