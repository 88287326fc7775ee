//! Between what bounds a value may be.

use std::cmp::Ordering;

use syn::{Expr, Type, spanned::Spanned};

use super::{Checker, is_nan, written};
use crate::{attr::Demands, literal::Known, types};

/// One end of what is allowed.
struct Bound<'a> {
    attr: &'static str,
    expr: &'a Expr,
    known: Option<Known>,
    exclusive: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn bounds(&mut self, demands: &'a Demands) {
        let Demands {
            min,
            max,
            exclusive_min,
            exclusive_max,
            ..
        } = demands;
        let low = self.end(("min", min), ("exclusive_min", exclusive_min));
        let high = self.end(("max", max), ("exclusive_max", exclusive_max));
        if let (Some(low), Some(high)) = (&low, &high)
            && let (Some(least), Some(most)) = (&low.known, &high.known)
            && is_empty(least, low.exclusive, most, high.exclusive)
        {
            let (from, to) = (written(low.attr, low.expr), written(high.attr, high.expr));
            let message = format!("no value fits both `{from}` and `{to}`: change one of the two");
            self.cx.error(high.expr, message);
            // A default that violates one of them is no mistake of its own.
            self.rules.clear();
            return;
        }
        for bound in low.iter().chain(&high) {
            self.is_within(bound);
        }
    }

    /// A bound that excludes an end of the type may exclude all of it.
    fn is_within(&self, bound: &Bound<'_>) {
        let (Some(known), Some((least, most))) = (&bound.known, ends(self.ty)) else {
            return;
        };
        let (empty, beyond) = match bound.attr {
            "exclusive_min" => (is_empty(known, true, &most, false), "more"),
            "exclusive_max" => (is_empty(&least, false, known, true), "less"),
            _ => return,
        };
        if empty {
            let (name, is_at) = (&self.name, written(bound.attr, bound.expr));
            let message =
                format!("no `{name}` fits `{is_at}`, for none is {beyond}: write another bound");
            self.cx.error(bound.expr, message);
        }
    }

    /// The bound at one end, of the two ways to write it.
    fn end(
        &mut self,
        (attr, inclusive): (&'static str, &'a Option<Expr>),
        (exclusive_attr, exclusive): (&'static str, &'a Option<Expr>),
    ) -> Option<Bound<'a>> {
        if let (Some(_), Some(second)) = (inclusive, exclusive) {
            let message =
                format!("`{attr}` and `{exclusive_attr}` are two bounds at one end: keep one");
            self.cx.error(second, message);
            return None;
        }
        match (inclusive, exclusive) {
            (Some(expr), _) => self.bound(attr, expr, false),
            (_, Some(expr)) => self.bound(exclusive_attr, expr, true),
            _ => None,
        }
    }

    fn bound(&mut self, attr: &'static str, expr: &'a Expr, exclusive: bool) -> Option<Bound<'a>> {
        let name = &self.name;
        let cure = match name.as_str() {
            _ if self.is_from_str => {
                let message = format!(
                    "`{attr}` is for numbers, durations and times, and what `from_str` reads is \
                     text: write a function: `validate = …`"
                );
                self.cx.error(expr, message);
                return None;
            }
            "String" | "Arc" | "Box" | "Cow" if is_text(self.ty) => {
                "for its length there are `min_len` and `max_len`"
            }
            "bool" => "take it out",
            _ if is_nan(expr) => {
                let message =
                    format!("no value is at `{attr} = NAN`, nor on either side: write a number");
                self.cx.error(expr, message);
                return None;
            }
            _ => {
                let checked = self.value(attr, "bounded", expr);
                self.call(attr, "order", expr.span(), &checked.tokens);
                if let Some(bound) = checked.known.clone() {
                    self.rule(written(attr, expr), move |value| {
                        fits(attr, exclusive, value.compare(&bound))
                    });
                }
                return Some(Bound {
                    attr,
                    expr,
                    known: checked.known,
                    exclusive,
                });
            }
        };
        let message =
            format!("`{attr}` is for numbers, durations and times, and `{name}` is none: {cure}");
        self.cx.error(expr, message);
        None
    }
}

/// Whether it is a `String` or holds a `str`.
fn is_text(ty: &Type) -> bool {
    let is = |ty, name: &str| types::name(ty).is_some_and(|found| found == name);
    is(ty, "String") || types::arguments(ty).any(|ty| is(ty, "str"))
}

/// Whether a value is on the right side of a bound. Of values that do not compare, the compiler
/// says that they have other types.
fn fits(attr: &str, exclusive: bool, compared: Option<Ordering>) -> bool {
    let outside = if attr.ends_with("min") {
        Ordering::Less
    } else {
        Ordering::Greater
    };
    compared.is_none_or(|found| found != outside && !(exclusive && found == Ordering::Equal))
}

/// Whether nothing is left between two bounds.
fn is_empty(low: &Known, above: bool, high: &Known, below: bool) -> bool {
    if let (Known::Integer(low), Known::Integer(high)) = (low, high) {
        // Between two neighbours is no integer.
        return low + i128::from(above) > high - i128::from(below);
    }
    match low.compare(high) {
        Some(Ordering::Greater) => true,
        Some(Ordering::Equal) => above || below,
        _ => false,
    }
}

/// The least and the greatest value of an integer, as the server holds them.
fn ends(ty: &Type) -> Option<(Known, Known)> {
    let name = types::name(ty)?;
    let nonzero = types::nonzero(ty);
    let (low, high) = types::integer_range(nonzero.as_deref().unwrap_or(&name))?;
    let low = if nonzero.is_some() && low == 0 {
        1
    } else {
        low
    };
    Some((Known::Integer(low), Known::Integer(high)))
}
