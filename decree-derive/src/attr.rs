//! What `#[decree(...)]` says of a struct and of a field.

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprArray, ExprPath, LitStr, Path, spanned::Spanned};

use crate::{
    case::Case,
    ctxt::Ctxt,
    entry::each,
    vocabulary::{FIELD, STRUCT},
};

const BOUND: &str = "a value of the field's type";
const LENGTH: &str = "a number of characters";

/// What `#[decree(...)]` says of a struct.
#[derive(Default)]
pub(crate) struct StructAttr {
    pub(crate) prefix: Option<LitStr>,
    pub(crate) case: Option<Case>,
    pub(crate) krate: Option<Path>,
    pub(crate) validate: Option<ExprPath>,
}

/// What `#[decree(...)]` says of a field.
#[derive(Default)]
pub(crate) struct FieldAttr {
    pub(crate) key: Option<LitStr>,
    pub(crate) default: Option<Expr>,
    pub(crate) skip: Option<Span>,
    pub(crate) nested: Option<Span>,
    pub(crate) flatten: Option<Span>,
    /// Of a nested struct.
    pub(crate) prefix: Option<LitStr>,
    pub(crate) from_str: Option<Span>,
    pub(crate) json: Option<Span>,
    pub(crate) with: Option<ExprPath>,
    pub(crate) restart: Option<Span>,
    /// What is demanded of the value, as it is written.
    pub(crate) demands: Demands,
}

/// What a field demands of its value, as it is written.
#[derive(Default)]
pub(crate) struct Demands {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Option<Expr>,
    pub(crate) exclusive_min: Option<Expr>,
    pub(crate) exclusive_max: Option<Expr>,
    pub(crate) min_len: Option<Expr>,
    pub(crate) max_len: Option<Expr>,
    pub(crate) one_of: Option<ExprArray>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) validate: Option<ExprPath>,
}

impl Demands {
    /// What is demanded, and where.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let values = [
            ("min", &self.min),
            ("max", &self.max),
            ("exclusive_min", &self.exclusive_min),
            ("exclusive_max", &self.exclusive_max),
            ("min_len", &self.min_len),
            ("max_len", &self.max_len),
        ];
        let values = values.map(|(name, value)| (name, value.as_ref().map(Spanned::span)));
        let others = [
            ("one_of", self.one_of.as_ref().map(Spanned::span)),
            ("pattern", self.pattern.as_ref().map(LitStr::span)),
            ("validate", self.validate.as_ref().map(Spanned::span)),
        ];
        let all = values.into_iter().chain(others);
        all.filter_map(|(name, span)| Some((name, span?)))
    }

    /// The first of those that are about a text, where the field is parsed from one.
    pub(crate) fn of_text(&self) -> Option<&'static str> {
        let of_text = ["min_len", "max_len", "one_of", "pattern"];
        let mut written = self.written().map(|(name, _)| name);
        written.find(|name| of_text.contains(name))
    }
}

impl StructAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &STRUCT, |entry| {
            match entry.name.to_string().as_str() {
                "prefix" => entry.set(&mut parsed.prefix, entry.text()?),
                "rename_all" => entry.set(&mut parsed.case, entry.case()?),
                "crate" => entry.set(&mut parsed.krate, entry.krate()?),
                _ => entry.set(&mut parsed.validate, entry.function()?),
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttr {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut parsed = Self::default();
        each(cx, attrs, &FIELD, |entry| {
            let FieldAttr {
                key,
                default,
                skip,
                nested,
                flatten,
                prefix,
                from_str,
                json,
                with,
                restart,
                demands,
            } = &mut parsed;
            match entry.name.to_string().as_str() {
                "key" => entry.set(key, entry.text()?),
                "default" => entry.set(default, entry.value("an expression")?),
                "skip" => entry.set(skip, entry.alone()?),
                "nested" => entry.set(nested, entry.alone()?),
                "flatten" => entry.set(flatten, entry.alone()?),
                "prefix" => entry.set(prefix, entry.text()?),
                "from_str" => entry.set(from_str, entry.alone()?),
                "json" => entry.set(json, entry.alone()?),
                "with" => entry.set(with, entry.function()?),
                "restart" => entry.set(restart, entry.alone()?),
                "min" => entry.set(&mut demands.min, entry.value(BOUND)?),
                "max" => entry.set(&mut demands.max, entry.value(BOUND)?),
                "exclusive_min" => entry.set(&mut demands.exclusive_min, entry.value(BOUND)?),
                "exclusive_max" => entry.set(&mut demands.exclusive_max, entry.value(BOUND)?),
                "min_len" => entry.set(&mut demands.min_len, entry.value(LENGTH)?),
                "max_len" => entry.set(&mut demands.max_len, entry.value(LENGTH)?),
                "one_of" => entry.set(&mut demands.one_of, entry.list()?),
                "pattern" => entry.set(&mut demands.pattern, entry.text()?),
                _ => entry.set(&mut demands.validate, entry.function()?),
            }
            Ok(())
        });
        parsed
    }
}
