//! The fields of a schema, and whether they make sense.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};

use decree_proto::{
    text,
    v1::{DependentRequiredEntry, FieldConstraints, FieldType, SchemaField},
};
use regex::Regex;

const LONGEST_PATTERN: usize = 1024;

/// A schema as somebody wrote it, not checked yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) version_description: String,
    pub(crate) fields: Vec<SchemaField>,
    pub(crate) dependent_required: Vec<DependentRequiredEntry>,
}

/// A field, ready to check values against.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) spec: SchemaField,
    pub(crate) pattern: Option<Regex>,
}

impl Field {
    pub(crate) fn kind(&self) -> FieldType {
        self.spec.r#type()
    }
}

/// The fields of one version of a schema.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    by_path: BTreeMap<String, Field>,
    pub(crate) dependent_required: Vec<DependentRequiredEntry>,
}

impl Fields {
    /// # Errors
    ///
    /// The draft contradicts itself, or asks for a check that this server does not have.
    pub(crate) fn check(draft: &Draft) -> Result<Self, String> {
        let mut by_path = BTreeMap::new();
        for spec in &draft.fields {
            let pattern = check_constraints(spec)?;
            let mut spec = spec.clone();
            if spec.r#type() == FieldType::Unspecified {
                spec.set_type(FieldType::String);
            }
            by_path.insert(spec.path.clone(), Field { spec, pattern });
        }
        check_prefixes(&by_path)?;
        check_dependencies(&draft.dependent_required, &by_path)?;
        Ok(Self {
            by_path,
            dependent_required: draft.dependent_required.clone(),
        })
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Field> {
        self.by_path.get(path)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Field> {
        self.by_path.values()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.by_path.keys().map(String::as_str)
    }

    /// A field that is stored but gone from the schema reads as a string.
    pub(crate) fn kind(&self, path: &str) -> FieldType {
        self.get(path).map_or(FieldType::String, Field::kind)
    }

    pub(crate) fn is_sensitive(&self, path: &str) -> bool {
        self.get(path).is_some_and(|field| field.spec.sensitive)
    }

    /// The first rule that a set of paths with values breaks.
    pub(crate) fn check_dependents(&self, present: &HashSet<&str>) -> Result<(), String> {
        for rule in &self.dependent_required {
            let trigger = rule.trigger_field.as_str();
            let missing = rule
                .dependent_fields
                .iter()
                .find(|d| !present.contains(d.as_str()));
            if let Some(missing) = missing.filter(|_| present.contains(trigger)) {
                return Err(format!(
                    "dependentRequired: {trigger:?} has a value but required dependent {missing:?} is null"
                ));
            }
        }
        Ok(())
    }

    /// What decides whether an import is a change: the shape of the fields, not their prose.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::new();
        for Field { spec, .. } in self.iter() {
            let SchemaField {
                path,
                r#type,
                nullable,
                deprecated,
                sensitive,
                ..
            } = spec;
            let SchemaField {
                read_only,
                write_once,
                constraints,
                ..
            } = spec;
            // Writing to a String cannot fail.
            let _ = write!(
                shape,
                "{path}:{type}:{nullable}:{deprecated}:{sensitive}:{read_only}:{write_once}:{constraints:?};",
            );
        }
        format!("{:0>16}", text::checksum(&shape))
    }
}

/// Checks that constraints fit the type of their field, and compiles its pattern.
fn check_constraints(spec: &SchemaField) -> Result<Option<Regex>, String> {
    let Some(constraints) = &spec.constraints else {
        return Ok(None);
    };
    let path = &spec.path;
    let kind = spec.r#type();
    for (name, is_set, kinds, names) in applicable(constraints) {
        if is_set && !kinds.contains(&kind) {
            let kind = kind.as_str_name();
            return Err(format!(
                "field {path}: '{name}' constraint is not valid for type {kind} (only {names})"
            ));
        }
    }
    if constraints.json_schema.is_some() {
        return Err(format!(
            "field {path}: decree-dev does not evaluate json_schema; take the constraint out to try the rest"
        ));
    }
    check_ranges(path, constraints)?;
    let Some(pattern) = &constraints.regex else {
        return Ok(None);
    };
    if pattern.len() > LONGEST_PATTERN {
        return Err(format!(
            "field {path}: regex pattern exceeds maximum length of {LONGEST_PATTERN} characters"
        ));
    }
    match Regex::new(pattern) {
        Ok(pattern) => Ok(Some(pattern)),
        Err(error) => Err(format!("field {path}: invalid regex constraint: {error}")),
    }
}

/// Constraint, whether it is set, the types it is for, and their names.
fn applicable(
    constraints: &FieldConstraints,
) -> [(&'static str, bool, &'static [FieldType], &'static str); 8] {
    const NUMERIC: &[FieldType] = &[FieldType::Int, FieldType::Number, FieldType::Duration];
    const NUMERIC_NAMES: &str = "integer, number, duration";
    const STRING: &[FieldType] = &[FieldType::String];
    let c = constraints;
    [
        ("minimum", c.min.is_some(), NUMERIC, NUMERIC_NAMES),
        ("maximum", c.max.is_some(), NUMERIC, NUMERIC_NAMES),
        (
            "exclusiveMinimum",
            c.exclusive_min.is_some(),
            NUMERIC,
            NUMERIC_NAMES,
        ),
        (
            "exclusiveMaximum",
            c.exclusive_max.is_some(),
            NUMERIC,
            NUMERIC_NAMES,
        ),
        ("minLength", c.min_length.is_some(), STRING, "string"),
        ("maxLength", c.max_length.is_some(), STRING, "string"),
        ("pattern", c.regex.is_some(), STRING, "string"),
        (
            "json_schema",
            c.json_schema.is_some(),
            &[FieldType::Json],
            "json",
        ),
    ]
}

fn check_ranges(path: &str, constraints: &FieldConstraints) -> Result<(), String> {
    let FieldConstraints {
        min,
        max,
        exclusive_min,
        exclusive_max,
        ..
    } = constraints;
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err(format!(
            "field {path}: minimum ({min}) is greater than maximum ({max})"
        ));
    }
    if let (Some(min), Some(max)) = (exclusive_min, exclusive_max)
        && min >= max
    {
        return Err(format!(
            "field {path}: exclusiveMinimum ({min}) must be less than exclusiveMaximum ({max})"
        ));
    }
    if let (Some(min), Some(max)) = (constraints.min_length, constraints.max_length)
        && min > max
    {
        return Err(format!(
            "field {path}: minLength ({min}) is greater than maxLength ({max})"
        ));
    }
    Ok(())
}

/// A path cannot be a value and a group of values at once.
fn check_prefixes(fields: &BTreeMap<String, Field>) -> Result<(), String> {
    for child in fields.keys() {
        for (dot, _) in child.match_indices('.') {
            let parent = &child[..dot];
            if fields.contains_key(parent) {
                return Err(format!(
                    "field paths conflict: {parent:?} is a strict prefix of {child:?} (a path cannot be both a leaf and a parent)"
                ));
            }
        }
    }
    Ok(())
}

fn check_dependencies(
    rules: &[DependentRequiredEntry],
    fields: &BTreeMap<String, Field>,
) -> Result<(), String> {
    for DependentRequiredEntry {
        trigger_field: trigger,
        dependent_fields,
    } in rules
    {
        if !fields.contains_key(trigger) {
            return Err(format!(
                "dependentRequired: trigger {trigger:?} is not a defined field"
            ));
        }
        let mut seen = HashSet::new();
        for dependent in dependent_fields {
            if dependent == trigger {
                return Err(format!(
                    "dependentRequired: trigger {trigger:?} cannot list itself as a dependent"
                ));
            }
            if !fields.contains_key(dependent) {
                return Err(format!(
                    "dependentRequired: dependent {dependent:?} (under trigger {trigger:?}) is not a defined field"
                ));
            }
            if !seen.insert(dependent) {
                return Err(format!(
                    "dependentRequired: dependent {dependent:?} listed twice under trigger {trigger:?}"
                ));
            }
        }
    }
    Ok(())
}
