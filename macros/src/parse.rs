//! From tokens to what each attribute says.

mod foreign;
pub(crate) mod keys;
pub(crate) mod meta;
mod range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Ident, LitInt, LitStr, Path, Token};

use crate::errors::{Code, Errors};
use meta::{Meta, earlier_field, flag, function, key, labels, list, name, set, unknown, unquoted, value, whole_number};

pub(crate) use self::range::Range;

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
    pub(crate) weight: Option<Expr>,
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
    pub(crate) shared: Option<()>,
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
    pub(crate) subset: Option<(Span, Vec<Expr>)>,
    pub(crate) permutation: Option<(Span, Vec<Expr>)>,
    pub(crate) prior: Option<(Span, Vec<Expr>)>,
    pub(crate) state: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) own: Option<(Span, ())>,
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
    let (mut skip, mut aliases, mut weight, before) = (false, Vec::new(), None, errors.len());
    for attribute in space_attributes(&variant.attrs) {
        meta::read(attribute, &keys::VARIANT, errors, |meta, errors| {
            match key(meta).as_str() {
                "skip" => {
                    flag(meta)?;
                    skip = true;
                }
                "alias" => aliases.push(name(meta)?),
                "weight" => set(&mut weight, meta, value(meta)?.parse()?, errors),
                _ => unknown(meta, &keys::VARIANT, errors)?,
            }
            Ok(())
        });
    }
    let broken = errors.len() > before;
    ParsedVariant { fields: fields(&variant.fields, errors), variant: variant.clone(), broken, skip, aliases, weight }
}

fn fields(fields: &syn::Fields, errors: &mut Errors) -> Vec<ParsedField> {
    let parsed = fields.iter().map(|field| {
        let (mut keys, mut words) = (FieldKeys::default(), foreign::Words::default());
        for attribute in space_attributes(&field.attrs) {
            let read = meta::read(attribute, &keys::FIELD, errors, |meta, errors| keys.read(meta, &mut words, errors));
            keys.broken |= read.is_none();
        }
        words.report(errors);
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
        let read = meta::read(attribute, &keys::CONTAINER, errors, |meta, errors| keys.read(meta, errors));
        keys.broken |= read.is_none();
    }
    keys
}

impl ContainerKeys {
    fn read(&mut self, meta: &Meta<'_>, errors: &mut Errors) -> syn::Result<()> {
        match key(meta).as_str() {
            "name" => set(&mut self.name, meta, name(meta)?, errors),
            "alias" => self.aliases.push(name(meta)?),
            "valid" => set(&mut self.valid, meta, function(meta)?, errors),
            "prune" => set(&mut self.prune, meta, function(meta)?, errors),
            "max_depth" => set(&mut self.max_depth, meta, whole_number(meta, "3")?, errors),
            "shared" => set(&mut self.shared, meta, flag(meta)?, errors),
            "crate" => set(&mut self.krate, meta, unquoted(meta)?, errors),
            _ => {
                self.broken = true;
                return unknown(meta, &keys::CONTAINER, errors);
            }
        }
        self.written.extend(meta.path.get_ident().filter(|ident| *ident != "crate").cloned());
        Ok(())
    }
}

impl FieldKeys {
    fn read(&mut self, meta: &Meta<'_>, words: &mut foreign::Words, errors: &mut Errors) -> syn::Result<()> {
        let span = meta.path.span();
        match key(meta).as_str() {
            "choices" => set(&mut self.choices, meta, (span, list(meta)?), errors),
            "labels" => set(&mut self.labels, meta, (span, list(meta)?), errors),
            "range" => set(&mut self.range, meta, (span, value(meta)?.parse()?), errors),
            "step" => set(&mut self.step, meta, (span, value(meta)?.parse()?), errors),
            "bins" => set(&mut self.bins, meta, (span, whole_number(meta, "5")?), errors),
            "log" => set(&mut self.log, meta, (span, flag(meta)?), errors),
            "pow2" => set(&mut self.pow2, meta, (span, value(meta)?.parse()?), errors),
            "subset" => set(&mut self.subset, meta, (span, list(meta)?), errors),
            "permutation" => set(&mut self.permutation, meta, (span, list(meta)?), errors),
            "prior" => set(&mut self.prior, meta, (span, list(meta)?), errors),
            "len" => set(&mut self.len, meta, (span, value(meta)?.parse()?), errors),
            "state" => set(&mut self.state, meta, name(meta)?, errors),
            "alias" => self.aliases.push(name(meta)?),
            "own" => set(&mut self.own, meta, (span, flag(meta)?), errors),
            "tied" => set(&mut self.tied, meta, (span, flag(meta)?), errors),
            "indices" => set(&mut self.indices, meta, (span, list(meta)?), errors),
            "only" | "except" => self.restrict(meta, errors)?,
            "lt" | "le" | "gt" | "ge" | "ne" => {
                let key = meta.path.require_ident()?.clone();
                let other = earlier_field(meta)?;
                self.comparisons.push(ParsedComparison { key, other });
            }
            "skip" => {
                let value = if meta.input.peek(Token![=]) { Some(value(meta)?.parse()?) } else { None };
                set(&mut self.skip, meta, (span, value), errors);
            }
            _ => {
                self.broken = true;
                return if words.take(meta)? { Ok(()) } else { unknown(meta, &keys::FIELD, errors) };
            }
        }
        self.written.extend(meta.path.get_ident().cloned());
        Ok(())
    }

    fn restrict(&mut self, meta: &Meta<'_>, errors: &mut Errors) -> syn::Result<()> {
        let key = meta.path.require_ident()?.clone();
        let labels = labels(meta)?;
        match &self.restriction {
            Some((first, _)) if *first != key => {
                let message = "`only` and `except` both say which actions are available; keep one of them";
                errors.push(Code::TwoDomains, &key, message);
            }
            _ => set(&mut self.restriction, meta, (key, labels), errors),
        }
        Ok(())
    }
}
