//! What several attributes say together.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Expr, GenericParam, Type, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::written;
use crate::literal::{Literal, bounds, integer, literal, suffix};
use crate::model::{Choice, Comparison, Data, Field, Model, Shape};
use crate::parse::Range;
use crate::shape::{Primitive, last_name};
use crate::transparent::bare;

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
    needless_depth(model, errors);
    for field in model.fields() {
        shape(&field.shape, errors);
    }
    for group in model.groups() {
        comparisons(group, errors);
    }
    same_state_twice(model, errors);
}

/// A depth says nothing of a type that does not contain itself. Of a type without parameters this is checked where all types are known:
/// it may contain itself by way of others.
fn needless_depth(model: &Model, errors: &mut Errors) {
    let is_known = model.fields().all(|field| !field.broken);
    if let Some(depth) = &model.max_depth
        && is_known
        && !model.generics.params.is_empty()
        && !model.contains_itself()
    {
        let message = format!("`{}` does not contain itself; leave out `max_depth`", model.ident);
        errors.push(Code::Recursion, depth, message);
    }
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
        Shape::Choices { ty, primitive: Primitive::Integer, grid: Some(bounds), .. } => {
            both_fit(bounds, ty, errors);
        }
        Shape::Choices { ty, primitive, choices: list, grid: None } => {
            choices(list, errors);
            for choice in list {
                fits(&choice.value, ty, *primitive, errors);
            }
        }
        Shape::Range { ty, range: bounds, step } => {
            if both_fit(bounds, ty, errors) {
                range(bounds, Some(step), errors);
            }
        }
        Shape::Vec { item, len, .. } => {
            if both_fit(len, &parse_quote!(usize), errors) {
                range(len, None, errors);
            }
            shape(item, errors);
        }
        Shape::Subset { inner, len } => {
            if both_fit(len, &parse_quote!(usize), errors) {
                range(len, None, errors);
            }
            shape(inner, errors);
        }
        Shape::Weighted { inner, .. }
        | Shape::Permutation { inner, .. }
        | Shape::Restricted { inner, .. }
        | Shape::Option(inner)
        | Shape::Boxed(_, inner) => shape(inner, errors),
        Shape::Array { item, .. } => shape(item, errors),
        Shape::Tuple(parts) => parts.iter().for_each(|part| shape(part, errors)),
        Shape::Choices { grid: Some(_), .. } | Shape::Space(_) | Shape::Again(_) | Shape::Fixed(..) => {}
    }
}

fn choices(choices: &[Choice], errors: &mut Errors) {
    let mut known: HashMap<&str, &Choice> = HashMap::new();
    for choice in choices {
        if let Some(first) = known.insert(&choice.label, choice) {
            let label = &choice.label;
            errors.push(Code::Duplicate, &choice.culprit, format_args!("the choice `{label}` is listed twice"));
            errors.push(Code::Duplicate, &first.culprit, "first one here");
        }
    }
}

fn both_fit(range: &Range, ty: &Type, errors: &mut Errors) -> bool {
    let before = errors.len();
    fits(&range.first, ty, Primitive::Integer, errors);
    fits(&range.last, ty, Primitive::Integer, errors);
    errors.len() == before
}

/// A literal must be a value of its type; the compiler would say so of the generated code.
fn fits(value: &Expr, ty: &Type, primitive: Primitive, errors: &mut Errors) {
    if primitive == Primitive::Float && is_nan(value) {
        let text = written(value);
        let message =
            format!("`{text}` equals nothing, not even itself, so no config could be told to have it; leave it out");
        return errors.push(Code::DoesNotFit, value, message);
    }
    let (Some(literal), Some(name)) = (literal(value), last_name(ty)) else { return };
    let (value_text, suffix) = (written(value), suffix(value));
    let message = match (primitive, literal) {
        (Primitive::Integer | Primitive::Float, _) if suffix.is_some_and(|suffix| suffix != name) => {
            format!("`{value_text}` is not of the type `{name}`: leave out the suffix")
        }
        (Primitive::Integer, Literal::Integer) => match integer(value).map(|number| outside(number, &name)) {
            Some(Some(message)) => message,
            Some(None) => return,
            None => format!("`{value_text}` is too great; whole numbers go up to 2^127 - 1"),
        },
        (Primitive::Float, Literal::Integer) => {
            format!("`{value_text}` is a whole number, but the type is `{name}`: write `{value_text}.0`")
        }
        (Primitive::Float, Literal::Float)
        | (Primitive::Text, Literal::Text)
        | (Primitive::Flag, Literal::Flag)
        | (Primitive::Other, _) => return,
        (_, literal) => format!("`{value_text}` is {}, but the type is `{name}`", literal.words()),
    };
    errors.push(Code::DoesNotFit, value, message);
}

fn is_nan(value: &Expr) -> bool {
    matches!(bare(value), Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "NAN"))
}

/// What to say of a whole number that its type does not hold.
fn outside(number: i128, type_name: &str) -> Option<String> {
    let (least, greatest) = bounds(type_name)?;
    if (least..=greatest).contains(&number) {
        return None;
    }
    Some(match type_name {
        "usize" | "u128" => format!("{number} does not fit `{type_name}`, which holds no negative numbers"),
        _ => format!("{number} does not fit `{type_name}`, which holds {least} to {greatest}"),
    })
}

/// More values than these are not for one decision, nor for the compiler to count.
const MOST_VALUES: i128 = 10_000;

fn too_many() -> String {
    format!("a decision has at most {MOST_VALUES} actions; shorten the range, or cut it: `bins = 5`")
}

fn range(range: &Range, step: Option<&Expr>, errors: &mut Errors) {
    if let Some(Literal::Float | Literal::Text | Literal::Flag) = step.and_then(literal) {
        errors.push(Code::Step, &step, "a step is a whole number");
        return;
    }
    let (Some(first), Some(last)) = (integer(&range.first), integer(&range.last)) else { return };
    if first > last {
        errors.push(Code::NothingToChoose, &range.to_tokens(), range.reversed());
        return;
    }
    let Some(distance) = last.checked_sub(first) else {
        return errors.push(Code::BadGrid, &range.to_tokens(), too_many());
    };
    match step.map_or(Some(1), integer) {
        Some(step_value) if step_value < 1 => errors.push(Code::Step, &step, "a step is at least 1"),
        Some(step) if distance % step != 0 => {
            let reached = last - distance % step;
            let message = format!(
                "steps of {step} from {first} never reach {last}; the last value is {reached}: write `{first}..={reached}`"
            );
            errors.push(Code::Step, &range.last, message);
        }
        Some(step) if distance / step >= MOST_VALUES => {
            errors.push(Code::BadGrid, &range.to_tokens(), too_many());
        }
        _ => {}
    }
}

/// What a comparison names must be an earlier number of the same kind.
fn comparisons(group: &[Field], errors: &mut Errors) {
    for (position, field) in group.iter().enumerate().filter(|(_, field)| !field.broken) {
        for comparison in &field.comparisons {
            let (key, other) = (&comparison.key, &comparison.other);
            let Some(kind) = field.shape.numeric() else {
                let message = format!(
                    "`{key}` compares numbers, but this field is not one; it goes on a field with `range`, `pow2` or numeric `choices`"
                );
                errors.push(Code::Comparison, key, message);
                continue;
            };
            if let Some(message) = incomparable(comparison, kind, group, position) {
                errors.push(Code::Comparison, other, message);
            }
        }
    }
}

/// What to say where the field that is named cannot be compared with.
fn incomparable(comparison: &Comparison, kind: Primitive, group: &[Field], position: usize) -> Option<String> {
    let Comparison { key, other, .. } = comparison;
    let earlier = || earlier(&group[..position], kind);
    let found = group.iter().position(|field| comparison.is_with(field));
    match found {
        None => Some(format!("there is no field `{other}` here; `{key}` names an earlier field: {}", earlier())),
        Some(i) if i == position => Some(format!("`{key}` compares with an earlier field: {}", earlier())),
        Some(i) if i > position => {
            Some(format!("`{other}` is decided after this field; put it before, or compare there"))
        }
        Some(i) if group[i].broken || group[i].shape.numeric() == Some(kind) => None,
        Some(_) => Some(format!(
            "`{other}` is not a number of the same kind; both fields are whole numbers or both are floating-point"
        )),
    }
}

fn earlier(fields: &[Field], kind: Primitive) -> String {
    let names: Vec<String> =
        fields.iter().filter(|field| field.shape.numeric() == Some(kind)).filter_map(Field::name).collect();
    if names.is_empty() { "there is none of its kind".to_owned() } else { format!("`{}`", names.join("`, `")) }
}

/// The plain decisions of one state must be of one kind; across types the compiler's constant evaluation checks it.
fn same_state_twice(model: &Model, errors: &mut Errors) {
    let mut known: HashMap<&str, (&'static str, Span)> = HashMap::new();
    for field in model.fields() {
        let Some(kind) = kind(field) else { continue };
        let (first, span) = *known.entry(&field.state).or_insert((kind, field.span));
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
        Shape::Restricted { inner, .. } | Shape::Weighted { inner, .. } => of_shape(inner),
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
