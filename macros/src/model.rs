//! What an annotated type means: the decisions that make a value of it, and their names.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, Generics, Ident, Index, Item, Lit, Member, Path, Type, parse_quote};

use crate::errors::{Code, Errors};
use crate::parse::{Body, FieldKeys, Parsed, ParsedField, ParsedVariant, Range};
use crate::shape::{Layer, Primitive, layer};

/// A search space.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The first part of the names of its states.
    pub(crate) name: String,
    pub(crate) valid: Option<Expr>,
    pub(crate) krate: Path,
    pub(crate) data: Data,
}

pub(crate) enum Data {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) label: String,
    /// Not in the space: never sampled.
    pub(crate) skip: bool,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) span: Span,
    pub(crate) state: String,
    pub(crate) shape: Shape,
}

/// How a field's value is made of decisions.
pub(crate) enum Shape {
    /// The type says itself.
    Space(Type),
    Choices {
        ty: Type,
        primitive: Primitive,
        choices: Vec<Choice>,
    },
    Range {
        ty: Type,
        range: Box<Range>,
        step: Expr,
    },
    Option(Box<Shape>),
    Boxed(Box<Shape>),
    Array(Box<Shape>, Expr),
    Vec {
        item: Box<Shape>,
        len: Range,
    },
    Tuple(Vec<Shape>),
    /// No decision: always this value.
    Fixed(Expr),
}

pub(crate) struct Choice {
    pub(crate) value: Expr,
    pub(crate) label: String,
}

impl Model {
    pub(crate) fn new(parsed: &Parsed, errors: &mut Errors) -> Self {
        let (ident, generics) = match &parsed.item {
            Item::Enum(item) => (item.ident.clone(), item.generics.clone()),
            Item::Struct(item) => (item.ident.clone(), item.generics.clone()),
            // `parse` lets only structs and enums pass.
            _ => (Ident::new("Unknown", Span::call_site()), Generics::default()),
        };
        let keys = &parsed.container;
        let name = keys.name.as_ref().map_or_else(|| plain(&ident), syn::LitStr::value);
        let data = match &parsed.body {
            Body::Struct(list) => Data::Struct(fields(list, &name, errors)),
            Body::Enum(list) => Data::Enum(list.iter().map(|v| variant(v, &name, errors)).collect()),
        };
        let krate = keys.krate.clone().unwrap_or_else(|| parse_quote!(::transfer_nas));
        Self { ident, generics, name, valid: keys.valid.clone(), krate, data }
    }

    pub(crate) fn fields(&self) -> Vec<&Field> {
        match &self.data {
            Data::Struct(fields) => fields.iter().collect(),
            Data::Enum(variants) => variants.iter().filter(|v| !v.skip).flat_map(|v| &v.fields).collect(),
        }
    }
}

/// The name without the `r#` of a raw identifier.
fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

fn variant(parsed: &ParsedVariant, container: &str, errors: &mut Errors) -> Variant {
    let label = plain(&parsed.variant.ident);
    let name = format!("{container}.{label}");
    let fields = if parsed.skip { Vec::new() } else { fields(&parsed.fields, &name, errors) };
    Variant { ident: parsed.variant.ident.clone(), label, skip: parsed.skip, fields }
}

fn fields(parsed: &[ParsedField], owner: &str, errors: &mut Errors) -> Vec<Field> {
    let mut fields = Vec::with_capacity(parsed.len());
    for (position, ParsedField { field, keys }) in parsed.iter().enumerate() {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index { index: position as u32, span: field.ty.span() }),
        };
        let own = field.ident.as_ref().map_or_else(|| position.to_string(), plain);
        let state = keys.state.as_ref().map_or_else(|| format!("{owner}.{own}"), syn::LitStr::value);
        let span = field.ident.as_ref().map_or_else(|| field.ty.span(), Ident::span);
        let shape = Reader { keys, errors, len_used: false, domain_used: false }.field(&field.ty);
        fields.push(Field { member, span, state, shape });
    }
    fields
}

/// Reads the shape of one field.
struct Reader<'a> {
    keys: &'a FieldKeys,
    errors: &'a mut Errors,
    len_used: bool,
    domain_used: bool,
}

impl Reader<'_> {
    fn field(mut self, ty: &Type) -> Shape {
        if let Some((_, value)) = &self.keys.skip {
            return Shape::Fixed(value.clone());
        }
        let shape = self.shape(ty);
        self.report_unused(ty);
        shape
    }

    fn shape(&mut self, ty: &Type) -> Shape {
        let has_domain = self.keys.choices.is_some() || self.keys.range.is_some();
        if !has_domain && self.keys.len.is_none() {
            self.check_bare(ty);
            return Shape::Space(ty.clone());
        }
        match layer(ty) {
            Layer::Option(inner) => Shape::Option(Box::new(self.shape(inner))),
            Layer::Boxed(inner) => Shape::Boxed(Box::new(self.shape(inner))),
            Layer::Array(inner, len) => Shape::Array(Box::new(self.shape(inner)), len.clone()),
            Layer::Tuple(parts) => Shape::Tuple(parts.into_iter().map(|part| self.shape(part)).collect()),
            Layer::Vec(inner) => self.vec(ty, inner),
            Layer::Leaf(primitive) => self.leaf(ty, primitive),
        }
    }

    fn vec(&mut self, ty: &Type, inner: &Type) -> Shape {
        let len = match &self.keys.len {
            Some((_, len)) if !self.len_used => len,
            _ => {
                self.report_vec(ty);
                return Shape::Space(ty.clone());
            }
        };
        self.len_used = true;
        let len = Range { first: len.first.clone(), last: len.last.clone() };
        Shape::Vec { item: Box::new(self.shape(inner)), len }
    }

    fn leaf(&mut self, ty: &Type, primitive: Primitive) -> Shape {
        self.domain_used = true;
        if let Some((_, values)) = &self.keys.choices {
            let choices = values.iter().map(|value| Choice { value: value.clone(), label: label(value) }).collect();
            return Shape::Choices { ty: ty.clone(), primitive, choices };
        }
        if let Some((_, range)) = &self.keys.range {
            let range = Box::new(Range { first: range.first.clone(), last: range.last.clone() });
            let step = self.keys.step.as_ref().map_or_else(|| parse_quote!(1), |(_, step)| step.clone());
            return Shape::Range { ty: ty.clone(), range, step };
        }
        self.domain_used = false;
        self.check_bare(ty);
        Shape::Space(ty.clone())
    }

    /// A type that is left to its own trait must not be a number, a string or a `Vec`.
    fn check_bare(&mut self, ty: &Type) {
        match layer(ty) {
            Layer::Option(inner) | Layer::Boxed(inner) | Layer::Array(inner, _) => self.check_bare(inner),
            Layer::Tuple(parts) => parts.into_iter().for_each(|part| self.check_bare(part)),
            Layer::Vec(_) => self.report_vec(ty),
            Layer::Leaf(Primitive::Flag | Primitive::Other) => {}
            Layer::Leaf(primitive) => {
                let what = match primitive {
                    Primitive::Text => "a string could be anything; say which: `#[space(choices = [\"a\", \"b\"])]`",
                    Primitive::Float => "a number could be anything; say which: `#[space(choices = [0.1, 0.2])]`",
                    _ => {
                        "a number could be anything; say which: `#[space(choices = [16, 32])]` or `#[space(range = 1..=8)]`"
                    }
                };
                let message = format!("{what}, or keep it out of the search: `#[space(skip = value)]`");
                self.errors.push(Code::BareNumber, ty, message);
            }
        }
    }

    fn report_vec(&mut self, ty: &Type) {
        let message = if self.len_used {
            "only the outermost `Vec` takes `len`; put the inner one into a type of its own, annotated with `#[search_space]`"
        } else {
            "a `Vec` needs its length: `#[space(len = 1..=4)]`"
        };
        self.errors.push(Code::VecWithoutLen, ty, message);
    }

    fn report_unused(&mut self, ty: &Type) {
        let written = ty.to_token_stream();
        if let (Some((span, _)), false) = (&self.keys.len, self.len_used) {
            let message = format!("`len` is for a `Vec`, but the field is `{written}`");
            self.errors.push_at(Code::UnusedKey, *span, message);
        }
        if let (Some((span, _)), None) = (&self.keys.step, &self.keys.range) {
            self.errors.push_at(Code::UnusedKey, *span, "`step` goes with `range`: `range = 0..=8, step = 2`");
        }
    }
}

/// The label of a choice: the number or string it is, the last part of a path, or else the text of the expression.
pub(crate) fn label(value: &Expr) -> String {
    match value {
        Expr::Lit(literal) => literal_label(&literal.lit),
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => format!("-{}", label(&unary.expr)),
        Expr::Paren(paren) => label(&paren.expr),
        Expr::Group(group) => label(&group.expr),
        Expr::Path(path) => path.path.segments.last().map_or_else(String::new, |segment| plain(&segment.ident)),
        other => other.to_token_stream().to_string().replace(' ', ""),
    }
}

fn literal_label(literal: &Lit) -> String {
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

impl Shape {
    /// The types that must be search spaces themselves.
    pub(crate) fn spaces<'a>(&'a self, into: &mut Vec<&'a Type>) {
        match self {
            Self::Space(ty) => into.push(ty),
            Self::Option(inner) | Self::Boxed(inner) | Self::Array(inner, _) | Self::Vec { item: inner, .. } => {
                inner.spaces(into);
            }
            Self::Tuple(parts) => parts.iter().for_each(|part| part.spaces(into)),
            Self::Choices { .. } | Self::Range { .. } | Self::Fixed(_) => {}
        }
    }
}

impl Choice {
    /// The value as an expression of the field's type: string literals are converted, all else stands as written.
    pub(crate) fn value(&self) -> TokenStream {
        let value = &self.value;
        if let Expr::Lit(syn::ExprLit { lit: Lit::Str(_), .. }) = value {
            return quote!(::core::convert::From::from(#value));
        }
        quote!(#value)
    }
}
