//! What several attributes say together.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Expr, GenericParam, Type};

use crate::errors::{Code, Errors};
use crate::literal::{bounds, integer};
use crate::model::{Choice, Data, Field, Model, Shape};
use crate::parse::Range;
use crate::shape::{Primitive, last_name};

pub(crate) fn model(model: &Model, errors: &mut Errors) {
    lifetimes(model, errors);
    if let Data::Enum(variants) = &model.data
        && variants.iter().all(|variant| variant.skip)
    {
        let message = "there is no variant to choose; an enum needs at least one that is not skipped";
        errors.push(Code::NoLiveVariant, &model.ident, message);
    }
    if let Some(depth) = &model.max_depth
        && !matches!(depth.base10_parse::<usize>(), Ok(1..=64))
    {
        errors.push(Code::Recursion, depth, "`max_depth` is from 1 to 64; 1 is a value without another one inside");
    }
    for field in model.fields() {
        shape(&field.shape, errors);
    }
    for group in model.groups() {
        comparisons(group, errors);
    }
    same_state_twice(model, errors);
}

fn lifetimes(model: &Model, errors: &mut Errors) {
    for parameter in &model.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            let message = "a sampled config owns what it holds, so the type cannot have a lifetime parameter; use an owned type, or `&'static str` for strings";
            errors.push(Code::Lifetime, &lifetime.lifetime, message);
        }
    }
}

fn shape(this: &Shape, errors: &mut Errors) {
    match this {
        Shape::Choices { ty, primitive, choices: list } => {
            choices(list, errors);
            for choice in list {
                fits(&choice.value, ty, *primitive, errors);
            }
        }
        Shape::Range { ty, range: bounds, step } => {
            range(bounds, Some(step), errors);
            fits(&bounds.first, ty, Primitive::Integer, errors);
            fits(&bounds.last, ty, Primitive::Integer, errors);
        }
        Shape::Vec { item, len, .. } => {
            range(len, None, errors);
            shape(item, errors);
        }
        Shape::Restricted { inner, .. } | Shape::Option(inner) | Shape::Boxed(inner) => shape(inner, errors),
        Shape::Array { item, .. } => shape(item, errors),
        Shape::Tuple(parts) => parts.iter().for_each(|part| shape(part, errors)),
        Shape::Space(_) | Shape::Again(_) | Shape::Fixed(..) => {}
    }
}

fn choices(choices: &[Choice], errors: &mut Errors) {
    let mut seen: HashMap<&str, &Choice> = HashMap::new();
    for choice in choices {
        if let Some(first) = seen.insert(&choice.label, choice) {
            let label = &choice.label;
            errors.push(Code::Duplicate, &choice.culprit, format_args!("the choice `{label}` is listed twice"));
            errors.push(Code::Duplicate, &first.culprit, "first one here");
        }
    }
}

/// A whole number must be one of its type; the compiler says so only where the number is used.
fn fits(value: &Expr, ty: &Type, primitive: Primitive, errors: &mut Errors) {
    let (Primitive::Integer, Some(number), Some(name)) = (primitive, integer(value), last_name(ty)) else { return };
    if let Some((least, greatest)) = bounds(&name)
        && !(least..=greatest).contains(&number)
    {
        let message = format!("{number} does not fit `{name}`, which holds {least} to {greatest}");
        errors.push(Code::DoesNotFit, value, message);
    }
}

fn range(range: &Range, step: Option<&Expr>, errors: &mut Errors) {
    let (Some(first), Some(last)) = (integer(&range.first), integer(&range.last)) else { return };
    if first > last {
        let message = format!("the range is empty; the least value comes first: `{last}..={first}`");
        errors.push(Code::EmptyRange, &range.to_tokens(), message);
        return;
    }
    let Some(step_expr) = step else { return };
    match integer(step_expr) {
        Some(step) if step < 1 => {
            errors.push(Code::EmptyRange, step_expr, "a step is at least 1");
        }
        Some(step) if (last - first) % step != 0 => {
            let reached = last - (last - first) % step;
            let message = format!(
                "steps of {step} from {first} never reach {last}; the last value is {reached}: write `{first}..={reached}`"
            );
            errors.push(Code::StepMissesEnd, &range.last, message);
        }
        _ => {}
    }
}

/// What a comparison names must be an earlier number of the same kind.
fn comparisons(group: &[Field], errors: &mut Errors) {
    for (position, field) in group.iter().enumerate() {
        for comparison in &field.comparisons {
            let (key, other) = (&comparison.key, &comparison.other);
            let Some(kind) = field.shape.numeric() else {
                let message = format!(
                    "`{key}` compares numbers, but this field is not one; it goes on a field with `range`, `pow2` or numeric `choices`"
                );
                errors.push(Code::Comparison, key, message);
                continue;
            };
            let found = group.iter().position(|field| field.name().is_some_and(|name| other == &name));
            let message = match found {
                None => format!(
                    "there is no field `{other}` here; `{key}` names an earlier field: {}",
                    earlier(&group[..position])
                ),
                Some(i) if i >= position => {
                    format!("`{other}` is decided after this field; put it before, or compare there")
                }
                Some(i) if group[i].shape.numeric() != Some(kind) => {
                    format!(
                        "`{other}` is not a number of the same kind; both fields are whole numbers or both are floating-point"
                    )
                }
                Some(_) => continue,
            };
            errors.push(Code::Comparison, other, message);
        }
    }
}

fn earlier(fields: &[Field]) -> String {
    let names: Vec<String> =
        fields.iter().filter(|field| field.shape.numeric().is_some()).filter_map(Field::name).collect();
    if names.is_empty() { "there are no earlier numbers".to_owned() } else { format!("`{}`", names.join("`, `")) }
}

/// The plain decisions of one state must be of one kind; across types the compiler's constant evaluation checks it.
fn same_state_twice(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<&str, (&'static str, Span)> = HashMap::new();
    for field in model.fields() {
        let Some(kind) = kind(field) else { continue };
        let (first, span) = *seen.entry(&field.state).or_insert((kind, field.span));
        if first != kind {
            let state = &field.state;
            let message =
                format!("the state `{state}` has {kind} here and {first} in another field; rename one of them");
            errors.push_at(Code::TwoKinds, field.span, message);
            errors.push_at(Code::TwoKinds, span, "the other field");
        }
    }
}

fn kind(field: &Field) -> Option<&'static str> {
    of_shape(&field.shape)
}

fn of_shape(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Restricted { inner, .. } => of_shape(inner),
        Shape::Range { .. } => Some("whole numbers"),
        Shape::Choices { primitive, .. } => Some(match primitive {
            Primitive::Flag => "flags",
            Primitive::Integer => "whole numbers",
            Primitive::Float => "floating-point numbers",
            Primitive::Text => "strings",
            Primitive::Other => "variants",
        }),
        _ => None,
    }
}
