//! The constant tree.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, Type};

use super::owner;
use crate::label::label;
use crate::literal;
use crate::model::{Choice, Comparison, Data, Field, Model, Naming, Relation, Shape, Variant};
use crate::parse::Range;
use crate::shape::{Layer, Primitive, last_name, layer};
use crate::transparent::{bare_type, without_self};

/// A reference to the tree of the whole type.
pub(super) fn space(model: &Model) -> TokenStream {
    let node = match &model.data {
        Data::Struct(list) => fields(list, model),
        Data::Enum(variants) => {
            let branches = variants.iter().filter(|variant| !variant.skip).map(|variant| branch(variant, model));
            let node = quote!(&__tn::Node::Choice { kind: __tn::Kind::Variant, branches: &[#(#branches),*] });
            let node = weighted_variants(variants, node);
            let name = StateName { name: &model.name, aliases: &model.aliases, local: Some(""), shared: model.shared };
            named(&name, model.ident.span(), &node)
        }
    };
    pruned(model, &recursive(model, node))
}

/// The weights of the variants, where one of them has one.
fn weighted_variants(variants: &[Variant], node: TokenStream) -> TokenStream {
    let live: Vec<&Variant> = variants.iter().filter(|variant| !variant.skip).collect();
    let Some(first) = live.iter().find_map(|variant| variant.weight.as_ref()) else { return node };
    let weights: Vec<TokenStream> = live
        .iter()
        .map(|variant| variant.weight.as_ref().map_or_else(|| quote!(1.0), |weight| quote!((#weight) as f64)))
        .collect();
    weighted(syn::spanned::Spanned::span(first), &weights, &node)
}

fn weighted(span: Span, weights: &[TokenStream], node: &TokenStream) -> TokenStream {
    let weights = quote!(&[#(#weights),*]);
    quote_spanned!(span=> &__tn::weighted(#node, #weights))
}

fn recursive(model: &Model, node: TokenStream) -> TokenStream {
    let Some(depth) = &model.max_depth else { return node };
    let name = &model.name;
    let owner = owner::of(model)
        .map_or_else(|| quote!(::core::option::Option::None), |owner| quote!(::core::option::Option::Some(#owner)));
    quote!(&__tn::Node::Recursive { name: #name, owner: #owner, max_depth: #depth, node: #node })
}

fn pruned(model: &Model, node: &TokenStream) -> TokenStream {
    let Some(predicate) = &model.prune else { return node.clone() };
    quote!(&__tn::Node::Pruned {
        prune: |__trace, __decided| __tn::prune::<Self, _>(__trace, __decided, #predicate),
        node: #node,
    })
}

fn branch(variant: &Variant, model: &Model) -> TokenStream {
    let (label, aliases, node) = (&variant.label, &variant.aliases, fields(&variant.fields, model));
    quote!(__tn::Branch { label: #label, aliases: &[#(#aliases),*], node: #node })
}

/// All fields, so that positions are those of the type; a fixed one has nothing to decide.
fn fields(list: &[Field], model: &Model) -> TokenStream {
    let nodes = list.iter().map(|field| self::field(field, list, model));
    quote!(&__tn::Node::Sequence(&[#(#nodes),*]))
}

fn field(field: &Field, list: &[Field], model: &Model) -> TokenStream {
    if matches!(field.shape, Shape::Fixed(..)) {
        return quote!(&__tn::Node::Unit);
    }
    let mut node = shape(&field.shape, model, Way::Direct);
    if !field.comparisons.is_empty() {
        let comparisons = field.comparisons.iter().map(|comparison| self::comparison(comparison, list));
        node = quote!(&__tn::Node::Compared { comparisons: &[#(#comparisons),*], node: #node });
    }
    if field.own {
        node = quote!(&__tn::Node::Own { node: #node });
    }
    let (local, shared) = (field.local.as_deref(), model.shared || field.local.is_none());
    named(&StateName { name: &field.state, aliases: &field.aliases, local, shared }, field.span, &node)
}

fn comparison(comparison: &Comparison, list: &[Field]) -> TokenStream {
    let (relation, earlier) = (relation(comparison.relation), comparison.earlier(list));
    quote!(__tn::Comparison { relation: #relation, earlier: #earlier })
}

pub(super) fn relation(relation: Relation) -> TokenStream {
    match relation {
        Relation::Less => quote!(__tn::Relation::Less),
        Relation::AtMost => quote!(__tn::Relation::AtMost),
        Relation::Greater => quote!(__tn::Relation::Greater),
        Relation::AtLeast => quote!(__tn::Relation::AtLeast),
        Relation::Other => quote!(__tn::Relation::Other),
    }
}

struct StateName<'a> {
    name: &'a str,
    aliases: &'a [String],
    local: Option<&'a str>,
    shared: bool,
}

/// The site names the line of the user's own token.
fn named(state: &StateName<'_>, span: Span, node: &TokenStream) -> TokenStream {
    let StateName { name, aliases, local, shared } = state;
    let local = local
        .map_or_else(|| quote!(::core::option::Option::None), |local| quote!(::core::option::Option::Some(#local)));
    let site = format!("{name} (");
    // As the user's own tokens, which may be of the edition 2015: that knows no `::core`.
    let (file, line) = (quote_spanned!(span=> __tn::core::file!()), quote_spanned!(span=> __tn::core::line!()));
    quote!(&__tn::Node::Named {
        name: #name,
        aliases: &[#(#aliases),*],
        local: #local,
        shared: #shared,
        site: ::core::concat!(#site, #file, ":", #line, ")"),
        node: #node,
    })
}

/// How a value is held: types can contain each other by way of a `Box` or a `Vec` alone.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Direct,
    Indirect,
}

pub(super) fn shape(this: &Shape, model: &Model, way: Way) -> TokenStream {
    match this {
        Shape::Space(ty) => space_of(ty, model, way),
        Shape::Again(_) => {
            let name = &model.name;
            quote!(&__tn::Node::Again { name: #name })
        }
        Shape::Choices { .. } | Shape::Range { .. } => {
            let domain = domain(this);
            quote!(&__tn::Node::Decide(#domain))
        }
        Shape::Restricted { inner, key, labels } => {
            let (inner, keep) = (shape(inner, model, way), key == "only");
            let labels = labels.iter().map(label);
            quote!(&__tn::Node::Restricted { labels: &[#(#labels),*], keep: #keep, node: #inner })
        }
        Shape::Weighted { inner, span, weights } => {
            let weights: Vec<TokenStream> = weights.iter().map(|weight| quote!((#weight) as f64)).collect();
            weighted(*span, &weights, &shape(inner, model, way))
        }
        Shape::Subset { inner, len } => {
            let (labels, min, max) = (labels(inner), &len.first, &len.last);
            quote_spanned!(place(len)=> &__tn::subset(#labels, #min, #max))
        }
        Shape::Permutation { inner, array } => {
            let (labels, Some(len)) = (labels(inner), array) else {
                let labels = self::labels(inner);
                return quote!(&__tn::Node::Permutation { labels: #labels });
            };
            let span = syn::spanned::Spanned::span(len);
            quote_spanned!(span=> &__tn::permutation(#labels, #len))
        }
        Shape::Option(inner) => {
            let inner = shape(inner, model, way);
            quote!(&__tn::Node::Choice {
                kind: __tn::Kind::Presence,
                branches: &__tn::option_branches(&__tn::Node::Within { suffix: ".some", node: #inner }),
            })
        }
        Shape::Boxed(_, inner) => shape(inner, model, Way::Indirect),
        Shape::Array { item, len, naming } => {
            let (item, naming) = (shape(item, model, way), self::naming(naming, &quote!(#len)));
            quote!(&__tn::Node::Array { item: #item, len: #len, naming: #naming })
        }
        Shape::Vec { item, len, naming } => {
            let (item, min, max) = (shape(item, model, Way::Indirect), &len.first, &len.last);
            let naming = self::naming(naming, &quote!(#max));
            quote_spanned!(place(len)=> &__tn::repeat(#item, #min, #max, #naming))
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(i, part)| {
                let (suffix, part) = (format!(".{i}"), shape(part, model, way));
                quote!(&__tn::Node::Within { suffix: #suffix, node: #part })
            });
            quote!(&__tn::Node::Sequence(&[#(#parts),*]))
        }
        Shape::Fixed(..) => quote!(&__tn::Node::Unit),
    }
}

/// The tree of another type, or a way to it.
fn space_of(ty: &Type, model: &Model, way: Way) -> TokenStream {
    let is_indirect = matches!(way, Way::Indirect);
    match owner::of(model) {
        // A type with parameters has no static of its own: its tree here has one.
        Some(owner) if is_indirect && !is_plain(ty) || points_to_parameters(ty) => {
            let (written, ty) = (quote!(#ty).to_string(), without_self(quote!(#ty), &model.ident));
            quote!({
                static __TREE: __tn::Node = *<#ty as __tn::SearchSpace>::SPACE;
                &__tn::Node::Link(__tn::Link::from(#owner, #written, &__TREE))
            })
        }
        _ if is_indirect => quote!(&__tn::Node::Link(<#ty as __tn::SearchSpace>::LINK)),
        _ => quote!(<#ty as __tn::SearchSpace>::SPACE),
    }
}

fn is_plain(ty: &Type) -> bool {
    let Type::Path(path) = bare_type(ty) else { return false };
    path.path.segments.iter().all(|segment| segment.arguments.is_none())
}

fn points_to_parameters(ty: &Type) -> bool {
    match layer(ty) {
        Layer::Boxed(inner) => !is_plain(inner),
        Layer::Option(inner) | Layer::Vec(inner) | Layer::Array(inner, _) => points_to_parameters(inner),
        Layer::Tuple(parts) => parts.into_iter().any(points_to_parameters),
        Layer::Leaf(_) => false,
    }
}

fn labels(choices: &Shape) -> TokenStream {
    let Shape::Choices { choices, .. } = choices else { return quote!(&[]) };
    let labels = choices.iter().map(|choice| &choice.label);
    quote!(&[#(#labels),*])
}

fn naming(naming: &Naming, items: &TokenStream) -> TokenStream {
    match naming {
        Naming::Numbered => quote!(__tn::Naming::Numbered),
        Naming::Tied => quote!(__tn::Naming::Tied),
        Naming::At(indices) => {
            let span = indices.first().map_or_else(Span::call_site, syn::LitInt::span);
            quote_spanned!(span=> __tn::at(&[#(#indices),*], #items))
        }
    }
}

/// Where constant evaluation errors of a range are shown.
fn place(range: &Range) -> Span {
    syn::spanned::Spanned::span(&range.first)
}

/// The actions of a plain decision, and which of them a restriction leaves.
pub(super) fn offered(shape: &Shape) -> TokenStream {
    let domain = domain(shape);
    let (labels, keep) = match shape {
        Shape::Restricted { key, labels, .. } => (labels.iter().map(label).collect(), key == "only"),
        _ => (Vec::new(), false),
    };
    quote!(__tn::Offered { domain: &#domain, labels: &[#(#labels),*], keep: #keep })
}

/// The actions of a plain decision.
pub(super) fn domain(this: &Shape) -> TokenStream {
    match this {
        Shape::Restricted { inner, .. } | Shape::Weighted { inner, .. } => domain(inner),
        Shape::Range { range, step, .. } => {
            // A cast at the user's own token would be the user's to a lint.
            let [first, last, step] = [&range.first, &range.last, step].map(|value| quote!((#value) as i128));
            quote_spanned!(place(range)=> __tn::integers(#first, #last, #step))
        }
        Shape::Choices { ty, primitive, choices, .. } => {
            let (kind, actions) = (kind(*primitive), actions(ty, *primitive, choices));
            quote!(__tn::Domain { kind: #kind, actions: #actions })
        }
        _ => quote!(__tn::Domain::FLAG),
    }
}

fn actions(ty: &Type, primitive: Primitive, choices: &[Choice]) -> TokenStream {
    let labels = choices.iter().map(|choice| &choice.label);
    let numbers = match (primitive, last_name(ty)) {
        (Primitive::Integer, Some(name)) => {
            let (of_type, values) = (Ident::new(&name, Span::call_site()), choices.iter().map(|choice| &choice.value));
            quote!(#of_type([#(#values),*]))
        }
        (Primitive::Float, _) => {
            let values = choices.iter().map(|choice| double(&choice.value));
            quote!(f64([#(#values),*]))
        }
        _ => return quote!(__tn::Actions::Labels(&[#(#labels),*])),
    };
    quote!(__tn::Actions::Numbers { labels: &[#(#labels),*], values: &__tn::numbers::#numbers })
}

/// A literal is the number that its label says, whatever the type rounds it to.
fn double(value: &Expr) -> TokenStream {
    if literal::literal(value).is_some() { quote!(#value) } else { quote!((#value) as f64) }
}

fn kind(primitive: Primitive) -> TokenStream {
    match primitive {
        Primitive::Flag => quote!(__tn::Kind::Flag),
        Primitive::Integer => quote!(__tn::Kind::Integer),
        Primitive::Float => quote!(__tn::Kind::Float),
        Primitive::Text => quote!(__tn::Kind::Text),
        Primitive::Other => quote!(__tn::Kind::Variant),
    }
}
