//! The attributes: each writes the item back under a derive, which then sees what the compiler's `#[cfg]` leaves of it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::errors::{Code, Errors};

/// An attribute, and the derive behind it.
pub(crate) struct Front {
    pub(crate) derive: &'static str,
    /// The keywords of the items that it goes on.
    pub(crate) keywords: &'static [&'static str],
    pub(crate) code: Code,
    /// What to say of other items.
    pub(crate) misplaced: &'static str,
}

pub(crate) const SEARCH_SPACE: Front = Front {
    derive: "SearchSpace",
    keywords: &["struct", "enum", "union"],
    code: Code::NotAType,
    misplaced: "`#[search_space]` goes on a struct or an enum: the type whose values are searched",
};

pub(crate) const JOINT_SPACE: Front = Front {
    derive: "JointSpace",
    keywords: &["enum"],
    code: Code::JointSpace,
    misplaced: "`#[joint_space]` goes on an enum with a variant for each space: `enum Spaces { Cnn(Cnn), Mlp(Mlp) }`",
};

pub(crate) const TASKS: Front = Front {
    derive: "Tasks",
    keywords: &["enum"],
    code: Code::Tasks,
    misplaced: "`#[tasks]` goes on an enum whose variants are the tasks: `enum Task { Cifar10, Mnist }`",
};

pub(crate) const OBJECTIVES: Front = Front {
    derive: "Objectives",
    keywords: &["struct"],
    code: Code::Objectives,
    misplaced: "`#[objectives]` goes on a struct with a field for each objective: `struct Score { #[objective(maximize)] accuracy: f64, #[objective(minimize)] params: f64 }`",
};

impl Front {
    /// The item with the derive, and with the attribute's arguments as the derive's helper attribute.
    pub(crate) fn expand(&self, arguments: &TokenStream, item: &TokenStream) -> TokenStream {
        let first = first_token(item.clone());
        if !first.as_ref().is_some_and(|token| self.keywords.iter().any(|keyword| token.to_string() == *keyword)) {
            let mut errors = Errors::default();
            errors.push(self.code, &first, self.misplaced);
            let errors = errors.into_compile_errors();
            return quote!(#item #errors);
        }
        if let Some(derive) = derived(item.clone(), self.derive) {
            let mut errors = Errors::default();
            errors.push(Code::Duplicate, &derive, crate::parse::TWO_SPELLINGS);
            let errors = errors.into_compile_errors();
            return quote!(#item #errors);
        }
        let (krate, derive) = (krate(arguments.clone()), format_ident!("{}", self.derive));
        let helper = (!arguments.is_empty()).then(|| quote!(#[space(#arguments)]));
        quote! {
            #[derive(#krate::__private::#derive)]
            #helper
            #item
        }
    }
}

/// The first token behind attributes and visibility.
fn first_token(item: TokenStream) -> Option<TokenTree> {
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => drop(tokens.next()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                // A fragment: the visibility, which may be empty, or more.
                if let Some(first) = first_token(group.stream()) {
                    return Some(first);
                }
            }
            TokenTree::Ident(ident) if ident == "pub" => {
                tokens.next_if(|next| matches!(next, TokenTree::Group(_)));
            }
            _ => return Some(token),
        }
    }
    None
}

/// The name in a `#[derive(..)]` of the item, if it stands there.
fn derived(item: TokenStream, name: &str) -> Option<TokenTree> {
    let groups = |tokens: TokenStream| {
        tokens
            .into_iter()
            .filter_map(|token| if let TokenTree::Group(group) = token { Some(group.stream()) } else { None })
    };
    let is_derive =
        |tokens: &TokenStream| tokens.clone().into_iter().next().is_some_and(|token| token.to_string() == "derive");
    let lists = groups(item).filter(is_derive).flat_map(groups);
    lists.flatten().find(|token| token.to_string() == name)
}

/// The path behind `crate =`, as far as it can be read before the derive reads all of it.
fn krate(arguments: TokenStream) -> TokenStream {
    let is_crate = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if *ident == "crate");
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut arguments = arguments.into_iter();
    while let Some(key) = arguments.next() {
        if is_crate(&key) {
            let path: TokenStream = arguments.skip(1).take_while(|token| !is_comma(token)).collect();
            return if syn::parse2::<syn::Path>(path.clone()).is_ok() { path } else { default_krate() };
        }
        arguments.by_ref().take_while(|token| !is_comma(token)).for_each(drop);
    }
    default_krate()
}

fn default_krate() -> TokenStream {
    quote!(::transfer_nas)
}
