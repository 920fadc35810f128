//! `#[tasks]`: an enum of plain variants becomes the list of tasks that configs are judged on.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Fields, Ident, ItemEnum, LitStr, Path, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::plain;
use crate::parse::{keys, name, set, take_space_attributes, unknown, value};

/// A variant and its earlier names.
struct Task {
    variant: Ident,
    aliases: Vec<LitStr>,
}

pub(crate) fn run(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let krate = krate(arguments, &mut errors);
    let mut item_enum: ItemEnum = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            let message = "`#[tasks]` goes on an enum whose variants are the tasks: `enum Task { Cifar10, Mnist }`";
            errors.push_at(Code::Tasks, error.span(), message);
            return crate::fallback::item_only(item, errors);
        }
    };
    let tasks: Vec<Task> = item_enum.variants.iter_mut().map(|variant| task(variant, &mut errors)).collect();
    if tasks.is_empty() {
        errors.push(Code::Tasks, &item_enum.ident, "there is no task; an agent is judged on one at least");
    }
    if !item_enum.generics.params.is_empty() {
        errors.push(Code::Tasks, &item_enum.generics.params, "a list of tasks has no type parameters");
    }
    if errors.is_empty() {
        expand(&item_enum, &krate, &tasks)
    } else {
        crate::fallback::item_only(&item_enum.to_token_stream(), errors)
    }
}

fn krate(arguments: TokenStream, errors: &mut Errors) -> Path {
    let mut krate = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("crate") {
            set(&mut krate, &meta, value(&meta)?.parse()?, errors);
            return Ok(());
        }
        unknown(&meta, "a list of tasks", keys::TASKS, errors)
    });
    let result = parser.parse2(arguments);
    result.unwrap_or_else(|error| errors.push_syntax(error));
    krate.unwrap_or_else(|| parse_quote!(::transfer_nas))
}

fn task(variant: &mut syn::Variant, errors: &mut Errors) -> Task {
    let mut aliases = Vec::new();
    for attribute in take_space_attributes(&mut variant.attrs) {
        let result = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("alias") {
                aliases.push(name(&meta)?);
                return Ok(());
            }
            unknown(&meta, "a task", keys::TASK, errors)
        });
        result.unwrap_or_else(|error| errors.push_syntax(error));
    }
    if !matches!(variant.fields, Fields::Unit) || variant.discriminant.is_some() {
        let name = plain(&variant.ident);
        errors.push(Code::Tasks, &variant, format!("a task is a plain variant, known by its name: `{name}`"));
    }
    Task { variant: variant.ident.clone(), aliases }
}

fn expand(item: &ItemEnum, krate: &Path, tasks: &[Task]) -> TokenStream {
    let ident = &item.ident;
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
        #item
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
