//! Keys that people know from elsewhere, and what they are called here.

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use super::meta::{Meta, key, pass_over};
use super::range::Range;
use crate::errors::{Code, Errors};
use crate::label::written;
use crate::literal::{self, Literal};
use crate::transparent::bare;

/// What a word of another library says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Lower,
    Upper,
    Both,
    BothByRatio,
    Values,
    Other(&'static str),
}

fn meaning(key: &str) -> Option<Meaning> {
    Some(match key {
        "low" | "lower" | "min" | "minimum" | "start" | "from" => Meaning::Lower,
        "high" | "upper" | "max" | "maximum" | "stop" | "end" | "to" => Meaning::Upper,
        "uniform" | "interval" | "bounds" | "int" | "float" | "quniform" => Meaning::Both,
        "loguniform" | "log_uniform" | "qloguniform" => Meaning::BothByRatio,
        "values" | "options" | "categories" | "categorical" | "one_of" | "oneof" | "items" => Meaning::Values,
        "default" | "constant" | "fixed" => Meaning::Other("skip = value"),
        "rename" => Meaning::Other("state = \"..\""),
        "length" | "size" => Meaning::Other("len = 1..=4"),
        "condition" | "when" | "depends_on" | "if" => {
            Meaning::Other("an enum whose variants hold what depends on them")
        }
        "weight" | "probability" | "weights" | "probabilities" => Meaning::Other("prior = [0.7, 0.3]"),
        _ => return None,
    })
}

/// The words that a field was given.
#[derive(Default)]
pub(super) struct Words(Vec<(Ident, Meaning, Vec<Expr>)>);

impl Words {
    /// Takes a word with its value, if it is one that is known.
    pub(super) fn take(&mut self, meta: &Meta<'_>) -> syn::Result<bool> {
        let (Some(meaning), Some(word)) = (meaning(&key(meta)), meta.path.get_ident()) else { return Ok(false) };
        let value = pass_over(meta)?.map(parts).unwrap_or_default();
        self.0.push((word.clone(), meaning, value));
        Ok(true)
    }

    /// One error for each, but one for both ends of a range.
    pub(super) fn report(&self, errors: &mut Errors) {
        let first = |wanted| self.0.iter().find(|(_, meaning, _)| *meaning == wanted);
        let both = first(Meaning::Lower).zip(first(Meaning::Upper));
        for (word, meaning, value) in &self.0 {
            let text = match (meaning, both) {
                (Meaning::Lower, Some(((low, _, first), (high, _, last)))) => {
                    let ends: Vec<Expr> = first.iter().chain(last).cloned().collect();
                    format!(
                        "`{low}` and `{high}` are not keys of a field; write both in one: `{}`",
                        range(&ends, false)
                    )
                }
                (Meaning::Upper, Some(_)) => continue,
                _ => format!("`{word}` is not a key of a field; write {}", meaning.instead(value)),
            };
            errors.push(Code::UnknownKey, word, text);
        }
    }
}

impl Meaning {
    fn instead(self, value: &[Expr]) -> String {
        match self {
            Self::Lower | Self::Upper => "both ends in one: `range = 1..=8`".to_owned(),
            Self::Both => format!("`{}`", range(value, false)),
            Self::BothByRatio => format!("`{}`", range(value, true)),
            Self::Values if value.is_empty() => "`choices = [..]`".to_owned(),
            Self::Values => {
                let values: Vec<String> = value.iter().map(written).collect();
                format!("`choices = [{}]`", values.join(", "))
            }
            Self::Other(text) if text.contains(' ') && !text.contains('=') => text.to_owned(),
            Self::Other(text) => format!("`{text}`"),
        }
    }
}

/// The parts of `[a, b]`, `(a, b)`, `a, b` and `a..b`.
fn parts(value: TokenStream) -> Vec<Expr> {
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(value).unwrap_or_default();
    let inside = |value: Expr| match bare(&value) {
        Expr::Array(array) => array.elems.iter().cloned().collect(),
        Expr::Tuple(tuple) => tuple.elems.iter().cloned().collect(),
        Expr::Range(range) if range.start.is_some() && range.end.is_some() => {
            let last = Range::last_of(range);
            range.start.iter().map(|first| Expr::clone(first)).chain(last).collect()
        }
        value => vec![value.clone()],
    };
    values.into_iter().flat_map(inside).collect()
}

fn range(ends: &[Expr], log: bool) -> String {
    let [first, last] = ends else { return "range = 1..=8".to_owned() };
    let is_float = [first, last].into_iter().any(|end| literal::literal(end) == Some(Literal::Float));
    let bins = if is_float || log { ", bins = 5" } else { "" };
    let log = if log { ", log" } else { "" };
    format!("range = {}..={}{bins}{log}", written(first), written(last))
}
