//! What only constant evaluation can check, each with the span of the user's token; and the keys, for hovering.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::tree::{self, Way};
use crate::label::label;
use crate::literal;
use crate::model::{Choice, Field, Model, Shape};
use crate::shape::Primitive;
use crate::transparent::without_self;

/// Items for the generated block. Types with parameters are checked where they are part of a universe.
pub(super) fn items(model: &Model) -> TokenStream {
    let keys = model.written.iter().map(|key| quote!(let _ = __tn::keys::#key;));
    let hover = quote!(const _: () = { #(#keys)* };);
    if !model.generics.params.is_empty() {
        return hover;
    }
    let mut checks = TokenStream::new();
    for group in model.groups() {
        for field in group {
            restrictions(&field.shape, model, &mut checks);
            comparisons(field, group, &mut checks);
        }
    }
    if let Some(depth) = model.max_depth.as_ref().filter(|_| !model.contains_itself()) {
        let ident = &model.ident;
        checks.extend(quote_spanned!(depth.span()=>
            const _: () = __tn::check_depth(&<#ident as __tn::SearchSpace>::LINK);
        ));
    }
    let checks = without_self(checks, &model.ident);
    quote!(#hover #checks)
}

/// Whether the checks of this type find out that no value of it can be made.
pub(super) fn tell_of_no_value(model: &Model) -> bool {
    model.fields().any(|field| is_restricted(&field.shape))
}

fn is_restricted(shape: &Shape) -> bool {
    match shape {
        Shape::Restricted { .. } => true,
        Shape::Weighted { inner, .. } | Shape::Option(inner) | Shape::Boxed(_, inner) => is_restricted(inner),
        Shape::Array { item, .. } | Shape::Vec { item, .. } => is_restricted(item),
        Shape::Tuple(parts) => parts.iter().any(is_restricted),
        _ => false,
    }
}

fn restrictions(shape: &Shape, model: &Model, checks: &mut TokenStream) {
    match shape {
        Shape::Restricted { inner, key, labels } => {
            restrictions(inner, model, checks);
            let (node, key_text) = (tree::shape(inner, model, Way::Indirect), key.to_string());
            for wanted in labels {
                let text = label(wanted);
                checks
                    .extend(quote_spanned!(wanted.span()=> const _: () = __tn::check_label(#key_text, #text, #node);));
            }
            if !matches!(**inner, Shape::Again(_)) {
                let node = tree::shape(shape, model, Way::Indirect);
                checks.extend(quote_spanned!(key.span()=> const _: () = {
                    const __NODE: &__tn::Node = #node;
                    __tn::check_restriction(#key_text, __NODE)
                };));
            }
        }
        Shape::Weighted { inner, .. }
        | Shape::Subset { inner, .. }
        | Shape::Permutation { inner, .. }
        | Shape::Option(inner)
        | Shape::Boxed(_, inner) => restrictions(inner, model, checks),
        Shape::Array { item, .. } | Shape::Vec { item, .. } => restrictions(item, model, checks),
        Shape::Tuple(parts) => parts.iter().for_each(|part| restrictions(part, model, checks)),
        Shape::Choices { primitive, choices, .. } => distinct(*primitive, choices, shape, checks),
        Shape::Space(_) | Shape::Again(_) | Shape::Range { .. } | Shape::Fixed(..) => {}
    }
}

/// Numbers that are not literals may be equal though their labels are not; a value would then have two traces.
fn distinct(primitive: Primitive, choices: &[Choice], shape: &Shape, checks: &mut TokenStream) {
    let is_number = matches!(primitive, Primitive::Integer | Primitive::Float);
    let constant = choices.iter().find(|choice| literal::float(&choice.value).is_none());
    if let (true, Some(constant)) = (is_number, constant) {
        let domain = tree::domain(shape);
        checks.extend(quote_spanned!(constant.value.span()=> const _: () = __tn::check_distinct(&#domain);));
    }
}

fn comparisons(field: &Field, group: &[Field], checks: &mut TokenStream) {
    for comparison in &field.comparisons {
        let other = &group[comparison.earlier(group)];
        let (own, earlier) = (tree::offered(&field.shape), tree::offered(&other.shape));
        let (relation, own_name, name) =
            (tree::relation(comparison.relation), field.name().unwrap_or_default(), comparison.other.to_string());
        checks.extend(quote_spanned!(comparison.key.span()=>
            const _: () = __tn::check_comparison(#relation, &#own, &#earlier, #own_name, #name);
        ));
    }
}
