//! Listed values: how generated code holds them, makes one and finds one.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Type};

use crate::model::{Choice, Shape};
use crate::place::generated_at;
use crate::shape::Primitive;
use crate::transparent::bare;

/// What holds the values.
enum Listing {
    /// A table of constants, which are copied.
    Constants,
    /// A table of strings, of which values are made.
    Texts,
    /// A function of the position.
    Made,
}

fn listing(primitive: Primitive, choices: &[Choice]) -> Listing {
    match primitive {
        Primitive::Integer | Primitive::Float => Listing::Constants,
        _ if choices.iter().all(|choice| is_text(&choice.value)) => Listing::Texts,
        _ => Listing::Made,
    }
}

fn is_text(value: &Expr) -> bool {
    matches!(bare(value), Expr::Lit(ExprLit { lit: Lit::Str(_), .. }))
}

/// The value of the next action; the expression may leave the function with an error.
pub(super) fn decode(ty: &Type, primitive: Primitive, choices: &[Choice]) -> TokenStream {
    let count = choices.len();
    match listing(primitive, choices) {
        Listing::Constants => {
            let table = table(choices);
            quote!(*__tn::choice::<#ty>(__d, #table)?)
        }
        Listing::Texts => {
            let table = table(choices);
            let of_text = of_text(ty);
            quote!(#of_text(*__tn::choice::<&'static str>(__d, #table)?))
        }
        Listing::Made => made(ty, choices, &quote!(__d.next(#count)?)),
    }
}

/// How many choices there are, and the function from an index to one of them.
pub(super) fn items(shape: &Shape) -> (usize, TokenStream) {
    let Shape::Choices { ty, primitive, choices, .. } = shape else { return (0, quote!()) };
    let item = match listing(*primitive, choices) {
        Listing::Constants => {
            let table = table(choices);
            quote!({ let __values: &[#ty] = #table; __values[__i] })
        }
        Listing::Texts => {
            let (table, of_text) = (table(choices), of_text(ty));
            quote!(#of_text(#table[__i]))
        }
        Listing::Made => made(ty, choices, &quote!(__i)),
    };
    (choices.len(), quote!(|__i: usize| #item))
}

/// The labels of the choices.
pub(super) fn listed(shape: &Shape) -> String {
    let Shape::Choices { choices, .. } = shape else { return String::new() };
    choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// The position of the value behind a reference, or none.
pub(super) fn index(ty: &Type, primitive: Primitive, choices: &[Choice], value: &TokenStream) -> TokenStream {
    let count = choices.len();
    match listing(primitive, choices) {
        Listing::Constants => {
            let table = table(choices);
            quote!(__tn::choice_index::<#ty>(#value, #table))
        }
        Listing::Texts if primitive == Primitive::Text => {
            let table = table(choices);
            quote!(__tn::text_index(::core::convert::AsRef::<str>::as_ref(#value), #table))
        }
        Listing::Texts => {
            let table = table(choices);
            let (find, of_text) = (find(ty), of_text(ty));
            quote!(#find(#value, #count, |__i| #of_text(#table[__i])))
        }
        Listing::Made => {
            let made = made(ty, choices, &quote!(__i));
            let find = find(ty);
            quote!(#find(#value, #count, |__i| #made))
        }
    }
}

/// What is said of the type's bounds is said where the type stands.
fn find(ty: &Type) -> TokenStream {
    quote_spanned!(generated_at(ty.span())=> __tn::choice_index_by::<#ty>)
}

fn of_text(ty: &Type) -> TokenStream {
    quote_spanned!(generated_at(ty.span())=> <#ty as __tn::OfText>::of_text)
}

fn table(choices: &[Choice]) -> TokenStream {
    let values = choices.iter().map(|choice| &choice.value);
    quote!(const { &[#(#values),*] })
}

/// One of the values by its position; the last one takes all positions that are left.
fn made(ty: &Type, choices: &[Choice], position: &TokenStream) -> TokenStream {
    // A type for each value: without it the compiler speaks of the arms of a `match`.
    let values = choices.iter().map(Choice::value).map(|value| quote!({ let __value: #ty = #value; __value }));
    super::select::select(position, &values.collect::<Vec<_>>())
}
