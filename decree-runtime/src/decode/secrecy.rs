//! Whether a type is a secret, when an attribute and not the type says how it is read.

use std::{
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
    sync::Arc,
};

use crate::value::{FromValue, Secret};

/// What a type keeps to itself. Only derived code uses it.
///
/// `Secrecy::<T>::new().keeps()` is the first that there is of the three functions below: the
/// compiler looks for one of the type, then for one of a trait, then for one of a reference. So it
/// sees through aliases, and asks no more of a type than it is.
#[derive(Debug)]
pub struct Secrecy<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Secrecy<T> {
    /// That of a type.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "derived code is short, and there is none else"
    )]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// A [`Secret`], or what holds one.
pub trait Hides {}

impl<T> Hides for Secret<T> {}
impl<T: Hides> Hides for Option<T> {}
impl<T: Hides> Hides for Vec<T> {}
impl<T: Hides> Hides for Box<T> {}
impl<T: Hides> Hides for Arc<T> {}
impl<T: Hides, const N: usize> Hides for [T; N] {}
impl<K, V: Hides, S> Hides for HashMap<K, V, S> {}
impl<K, V: Hides> Hides for BTreeMap<K, V> {}

impl<T: Hides + ?Sized> Secrecy<T> {
    /// It is a secret, whatever it holds.
    #[must_use]
    pub const fn keeps(self) -> bool {
        true
    }
}

/// See [`Secrecy`].
pub trait KeptAsItSays {
    /// What the type itself says.
    fn keeps(self) -> bool;
}

impl<T: FromValue> KeptAsItSays for Secrecy<T> {
    fn keeps(self) -> bool {
        T::SECRET
    }
}

/// See [`Secrecy`].
pub trait NotKept {
    /// Nothing is known of it.
    fn keeps(self) -> bool;
}

impl<T: ?Sized> NotKept for &Secrecy<T> {
    fn keeps(self) -> bool {
        false
    }
}
