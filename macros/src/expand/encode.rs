//! From a value to its trace.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Choice, Data, Field, Model, Shape, Variant, label};
use crate::shape::Primitive;

/// Statements that write `self` to `__e`.
pub(crate) fn body(model: &Model) -> TokenStream {
    match &model.data {
        Data::Struct(list) => {
            let writes = list.iter().map(|field| {
                let member = &field.member;
                shape(&field.shape, &quote!((&self.#member)), &field.state)
            });
            quote!(#(#writes)*)
        }
        Data::Enum(variants) => {
            let mut index = 0usize;
            let arms = variants.iter().map(|variant| {
                if variant.skip {
                    skipped(variant, &model.name)
                } else {
                    index += 1;
                    arm(variant, index - 1)
                }
            });
            let arms: Vec<_> = arms.collect();
            quote!(match self { #(#arms),* })
        }
    }
}

fn arm(variant: &Variant, index: usize) -> TokenStream {
    let ident = &variant.ident;
    let bindings: Vec<_> = (0..variant.fields.len()).map(|i| format_ident!("__field{i}")).collect();
    let pattern = variant.fields.iter().zip(&bindings).map(|(Field { member, shape, .. }, binding)| {
        if matches!(shape, Shape::Fixed(_)) { quote!(#member: _) } else { quote!(#member: #binding) }
    });
    let writes = variant
        .fields
        .iter()
        .zip(&bindings)
        .map(|(field, binding)| shape(&field.shape, &quote!(#binding), &field.state));
    quote!(Self::#ident { #(#pattern),* } => { __e.push(#index); #(#writes)* })
}

fn skipped(variant: &Variant, name: &str) -> TokenStream {
    let (ident, label) = (&variant.ident, &variant.label);
    quote!(Self::#ident { .. } => return ::core::result::Result::Err(
        __tn::EncodeError::new(#name, &__tn::verbatim(#label), "the variants that are not skipped"),
    ))
}

/// Statements that write the value behind the reference `value`.
fn shape(this: &Shape, value: &TokenStream, state: &str) -> TokenStream {
    match this {
        Shape::Space(ty) => quote!(<#ty as __tn::SearchSpace>::encode(#value, __e)?;),
        Shape::Choices { primitive, choices: list, .. } => choices(*primitive, list, value, state),
        Shape::Range { ty, range, step } => {
            let (first, last) = (&range.first, &range.last);
            let domain = domain_of_range(&label(first), &label(last), &label(step));
            quote!({
                const __FIRST: #ty = #first;
                let __domain = const { __tn::integers(__FIRST as i128, (#last) as i128, (#step) as i128) };
                match __tn::range_index(*#value as i128, &__domain) {
                    ::core::option::Option::Some(__index) => __e.push(__index),
                    ::core::option::Option::None =>
                        return ::core::result::Result::Err(__tn::EncodeError::new(#state, #value, #domain)),
                }
            })
        }
        Shape::Option(inner) => {
            let write = closure(inner, state);
            quote!(__tn::encode_option(::core::option::Option::as_ref(#value), __e, #write)?;)
        }
        Shape::Boxed(inner) => shape(inner, &quote!((&**#value)), state),
        Shape::Array(inner, _) => {
            let write = closure(inner, state);
            quote!(__tn::encode_items(#value, __e, #write)?;)
        }
        Shape::Vec { item, len } => {
            let (min, max) = (&len.first, &len.last);
            let (write, domain) = (closure(item, state), format!("a length of {}..={}", label(min), label(max)));
            let outside = quote!(|__len| __tn::EncodeError::new(#state, __len, #domain));
            quote!(__tn::encode_vec(#value, __e, (#min, #max), #outside, #write)?;)
        }
        Shape::Tuple(parts) => {
            let writes = parts.iter().enumerate().map(|(i, part)| {
                let index = syn::Index::from(i);
                shape(part, &quote!((&#value.#index)), state)
            });
            quote!(#(#writes)*)
        }
        Shape::Fixed(_) => quote!(),
    }
}

fn closure(inner: &Shape, state: &str) -> TokenStream {
    let write = shape(inner, &quote!(__value), state);
    quote!(|__value, __e| { #write ::core::result::Result::Ok(()) })
}

fn choices(primitive: Primitive, choices: &[Choice], value: &TokenStream, state: &str) -> TokenStream {
    let tests = choices.iter().enumerate().map(|(i, choice)| {
        let wanted = &choice.value;
        quote!(if *#value == #wanted { __e.push(#i); })
    });
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    let domain = labels.join(", ");
    let shown = if primitive.is_printable() { quote!(#value) } else { quote!(&__tn::verbatim("another value")) };
    quote!(#(#tests else)* { return ::core::result::Result::Err(__tn::EncodeError::new(#state, #shown, #domain)); })
}

fn domain_of_range(first: &str, last: &str, step: &str) -> String {
    match step {
        "1" => format!("{first}..={last}"),
        step => format!("{first}..={last} in steps of {step}"),
    }
}
