//! What the compiler is asked of a type, so that it says of each mistake one thing.

use std::marker::PhantomData;

#[cfg(feature = "json")]
use super::by::OfJson;
use super::{
    constraint::{Comparable, Ordered, Text},
    default::Texts,
    relation::{Equality, Letters, Order},
    text::FromText,
};
use crate::value::{FromSpan, FromValue};

/// What a `T` can do and how its values are written, if the answer to the question `Q` is yes. Only
/// derived code uses it.
///
/// `ByType::<T>::order()` is how values of a setting are ordered. The compiler takes a function of a
/// type before one of a trait, and sees those below only where `T: Answers<Q>` holds. Where it does not,
/// it takes that of [`NoAnswer`], which asks for nothing: so it says that there is no such setting, and
/// not also that it has no order.
#[derive(Debug)]
pub struct Probe<T, Q>(PhantomData<(T, Q)>);

/// The type, if it is read as it says itself.
pub type ByType<T> = Probe<T, OfType>;
/// The type, if what it holds is read from JSON.
#[cfg(feature = "json")]
pub type ByJson<T, Held> = Probe<T, Json<Held>>;
/// The type, however it is read.
pub type ByAny<T> = Probe<T, Any>;
/// The type, if it has bounds.
pub type Bounded<T> = Probe<T, Bounds>;
/// The type, if it can be one of a list.
pub type Listed<T> = Probe<T, List>;

/// Is it [`FromValue`]?
#[derive(Debug)]
pub struct OfType;
/// Is what it holds read by `serde::Deserialize`?
#[cfg(feature = "json")]
#[derive(Debug)]
pub struct Json<Held>(PhantomData<Held>);
/// Is it a type?
#[derive(Debug)]
pub struct Any;
/// Is it [`Ordered`]?
#[derive(Debug)]
pub struct Bounds;
/// Is it [`Comparable`]?
#[derive(Debug)]
pub struct List;

/// The answer to `Q` is yes.
pub trait Answers<Q> {}

impl<T: FromValue> Answers<OfType> for T {}
#[cfg(feature = "json")]
impl<T, Held: OfJson> Answers<Json<Held>> for T {}
impl<T> Answers<Any> for T {}
impl<T: Ordered> Answers<Bounds> for T {}
impl<T: Comparable> Answers<List> for T {}

impl<T: FromValue> ByType<T> {
    /// The texts that it is read from.
    pub const TEXTS: Texts = Texts::of::<T>();
}

impl<T: Answers<Q>, Q> Probe<T, Q> {
    /// How its values are ordered.
    #[must_use]
    pub fn order() -> Order<T>
    where
        T: Ordered,
    {
        Order::new()
    }

    /// Which of its values are equal.
    #[must_use]
    pub fn equality() -> Equality<T>
    where
        T: Comparable,
    {
        Equality::new()
    }

    /// The text that its values are.
    #[must_use]
    pub fn letters() -> Letters<T>
    where
        T: Text,
    {
        T::text
    }

    /// A value that is an expression.
    #[must_use]
    pub fn value(value: T) -> T {
        value
    }

    /// A value that is a literal.
    #[must_use]
    pub fn literal<V: LiteralOf<T>>(literal: V) -> T {
        literal.itself()
    }

    /// A value that is written as text.
    #[must_use]
    pub fn text(text: &'static str) -> T
    where
        T: FromText,
    {
        T::from_text(text)
    }

    /// A value that is written as the text of a duration.
    #[must_use]
    pub fn span(seconds: u64, nanos: u32) -> T
    where
        T: FromSpan,
    {
        T::from_span(seconds, nanos)
    }
}

/// See [`Probe`]. What calls one of these functions does not build.
pub trait NoAnswer<T> {
    /// See [`Probe::TEXTS`].
    const TEXTS: Texts = Texts::of::<String>();

    /// See [`Probe::order`].
    #[must_use]
    fn order() -> Order<T> {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::equality`].
    #[must_use]
    fn equality() -> Equality<T> {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::letters`].
    #[must_use]
    fn letters() -> Letters<T> {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::value`].
    #[must_use]
    fn value<V>(_: V) -> T {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::literal`].
    #[must_use]
    fn literal<V>(_: V) -> T {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::text`].
    #[must_use]
    fn text(_: &'static str) -> T {
        const { panic!("no setting has this type") }
    }

    /// See [`Probe::span`].
    #[must_use]
    fn span(_: u64, _: u32) -> T {
        const { panic!("no setting has this type") }
    }
}

impl<T, Q> NoAnswer<T> for Probe<T, Q> {}

/// A literal of a `T`: itself. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "this is no value of a setting of type `{T}`",
    label = "expected `{T}`, found `{Self}`",
    note = "write an expression of that type, as `1.0` for an `f64`, or `Secret::from(1)`"
)]
pub trait LiteralOf<T> {
    /// The value.
    fn itself(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T> LiteralOf<T> for T {
    fn itself(self) -> T {
        self
    }
}
