//! The macros of `transfer-nas`: `#[search_space]`, and `#[joint_space]`, `#[tasks]` and `#[objectives]`, which are in a file each. Use them
//! through that crate, which documents and re-exports them.
//!
//! Each attribute is a `front`, which writes the item back under a derive; the derive does the work. The stages of
//! `#[derive(SearchSpace)]`, in the order in which an item passes through them: `parse` reads what each attribute says, `shape`
//! and `model` say what it means, `validate` checks what several of them say together, `expand` writes the code and
//! cannot fail. All errors of an item are collected on the way; where there are any, `fallback` writes stubs instead,
//! so that one mistake gives one message.

mod errors;
mod expand;
mod fallback;
mod front;
mod grid;
mod joint;
mod label;
mod literal;
mod model;
mod objectives;
mod parse;
mod place;
mod shape;
mod tasks;
mod transparent;
mod validate;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct or an enum a search space. Documented in `transfer_nas::search_space`.
#[proc_macro_attribute]
pub fn search_space(arguments: TokenStream, item: TokenStream) -> TokenStream {
    front::SEARCH_SPACE.expand(&arguments.into(), &item.into()).into()
}

/// Makes an enum of spaces a universe. Documented in `transfer_nas::joint_space`.
#[proc_macro_attribute]
pub fn joint_space(arguments: TokenStream, item: TokenStream) -> TokenStream {
    front::JOINT_SPACE.expand(&arguments.into(), &item.into()).into()
}

/// Makes an enum a list of tasks. Documented in `transfer_nas::tasks`.
#[proc_macro_attribute]
pub fn tasks(arguments: TokenStream, item: TokenStream) -> TokenStream {
    front::TASKS.expand(&arguments.into(), &item.into()).into()
}

/// Makes a struct or an enum a search space. Documented in `transfer_nas::search_space`.
#[proc_macro_derive(SearchSpace, attributes(space))]
pub fn derive_search_space(item: TokenStream) -> TokenStream {
    space(parse_macro_input!(item)).into()
}

/// What is behind `#[joint_space]`.
#[doc(hidden)]
#[proc_macro_derive(JointSpace, attributes(space))]
pub fn derive_joint_space(item: TokenStream) -> TokenStream {
    joint::run(&parse_macro_input!(item)).into()
}

/// What is behind `#[tasks]`.
#[doc(hidden)]
#[proc_macro_derive(Tasks, attributes(space))]
pub fn derive_tasks(item: TokenStream) -> TokenStream {
    tasks::run(&parse_macro_input!(item)).into()
}

/// Makes a struct the objectives of a study. Documented in `transfer_nas::objectives`.
#[proc_macro_attribute]
pub fn objectives(arguments: TokenStream, item: TokenStream) -> TokenStream {
    front::OBJECTIVES.expand(&arguments.into(), &item.into()).into()
}

/// What is behind `#[objectives]`.
#[doc(hidden)]
#[proc_macro_derive(Objectives, attributes(objective, space))]
pub fn derive_objectives(item: TokenStream) -> TokenStream {
    objectives::run(&parse_macro_input!(item)).into()
}

fn space(item: DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let Some(parsed) = parse::item(item, &mut errors) else { return errors.into_compile_errors() };
    let model = model::Model::new(&parsed, &mut errors);
    validate::model(&model, &mut errors);
    if errors.is_empty() { expand::implementation(&model) } else { fallback::stubs(&parsed, errors) }
}

#[cfg(test)]
mod tests;
