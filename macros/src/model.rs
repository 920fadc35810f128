//! What an annotated type means: the decisions that make a value of it, and their names.

mod reader;
mod shape;
mod whole;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Generics, Ident, Index, LitInt, LitStr, Member, Path, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::plain;
use crate::parse::{Body, FieldKeys, Parsed, ParsedComparison, ParsedField, ParsedVariant};
use crate::place::generated_at;

pub(crate) use self::shape::{Choice, Naming, Shape};

/// A search space.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The first part of the names of its states.
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    /// Whether other types may have states of these names, too.
    pub(crate) shared: bool,
    pub(crate) valid: Option<Expr>,
    pub(crate) prune: Option<Expr>,
    pub(crate) max_depth: Option<LitInt>,
    pub(crate) krate: Path,
    pub(crate) data: Data,
    /// All keys as they were written, for hovering.
    pub(crate) written: Vec<Ident>,
}

pub(crate) enum Data {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) label: String,
    pub(crate) aliases: Vec<String>,
    /// Not in the space: never sampled.
    pub(crate) skip: bool,
    /// How likely it is before anything is known, where others are 1.
    pub(crate) weight: Option<Expr>,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) span: Span,
    pub(crate) state: String,
    /// What of the state's name stands behind the type's; none where the state was named.
    pub(crate) local: Option<String>,
    /// Whether the types in it have states of their own here.
    pub(crate) own: bool,
    pub(crate) aliases: Vec<String>,
    pub(crate) shape: Shape,
    /// Whether something is wrong with it, so that its shape is not known.
    pub(crate) broken: bool,
    pub(crate) comparisons: Vec<Comparison>,
}

/// A relation to an earlier field.
pub(crate) struct Comparison {
    pub(crate) relation: Relation,
    pub(crate) key: Ident,
    pub(crate) other: Ident,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Other,
}

/// The names of a type or variant that its fields' states begin with: the name now, then earlier ones.
struct Owner {
    names: Vec<String>,
    /// What stands behind the type's name.
    local: String,
}

impl Owner {
    fn name(&self) -> &str {
        &self.names[0]
    }

    fn aliases(&self) -> Vec<String> {
        self.names[1..].to_vec()
    }

    /// Each name of this with each of the given ones behind it; a name with a dot in it stands by itself.
    fn with(&self, names: &[String]) -> Self {
        let mut all: Vec<String> = Vec::new();
        for name in names {
            let joined = self
                .names
                .iter()
                .map(|owner| if name.contains('.') { name.clone() } else { format!("{owner}.{name}") });
            for joined in joined.collect::<Vec<_>>() {
                if !all.contains(&joined) {
                    all.push(joined);
                }
            }
        }
        let local = names.first().map(|name| format!("{}.{name}", self.local));
        Self { names: all, local: local.unwrap_or_default() }
    }
}

impl Model {
    pub(crate) fn new(parsed: &Parsed, errors: &mut Errors) -> Self {
        let (ident, generics) = (parsed.item.ident.clone(), parsed.item.generics.clone());
        let keys = &parsed.container;
        let name = keys.name.as_ref().map_or_else(|| plain(&ident), LitStr::value);
        let owner =
            Owner { names: std::iter::once(name.clone()).chain(texts(&keys.aliases)).collect(), local: String::new() };
        let mut written = keys.written.clone();
        let parameters: Vec<Ident> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
        let recursive = keys.max_depth.is_some() || keys.broken;
        let this = reader::This { ident: &ident, parameters: &parameters, recursive };
        let data = match &parsed.body {
            Body::Struct(list) => Data::Struct(fields(list, &owner, this, errors, &mut written)),
            Body::Enum(list) => {
                Data::Enum(list.iter().map(|v| variant(v, &owner, this, errors, &mut written)).collect())
            }
        };
        let krate = keys.krate.clone().unwrap_or_else(|| parse_quote!(::transfer_nas));
        let (valid, prune, max_depth) = (keys.valid.clone(), keys.prune.clone(), keys.max_depth.clone());
        let shared = keys.shared.is_some() || keys.name.is_some();
        Self { ident, generics, name, aliases: owner.aliases(), shared, valid, prune, max_depth, krate, data, written }
    }

    /// The fields of each part that is decided as one: the struct's, or those of each live variant.
    pub(crate) fn groups(&self) -> Vec<&[Field]> {
        match &self.data {
            Data::Struct(fields) => vec![fields],
            Data::Enum(variants) => variants.iter().filter(|v| !v.skip).map(|v| v.fields.as_slice()).collect(),
        }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups().into_iter().flatten()
    }

    /// Whether one of its own fields is of this type.
    pub(crate) fn contains_itself(&self) -> bool {
        self.fields().any(|field| field.shape.is_recursive())
    }
}

/// A use of a name in generated code.
fn generated(ident: &Ident) -> Ident {
    let (name, span) = (ident.to_string(), generated_at(ident.span()));
    // Generated code is of this crate's edition: what is a name in the user's may be a keyword there.
    let is_keyword = ["async", "await", "dyn", "gen", "try"].contains(&name.as_str());
    if is_keyword {
        return Ident::new_raw(&name, span);
    }
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

fn texts(literals: &[LitStr]) -> impl Iterator<Item = String> {
    literals.iter().map(LitStr::value)
}

fn variant(
    parsed: &ParsedVariant,
    container: &Owner,
    this: reader::This<'_>,
    errors: &mut Errors,
    written: &mut Vec<Ident>,
) -> Variant {
    let label = plain(&parsed.variant.ident);
    let aliases: Vec<String> = texts(&parsed.aliases).collect();
    let names: Vec<String> = std::iter::once(label.clone()).chain(aliases.clone()).collect();
    let fields = if parsed.skip || parsed.broken {
        Vec::new()
    } else {
        fields(&parsed.fields, &container.with(&names), this, errors, written)
    };
    Variant {
        ident: generated(&parsed.variant.ident),
        label,
        aliases,
        skip: parsed.skip,
        weight: parsed.weight.clone(),
        fields,
    }
}

fn fields(
    parsed: &[ParsedField],
    owner: &Owner,
    this: reader::This<'_>,
    errors: &mut Errors,
    written: &mut Vec<Ident>,
) -> Vec<Field> {
    let mut fields = Vec::with_capacity(parsed.len());
    for (position, ParsedField { field, keys }) in parsed.iter().enumerate() {
        let member = match &field.ident {
            Some(ident) => Member::Named(generated(ident)),
            None => Member::Unnamed(Index { index: position as u32, span: field.ty.span() }),
        };
        let own = field.ident.as_ref().map_or_else(|| position.to_string(), plain);
        let names: Vec<String> = std::iter::once(own).chain(texts(&keys.aliases)).collect();
        let full = owner.with(&names);
        let state = keys.state.as_ref().map_or_else(|| full.name().to_owned(), LitStr::value);
        let aliases = if keys.state.is_some() { owner.with(&names[1..]).names } else { full.aliases() };
        let local = keys.state.is_none().then(|| full.local.clone());
        let span = field.ident.as_ref().map_or_else(|| field.ty.span(), Ident::span);
        let before = errors.len();
        let shape = reader::read(keys, &field.ty, this, errors);
        let broken = keys.broken || errors.len() > before;
        let comparisons = keys.comparisons.iter().map(Comparison::new).collect();
        written.extend(keys.written.iter().cloned());
        let own = keys.own.is_some();
        report_needless_own(keys, &shape, broken, errors);
        fields.push(Field { member, span, state, local, own, aliases, shape, broken, comparisons });
    }
    fields
}

/// Only types with states of their own can have them to themselves.
fn report_needless_own(keys: &FieldKeys, shape: &Shape, broken: bool, errors: &mut Errors) {
    let mut spaces = Vec::new();
    shape.spaces(&mut spaces);
    if let (Some((span, ())), true, false) = (&keys.own, spaces.is_empty() && !shape.is_recursive(), broken) {
        let message =
            "`own` is for a field of an annotated type, whose states it names after the field; this one has none";
        errors.push_at(Code::MisplacedKey, *span, message);
    }
}

impl Comparison {
    /// Whether the comparison names this field.
    pub(crate) fn is_with(&self, field: &Field) -> bool {
        field.name().is_some_and(|name| name == plain(&self.other))
    }

    /// The position of the field that it names; validation has made sure of it.
    pub(crate) fn earlier(&self, fields: &[Field]) -> usize {
        fields.iter().position(|field| self.is_with(field)).unwrap_or(0)
    }

    fn new(parsed: &ParsedComparison) -> Self {
        let relation = match parsed.key.to_string().as_str() {
            "lt" => Relation::Less,
            "le" => Relation::AtMost,
            "gt" => Relation::Greater,
            "ge" => Relation::AtLeast,
            _ => Relation::Other,
        };
        Self { relation, key: parsed.key.clone(), other: parsed.other.clone() }
    }
}

impl Relation {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Less => "less than",
            Self::AtMost => "at most",
            Self::Greater => "greater than",
            Self::AtLeast => "at least",
            Self::Other => "other than",
        }
    }
}

impl Field {
    /// The name of a named field.
    pub(crate) fn name(&self) -> Option<String> {
        match &self.member {
            Member::Named(ident) => Some(plain(ident)),
            Member::Unnamed(_) => None,
        }
    }
}
