//! From a value to its trace.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use super::tree::{self, Way};
use crate::label::label;
use crate::model::{Choice, Comparison, Data, Field, Model, Relation, Shape, Variant};
use crate::shape::Primitive;

/// Statements that write `self` to `__e`.
pub(super) fn body(model: &Model) -> TokenStream {
    let writes = match &model.data {
        Data::Struct(list) => {
            let values: Vec<TokenStream> = list
                .iter()
                .map(|field| {
                    let member = &field.member;
                    quote!((&self.#member))
                })
                .collect();
            fields(list, &values, model)
        }
        Data::Enum(variants) => {
            let mut index = 0usize;
            let arms = variants.iter().map(|variant| {
                if variant.skip {
                    return skipped(variant, &model.name);
                }
                index += 1;
                arm(variant, index - 1, model)
            });
            let arms: Vec<_> = arms.collect();
            quote!(match self { #(#arms),* })
        }
    };
    let (Some(depth), name) = (&model.max_depth, &model.name) else { return writes };
    let has_parameters = !model.generics.params.is_empty();
    quote!(
        __e.enter((#name, ::core::any::type_name::<Self>()), #has_parameters, #depth)?;
        #writes
        __e.leave();
    )
}

fn arm(variant: &Variant, index: usize, model: &Model) -> TokenStream {
    let ident = &variant.ident;
    let bindings: Vec<_> = (0..variant.fields.len()).map(|i| format_ident!("__field{i}")).collect();
    let pattern = variant.fields.iter().zip(&bindings).map(|(Field { member, shape, .. }, binding)| {
        if matches!(shape, Shape::Fixed(..)) { quote!(#member: _) } else { quote!(#member: #binding) }
    });
    let values: Vec<TokenStream> = bindings.iter().map(|binding| quote!(#binding)).collect();
    let writes = fields(&variant.fields, &values, model);
    quote!(Self::#ident { #(#pattern),* } => { __e.push(#index); #writes })
}

fn skipped(variant: &Variant, name: &str) -> TokenStream {
    let (ident, label) = (&variant.ident, &variant.label);
    quote!(Self::#ident { .. } => return ::core::result::Result::Err(
        __tn::EncodeError::new(#name, &__tn::verbatim(#label), "the variants that are not skipped"),
    ))
}

/// Statements that write fields; `values` are references to them.
fn fields(list: &[Field], values: &[TokenStream], model: &Model) -> TokenStream {
    let writes = list.iter().zip(values).map(|(field, value)| {
        let compare = field.comparisons.iter().map(|comparison| {
            let earlier = &values[comparison.earlier(list)];
            compare(comparison, value, earlier, &field.state)
        });
        let write = shape(&field.shape, value, &field.state, model);
        quote!(#(#compare)* #write)
    });
    quote!(#(#writes)*)
}

fn compare(comparison: &Comparison, value: &TokenStream, earlier: &TokenStream, state: &str) -> TokenStream {
    let holds = match comparison.relation {
        Relation::Less => quote!(*#value < *#earlier),
        Relation::AtMost => quote!(*#value <= *#earlier),
        Relation::Greater => quote!(*#value > *#earlier),
        Relation::AtLeast => quote!(*#value >= *#earlier),
        Relation::Other => quote!(*#value != *#earlier),
    };
    let domain = format!("{} `{}`", comparison.relation.words(), comparison.other);
    quote!(if !(#holds) {
        return ::core::result::Result::Err(__tn::EncodeError::new(#state, #value, #domain));
    })
}

/// Statements that write the value behind the reference `value`.
fn shape(this: &Shape, value: &TokenStream, state: &str, model: &Model) -> TokenStream {
    match this {
        Shape::Space(ty) => quote!(<#ty as __tn::SearchSpace>::encode(#value, __e)?;),
        Shape::Again(ty) => quote!(__e.again(); <#ty as __tn::SearchSpace>::encode(#value, __e)?;),
        Shape::Choices { ty, primitive, choices: list, .. } => choices(ty, *primitive, list, value, state),
        Shape::Range { .. } => range(this, value, state),
        Shape::Restricted { inner, .. } => {
            let (write, node) = (shape(inner, value, state, model), tree::shape(this, model, Way::Indirect));
            quote!({ let __at = __e.len(); #write __e.restrict(__at, #state, const { #node })?; })
        }
        Shape::Weighted { inner, .. } => shape(inner, value, state, model),
        Shape::Subset { inner, len } => {
            let (min, max) = (&len.first, &len.last);
            let domain = format!("{} to {} of {}, each once", label(min), label(max), super::choices::listed(inner));
            let (count, index, outside) = taken(inner, value, state, &domain);
            quote!(__tn::encode_subset(#value, __e, (#count, #min, #max), #outside, #index)?;)
        }
        Shape::Permutation { inner, .. } => {
            let domain = format!("{}, each once", super::choices::listed(inner));
            let (count, index, outside) = taken(inner, value, state, &domain);
            quote!(__tn::encode_permutation(#value, __e, #count, #outside, #index)?;)
        }
        Shape::Option(inner) => {
            let write = closure(inner, state, model);
            quote!(__tn::encode_option(::core::option::Option::as_ref(#value), __e, #write)?;)
        }
        Shape::Boxed(_, inner) => shape(inner, &quote!((&**#value)), state, model),
        Shape::Array { item, .. } => {
            let write = closure(item, state, model);
            quote!(__tn::encode_items(#value, __e, #write)?;)
        }
        Shape::Vec { item, len, .. } => {
            let (min, max) = (&len.first, &len.last);
            let write = closure(item, state, model);
            let domain = format!("a length of {}..={}", label(min), label(max));
            let outside = quote!(|__len| __tn::EncodeError::new(#state, __len, #domain));
            quote!(__tn::encode_vec(#value, __e, (#min, #max), #outside, #write)?;)
        }
        Shape::Tuple(parts) => {
            let writes = parts.iter().enumerate().map(|(i, part)| {
                let index = syn::Index::from(i);
                shape(part, &quote!((&#value.#index)), state, model)
            });
            quote!(#(#writes)*)
        }
        Shape::Fixed(..) => quote!(),
    }
}

/// What items that are taken once are written with: their number, the function from one to its index, and the error.
fn taken(inner: &Shape, value: &TokenStream, state: &str, domain: &str) -> (usize, TokenStream, TokenStream) {
    let Shape::Choices { ty, primitive, choices, .. } = inner else { return (0, quote!(), quote!()) };
    let index = super::choices::index(ty, *primitive, choices, &quote!(__item));
    let shown = if primitive.is_printable() { quote!(#value) } else { quote!(&__tn::verbatim("another list")) };
    (choices.len(), quote!(|__item| #index), quote!(|| __tn::EncodeError::new(#state, #shown, #domain)))
}

fn closure(inner: &Shape, state: &str, model: &Model) -> TokenStream {
    let write = shape(inner, &quote!(__value), state, model);
    quote!(|__value, __e| { #write ::core::result::Result::Ok(()) })
}

fn choices(ty: &Type, primitive: Primitive, choices: &[Choice], value: &TokenStream, state: &str) -> TokenStream {
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    let shown = if primitive.is_printable() { quote!(#value) } else { quote!(&__tn::verbatim("another value")) };
    push(&super::choices::index(ty, primitive, choices, value), &shown, state, &labels.join(", "))
}

/// Writes the index that an expression finds, or says that there is none.
fn push(index: &TokenStream, shown: &TokenStream, state: &str, domain: &str) -> TokenStream {
    quote!(match #index {
        ::core::option::Option::Some(__index) => __e.push(__index),
        ::core::option::Option::None =>
            return ::core::result::Result::Err(__tn::EncodeError::new(#state, #shown, #domain)),
    })
}

fn range(this: &Shape, value: &TokenStream, state: &str) -> TokenStream {
    let Shape::Range { range, step, .. } = this else { return quote!() };
    let (domain, bounds) = (tree::domain(this), format!("{}..={}", label(&range.first), label(&range.last)));
    let text = match label(step).as_str() {
        "1" => bounds,
        step => format!("{bounds} in steps of {step}"),
    };
    push(&quote!(__tn::range_index(*#value as i128, const { &#domain })), value, state, &text)
}
