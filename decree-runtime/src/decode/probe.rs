//! What the compiler is asked of a type, so that it says of each mistake one thing.

use std::marker::PhantomData;

use super::{
    constraint::{Comparable, Ordered, Text},
    default::Texts,
    relation::{Equality, Letters, Order},
    text::FromText,
};
use crate::value::{FromInteger, FromSpan, FromValue};

/// What a `T` can do and how its values are written, if the answer to the question `Q` is yes. Only
/// derived code uses it.
///
/// Of an `OfField<T>`, `order()` is how values of a setting are ordered. The compiler takes a method
/// of a type before one of a trait, and sees those below only where `T: Answers<Q>` holds. Where it does
/// not, it takes that of [`NoAnswer`], which asks for nothing: so it says that there is no such setting,
/// and not also that it has no order. Beside a literal derived code names no type, but is handed a probe
/// of it: so a type that does not exist is no mistake there, too.
#[derive(Debug)]
pub struct Probe<T, Q>(PhantomData<(T, Q)>);

/// The type of a field.
pub type OfField<T> = Probe<T, OfType<T>>;

impl<T, Q> Clone for Probe<T, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, Q> Copy for Probe<T, Q> {}

/// Is its field, which has the type `F`, read as that says itself: is it [`FromValue`]?
#[derive(Debug)]
pub struct OfType<F>(PhantomData<F>);
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

impl<T, F: FromValue> Answers<OfType<F>> for T {}
impl<T> Answers<Any> for T {}
impl<T: Ordered> Answers<Bounds> for T {}
impl<T: Comparable> Answers<List> for T {}

impl<T, Q> Probe<T, Q> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    /// The type, however it is read.
    #[must_use]
    pub fn any(self) -> Probe<T, Any> {
        Probe::new()
    }

    /// The type, if it has bounds.
    #[must_use]
    pub fn bounded(self) -> Probe<T, Bounds> {
        Probe::new()
    }

    /// The type, if it can be one of a list.
    #[must_use]
    pub fn listed(self) -> Probe<T, List> {
        Probe::new()
    }
}

impl<T, Q> Probe<Option<T>, Q> {
    /// What it holds.
    #[must_use]
    pub fn inner(self) -> Probe<T, Q> {
        Probe::new()
    }
}

impl<T: FromValue> OfField<T> {
    /// The texts that it is read from.
    pub const TEXTS: Texts = Texts::of::<T>();
}

impl<T: Answers<Q>, Q> Probe<T, Q> {
    /// How its values are ordered.
    #[must_use]
    pub fn order(self) -> Order<T>
    where
        T: Ordered,
    {
        Order::new()
    }

    /// Which of its values are equal.
    #[must_use]
    pub fn equality(self) -> Equality<T>
    where
        T: Comparable,
    {
        Equality::new()
    }

    /// The text that its values are.
    #[must_use]
    pub fn letters(self) -> Letters<T>
    where
        T: Text,
    {
        T::text
    }

    /// A value that is an expression.
    #[must_use]
    pub fn value(self, value: T) -> T {
        value
    }

    /// A value that is a literal.
    #[must_use]
    pub fn literal<V: LiteralOf<T>>(self, literal: V) -> T {
        literal.itself()
    }

    /// A value that is written as text.
    #[must_use]
    pub fn text(self, text: &'static str) -> T
    where
        T: FromText,
    {
        T::from_text(text)
    }

    /// A value that is written as the text of a duration.
    #[must_use]
    pub fn span(self, seconds: u64, nanos: u32) -> T
    where
        T: FromSpan,
    {
        T::from_span(seconds, nanos)
    }

    /// A value that is written as an integer, though it is none.
    #[must_use]
    pub fn integer(self, integer: i64) -> T
    where
        T: FromInteger,
    {
        T::from_integer(integer)
    }
}

/// See [`Probe`]. What calls one of these methods does not build.
pub trait NoAnswer<T>: Sized {
    /// See [`Probe::TEXTS`].
    const TEXTS: Texts = Texts::of::<String>();

    /// What a build comes upon that has one of the methods in it.
    const NEVER: () = panic!("no setting has this type");

    /// Nothing.
    #[must_use]
    fn never<R>() -> R {
        let () = Self::NEVER;
        unreachable!()
    }

    /// See [`Probe::order`].
    #[must_use]
    fn order(self) -> Order<T> {
        Self::never()
    }

    /// See [`Probe::equality`].
    #[must_use]
    fn equality(self) -> Equality<T> {
        Self::never()
    }

    /// See [`Probe::letters`].
    #[must_use]
    fn letters(self) -> Letters<T> {
        Self::never()
    }

    /// See [`Probe::value`].
    #[must_use]
    fn value<V>(self, _: V) -> T {
        Self::never()
    }

    /// See [`Probe::literal`].
    #[must_use]
    fn literal<V>(self, _: V) -> T {
        Self::never()
    }

    /// See [`Probe::text`].
    #[must_use]
    fn text(self, _: &'static str) -> T {
        Self::never()
    }

    /// See [`Probe::span`].
    #[must_use]
    fn span(self, _: u64, _: u32) -> T {
        Self::never()
    }

    /// See [`Probe::integer`].
    #[must_use]
    fn integer(self, _: i64) -> T {
        Self::never()
    }
}

impl<T, Q> NoAnswer<T> for Probe<T, Q> {}

/// A literal of a `T`: itself. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "this is no value of a setting of type `{T}`",
    label = "expected `{T}`, found `{Self}`",
    note = "write an expression of that type, as `1.0` for an `f64`, or `Secret::from(1)`; or a text as the default of \
            what the server holds as text"
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
