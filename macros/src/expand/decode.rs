//! From a trace to a value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::choices;
use super::select::select;
use crate::model::{Data, Field, Model, Shape};
use crate::place::generated_at;

/// An expression of the type, which reads from `__d`.
pub(super) fn body(model: &Model) -> TokenStream {
    match &model.data {
        Data::Struct(list) => {
            let fields = fields(list);
            quote!(Self { #fields })
        }
        Data::Enum(variants) => {
            let live: Vec<_> = variants.iter().filter(|variant| !variant.skip).collect();
            let values = live.iter().map(|variant| {
                let (ident, fields) = (&variant.ident, fields(&variant.fields));
                quote!(Self::#ident { #fields })
            });
            choose(&values.collect::<Vec<_>>())
        }
    }
}

fn fields(fields: &[Field]) -> TokenStream {
    let values = fields.iter().map(|field| {
        let (member, value) = (&field.member, shape(&field.shape));
        quote!(#member: #value)
    });
    quote!(#(#values),*)
}

/// One of the values, by the next action.
fn choose(values: &[TokenStream]) -> TokenStream {
    let count = values.len();
    select(&quote!(__d.next(#count)?), values)
}

/// A value of the shape; the expression may leave the function with an error.
fn shape(this: &Shape) -> TokenStream {
    if let Some(attempt) = attempt(this) {
        return quote!(#attempt?);
    }
    match this {
        Shape::Choices { ty, primitive, choices, .. } => choices::decode(ty, *primitive, choices),
        Shape::Range { ty, range, step } => {
            let (first, last) = (&range.first, &range.last);
            quote!({
                // Each bound must be of the field's type.
                let (__first, _): (#ty, #ty) = (#first, #last);
                let __domain = const { __tn::integers((#first) as i128, (#last) as i128, (#step) as i128) };
                (__first as i128 + __d.next(__domain.actions.count())? as i128 * (#step) as i128) as #ty
            })
        }
        Shape::Restricted { inner, .. } | Shape::Weighted { inner, .. } => shape(inner),
        Shape::Boxed(ty, inner) => {
            let inner = shape(inner);
            quote!(<#ty>::new(#inner))
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().map(shape);
            quote!((#(#parts,)*))
        }
        Shape::Fixed(_, Some(value)) => quote!(#value),
        Shape::Fixed(ty, None) => {
            quote_spanned!(generated_at(ty.span())=> <#ty as __tn::SkipDefault>::skip_default())
        }
        _ => quote!(),
    }
}

/// A `Result` of a value, where one function makes it.
fn attempt(this: &Shape) -> Option<TokenStream> {
    Some(match this {
        Shape::Space(_) | Shape::Again(_) => {
            let decode = function(this);
            quote!(#decode(__d))
        }
        Shape::Restricted { inner, .. } | Shape::Weighted { inner, .. } => return attempt(inner),
        Shape::Subset { inner, .. } => {
            let (count, item) = choices::items(inner);
            quote!(__tn::decode_subset(__d, #count, #item))
        }
        Shape::Permutation { inner, array: None } => {
            let (count, item) = choices::items(inner);
            quote!(__tn::decode_permutation(__d, #count, #item))
        }
        Shape::Permutation { inner, array: Some(_) } => {
            let (count, item) = choices::items(inner);
            quote!(__tn::in_array(__tn::decode_permutation(__d, #count, #item)?))
        }
        Shape::Option(inner) => {
            let decode = function(inner);
            quote!(__tn::decode_option(__d, #decode))
        }
        Shape::Array { item, .. } => {
            let decode = function(item);
            quote!(__tn::decode_array(__d, #decode))
        }
        Shape::Vec { item, len, .. } => {
            let (min, max, decode) = (&len.first, &len.last, function(item));
            quote!(__tn::decode_vec(__d, (#min, #max), #decode))
        }
        _ => return None,
    })
}

/// A function from the decoder to a `Result` of a value.
fn function(this: &Shape) -> TokenStream {
    if let Shape::Space(ty) | Shape::Again(ty) = this {
        return quote!(<#ty as __tn::SearchSpace>::decode);
    }
    if let Some(attempt) = attempt(this) {
        return quote!(|__d| #attempt);
    }
    let value = shape(this);
    quote!(|__d| ::core::result::Result::Ok(#value))
}
