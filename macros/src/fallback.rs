//! After an error: the messages and stubs, so that uses of the type do not err as well.

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::model::Model;
use crate::parse::Parsed;

/// Implementations that do nothing.
pub(crate) fn stubs(parsed: &Parsed, errors: Errors) -> TokenStream {
    let model = Model::new(parsed, &mut Errors::default());
    let errors = errors.into_compile_errors();
    let Model { ident, generics, krate, .. } = &model;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let universe = generics.params.is_empty().then(|| universe(ident));
    quote! {
        #errors
        const _: () = {
            use #krate::__private as __tn;
            impl #impl_generics __tn::SearchSpace for #ident #type_generics #where_clause {
                // No other tree has an end of a name that is empty.
                const SPACE: &'static __tn::Node = &__tn::Node::Within { suffix: "", node: &__tn::Node::Unit };
                fn decode(_: &mut __tn::Decoder<'_>) -> ::core::result::Result<Self, __tn::DecodeError> {
                    ::core::unreachable!()
                }
                fn encode(&self, _: &mut __tn::Encoder) -> ::core::result::Result<(), __tn::EncodeError> {
                    ::core::unreachable!()
                }
            }
            #universe
        };
    }
}

/// A universe of nothing.
pub(crate) fn universe(ident: &syn::Ident) -> TokenStream {
    quote! {
        impl __tn::Universe for #ident {
            const START: &'static __tn::Node = &__tn::Node::Unit;
            const TASKS_OF: &'static [::core::option::Option<&'static [usize]>] = &[];
            type Tasks = ();
            type TaskRows = __tn::Const<1>;
            type States = __tn::Const<1>;
            type Actions = __tn::Const<1>;
            type Steps = __tn::Const<1>;
        }
    }
}
