//! The keys of an attribute, and what stands behind them.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Token};

use super::keys::{Place, did_you_mean};
use crate::errors::{Code, Errors, syntax};
use crate::label::written;
use crate::transparent::bare;

pub(crate) type Meta<'a> = ParseNestedMeta<'a>;

/// Reads one key after the other; none, after an error, where the attribute could not be read to its end.
pub(crate) fn read(
    attribute: &Attribute,
    place: &Place,
    errors: &mut Errors,
    mut key: impl FnMut(&Meta<'_>, &mut Errors) -> syn::Result<()>,
) -> Option<()> {
    if let Some(error) = without_key(attribute, place) {
        errors.push_syntax(error);
        return None;
    }
    let result = attribute.parse_nested_meta(|meta| key(&meta, errors));
    result.map_err(|error| errors.push_syntax(error)).ok()
}

/// What to say of an attribute that begins with a value.
fn without_key(attribute: &Attribute, place: &Place) -> Option<syn::Error> {
    let tokens = &attribute.meta.require_list().ok()?.tokens;
    let first = tokens.clone().into_iter().next()?;
    if matches!(first, TokenTree::Ident(_)) {
        return None;
    }
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()).unwrap_or_default();
    let key = match (values.first(), place.known.contains(&"choices")) {
        (Some(Expr::Range(range)), true) => format!("write `range = {}`", written(range)),
        (Some(_), true) => format!("values stand in a list: `choices = [{}]`", listed(tokens)),
        _ => format!("known here: `{}`", place.known.join("`, `")),
    };
    Some(syntax(&first, format_args!("`{}` is not a key of {}; {key}", written(&first), place.name)))
}

/// The key as text; a path of several parts is no key.
pub(crate) fn key(meta: &Meta<'_>) -> String {
    meta.path.get_ident().map_or_else(String::new, Ident::to_string)
}

/// What stands behind `key =`.
pub(crate) fn value<'a>(meta: &Meta<'a>) -> syn::Result<ParseStream<'a>> {
    if meta.input.peek(Token![=]) {
        return meta.value();
    }
    let (key, inside) = (key(meta), in_parentheses(meta.input)?);
    let value = inside.map_or_else(|| "..".to_owned(), |inside| listed(&inside));
    let value = if LISTS.contains(&key.as_str()) && value != ".." { format!("[{value}]") } else { value };
    Err(syntax(&meta.path, format_args!("`{key}` needs a value: `{key} = {value}`")))
}

/// Values as they would stand in a list.
fn listed(values: &TokenStream) -> String {
    let parsed = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(values.clone());
    let parsed = parsed.map(|values| values.iter().map(written).collect::<Vec<_>>().join(", "));
    parsed.unwrap_or_else(|_| written(values))
}

/// Keys whose value is a list.
const LISTS: [&str; 6] = ["choices", "labels", "indices", "subset", "permutation", "prior"];

fn in_parentheses(input: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
    if !input.peek(syn::token::Paren) {
        return Ok(None);
    }
    let content;
    syn::parenthesized!(content in input);
    content.parse().map(Some)
}

/// A key without a value.
pub(crate) fn flag(meta: &Meta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
        let key = key(meta);
        return Err(syntax(&meta.path, format_args!("`{key}` takes no value: where it holds, write `{key}`")));
    }
    Ok(())
}

/// `key = "name"`
pub(crate) fn name(meta: &Meta<'_>) -> syn::Result<LitStr> {
    let value: Expr = value(meta)?.parse()?;
    let Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) = bare(&value) else {
        let (key, name) = (key(meta), written(&value));
        return Err(syntax(&value, format_args!("`{key}` is a name in quotes: `{key} = \"{name}\"`")));
    };
    if name.value().is_empty() || name.value().contains('\0') {
        return Err(syntax(name, "a name has at least one character, and no NUL"));
    }
    Ok(name.clone())
}

/// `key = 5`
pub(crate) fn whole_number(meta: &Meta<'_>, example: &str) -> syn::Result<LitInt> {
    let value: Expr = value(meta)?.parse()?;
    if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = bare(&value) {
        return Ok(number.clone());
    }
    let key = key(meta);
    Err(syntax(&value, format_args!("`{key}` is a whole number, written out: `{key} = {example}`")))
}

/// `key = path` or `key = |config: &Self| ..`
pub(crate) fn function(meta: &Meta<'_>) -> syn::Result<Expr> {
    let value: Expr = value(meta)?.parse()?;
    match bare(&value) {
        Expr::Lit(literal) => {
            let (key, path) = (key(meta), crate::label::label(&value));
            Err(syntax(literal, format_args!("`{key}` is a path or a closure, without quotes: `{key} = {path}`")))
        }
        _ => Ok(value),
    }
}

/// `key = path::of::something`
pub(crate) fn unquoted<T: Parse>(meta: &Meta<'_>) -> syn::Result<T> {
    let value = value(meta)?;
    if value.peek(LitStr) {
        let (key, text) = (key(meta), value.parse::<LitStr>()?);
        let path = text.value();
        return Err(syntax(&text, format_args!("`{key}` is a path, without quotes: `{key} = {path}`")));
    }
    value.parse()
}

/// `lt = other`
pub(crate) fn earlier_field(meta: &Meta<'_>) -> syn::Result<Ident> {
    let (key, other) = (key(meta), value(meta)?.parse::<Expr>()?);
    if let Expr::Path(path) = bare(&other)
        && let Some(ident) = path.path.get_ident()
    {
        return Ok(ident.clone());
    }
    let text = match bare(&other) {
        Expr::Lit(_) | Expr::Unary(_) => format!(
            "`{key}` names an earlier field, not a number; what a field may be at all, its domain says: `range = 1..=8`"
        ),
        Expr::Field(_) => format!(
            "`{key}` names an earlier field beside this one, not one inside of another; say it of the whole: `#[search_space(valid = |config: &Self| ..)]`"
        ),
        _ => format!(
            "`{key}` names an earlier field, not an expression; say it of the whole: `#[search_space(valid = |config: &Self| ..)]`"
        ),
    };
    Err(crate::errors::error(Code::Comparison, &other, text))
}

/// `key(A, B, ..)`
pub(crate) fn labels(meta: &Meta<'_>) -> syn::Result<Vec<Expr>> {
    if !meta.input.peek(syn::token::Paren) {
        let key = key(meta);
        return Err(syntax(&meta.path, format_args!("`{key}` takes labels in parentheses: `{key}(A, B)`")));
    }
    let content;
    syn::parenthesized!(content in meta.input);
    Ok(Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `key = [a, b, ..]`
pub(crate) fn list<T: Parse>(meta: &Meta<'_>) -> syn::Result<Vec<T>> {
    let value = value(meta)?;
    if !value.peek(syn::token::Bracket) {
        let (key, inside) = (key(meta), in_parentheses(value)?);
        let inside = inside.map_or_else(|| "..".to_owned(), |inside| listed(&inside));
        return Err(syntax(&meta.path, format_args!("`{key}` takes a list: `{key} = [{inside}]`")));
    }
    let content;
    syn::bracketed!(content in value);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// Takes the value of a key; the second time is an error.
pub(crate) fn set<T>(slot: &mut Option<T>, meta: &Meta<'_>, value: T, errors: &mut Errors) {
    if slot.is_some() {
        let key = meta.path.to_token_stream();
        errors.push(Code::Duplicate, &meta.path, format_args!("`{key}` is given twice; keep one of them"));
        return;
    }
    *slot = Some(value);
}

/// Reports a key that is not known here and passes over its value.
pub(crate) fn unknown(meta: &Meta<'_>, place: &Place, errors: &mut Errors) -> syn::Result<()> {
    let (key, name) = (meta.path.to_token_stream().to_string(), place.name);
    let hint = did_you_mean(&key, place.known);
    errors.push(Code::UnknownKey, &meta.path, format_args!("`{key}` is not a key of {name}; {hint}"));
    pass_over(meta).map(drop)
}

/// The value of a key that is not known, if it has one.
pub(super) fn pass_over(meta: &Meta<'_>) -> syn::Result<Option<TokenStream>> {
    if meta.input.peek(Token![=]) {
        return value(meta)?.parse::<Expr>().map(|value| Some(value.to_token_stream()));
    }
    in_parentheses(meta.input)
}
