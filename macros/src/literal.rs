//! Numbers that stand in the source as literals.

use syn::{Expr, Lit, UnOp};

use crate::transparent::bare;

/// What a literal is, as far as domains tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Literal {
    Integer,
    Float,
    Text,
    Flag,
}

impl Literal {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Integer => "a whole number",
            Self::Float => "a floating-point number",
            Self::Text => "a string",
            Self::Flag => "a flag",
        }
    }
}

/// The kind of a literal, with or without a sign.
pub(crate) fn literal(expr: &Expr) -> Option<Literal> {
    match bare(expr) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(_) => Some(Literal::Integer),
            Lit::Float(_) => Some(Literal::Float),
            Lit::Str(_) => Some(Literal::Text),
            Lit::Bool(_) => Some(Literal::Flag),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr),
        _ => None,
    }
}

/// The type that is written behind a number: `8` has none, `8u32` has `u32`.
pub(crate) fn suffix(expr: &Expr) -> Option<&str> {
    let suffix = match bare(expr) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.suffix(),
            Lit::Float(number) => number.suffix(),
            _ => "",
        },
        Expr::Unary(unary) => return suffix(&unary.expr),
        _ => "",
    };
    (!suffix.is_empty()).then_some(suffix)
}

/// The whole number that a literal is, with its sign.
pub(crate) fn integer(expr: &Expr) -> Option<i128> {
    match bare(expr) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => integer(&unary.expr).map(|number| -number),
        _ => None,
    }
}

/// The number that a literal is, whole or not.
pub(crate) fn float(expr: &Expr) -> Option<f64> {
    match bare(expr) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => float(&unary.expr).map(|number| -number),
        _ => None,
    }
}

/// The least and greatest number of a whole-number type that has the same ones on every machine.
pub(crate) fn bounds(type_name: &str) -> Option<(i128, i128)> {
    Some(match type_name {
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" => (0, u64::MAX.into()),
        "usize" | "u128" => (0, i128::MAX),
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" => (i64::MIN.into(), i64::MAX.into()),
        _ => return None,
    })
}
