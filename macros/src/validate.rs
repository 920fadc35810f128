//! What several attributes say together.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Expr, GenericParam, Lit, UnOp};

use crate::errors::{Code, Errors};
use crate::model::{Choice, Data, Field, Model, Shape};
use crate::parse::Range;

pub(crate) fn model(model: &Model, errors: &mut Errors) {
    lifetimes(model, errors);
    if let Data::Enum(variants) = &model.data
        && variants.iter().all(|variant| variant.skip)
    {
        let message = "there is no variant to choose; an enum needs at least one that is not skipped";
        errors.push(Code::NoLiveVariant, &model.ident, message);
    }
    for field in model.fields() {
        shape(&field.shape, errors);
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

fn shape(shape_: &Shape, errors: &mut Errors) {
    match shape_ {
        Shape::Choices { choices: list, .. } => choices(list, errors),
        Shape::Range { range: bounds, step, .. } => range(bounds, Some(step), errors),
        Shape::Vec { item, len } => {
            range(len, None, errors);
            shape(item, errors);
        }
        Shape::Option(inner) | Shape::Boxed(inner) | Shape::Array(inner, _) => shape(inner, errors),
        Shape::Tuple(parts) => parts.iter().for_each(|part| shape(part, errors)),
        Shape::Space(_) | Shape::Fixed(_) => {}
    }
}

fn choices(choices: &[Choice], errors: &mut Errors) {
    let mut seen: HashMap<&str, &Choice> = HashMap::new();
    for choice in choices {
        if let Some(first) = seen.insert(&choice.label, choice) {
            let label = &choice.label;
            errors.push(Code::Duplicate, &choice.value, format_args!("the choice `{label}` is listed twice"));
            errors.push(Code::Duplicate, &first.value, "first one here");
        }
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

/// The number that a literal is, with its sign.
fn integer(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => integer(&unary.expr).map(|number| -number),
        Expr::Paren(paren) => integer(&paren.expr),
        Expr::Group(group) => integer(&group.expr),
        _ => None,
    }
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
            errors.push_at(Code::TwoDomains, field.span, message);
            errors.push_at(Code::TwoDomains, span, "the other field");
        }
    }
}

fn kind(field: &Field) -> Option<&'static str> {
    use crate::shape::Primitive;
    match &field.shape {
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
