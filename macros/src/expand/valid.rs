//! The predicates of a type and of its fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Data, Field, Model, Shape, Variant};
use crate::place::generated_at;

/// The method, where it says more than the trait's own.
pub(super) fn method(model: &Model) -> Option<TokenStream> {
    let own = model.valid.as_ref().map(|path| {
        let holds = quote_spanned!(generated_at(path.span())=> __tn::holds);
        quote!(#holds(self, #path))
    });
    let fields = match &model.data {
        Data::Struct(fields) => of_struct(fields),
        Data::Enum(variants) => of_enum(variants),
    };
    let terms: Vec<_> = fields.into_iter().chain(own).collect();
    (!terms.is_empty()).then(|| quote!(fn is_valid(&self) -> bool { #(#terms)&&* }))
}

fn of_struct(fields: &[Field]) -> Option<TokenStream> {
    let terms = fields.iter().filter_map(|field| {
        let member = &field.member;
        shape(&field.shape, &quote!((&self.#member)))
    });
    all(&terms.collect::<Vec<_>>())
}

fn of_enum(variants: &[Variant]) -> Option<TokenStream> {
    let arms: Vec<_> = variants.iter().filter_map(arm).collect();
    (!arms.is_empty()).then(|| quote!((match self { #(#arms,)* _ => true })))
}

fn arm(variant: &Variant) -> Option<TokenStream> {
    let (mut patterns, mut terms) = (Vec::new(), Vec::new());
    for (i, field) in variant.fields.iter().enumerate() {
        let (member, binding) = (&field.member, format_ident!("__field{i}"));
        if let Some(term) = shape(&field.shape, &quote!(#binding)) {
            patterns.push(quote!(#member: #binding));
            terms.push(term);
        }
    }
    let (ident, terms) = (&variant.ident, all(&terms)?);
    Some(quote!(Self::#ident { #(#patterns,)* .. } => #terms))
}

fn all(terms: &[TokenStream]) -> Option<TokenStream> {
    (!terms.is_empty()).then(|| quote!(#(#terms)&&*))
}

/// Whether the value behind the reference is valid; none where nothing could refuse it.
fn shape(this: &Shape, value: &TokenStream) -> Option<TokenStream> {
    match this {
        Shape::Space(ty) | Shape::Again(ty) => Some(quote!(<#ty as __tn::SearchSpace>::is_valid(#value))),
        Shape::Option(inner) | Shape::Array { item: inner, .. } | Shape::Vec { item: inner, .. } => {
            let inner = shape(inner, &quote!(__value))?;
            Some(quote!(::core::iter::Iterator::all(&mut #value.iter(), |__value| #inner)))
        }
        Shape::Restricted { inner, .. } | Shape::Weighted { inner, .. } => shape(inner, value),
        Shape::Boxed(_, inner) => shape(inner, &quote!((&**#value))),
        Shape::Tuple(parts) => {
            let part = |(i, part)| {
                let index = syn::Index::from(i);
                shape(part, &quote!((&#value.#index)))
            };
            all(&parts.iter().enumerate().filter_map(part).collect::<Vec<_>>())
        }
        Shape::Choices { .. }
        | Shape::Range { .. }
        | Shape::Subset { .. }
        | Shape::Permutation { .. }
        | Shape::Fixed(..) => None,
    }
}
