//! Snapshots of expansions. `UPDATE_EXPECT=1 cargo test -p transfer-nas-macros` writes them anew.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

/// The expansion of the derive that the attribute with these arguments writes.
fn check(arguments: &TokenStream, item: &TokenStream, expected: &ExpectFile) {
    let expanded = crate::space(parse_quote!(#[space(#arguments)] #item));
    let file = syn::parse2(expanded).expect("the expansion is a list of items");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn unit_enum() {
    let item = quote! {
        #[derive(Clone)]
        enum Activation { Relu, Tanh, #[space(skip)] Custom }
    };
    check(&quote!(), &item, &expect_file!["../snapshots/unit_enum.rs"]);
}

#[test]
fn struct_of_numbers() {
    let item = quote! {
        struct Dense {
            #[space(choices = [16, 32])]
            units: u32,
            #[space(range = 1..=9, step = 2)]
            kernel: u8,
            bias: bool,
            #[space(skip = String::new())]
            note: String,
        }
    };
    check(&quote!(), &item, &expect_file!["../snapshots/struct_of_numbers.rs"]);
}

#[test]
fn enum_with_payloads() {
    let item = quote! {
        enum Model {
            Cnn { #[space(len = 1..=3)] blocks: Vec<Dense>, head: Box<Dense> },
            Mlp(Dense, Option<bool>),
        }
    };
    check(&quote!(valid = Model::is_small), &item, &expect_file!["../snapshots/enum_with_payloads.rs"]);
}

#[test]
fn generic_struct() {
    let item = quote! {
        struct Net<B, const N: usize> where B: Clone { blocks: [B; N], deep: bool }
    };
    check(&quote!(crate = tnas, name = "AnyNet"), &item, &expect_file!["../snapshots/generic_struct.rs"]);
}

#[test]
fn item_with_errors() {
    let item = quote! {
        struct Config { width: u32, #[space(rnage = 1..=2)] depth: u8 }
    };
    check(&quote!(), &item, &expect_file!["../snapshots/item_with_errors.rs"]);
}

#[test]
fn the_attribute_writes_the_item_back_under_a_derive() {
    let item = quote! {
        #[derive(Debug)]
        pub(crate) enum Activation { Relu, #[cfg(feature = "gelu")] #[space(alias = "Soft")] Gelu }
    };
    let expanded = crate::front::SEARCH_SPACE.expand(&quote!(valid = Activation::is_known, crate = tnas), &item);
    let expected = quote! {
        #[derive(tnas::__private::SearchSpace)]
        #[space(valid = Activation::is_known, crate = tnas)]
        #item
    };
    assert_eq!(expanded.to_string(), expected.to_string());
}
