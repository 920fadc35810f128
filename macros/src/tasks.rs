//! `#[tasks]`: an enum of plain variants becomes the list of tasks that configs are judged on.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::plain;
use crate::parse::meta::{self, name, set, unknown, unquoted};
use crate::parse::{keys, space_attributes};

/// A variant and its earlier names.
struct Task {
    variant: Ident,
    aliases: Vec<LitStr>,
}

pub(crate) fn run(item: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    // The attribute goes on enums only.
    let Data::Enum(data) = &item.data else { return TokenStream::new() };
    let krate = krate(&item.attrs, &mut errors);
    let tasks: Vec<Task> = data.variants.iter().map(|variant| task(variant, &mut errors)).collect();
    if tasks.is_empty() {
        errors.push(Code::Tasks, &item.ident, "there is no task; an agent is judged on one at least");
    }
    if !item.generics.params.is_empty() {
        errors.push(Code::Tasks, &item.generics.params, "a list of tasks has no type parameters");
    }
    if errors.is_empty() { expand(&item.ident, &krate, &tasks) } else { errors.into_compile_errors() }
}

fn krate(attributes: &[Attribute], errors: &mut Errors) -> Path {
    let mut krate = None;
    for attribute in space_attributes(attributes) {
        meta::read(attribute, &keys::TASKS, errors, |meta, errors| {
            if meta.path.is_ident("crate") {
                set(&mut krate, meta, unquoted(meta)?, errors);
                return Ok(());
            }
            unknown(meta, &keys::TASKS, errors)
        });
    }
    krate.unwrap_or_else(|| parse_quote!(::transfer_nas))
}

fn task(variant: &syn::Variant, errors: &mut Errors) -> Task {
    let mut aliases = Vec::new();
    for attribute in space_attributes(&variant.attrs) {
        meta::read(attribute, &keys::TASK, errors, |meta, errors| {
            if meta.path.is_ident("alias") {
                aliases.push(name(meta)?);
                return Ok(());
            }
            unknown(meta, &keys::TASK, errors)
        });
    }
    if !matches!(variant.fields, Fields::Unit) || variant.discriminant.is_some() {
        let name = plain(&variant.ident);
        errors.push(Code::Tasks, variant, format!("a task is a plain variant, known by its name: `{name}`"));
    }
    Task { variant: variant.ident.clone(), aliases }
}

fn expand(ident: &Ident, krate: &Path, tasks: &[Task]) -> TokenStream {
    let names = tasks.iter().map(|Task { variant, aliases }| {
        let name = plain(variant);
        quote!(__tn::TaskName { name: #name, aliases: &[#(#aliases),*] })
    });
    let to_index = tasks.iter().enumerate().map(|(i, Task { variant, .. })| quote!(Self::#variant => #i));
    let from_index = tasks
        .iter()
        .enumerate()
        .map(|(i, Task { variant, .. })| quote!(#i => ::core::option::Option::Some(Self::#variant)));
    quote! {
        const _: () = {
            use #krate::__private as __tn;
            #[automatically_derived]
            impl __tn::Tasks for #ident {
                const NAMES: &'static [__tn::TaskName] = &[#(#names),*];
                fn index(self) -> usize {
                    match self { #(#to_index,)* }
                }
                fn at(index: usize) -> ::core::option::Option<Self> {
                    match index { #(#from_index,)* _ => ::core::option::Option::None }
                }
            }
        };
    }
}
