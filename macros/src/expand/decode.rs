//! From a trace to a value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Choice, Data, Field, Model, Shape};

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

/// One of the values, by the next action; the last one takes all indices that are left.
fn choose(values: &[TokenStream]) -> TokenStream {
    let count = values.len();
    let arms = values.iter().enumerate().map(
        |(i, value)| {
            if i + 1 == count { quote!(_ => #value) } else { quote!(#i => #value) }
        },
    );
    quote!(match __d.next(#count)? { #(#arms),* })
}

fn shape(this: &Shape) -> TokenStream {
    match this {
        Shape::Space(ty) | Shape::Again(ty) => quote!(<#ty as __tn::SearchSpace>::decode(__d)?),
        Shape::Choices { ty, choices, .. } => {
            // A type for each value: without it the compiler speaks of the arms of a `match`.
            let values = choices.iter().map(Choice::value).map(|value| quote!({ let __value: #ty = #value; __value }));
            choose(&values.collect::<Vec<_>>())
        }
        Shape::Range { ty, range, step } => {
            let (first, last) = (&range.first, &range.last);
            quote!({
                // Each bound must be of the field's type.
                let (__first, _): (#ty, #ty) = (#first, #last);
                let __domain = const { __tn::integers((#first) as i128, (#last) as i128, (#step) as i128) };
                (__first as i128 + __d.next(__domain.actions.count())? as i128 * (#step) as i128) as #ty
            })
        }
        Shape::Restricted { inner, .. } => shape(inner),
        Shape::Option(inner) => nested(&quote!(decode_option), &quote!(), inner),
        Shape::Boxed(inner) => {
            let inner = shape(inner);
            quote!(__tn::boxed(#inner))
        }
        Shape::Array { item, .. } => nested(&quote!(decode_array), &quote!(), item),
        Shape::Vec { item, len, .. } => {
            let (min, max) = (&len.first, &len.last);
            nested(&quote!(decode_vec), &quote!((#min, #max),), item)
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().map(shape);
            quote!((#(#parts,)*))
        }
        Shape::Fixed(_, Some(value)) => quote!(#value),
        Shape::Fixed(ty, None) => quote_spanned!(ty.span()=> <#ty as __tn::SkipDefault>::skip_default()),
    }
}

fn nested(function: &TokenStream, argument: &TokenStream, inner: &Shape) -> TokenStream {
    let inner = shape(inner);
    quote!(__tn::#function(__d, #argument |__d| ::core::result::Result::Ok(#inner))?)
}
