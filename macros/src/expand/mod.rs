//! The generated code. Nothing here can fail: what could is refused before.

mod checks;
mod choices;
mod decode;
mod encode;
mod owner;
mod select;
mod tree;
mod valid;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit::Visit;
use syn::{Generics, Ident, Type, parse_quote};

use crate::model::Model;

pub(crate) fn implementation(model: &Model) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let bounded = with_bounds(model);
    let (impl_generics, type_generics, where_clause) = bounded.split_for_impl();
    let (tree, decode, encode, valid) =
        (tree::space(model), decode::body(model), encode::body(model), valid::method(model));
    let (static_tree, link) = link(model);
    let universe = model.generics.params.is_empty().then(|| universe(model));
    let checks = checks::items(model);
    quote! {
        const _: () = {
            use #krate::__private as __tn;
            #checks
            #static_tree
            #[automatically_derived]
            impl #impl_generics __tn::SearchSpace for #ident #type_generics #where_clause {
                const SPACE: &'static __tn::Node = #tree;
                #link
                fn decode(__d: &mut __tn::Decoder<'_>) -> ::core::result::Result<Self, __tn::DecodeError> {
                    ::core::result::Result::Ok(#decode)
                }
                fn encode(&self, __e: &mut __tn::Encoder) -> ::core::result::Result<(), __tn::EncodeError> {
                    #encode
                    ::core::result::Result::Ok(())
                }
                #valid
            }
            #universe
        };
    }
}

/// A static with the tree, and the way to it from a type that may be contained in turn; a type with parameters has that by default.
fn link(model: &Model) -> (TokenStream, TokenStream) {
    let ident = &model.ident;
    let Some(owner) = owner::of(model) else { return (TokenStream::new(), TokenStream::new()) };
    let tree = quote!(static __TREE: __tn::Node = *<#ident as __tn::SearchSpace>::SPACE;);
    (tree, quote!(const LINK: __tn::Link<__tn::Node> = __tn::Link::to(#owner, &__TREE);))
}

/// Sizes as types, for a type whose tree is known here.
fn universe(model: &Model) -> TokenStream {
    let Model { ident, name, aliases, .. } = model;
    let link = quote!(&<#ident as __tn::SearchSpace>::LINK);
    let (nesting, counts) = (Ident::new("__nesting", ident.span()), Ident::new("__counts", ident.span()));
    let nested = quote_spanned!(ident.span()=> __tn::tell_of_nesting(&#nesting, #link));
    let ended = quote_spanned!(ident.span()=> __tn::with_end(#counts, #link));
    // What the checks of this type have told already is not told again.
    let told = checks::tell_of_no_value(model)
        .then(|| quote!(::core::result::Result::Err(__tn::Fault::NoValue) => __tn::Counts::NOTHING,));
    quote! {
        // The walk is short, but the compiler warns of long ones in terms of its own steps.
        #[allow(long_running_const_eval)]
        const __COUNTS: __tn::Counts = match __tn::count::<{ __tn::capacity(<#ident as __tn::Universe>::START) }>(
            <#ident as __tn::Universe>::START,
        ) {
            ::core::result::Result::Ok(#counts) => #ended,
            ::core::result::Result::Err(__tn::Fault::Nesting(#nesting)) => #nested,
            #told
            ::core::result::Result::Err(fault) => ::core::panic!("{}", fault.message().as_str()),
        };
        #[automatically_derived]
        impl __tn::Universe for #ident {
            const START: &'static __tn::Node = &__tn::Node::Named {
                name: __tn::START,
                aliases: &[],
                local: ::core::option::Option::None,
                shared: true,
                site: "the start state",
                node: &__tn::Node::Choice {
                    kind: __tn::Kind::Space,
                    branches: &[__tn::Branch { label: #name, aliases: &[#(#aliases),*], node: <#ident as __tn::SearchSpace>::SPACE }],
                },
            };
            const TASKS_OF: &'static [::core::option::Option<&'static [usize]>] = &[::core::option::Option::None];
            type Tasks = ();
            type TaskRows = __tn::Const<1>;
            type States = __tn::Const<{ __COUNTS.states }>;
            type Actions = __tn::Const<{ __COUNTS.actions }>;
            type Steps = __tn::Const<{ __COUNTS.steps }>;
        }
    }
}

/// Bounds on those field types that mention a type parameter, and on no others.
fn with_bounds(model: &Model) -> Generics {
    let mut generics = model.generics.clone();
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let mut types = Vec::new();
    model.fields().for_each(|field| field.shape.spaces(&mut types));
    for ty in types.into_iter().filter(|ty| mentions(ty, &parameters)) {
        generics.make_where_clause().predicates.push(parse_quote!(#ty: __tn::SearchSpace));
    }
    generics
}

fn mentions(ty: &Type, parameters: &[Ident]) -> bool {
    struct Search<'a> {
        parameters: &'a [Ident],
        found: bool,
    }
    impl Visit<'_> for Search<'_> {
        fn visit_ident(&mut self, ident: &Ident) {
            self.found |= self.parameters.contains(ident);
        }
    }
    let mut search = Search { parameters, found: false };
    search.visit_type(ty);
    search.found
}
