//! Choices that are values of a container as a whole, rather than of what it holds.

use syn::{Expr, Type};

use crate::shape::{Layer, layer};
use crate::transparent::bare;

/// Whether one of the choices is written as only a value of this layer of the type can be.
pub(super) fn are_of(ty: &Type, choices: &[Expr]) -> bool {
    let is_of: fn(&Type, &Expr) -> bool = match layer(ty) {
        Layer::Option(_) => |_, choice| is_option(choice),
        Layer::Tuple(_) => |_, choice| matches!(choice, Expr::Tuple(_)),
        Layer::Array(..) => |ty, choice| nesting(choice) > 0 && nesting(choice) == arrays(ty),
        Layer::Vec(_) => |_, choice| is_call_of(choice, "Vec") || is_vec(choice),
        Layer::Boxed(_) => |_, choice| ["Box", "Arc", "Rc"].into_iter().any(|name| is_call_of(choice, name)),
        Layer::Leaf(_) => |_, _| false,
    };
    choices.iter().any(|choice| is_of(ty, bare(choice)))
}

fn is_option(choice: &Expr) -> bool {
    match choice {
        Expr::Call(call) => ends_with(&call.func, "Some"),
        other => ends_with(other, "None"),
    }
}

fn ends_with(expr: &Expr, name: &str) -> bool {
    matches!(bare(expr), Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// `Vec::new()`, `Box::new(..)`
fn is_call_of(choice: &Expr, name: &str) -> bool {
    let Expr::Call(call) = choice else { return false };
    let Expr::Path(path) = bare(&call.func) else { return false };
    path.path.segments.iter().rev().nth(1).is_some_and(|segment| segment.ident == name)
}

fn is_vec(choice: &Expr) -> bool {
    matches!(choice, Expr::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "vec"))
}

/// How many arrays stand in each other.
fn arrays(ty: &Type) -> usize {
    if let Layer::Array(item, _) = layer(ty) { 1 + arrays(item) } else { 0 }
}

fn nesting(choice: &Expr) -> usize {
    match bare(choice) {
        Expr::Array(array) => 1 + array.elems.first().map_or(0, nesting),
        Expr::Repeat(repeat) => 1 + nesting(&repeat.expr),
        _ => 0,
    }
}
