//! The macros of `transfer-nas`: `#[search_space]`, and `#[joint_space]` and `#[tasks]`, which are in a file each. Use them
//! through that crate, which documents and re-exports them.
//!
//! The stages of `#[search_space]`, in the order in which an item passes through them: `parse` reads what each attribute says, `shape`
//! and `model` say what it means, `validate` checks what several of them say together, `expand` writes the code and
//! cannot fail. All errors of an item are collected on the way; where there are any, `fallback` writes stubs instead,
//! so that one mistake gives one message.

mod errors;
mod expand;
mod fallback;
mod grid;
mod joint;
mod label;
mod literal;
mod model;
mod parse;
mod shape;
mod tasks;
mod validate;

use proc_macro::TokenStream;

/// Makes a struct or an enum a search space. Documented in `transfer_nas::search_space`.
#[proc_macro_attribute]
pub fn search_space(arguments: TokenStream, item: TokenStream) -> TokenStream {
    run(arguments.into(), &item.into()).into()
}

/// Makes an enum of spaces a universe. Documented in `transfer_nas::joint_space`.
#[proc_macro_attribute]
pub fn joint_space(arguments: TokenStream, item: TokenStream) -> TokenStream {
    joint::run(arguments.into(), &item.into()).into()
}

/// Makes an enum a list of tasks. Documented in `transfer_nas::tasks`.
#[proc_macro_attribute]
pub fn tasks(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tasks::run(arguments.into(), &item.into()).into()
}

fn run(arguments: proc_macro2::TokenStream, item: &proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let parsed = match parse::item(arguments, item.clone(), &mut errors) {
        Ok(parsed) => parsed,
        Err(item) => return fallback::item_only(&item, errors),
    };
    let model = model::Model::new(&parsed, &mut errors);
    validate::model(&model, &mut errors);
    if errors.is_empty() { expand::item(&parsed.item, &model) } else { fallback::stubs(&parsed, errors) }
}

#[cfg(test)]
mod tests;
