//! The labels of values.

use quote::ToTokens;
use syn::{Expr, Ident, Lit};

use crate::transparent::{bare, flat};

/// The name without the `r#` of a raw identifier.
pub(crate) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// Tokens without the spaces that people leave out: those that do not part two words.
pub(crate) fn written(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    for part in flat(tokens.to_token_stream()).to_string().split(' ') {
        let parts_words = text.ends_with(is_of_word) && part.starts_with(is_of_word);
        text.push_str(if parts_words { " " } else { "" });
        text.push_str(part);
    }
    text
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The label of a value: the number or string it is, the last part of a path, or else the text of the expression.
pub(crate) fn label(value: &Expr) -> String {
    match bare(value) {
        Expr::Lit(literal) => of_literal(&literal.lit),
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => format!("-{}", label(&unary.expr)),
        Expr::Path(path) => path.path.segments.last().map_or_else(String::new, |segment| plain(&segment.ident)),
        other => flat(other.to_token_stream()).to_string().replace(' ', ""),
    }
}

fn of_literal(literal: &Lit) -> String {
    match literal {
        Lit::Int(number) => number.base10_digits().to_owned(),
        Lit::Float(number) => {
            number.base10_parse::<f64>().map_or_else(|_| number.to_string(), |number| number.to_string())
        }
        Lit::Str(text) => text.value(),
        Lit::Bool(flag) => flag.value.to_string(),
        other => other.to_token_stream().to_string(),
    }
}
