//! The constant tree.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::model::{Data, Field, Model, Shape, Variant};
use crate::shape::Primitive;

/// A reference to the tree of the whole type.
pub(crate) fn space(model: &Model) -> TokenStream {
    match &model.data {
        Data::Struct(list) => fields(list),
        Data::Enum(variants) => {
            let branches = variants.iter().filter(|variant| !variant.skip).map(branch);
            let (name, span) = (&model.name, model.ident.span());
            let node = quote!(&__tn::Node::Choice { kind: __tn::Kind::Variant, branches: &[#(#branches),*] });
            named(name, span, &node)
        }
    }
}

fn branch(variant: &Variant) -> TokenStream {
    let (label, node) = (&variant.label, fields(&variant.fields));
    quote!(__tn::Branch { label: #label, node: #node })
}

fn fields(fields: &[Field]) -> TokenStream {
    let nodes = fields.iter().filter(|field| !matches!(field.shape, Shape::Fixed(_))).map(field);
    quote!(&__tn::Node::Sequence(&[#(#nodes),*]))
}

fn field(field: &Field) -> TokenStream {
    named(&field.state, field.span, &shape(&field.shape))
}

/// The site names the line of the user's own token.
fn named(name: &str, span: proc_macro2::Span, node: &TokenStream) -> TokenStream {
    let site = format!("{name} (");
    let place = quote_spanned!(span=> ::core::concat!(#site, ::core::file!(), ":", ::core::line!(), ")"));
    quote!(&__tn::Node::Named { name: #name, site: #place, node: #node })
}

fn shape(this: &Shape) -> TokenStream {
    match this {
        Shape::Space(ty) => quote!(<#ty as __tn::SearchSpace>::SPACE),
        Shape::Choices { primitive, choices, .. } => {
            let (kind, labels) = (kind(*primitive), choices.iter().map(|choice| &choice.label));
            quote!(&__tn::Node::Decide(__tn::Domain { kind: #kind, actions: __tn::Actions::Labels(&[#(#labels),*]) }))
        }
        Shape::Range { range, step, .. } => {
            let (first, last) = (&range.first, &range.last);
            quote!(&__tn::Node::Decide(__tn::integers((#first) as i128, (#last) as i128, (#step) as i128)))
        }
        Shape::Option(inner) => {
            let inner = shape(inner);
            quote!(&__tn::Node::Choice {
                kind: __tn::Kind::Presence,
                branches: &__tn::option_branches(&__tn::Node::Within { suffix: ".some", node: #inner }),
            })
        }
        Shape::Boxed(inner) => shape(inner),
        Shape::Array(inner, len) => {
            let inner = shape(inner);
            quote!(&__tn::Node::Array { item: #inner, len: #len })
        }
        Shape::Vec { item, len } => {
            let (item, min, max) = (shape(item), &len.first, &len.last);
            quote!(&__tn::Node::Repeat { item: #item, min: #min, max: #max })
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(i, part)| {
                let (suffix, part) = (format!(".{i}"), shape(part));
                quote!(&__tn::Node::Within { suffix: #suffix, node: #part })
            });
            quote!(&__tn::Node::Sequence(&[#(#parts),*]))
        }
        Shape::Fixed(_) => quote!(&__tn::Node::Unit),
    }
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
