//! From tokens to what each attribute says.

pub(crate) mod keys;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Ident, LitInt, LitStr, Path, RangeLimits, Token};

use crate::errors::{Code, Errors, syntax};
use crate::label::written;
use crate::literal::integer;
use crate::transparent::bare;
use keys::did_you_mean;

/// An item with its attributes read.
pub(crate) struct Parsed {
    /// The user's item; what its `#[cfg]`s leave.
    pub(crate) item: DeriveInput,
    pub(crate) container: ContainerKeys,
    pub(crate) body: Body,
}

/// The fields, or the variants with theirs.
pub(crate) enum Body {
    Struct(Vec<ParsedField>),
    Enum(Vec<ParsedVariant>),
}

pub(crate) struct ParsedVariant {
    pub(crate) variant: syn::Variant,
    /// Whether an attribute could not be read, so that what it was to say is not known.
    pub(crate) broken: bool,
    pub(crate) skip: bool,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) fields: Vec<ParsedField>,
}

pub(crate) struct ParsedField {
    pub(crate) field: syn::Field,
    pub(crate) keys: FieldKeys,
}

/// `#[search_space(..)]`, or `#[space(..)]` on a type.
#[derive(Default)]
pub(crate) struct ContainerKeys {
    pub(crate) name: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) valid: Option<Expr>,
    pub(crate) prune: Option<Expr>,
    pub(crate) max_depth: Option<LitInt>,
    pub(crate) krate: Option<Path>,
    /// Whether an argument could not be read.
    pub(crate) broken: bool,
    /// The keys as they were written, for hovering.
    pub(crate) written: Vec<Ident>,
}

/// `#[space(..)]` on a field. Each key with its own span.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) choices: Option<(Span, Vec<Expr>)>,
    pub(crate) labels: Option<(Span, Vec<LitStr>)>,
    pub(crate) range: Option<(Span, Range)>,
    pub(crate) step: Option<(Span, Expr)>,
    pub(crate) bins: Option<(Span, LitInt)>,
    pub(crate) log: Option<(Span, ())>,
    pub(crate) pow2: Option<(Span, Range)>,
    pub(crate) len: Option<(Span, Range)>,
    pub(crate) state: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) tied: Option<(Span, ())>,
    pub(crate) indices: Option<(Span, Vec<LitInt>)>,
    /// `only` or `except`, with the labels.
    pub(crate) restriction: Option<(Ident, Vec<Expr>)>,
    pub(crate) comparisons: Vec<ParsedComparison>,
    /// With a value, or without one for the type's default.
    pub(crate) skip: Option<(Span, Option<Expr>)>,
    /// Whether an attribute could not be read, so that what it was to say is not known.
    pub(crate) broken: bool,
    /// The keys as they were written, for hovering.
    pub(crate) written: Vec<Ident>,
}

/// `lt = other`
pub(crate) struct ParsedComparison {
    pub(crate) key: Ident,
    pub(crate) other: Ident,
}

/// `first..=last`
#[derive(Clone)]
pub(crate) struct Range {
    pub(crate) first: Expr,
    pub(crate) last: Expr,
}

impl Parse for Range {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let expr: Expr = input.parse()?;
        let tokens = expr.to_token_stream();
        if let Expr::Range(range) = bare(&expr)
            && let (Some(first), Some(last)) = (&range.start, &range.end)
        {
            return match range.limits {
                RangeLimits::Closed(_) => Ok(Self { first: Expr::clone(first), last: Expr::clone(last) }),
                RangeLimits::HalfOpen(_) => {
                    let (first, last) = (written(first), including(last));
                    Err(syntax(&tokens, format_args!("a range includes its last value: write `{first}..={last}`")))
                }
            };
        }
        Err(syntax(&tokens, "expected a range with both ends: `1..=8`"))
    }
}

/// The last value of a range that ends before `end`, as far as its spelling tells.
fn including(end: &Expr) -> String {
    integer(end).map_or_else(|| format!("{} - 1", written(end)), |end| (end - 1).to_string())
}

impl Range {
    pub(crate) fn to_tokens(&self) -> TokenStream {
        let (first, last) = (&self.first, &self.last);
        quote::quote!(#first..=#last)
    }

    /// What to say where the first value is above the last one.
    pub(crate) fn reversed(&self) -> String {
        format!("the range is empty; the least value comes first: `{}..={}`", written(&self.last), written(&self.first))
    }
}

/// Reads what the attributes of an item say; nothing where there is nothing to derive.
pub(crate) fn item(item: DeriveInput, errors: &mut Errors) -> Option<Parsed> {
    if is_annotated_twice(&item.attrs, errors) {
        return None;
    }
    let container = container(&item.attrs, errors);
    let body = match &item.data {
        Data::Struct(data) => Body::Struct(fields(&data.fields, errors)),
        Data::Enum(data) => Body::Enum(data.variants.iter().map(|v| variant(v, errors)).collect()),
        Data::Union(data) => {
            let message = "a union has no decisions; use an enum, whose variants are the actions of one decision";
            errors.push(Code::NotAType, &data.union_token, message);
            return None;
        }
    };
    Some(Parsed { item, container, body })
}

/// Whether an attribute that is still to come derives the same once more.
fn is_annotated_twice(attributes: &[Attribute], errors: &mut Errors) -> bool {
    let is_ours = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "search_space");
    let attribute = attributes.iter().find(|attribute| is_ours(attribute.path()));
    attribute.inspect(|attribute| errors.push(Code::Duplicate, attribute.path(), TWO_SPELLINGS)).is_some()
}

/// What to say of a derive beside the attribute.
pub(crate) const TWO_SPELLINGS: &str =
    "`#[search_space]` and `#[derive(SearchSpace)]` are two spellings of one thing; keep one of them";

fn variant(variant: &syn::Variant, errors: &mut Errors) -> ParsedVariant {
    let (mut skip, mut aliases, before) = (false, Vec::new(), errors.len());
    for attribute in space_attributes(&variant.attrs) {
        let result = attribute.parse_nested_meta(|meta| {
            match key(&meta).as_str() {
                "skip" => skip = true,
                "alias" => aliases.push(name(&meta)?),
                _ => unknown(&meta, "a variant", keys::VARIANT, errors)?,
            }
            Ok(())
        });
        result.unwrap_or_else(|error| errors.push_syntax(error));
    }
    let broken = errors.len() > before;
    ParsedVariant { fields: fields(&variant.fields, errors), variant: variant.clone(), broken, skip, aliases }
}

fn fields(fields: &syn::Fields, errors: &mut Errors) -> Vec<ParsedField> {
    let parsed = fields.iter().map(|field| {
        let mut keys = FieldKeys::default();
        for attribute in space_attributes(&field.attrs) {
            let result = attribute.parse_nested_meta(|meta| keys.read(&meta, errors));
            keys.broken |= result.is_err();
            result.unwrap_or_else(|error| errors.push_syntax(error));
        }
        ParsedField { field: field.clone(), keys }
    });
    parsed.collect()
}

/// The helper attributes of a type, field or variant.
pub(crate) fn space_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("space"))
}

fn container(attributes: &[Attribute], errors: &mut Errors) -> ContainerKeys {
    let mut keys = ContainerKeys::default();
    for attribute in space_attributes(attributes) {
        let result = attribute.parse_nested_meta(|meta| keys.read(&meta, errors));
        keys.broken |= result.is_err();
        result.unwrap_or_else(|error| errors.push_syntax(error));
    }
    keys
}

type Meta<'a> = syn::meta::ParseNestedMeta<'a>;

/// The key as text; a path of several parts is no key.
fn key(meta: &Meta<'_>) -> String {
    meta.path.get_ident().map_or_else(String::new, Ident::to_string)
}

impl ContainerKeys {
    fn read(&mut self, meta: &Meta<'_>, errors: &mut Errors) -> syn::Result<()> {
        match key(meta).as_str() {
            "name" => set(&mut self.name, meta, name(meta)?, errors),
            "alias" => self.aliases.push(name(meta)?),
            "valid" => set(&mut self.valid, meta, value(meta)?.parse()?, errors),
            "prune" => set(&mut self.prune, meta, value(meta)?.parse()?, errors),
            "max_depth" => set(&mut self.max_depth, meta, value(meta)?.parse()?, errors),
            "crate" => set(&mut self.krate, meta, value(meta)?.parse()?, errors),
            _ => {
                self.broken = true;
                return unknown(meta, "a type", keys::CONTAINER, errors);
            }
        }
        self.written.extend(meta.path.get_ident().filter(|ident| *ident != "crate").cloned());
        Ok(())
    }
}

impl FieldKeys {
    fn read(&mut self, meta: &Meta<'_>, errors: &mut Errors) -> syn::Result<()> {
        let span = meta.path.span();
        match key(meta).as_str() {
            "choices" => set(&mut self.choices, meta, (span, list(meta)?), errors),
            "labels" => set(&mut self.labels, meta, (span, list(meta)?), errors),
            "range" => set(&mut self.range, meta, (span, value(meta)?.parse()?), errors),
            "step" => set(&mut self.step, meta, (span, value(meta)?.parse()?), errors),
            "bins" => set(&mut self.bins, meta, (span, value(meta)?.parse()?), errors),
            "log" => set(&mut self.log, meta, (span, ()), errors),
            "pow2" => set(&mut self.pow2, meta, (span, value(meta)?.parse()?), errors),
            "len" => set(&mut self.len, meta, (span, value(meta)?.parse()?), errors),
            "state" => set(&mut self.state, meta, name(meta)?, errors),
            "alias" => self.aliases.push(name(meta)?),
            "tied" => set(&mut self.tied, meta, (span, ()), errors),
            "indices" => set(&mut self.indices, meta, (span, list(meta)?), errors),
            "only" | "except" => {
                let key = meta.path.require_ident()?.clone();
                let labels = labels(meta)?;
                match &self.restriction {
                    Some((first, _)) if *first != key => {
                        let message = "`only` and `except` both say which actions are available; keep one of them";
                        errors.push(Code::TwoDomains, &key, message);
                    }
                    _ => set(&mut self.restriction, meta, (key, labels), errors),
                }
            }
            "lt" | "le" | "gt" | "ge" | "ne" => {
                let key = meta.path.require_ident()?.clone();
                self.comparisons.push(ParsedComparison { key, other: value(meta)?.parse()? });
            }
            "skip" => {
                let value = if meta.input.peek(Token![=]) { Some(value(meta)?.parse()?) } else { None };
                set(&mut self.skip, meta, (span, value), errors);
            }
            _ => {
                self.broken = true;
                return unknown(meta, "a field", keys::FIELD, errors);
            }
        }
        self.written.extend(meta.path.get_ident().cloned());
        Ok(())
    }
}

/// What stands behind `key =`.
pub(crate) fn value<'a>(meta: &Meta<'a>) -> syn::Result<ParseStream<'a>> {
    if !meta.input.peek(Token![=]) {
        let key = key(meta);
        return Err(syntax(&meta.path, format_args!("`{key}` needs a value: `{key} = ..`")));
    }
    meta.value()
}

/// `key = "name"`
pub(crate) fn name(meta: &Meta<'_>) -> syn::Result<LitStr> {
    let name: LitStr = value(meta)?.parse()?;
    if name.value().is_empty() || name.value().contains('\0') {
        return Err(syntax(&name, "a name has at least one character, and no NUL"));
    }
    Ok(name)
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
fn list<T: Parse>(meta: &Meta<'_>) -> syn::Result<Vec<T>> {
    let value = value(meta)?;
    if !value.peek(syn::token::Bracket) {
        let key = key(meta);
        return Err(syntax(&meta.path, format_args!("`{key}` takes a list: `{key} = [..]`")));
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
pub(crate) fn unknown(meta: &Meta<'_>, place: &str, known: &[&str], errors: &mut Errors) -> syn::Result<()> {
    let key = meta.path.to_token_stream().to_string();
    let hint = did_you_mean(&key, known);
    errors.push(Code::UnknownKey, &meta.path, format_args!("`{key}` is not a key of {place}; {hint}"));
    if meta.input.peek(Token![=]) {
        value(meta)?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        meta.input.parse::<proc_macro2::Group>()?;
    }
    Ok(())
}
